"""From parser events to values, without recursion, refusing what the strict reading does not know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import yaml

from .scalars import resolve
from .values import Dialect, Limits, Mark, Node, Path, Problem

_MISSING = object()
_TEXT_TAG = "tag:yaml.org,2002:str"


class Composed(NamedTuple):
    """The root of the one document (None where there is none), and every problem met on the way to it.

    `whole` is false where a fault ended the reading before the end of the document.
    """

    root: Node | None
    problems: list[Problem]
    whole: bool


class _Stop(Exception):  # noqa: N818 - it ends the reading; no error leaves this module
    """Nothing behind this fault can be read."""


class _Frame:
    """A mapping or list that is still open. `key` is the mapping's key whose value comes next.

    `seen` has the lines of its keys so far, each as the dialect compares it.
    """

    __slots__ = ("anchor", "key", "key_mark", "mapping", "node", "seen")

    def __init__(self, node: Node, anchor: str | None) -> None:
        self.node = node
        self.anchor = anchor
        self.mapping = isinstance(node.children, dict)
        self.key: Any = _MISSING
        self.key_mark: Mark = node.mark
        self.seen: dict[str, int] = {}

    @property
    def awaits_key(self) -> bool:
        return self.mapping and self.key is _MISSING


def compose(
    next_event: Callable[[], Any], limits: Limits, dialect: Dialect, explain: Callable[[yaml.YAMLError], Problem]
) -> Composed:
    """The one document. `explain` words what the parser itself refuses, which is always the last problem."""
    composer = _Composer(limits, dialect)
    whole = False
    try:
        composer.read(next_event)
        whole = True
    except _Stop:
        pass
    except yaml.YAMLError as error:
        composer.problems.append(explain(error))
    return Composed(composer.root, composer.problems, whole)


class _Composer:
    def __init__(self, limits: Limits, dialect: Dialect) -> None:
        self.limits = limits
        self.dialect = dialect
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.open: list[_Frame] = []
        self.anchors: dict[str, Node | None] = {}
        self.nodes = 0
        self.documents = 0

    def read(self, next_event: Callable[[], Any]) -> None:
        kinds: dict[type, Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._mapping,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingEndEvent: self._end,
            yaml.SequenceEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }
        while True:
            event = next_event()
            take = kinds.get(type(event))
            if take is not None:
                take(event)
            elif type(event) is yaml.StreamEndEvent:
                return

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop(event, "a second document begins here; one file holds one", "documents")

    def _scalar(self, event: Any) -> None:
        mark = _mark(event)
        frame = self.open[-1] if self.open else None
        plain = event.implicit[0] and not event.style
        if event.tag is not None:
            plain = self._take_tag(event) or plain
        if frame is not None and frame.mapping and frame.key is _MISSING:
            self._take_key(frame, event, mark, plain)
            return
        node = Node(self._value(event) if plain else event.value, mark)
        if isinstance(node.value, str) and "\0" in node.value:
            self._note(event, "a NUL within a text", "binary")
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        self._place(node, event)

    def _take_key(self, frame: _Frame, event: Any, mark: Mark, plain: bool) -> None:
        if event.anchor is not None:
            self.anchors[event.anchor] = Node(event.value, mark)
        key = event.value
        frame.key, frame.key_mark = key, mark
        compared = key.upper() if self.dialect.any_case else key
        if plain and key == "<<":
            self._note(event, "a merge key '<<'; write the keys out", "merge")
        elif plain and not (key if self.dialect.text_keys else isinstance(self._value(event), str)):
            shown = f"key {key}" if key else "an empty key"
            self._note(event, f"{shown} is not a text; put it in quotes", "key")
        elif compared in frame.seen:
            self._note(event, f"duplicate key '{key}', first on line {frame.seen[compared]}", "duplicate")
        else:
            frame.seen[compared] = mark[0]

    def _value(self, event: Any) -> Any:
        try:
            return resolve(event.value)
        except ValueError as error:
            if not self.dialect.odd_numbers:
                self._note(event, str(error), "number")
            return event.value

    def _mapping(self, event: Any) -> None:
        self._begin(event, {})

    def _sequence(self, event: Any) -> None:
        self._begin(event, [])

    def _begin(self, event: Any, children: Any) -> None:
        if event.tag is not None:
            self._take_tag(event)
        if self.open and self.open[-1].awaits_key:
            self._stop(event, "a mapping or list as a key; a key is a text", "key")
        if len(self.open) >= self.limits.depth:
            self._stop(event, f"nested deeper than {self.limits.depth} levels", "depth")
        node = Node(type(children)(), _mark(event))
        node.children = children
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.open.append(_Frame(node, event.anchor))

    def _end(self, event: Any) -> None:
        frame = self.open.pop()
        if frame.anchor is not None:
            self.anchors[frame.anchor] = frame.node
        self._place(frame.node, event)

    def _alias(self, event: Any) -> None:
        if self.open and self.open[-1].awaits_key:
            self._stop(event, "an alias as a key; write the key out", "alias")
        if event.anchor not in self.anchors:
            self._stop(event, f"alias *{event.anchor} has no anchor before it", "alias")
        node = self.anchors[event.anchor]
        if node is None:
            self._stop(event, f"alias *{event.anchor} stands within its own anchor", "alias")
        elif len(self.open) + node.height > self.limits.depth:
            self._stop(event, f"nested deeper than {self.limits.depth} levels", "depth")
        else:
            self.nodes += node.size - 1
            self._place(node, event)

    def _place(self, node: Node, event: Any) -> None:
        self.nodes += 1
        if self.nodes > self.limits.nodes:
            self._stop(event, f"more than {self.limits.nodes:,} values, aliases written out", "nodes")
        if not self.open:
            self.root = node
            return
        frame = self.open[-1]
        parent = frame.node
        parent.size += node.size
        if node.height >= parent.height:
            parent.height = node.height + 1
        if frame.mapping:
            parent.children[frame.key] = node
            parent.value[frame.key] = node.value
            parent.keys.setdefault(frame.key, frame.key_mark)
            frame.key = _MISSING
        else:
            parent.children.append(node)
            parent.value.append(node.value)

    def _take_tag(self, event: Any) -> bool:
        """Whether the value is to be read as if it stood there plain, without its tag."""
        if event.tag in self.dialect.tags:
            return bool(event.tag != _TEXT_TAG)
        shown = f" {event.tag!r}" if len(event.tag) <= 60 else ""
        self._note(event, f"a tag{shown}; tags are not allowed, leave it out", "tag")
        return False

    def _note(self, event: Any, reason: str, kind: str) -> None:
        self.problems.append(Problem(*_mark(event), self._path(), _printable(reason), kind))

    def _stop(self, event: Any, reason: str, kind: str) -> None:
        self._note(event, reason, kind)
        raise _Stop

    def _path(self) -> Path:
        steps: list[str | int] = []
        for frame in self.open:
            if isinstance(frame.node.children, list):
                steps.append(len(frame.node.children))
            elif frame.key is not _MISSING:
                steps.append(frame.key)
        return tuple(steps)


def _mark(event: Any) -> Mark:
    mark = event.start_mark
    return mark.line + 1, mark.column + 1


def _printable(text: str) -> str:
    shown = "".join(character if character.isprintable() else "?" for character in text)
    return shown if len(shown) <= 200 else f"wrong, and too long to quote ({len(text)} characters)"
