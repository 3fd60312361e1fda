"""What a damaged workflow could be again: a text patch, an older version, or both merged. Pure.

Whatever comes out is judged as any file is, and is only an answer if nobody would object to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ....model import JsonObject
from ..files.source import Inspect
from ..judging.soundness import objection
from .diffs import changed_lines
from .patches import patch

Merge = Callable[[bytes, bytes, bytes], bytes | None]
"""Three-way merge of the present text, the base, and the good version; None where they conflict."""


class Past(NamedTuple):
    """What there is to mend from. `present` is None for a file that is gone, `good` where no version is good.

    `broken` is the file as the breaking commit left it, None where it left none or that is not known. `did_more` is
    whether any valid version had real steps.
    """

    present: bytes | None
    broken: bytes | None
    good: bytes | None
    did_more: bool


class Mended(NamedTuple):
    """New bytes for a file. `how` is patch, version or merge; `kind` a key of `patches.KINDS` for a patch, else None.

    `changed_lines` count from the present file, `kept_lines` are those edited after the damage that stay.
    """

    how: str
    content: bytes
    changed_lines: int
    kept_lines: int = 0
    kind: str | None = None


def mend(kind: str, past: Past, inspect: Inspect, merge: Merge) -> Mended | str:
    """The least change that makes a file of this kind (`workflow` or `action`) good, or why there is none."""
    least = 0 if past.present is None else int(inspect(past.present, kind)["real_steps"])

    def refusal(content: bytes) -> str | None:
        return objection(inspect(content, kind), least, did_more=past.did_more)

    patched = None if past.present is None else patch(past.present)
    if patched is not None and past.present is not None and refusal(patched.content) is None:
        return Mended("patch", patched.content, changed_lines(past.present, patched.content), kind=patched.kind)
    if past.good is None:
        return "no valid version in its history"
    return _from_history(past, past.good, refusal, merge)


def _from_history(past: Past, good: bytes, refusal: Callable[[bytes], str | None], merge: Merge) -> Mended | str:
    problem = refusal(good)
    if past.present is None or past.present == past.broken:
        if problem is not None:
            return f"its last good version will not do: {problem}"
        return Mended("version", good, changed_lines(past.present or b"", good))
    if past.broken is None:
        return "how it was when it broke is not known, so what was edited since could be lost"
    merged = merge(past.present, past.broken, good)
    if merged is None:
        return "it was edited since, and those edits conflict with its last good version"
    problem = refusal(merged)
    if problem is not None:
        return f"its last good version with the edits made since will not do: {problem}"
    return Mended("merge", merged, changed_lines(past.present, merged), changed_lines(past.broken, past.present))


def in_facts(mended: Mended) -> JsonObject:
    """What the observation tells of it; the bytes are made again when they are needed."""
    return {
        "how": mended.how,
        "kind": mended.kind,
        "changed_lines": mended.changed_lines,
        "kept_lines": mended.kept_lines,
    }
