"""Finds the scalars of a document that hold expressions, each with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from .....strict_yaml.values import Path
from .flaws import Flaw
from .places import Place
from .scalars import judge_key, judge_value
from .templates import OPEN


class Found(NamedTuple):
    """A scalar with flaws; `key` where it is the key at the end of the path and not the value."""

    path: Path
    text: str
    flaws: tuple[Flaw, ...]
    key: bool = False


_Branch = tuple[Any, Place, Path]


def find_flaws(document: Any, root: Place) -> Iterator[Found]:
    """Every scalar with flaws. Nearly all hold no expression; nothing is done for these but to look."""
    branches: list[_Branch] = [(document, root, ())]
    # The list grows while it is walked: level by level, whatever the depth.
    for value, place, path in branches:
        if type(value) is dict:
            yield from _keys(value, place, path)
            entries: Iterable[tuple[Any, Any]] = value.items()
        elif type(value) is list:
            entries = enumerate(value)
        else:
            entries = ()
        for step, child in entries:
            inner = _inner(step, place)
            if inner is None:
                continue
            if type(child) is not str:
                branches.append((child, inner, (*path, step)))
            elif OPEN in child or inner.condition:
                flaws = judge_value(child, inner)
                if flaws:
                    yield Found((*path, step), child, flaws)


def _keys(mapping: dict[str, Any], place: Place, path: Path) -> Iterator[Found]:
    for key in mapping:
        if OPEN in key:
            template = judge_key(key, place)
            if template.flaws:
                yield Found((*path, key), key, template.flaws, key=True)


def _inner(step: str | int, place: Place) -> Place | None:
    if type(step) is int:
        return place.items
    key = str(step)
    inner = place.fields.get(key, place.rest)
    if OPEN not in key:
        return inner
    template = judge_key(key, place)
    if template.kind == "literal":
        return place.fields.get(template.literal, place.rest)
    if template.kind == "broken":
        return place.rest if place.keys else None
    return place.computed
