"""What every step of a look at git's history shares: the checkout, the suspects, and the time that is left."""

from __future__ import annotations

from typing import NamedTuple

from ....context import Context
from ....model import JsonObject
from ....ports import files as disk
from ....ports import git
from ..judging.soundness import Inspect
from ..settings import Settings
from .trail import Trail

MOST_READ = 100
"""Files that are read at once: each may be half a megabyte."""
FILE_MODES = ("100644", "100755")


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

    def file_of(self, name: str) -> JsonObject | None:
        """What is known of a workflow by its name, else of an action by its path; None where there is no such file."""
        found: JsonObject | None = self.files["workflows"].get(name) or self.files["actions"].get(name)
        return found

    def path_of(self, name: str) -> str:
        """Its path from the top, also of a workflow that is missing."""
        file = self.file_of(name)
        return str(file["path"]) if file else f"{self.settings.files.path.strip('/')}/{name}"

    def kind_of(self, name: str) -> str:
        """`workflow` or `action`."""
        return "action" if name not in self.files["workflows"] and name in self.files["actions"] else "workflow"

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


def read_file(path: str) -> bytes | None:
    """The file at this path; None where there is none that can be read."""
    try:
        return disk.read_bytes(path, git.LARGEST_BLOB, follow=False)
    except OSError:
        return None
