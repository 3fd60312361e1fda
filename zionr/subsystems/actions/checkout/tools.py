"""Other checkers, where the policy asks for them and they are on PATH: zizmor and actionlint.

Both get the very files that zionr judges, not the folder: one name that is no UTF-8 makes zizmor give up on all.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ....context import Context
from ....model import JsonObject
from ....ports import process, programs
from . import tool_findings

TIMEOUT_S = 60.0
"""For one tool, over all its calls."""
MOST_OUTPUT = 64 << 20
"""zizmor writes about 2 KB for a finding."""
MOST_ARGUMENTS = 500_000
"""Bytes of file names in one call: Linux allows 2 MB of arguments and environment by default (execve(2))."""

_OF_ARGUMENT = 9
"""Bytes beside each: the NUL at its end, and the pointer to it."""


class _Tool(NamedTuple):
    """How one tool is called and read. `quiet` are exit codes that say: nothing wrong, and no output."""

    arguments: tuple[str, ...]
    fine: tuple[int, ...]
    quiet: tuple[int, ...]
    read: Callable[[Any], list[JsonObject]]
    actions: bool


# zizmor ends with 3 where it could read none of the files: zionr says so itself, of each. Its other codes above 10
# are severities, which --no-exit-codes turns off. actionlint ends with 1 where it found something.
# https://docs.zizmor.sh/usage/#exit-codes and https://github.com/rhysd/actionlint/blob/main/docs/usage.md#exit-status
_TOOLS = {
    "zizmor": _Tool(
        ("--format=json-v1", "--offline", "--no-exit-codes", "--no-progress", "--quiet", "--"),
        fine=(0,),
        quiet=(3,),
        read=tool_findings.of_zizmor,
        actions=True,
    ),
    "actionlint": _Tool(
        ("-no-color", "-format", "{{json .}}", "--"),
        fine=(0, 1),
        quiet=(),
        read=tool_findings.of_actionlint,
        actions=False,
    ),
}


class FailedError(Exception):
    """A tool gave no usable answer; the text says why."""


def run_tools(
    names: Sequence[str], context: Context, *, top: str, workflows: Sequence[str], actions: Sequence[str]
) -> JsonObject:
    """{tool: {status, reason, findings}} for each of `names`; the files are paths from `top`."""
    return {name: _run(name, context, top, workflows, actions) for name in names}


def _run(name: str, context: Context, top: str, workflows: Sequence[str], actions: Sequence[str]) -> JsonObject:
    program = programs.find(name, context.environ)
    if program is None:
        return {"status": "missing", "reason": f"there is no {name} on PATH", "findings": []}
    tool = _TOOLS[name]
    paths = [f"./{path}" for path in [*workflows, *(actions if tool.actions else ())]]
    sized = [(path, len(path.encode()) + _OF_ARGUMENT) for path in paths]
    deadline = context.clock.monotonic() + TIMEOUT_S
    findings: list[JsonObject] = []
    try:
        for batch in process.batches(sized, MOST_ARGUMENTS):
            findings += _ask(tool, program, batch, context, top, deadline - context.clock.monotonic())
    except FailedError as failure:
        return {"status": "failed", "reason": context.redact(str(failure))[:300], "findings": []}
    return {"status": "ok", "reason": None, "findings": findings}


def _ask(
    tool: _Tool, program: str, paths: Sequence[str], context: Context, top: str, within_s: float
) -> list[JsonObject]:
    name = program.rpartition("/")[2]
    done = process.run(
        [program, *tool.arguments, *paths],
        timeout_s=max(0.0, within_s),
        env=process.allowed_environment(context.environ, f"{name.upper()}_"),
        cwd=top,
        most=MOST_OUTPUT,
    )
    if done.ended_by == "itself" and done.code in tool.quiet:
        return []
    if done.ended_by != "itself" or done.code not in tool.fine:
        raise FailedError(_why(done))
    try:
        return tool.read(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise FailedError(f"{name} answered in another form than this zionr reads") from None


def _why(done: process.Completed) -> str:
    if done.problem is not None:
        return done.problem
    if done.ended_by == "timeout":
        return f"took longer than {TIMEOUT_S:g} s and was ended"
    if done.ended_by == "flood":
        return f"said more than {MOST_OUTPUT >> 20} MB and was ended"
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return f"ended with code {done.code}: {lines[-1] if lines else 'it said nothing'}"
