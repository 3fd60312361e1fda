from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.support import StillClock
from zionr.subsystems.actions.checkout import shell
from zionr.subsystems.actions.checkout.shell import READABLE, Verdict, parse_all, with_verdicts
from zionr.subsystems.actions.files.shell_blocks import LONGEST

from ..file_facts import block, fault, inspected

BASH = shutil.which("bash") or "there must be a bash"


class RunningClock(StillClock):
    """Every look at it takes a second."""

    def monotonic(self) -> float:
        self.time += 1.0
        return self.time


def _parse(text: str) -> Verdict | None:
    return parse_all([text], BASH, StillClock()).get(text)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('echo "never closed\necho more\n', 1, "unexpected EOF while looking for matching `\"'"),
        ("if true; then\n  echo\n", 3, "syntax error: unexpected end of file"),
        ("echo one\necho )\n", 2, "syntax error near unexpected token `)'"),
        ("-x )", 1, "syntax error near unexpected token `)'"),
    ],
)
def test_what_bash_cannot_read(text: str, line: int, reason: str) -> None:
    found = _parse(text)
    assert found is not None
    assert found.line == line
    assert found.reason.startswith(reason.partition(" from ")[0])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "echo fine",
        "--version",
        "shopt -s extglob\nrm !(keep|this)\n",
        'echo "${NAME}" && cat <<EOF\n"\nEOF\n',
        "echo ünï 🙂",
        "diff <(one) <(two)\nwords=(a b)\n",
        "exit 3",
    ],
)
def test_what_bash_can_read(text: str) -> None:
    assert _parse(text) is READABLE


def test_nothing_is_run(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    for text in (f"touch {trace}", f"echo $(touch {trace})", f"x=`touch {trace}`", f": ${{x:=$(touch {trace})}}"):
        assert _parse(text) is READABLE
    assert not trace.exists()


def test_nothing_of_the_caller_reaches_bash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = tmp_path / "start"
    start.write_text(f"touch {tmp_path}/ran\n")
    monkeypatch.setenv("BASH_ENV", str(start))
    monkeypatch.setenv("SHELLOPTS", "verbose")
    assert _parse("echo fine") is READABLE
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("text", ["echo \0", "x" * (LONGEST + 1)])
def test_what_cannot_be_handed_over_gets_no_verdict(text: str) -> None:
    assert _parse(text) is None


def test_the_longest_block_can_be_handed_over() -> None:
    assert _parse("#" * LONGEST) is READABLE


@pytest.mark.parametrize("end", ["exit 0", "kill -9 $$", "exit 7", 'head -c 100000 /dev/zero; echo "line 1: no" >&2'])
def test_a_bash_that_behaves_oddly_gives_no_fault(tmp_path: Path, end: str) -> None:
    odd = tmp_path / "bash"
    odd.write_text(f"#!/bin/sh\n{end}\n")
    odd.chmod(0o755)
    found = parse_all(["echo"], str(odd), StillClock())
    assert found == ({"echo": READABLE} if end == "exit 0" else {})


def test_a_bash_that_is_gone_gives_no_fault(tmp_path: Path) -> None:
    assert parse_all(["echo"], str(tmp_path / "gone"), StillClock()) == {}


def test_equal_blocks_are_parsed_once(tmp_path: Path) -> None:
    counting = tmp_path / "bash"
    counting.write_text(f"#!/bin/sh\nset >> {tmp_path}/calls\necho call >> {tmp_path}/count\n")
    counting.chmod(0o755)
    assert len(parse_all(["a", "b", "a", "a"], str(counting), StillClock())) == 2
    assert (tmp_path / "count").read_text().splitlines() == ["call", "call"]


def test_what_takes_too_long_is_left_for_the_next_run() -> None:
    texts = [f"echo {number}" for number in range(100)]
    done = parse_all(texts, BASH, RunningClock())
    assert list(done) == texts[: len(done)]
    assert 0 < len(done) <= shell.MOST_S


def test_what_is_too_much_is_left_for_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "MOST_BLOCKS", 2)
    assert list(parse_all(["a", "b", "c"], BASH, StillClock())) == ["a", "b"]


def test_a_fault_stands_at_its_line_of_the_file() -> None:
    bad, fine, late = block("echo )\n", line=20), block("echo\n", line=30), block("echo later\n", line=40)
    before = inspected(faults=[fault("type")], blocks=[bad, fine, late])
    verdicts = {bad["text"]: Verdict(1, "syntax error near unexpected token `)'"), fine["text"]: READABLE}
    after = with_verdicts(before, verdicts)
    assert after["blocks"] == [late]
    assert before["blocks"] == [bad, fine, late]  # nobody else's result is changed
    first, found = after["faults"]
    assert first == fault("type")
    assert found == fault(
        "shell-syntax",
        line=20,
        column=1,
        message="bash cannot read this block: syntax error near unexpected token `)'",
        anchor="jobs.build.steps.1.run",
        hint="the step fails when it runs; look for a quote or bracket that is not closed",
        like="bash cannot read a block: syntax error near unexpected token `)'",
    )


def test_a_block_that_ends_too_early_is_told_at_its_last_line() -> None:
    text = "if true; then\n  echo"
    after = with_verdicts(inspected(blocks=[block(text, line=20)]), parse_all([text], BASH, StillClock()))
    assert [found["line"] for found in after["faults"]] == [21]


def test_no_message_holds_a_path() -> None:
    found = _parse("echo )")
    assert found is not None
    assert os.sep not in found.reason
    assert "-c" not in found.reason
