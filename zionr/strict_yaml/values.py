"""What the loader gives back: a value, the places of its parts, or every problem at once."""

from __future__ import annotations

from typing import Any, NamedTuple

Mark = tuple[int, int]
"""A line and a column, both from 1."""

Path = tuple[str | int, ...]
"""The keys and list positions (from 0) that lead from the top of a document to a value."""


class Limits(NamedTuple):
    """What a document may cost. `nodes` counts every value as often as aliases repeat it."""

    size: int = 512 * 1024
    depth: int = 100
    nodes: int = 100_000


class Dialect(NamedTuple):
    """How a family of files is read. The default is the strictest, for the files that zionr itself defines.

    `text_keys`: a key without quotes is the text it is written as, so `on`, `true` and `1` are keys like any other.
    `any_case`: keys that differ only in upper and lower case are one key. `tags`: the tags that may stand before a
    value. `bom`: a byte order mark may open the file. `odd_numbers`: a number that JSON cannot hold stays a text.
    """

    text_keys: bool = False
    any_case: bool = False
    tags: frozenset[str] = frozenset()
    bom: bool = False
    odd_numbers: bool = False


class Problem(NamedTuple):
    """One fault. `kind` is a word for programs: syntax, encoding, binary, size, depth, nodes, documents,
    alias, tag, merge, key, duplicate or number."""

    line: int
    column: int
    path: Path
    reason: str
    kind: str


class YamlProblems(Exception):  # noqa: N818 - the name says that it holds many, each with its place
    """A text that is refused; `problems` are in the order of their places.

    `document` is what it says all the same, where it could be read to its end (the last of two equal keys counts).
    """

    def __init__(self, problems: list[Problem], document: Document | None = None) -> None:
        self.problems = sorted(problems, key=lambda problem: problem[:2])
        self.document = document
        super().__init__("\n".join(f"{p.line}:{p.column}: {p.reason}" for p in self.problems))


class Node:
    """One value with its place. `size` counts it and all below it, `height` the levels below it."""

    __slots__ = ("children", "height", "keys", "mark", "size", "value")

    def __init__(self, value: Any, mark: Mark) -> None:
        self.value = value
        self.mark = mark
        self.size = 1
        self.height = 0
        self.keys: dict[str, Mark] = {}
        self.children: Any = None


class Marks:
    """The places of a document's parts, found by walking there: nothing is built that nobody asks for."""

    def __init__(self, root: Node | None) -> None:
        self._root = root

    def key(self, path: Path) -> Mark | None:
        """Where the key of a mapping's entry stands (at the top, in lists: the value); None if not there."""
        parent = self._walk(path[:-1]) if path else None
        if parent is not None and isinstance(parent.children, dict):
            return parent.keys.get(str(path[-1]))
        return self.value(path)

    def value(self, path: Path) -> Mark | None:
        """Where the value itself begins; None if there is none at this path."""
        node = self._walk(path)
        return None if node is None else node.mark

    def __getitem__(self, path: Path) -> Mark:
        """As `key`; KeyError where the document has no such part."""
        mark = self.key(path)
        if mark is None:
            raise KeyError(path)
        return mark

    def _walk(self, path: Path) -> Node | None:
        node = self._root
        for step in path:
            if node is None or node.children is None:
                return None
            node = _child(node.children, step)
        return node


def _child(children: Any, step: str | int) -> Node | None:
    if isinstance(children, dict):
        found: Node | None = children.get(step)
        return found
    return children[step] if isinstance(step, int) and 0 <= step < len(children) else None


class Document(NamedTuple):
    """`value` is plain JSON-like Python. Parts that aliases repeat are one object: copy before a change."""

    value: Any
    marks: Marks
