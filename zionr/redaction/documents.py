"""Secrets in a JSON document: found in its decoded strings, so that what comes out parses as well."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from json import dumps, loads

from .pairs import is_secret_value, secret_key
from .spans import MARK, Span, render
from .vocabulary import VOCABULARY, is_own_value

_LITERAL = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"(\s*:\s*)?')


def is_json(text: str) -> bool:
    """Whether the whole text is one JSON document."""
    try:
        loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def redact_json(text: str, positions: list[int], spans: Callable[[str], list[Span]]) -> str:
    """The document without its secrets. `positions`, sorted, are all places where one may begin.

    A string is decoded, searched by `spans` and written anew; the string behind a key that says secret is
    replaced whole.
    """
    parts: list[str] = []
    at = 0
    key, key_end = "", 0
    for literal in _LITERAL.finditer(text):
        is_value_of_key = bool(key) and literal.start() == key_end
        suspect = _any_within(positions, literal.start(), literal.end(1))
        if suspect or is_value_of_key:
            clean = _clean(literal[1], key if is_value_of_key and not literal[2] else "", spans)
            if clean is not None:
                parts += [text[at : literal.start(1)], clean]
                at = literal.end(1)
        key = secret_key(_decoded(literal[1])) if suspect and literal[2] else ""
        key_end = literal.end()
    return "".join([*parts, text[at:]])


def _any_within(positions: list[int], start: int, end: int) -> bool:
    index = bisect_left(positions, start)
    return index < len(positions) and positions[index] <= end


def _clean(literal: str, key: str, spans: Callable[[str], list[Span]]) -> str | None:
    """The literal's new inside, None where it stays."""
    plain = _decoded(literal)
    if plain in VOCABULARY or is_own_value(plain):
        return None
    if key and is_secret_value(key, plain):
        return MARK
    found = spans(plain)
    if not found:
        return None
    return dumps(render(plain, found), ensure_ascii=literal.isascii())[1:-1]


def _decoded(literal: str) -> str:
    if "\\" not in literal:
        return literal
    decoded: str = loads(f'"{literal}"')
    return decoded
