"""A policy in the making: the policy and its overlay laid over each other, each value with the place it came from."""

from __future__ import annotations

from typing import Any

from ..model import JsonObject
from ..strict_yaml import Document, Marks
from ..strict_yaml.values import Mark, Path
from .problems import Place, Problem, problem_at


class Draft:
    """`value` is the merged document; `removed` lists what an overlay's null took away."""

    def __init__(self, name: str, document: Document) -> None:
        self.places: dict[Path, Place] = {}
        self.removed: list[Path] = []
        self.value = _Layer(self, 0, name, document.marks).copy(document.value, ())

    def lay_over(self, name: str, document: Document) -> None:
        """Merge an overlay: mappings by key, everything else replaced, null removes (RFC 7386)."""
        _Layer(self, 1, name, document.marks).lay(self.value, document.value, ())

    def place(self, path: Path) -> Place:
        """Where the value at `path` comes from, or what is nearest above it."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def is_set(self, path: Path) -> bool:
        """Whether a person set the value: it is no default."""
        value = self.value
        for step in path:
            if not isinstance(value, dict) or step not in value:
                return False
            value = value[step]
        return True

    def set(self, path: Path, value: Any, place: Place) -> None:
        """Put a value there, with the mappings above it; where something else is above it, nothing changes."""
        mapping = self.value
        for depth, step in enumerate(path[:-1], 1):
            if not isinstance(mapping, dict):
                return
            if step not in mapping:
                mapping[step] = {}
                self.places[path[:depth]] = place
            mapping = mapping[step]
        if isinstance(mapping, dict):
            mapping[path[-1]] = value
            self.places[path] = place

    def get(self, *path: str) -> Any:
        """The value at `path`; None where there is none."""
        value = self.value
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def problem_with_key(self, path: Path, reason: str) -> Problem:
        """A problem that is shown at the key."""
        place = self.place(path)
        return problem_at(place, place.key, path, reason)

    def problem_with_value(self, path: Path, reason: str) -> Problem:
        """A problem that is shown at the value."""
        place = self.place(path)
        return problem_at(place, place.value, path, reason)


class _Layer:
    """One file on its way into the draft. Copies, since aliases share what is changed later."""

    def __init__(self, draft: Draft, order: int, name: str, marks: Marks) -> None:
        self.draft = draft
        self.order = order
        self.name = name
        self.marks = marks

    def lay(self, base: JsonObject, over: JsonObject, path: Path) -> None:
        for key, value in over.items():
            here = (*path, key)
            if value is None:
                base.pop(key, None)
                self.draft.places[here] = self._place(here)
                self.draft.removed.append(here)
            elif isinstance(value, dict) and isinstance(base.get(key), dict):
                self.lay(base[key], value, here)
            else:
                base[key] = self.copy(value, here)

    def copy(self, value: Any, path: Path) -> Any:
        self.draft.places[path] = self._place(path)
        if isinstance(value, list):
            return [self.copy(item, (*path, index)) for index, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        kept = {key: item for key, item in value.items() if item is not None or self.order == 0}
        return {key: self.copy(item, (*path, key)) for key, item in kept.items()}

    def _place(self, path: Path) -> Place:
        start: Mark = (1, 1)
        return Place(self.order, self.name, self.marks.key(path) or start, self.marks.value(path) or start)
