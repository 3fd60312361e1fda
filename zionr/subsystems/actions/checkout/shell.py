"""Shell blocks, parsed by bash and never run: `bash -n` reads commands and executes none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ....context import Clock
from ....model import JsonObject
from ....ports import process
from ..files.shell_blocks import LONGEST
from ..files.source import Fault

MOST_BLOCKS = 2_000
"""Blocks of one run: bash takes about 2 ms for each."""
MOST_S = 20.0
BLOCK_S = 5.0
_WHERE = re.compile(r"line (\d+): (.+)")


class Verdict(NamedTuple):
    """What bash says of one block: nothing (`line` 0), or what it cannot read there. Lines count from 1."""

    line: int
    reason: str


READABLE = Verdict(0, "")


def parse_all(texts: Iterable[str], bash: str, clock: Clock) -> dict[str, Verdict]:
    """The verdict for each different text; those that bash gave no verdict on in this run's time are left out."""
    verdicts: dict[str, Verdict] = {}
    deadline = clock.monotonic() + MOST_S
    for text in list(dict.fromkeys(texts))[:MOST_BLOCKS]:
        if clock.monotonic() >= deadline:
            break
        found = _parse(text, bash)
        if found is not None:
            verdicts[text] = found
    return verdicts


def with_verdicts(inspected: JsonObject, verdicts: dict[str, Verdict]) -> JsonObject:
    """The result of inspecting a file with what bash said of its blocks; `blocks` holds the rest."""
    faults = [_fault(block, verdicts[block["text"]]) for block in inspected["blocks"] if block["text"] in verdicts]
    return {
        **inspected,
        "faults": [*inspected["faults"], *(fault for fault in faults if fault is not None)],
        "blocks": [block for block in inspected["blocks"] if block["text"] not in verdicts],
    }


def _parse(text: str, bash: str) -> Verdict | None:
    if "\0" in text or len(text.encode(errors="surrogatepass")) > LONGEST:
        return None
    # Under `-n` no `shopt` of the block takes effect, and its patterns would be syntax errors.
    patterns = ["-O", "extglob"] if "extglob" in text else []
    done = process.run(
        [bash, "--norc", "--noprofile", *patterns, "-n", "-c", "--", text],
        timeout_s=BLOCK_S,
        # Nothing inherited: BASH_ENV names a file to run, and BASH_FUNC_… holds code. C, so that it speaks English.
        env={"LC_ALL": "C"},
        cwd="/",
        most=64 << 10,
    )
    if done.succeeded:
        return READABLE
    said = _WHERE.search(done.stderr)
    if done.ended_by != "itself" or done.code is None or done.code < 0 or said is None:
        return None
    return Verdict(int(said[1]), said[2].strip())


def _fault(block: JsonObject, verdict: Verdict) -> JsonObject | None:
    if verdict is READABLE:
        return None
    lines = block["text"].count("\n") + 1
    made = Fault(
        rule="shell-syntax",
        line=block["line"] + min(verdict.line, lines) - 1,
        column=1,
        message=f"bash cannot read this block: {verdict.reason}",
        anchor=block["anchor"],
        hint="the step fails when it runs; look for a quote or bracket that is not closed",
        like=f"bash cannot read a block: {verdict.reason}",
    )
    return made._asdict()
