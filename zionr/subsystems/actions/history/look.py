"""What every step of a look at git's history shares: the checkout, the suspects, and the time that is left."""

from __future__ import annotations

from typing import NamedTuple

from ....context import Context
from ....model import JsonObject
from ....ports import files as disk
from ....ports import git
from ..files.source import Inspect
from ..files.whereabouts import Whereabouts, find
from ..settings import Settings
from .trail import Trail, is_file

MOST_READ = 100
"""Files that are read at once: each may be half a megabyte."""


class Look(NamedTuple):
    """What every step needs: the checkout and its files, how to judge a version, and until when (monotonic seconds)."""

    top: str
    files: JsonObject
    settings: Settings
    context: Context
    inspect: Inspect
    until: float

    @property
    def left_s(self) -> float:
        """Seconds that git may take."""
        return max(0.01, self.until - self.context.clock.monotonic())

    @property
    def is_over(self) -> bool:
        """Whether the time is used up."""
        return self.context.clock.monotonic() >= self.until

    def find(self, name: str) -> Whereabouts:
        """Where a suspect is, also one that is missing."""
        return find(name, self.files, self.settings.files.path)

    def merge(self, present: bytes, base: bytes, good: bytes) -> bytes | None:
        """git's own merge of three texts."""
        return git.merge_file(present, base, good, self.context.environ, timeout_s=self.left_s)


class Suspect(NamedTuple):
    """One file: its path from the top of the repository, its entry in the last commit, its trail, what was seen."""

    name: str
    path: str
    kind: str
    entry: git.Entry | None
    trail: Trail
    seen: list[JsonObject | None]

    def unread(self, end: int | None) -> int:
        """How many of the newest `end` versions, None for all that were looked at, cannot be read from git."""
        versions = zip(self.trail.changes, self.seen[:end], strict=False)
        return sum(file is None and is_file(change) for change, file in versions)


def read_file(path: str) -> bytes | None:
    """The file at this path; None where there is none that can be read."""
    try:
        return disk.read_bytes(path, git.LARGEST_BLOB, follow=False)
    except OSError:
        return None
