"""One file that could be read, and one fault of a file, as all rules for files see them. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from ....model import JsonObject

if TYPE_CHECKING:  # faults are judged also where nothing is parsed, and PyYAML costs 20 ms
    from ....strict_yaml import Document
    from ....strict_yaml.values import Mark, Path


class Fault(NamedTuple):
    """Something that is wrong at one place of one file. Line and column count from 1.

    `rule` is its name without `actions/`. `anchor` tells it from other faults of that rule in the file and is stable
    from run to run: a job, a step, a key path, never a line. `like` is the same for faults of different files that
    one cause may have (the message without names); faults without it are never grouped.
    """

    rule: str
    line: int
    column: int
    message: str
    anchor: str | None = None
    hint: str | None = None
    like: str | None = None
    expected: Any = None
    actual: Any = None


Inspect = Callable[[bytes, str], JsonObject]
"""From the content of a file and its kind (`workflow` or `action`) to what it says, as `files.inspect` tells it."""


class Source(NamedTuple):
    """A file that is YAML. `kind` is workflow or action; `document.value` is plain, its keys as they are written."""

    kind: str
    text: str
    document: Document

    @property
    def value(self) -> Any:
        """The whole document."""
        return self.document.value

    def key(self, path: Path) -> Mark:
        """Where the key of an entry stands (in a list the value); the file's beginning if it has no such part."""
        return self.document.marks.key(path) or (1, 1)

    def at(self, path: Path) -> Mark:
        """Where the value stands; the file's beginning if it has no such part."""
        return self.document.marks.value(path) or (1, 1)


def anchor_of(path: Path) -> str:
    """A path as an anchor: `jobs.build.steps.0.run`."""
    return ".".join(str(step) for step in path)
