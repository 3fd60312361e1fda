"""Takes secrets out of values before they become a screen: a text that was cut or escaped cannot be searched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

Value = TypeVar("Value")
Redact = Callable[[str], str]


def redacted(value: Value, redact: Redact) -> Value:
    """The same nested tuples, lists and mappings with each text redacted; the value itself where none holds a secret.

    A text behind a key that says secret is one.
    """
    whole = "\n".join(_texts(value))
    return value if redact(whole) == whole else _clean(value, redact)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str):
                yield json.dumps({str(key): item})
            else:
                yield str(key)
                yield from _texts(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)


def _clean(value: Any, redact: Redact) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return dict(_clean_pair(key, item, redact) for key, item in value.items())
    if isinstance(value, list):
        return [_clean(item, redact) for item in value]
    if isinstance(value, tuple):
        items = [_clean(item, redact) for item in value]
        return value._make(items) if hasattr(value, "_make") else tuple(items)
    return value


def _clean_pair(key: Any, item: Any, redact: Redact) -> tuple[Any, Any]:
    if isinstance(key, str) and isinstance(item, str):
        pair: dict[str, str] = json.loads(redact(json.dumps({key: item})))
        return next(iter(pair.items()))
    return _clean(key, redact), _clean(item, redact)
