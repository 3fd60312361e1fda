"""What a proposal says of itself: title, message of its commit, and the body of its pull request. Pure.

Names, authors and subjects are other people's words: they stand in backticks, so that they mention nobody and close
nothing, and the commit's message has none of them but the files' names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ....instants import iso
from ....model import Candidate, JsonObject
from ..files.words import plain
from .diffs import FileChange
from .mend import Mended
from .patches import KINDS

MOST_FILES = 300
"""Rows of a body, which GitHub cuts off at 65,536 characters."""
_LONGEST = 120


class Made(NamedTuple):
    """One mended file: its plan of the candidate's `action`, its path in the repository, and what it was and is."""

    plan: JsonObject
    path: str
    before: bytes | None
    mended: Mended

    @property
    def change(self) -> FileChange:
        """Before and after."""
        return FileChange(self.path, self.before, self.mended.content, self.plan["mode"])


def title(made: Sequence[Made]) -> str:
    """What it does, in one line."""
    what = code(made[0].plan["name"]) if len(made) == 1 else f"{len(made)} workflow files"
    commits = {commit["commit"][:7] if (commit := _breaking(one)) else None for one in made}
    if all(one.mended.how == "patch" for one in made):
        return f"Mend one line of {what}" if len(made) == 1 else f"Mend one line in each of {what}"
    by = f", broken by {next(iter(commits))}" if len(commits) == 1 and None not in commits else ""
    return f"Restore {what}{by}"


def message(made: Sequence[Made]) -> str:
    """The message of the commit."""
    rows = [f"- {plain(one.path, _LONGEST)}: {_how(one)}" for one in made[:MOST_FILES]]
    rows += [f"- and {len(made) - MOST_FILES} more"] if len(made) > MOST_FILES else []
    return "\n".join([title(made).replace("`", ""), "", *rows, ""])


def body(made: Sequence[Made], candidate: Candidate) -> str:
    """What a person has to know before merging it."""
    rows = [f"| {code(one.path)} | {_how(one)} | {one.mended.changed_lines} |" for one in made[:MOST_FILES]]
    rows += [f"| and {len(made) - MOST_FILES} more | | |"] if len(made) > MOST_FILES else []
    left = candidate.action["left"]
    return "\n".join(
        [
            *_causes(made),
            "",
            "| file | mended | lines changed |",
            "|---|---|---|",
            *rows,
            "",
            *candidate.action["summary"][-1:],
            *(["", "Not mended:", ""] if left else []),
            *(f"- {code(name)}: {code(reason)}" for name, reason in list(left.items())[:MOST_FILES]),
            "",
            "Older versions bring back their permissions and schedules: read them before you merge.",
            "To decline, close this pull request: while the damage stays as it is, it is not made again.",
            "",
        ]
    )


def code(text: str) -> str:
    """Other people's words as Markdown that is only shown."""
    return f"`{plain(text, _LONGEST).replace('|', '/')}`"


def _causes(made: Sequence[Made]) -> list[str]:
    """Which commit broke how many of the files."""
    found: dict[str, tuple[JsonObject, int]] = {}
    for one in made:
        commit = _breaking(one)
        if commit is not None:
            found[commit["commit"]] = commit, found.get(commit["commit"], (commit, 0))[1] + 1
    if not found:
        known = all(one.plan["broken_by"] is not None for one in made)
        return ["None of these files was ever good." if known else "Which commit did the damage is not known."]
    return [
        f"{commit['commit']} {code(commit['subject'])} by {code(commit['author'])}, {iso(commit['at'])}, "
        f"damaged {count} of these {len(made)} files."
        for commit, count in list(found.values())[:20]
    ]


def _breaking(one: Made) -> JsonObject | None:
    """The commit that broke it: not the one that made it, where it never was good."""
    commit: JsonObject | None = one.plan["broken_by"]
    return None if one.plan["good"] is None else commit


def _how(one: Made) -> str:
    good = one.plan["good"]
    if one.mended.how == "patch":
        return KINDS[str(one.mended.kind)]
    if one.mended.how == "merge":
        return f"as in {good['commit'][:7]}, and the edits since the damage kept"
    return f"as in {good['commit'][:7]}, byte for byte"
