from __future__ import annotations

import pytest

from tests.support import finding, report, step
from zionr.model import Finding, Health, Location, Report, State
from zionr.render import github

WORD = "0f" * 16
HOSTILE = [
    "a\n::error::owned",
    "a\r\n::set-output name=x::y",
    "\x1b[31mred\x1b[0m",
    "::error::owned",
    "##[error]owned",
    f"::{WORD}::",
    "a,file=/etc/passwd::b",
    "100%0A::error::x",
    "\u202egnp.exe\u2066",
    "|cell|`code`<img src=x>",
    "@everyone [link](http://x) https://x #1",
    "\u2028::error::x",
    "\ud800",
]


def _told(*findings: Finding) -> list[str]:
    return github.render([report(*findings)], WORD).split("\n")


def test_annotations_then_verdicts_between_stop_commands() -> None:
    lines = _told(finding("api"), finding("b", State.WARNING), finding("c", State.UNKNOWN))
    assert lines[:3] == [
        "::error title=pm2/process-dead%3Aapi::something about api",
        "::warning title=pm2/process-dead%3Ac::something about c",
        "::warning title=pm2/process-dead%3Ab::something about b",
    ]
    assert lines[3] == f"::stop-commands::{WORD}"
    assert lines[4] == "critical  pm2: score 100.0, 3 findings"
    assert lines[5] == f"::{WORD}::"


def test_a_place_and_a_hint_are_told() -> None:
    placed = finding()._replace(locations=(Location("a,b.json", 3, 7), Location("c")), hint="mend it")
    assert _told(placed)[0] == (
        "::error title=pm2/process-dead%3Aapi,file=a%2Cb.json,line=3,col=7::something about api (mend it)"
    )
    assert ",file=c::" in _told(finding()._replace(locations=(Location("c"),)))[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_inside_its_annotation(name: str) -> None:
    hostile = finding(name)._replace(message=name, hint=name)
    lines = _told(hostile)
    assert len(lines) == 4
    assert lines[0].startswith("::error title=")
    properties, _, message = lines[0][2:].partition("::")
    assert "," not in properties
    assert "\x1b" not in lines[0]
    assert "\u202e" not in lines[0]
    assert "%0A" not in message.replace("%250A", "")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_no_markup_in_the_summary(name: str) -> None:
    hostile = finding(name)._replace(message=name)
    done = step(hostile, "failed", reason=name)
    text = github.summary([report(hostile, steps=(done,))])
    rows = [line for line in text.split("\n") if line.startswith("| critical")]
    assert len(rows) == 1
    assert rows[0].count("|") == 4
    for mark in ("`", "<", "@", "](", "\x1b", "\u202e"):
        assert mark not in rows[0]


def test_a_subsystem_cannot_end_the_stopping_of_commands() -> None:
    odd = report(subsystem=f"x\n::{WORD}::\n::error::owned")
    assert len(github.render([odd], WORD).split("\n")) == 3


def test_the_word_is_new_each_time() -> None:
    assert github.render([report()]) != github.render([report()])


def test_at_most_nine_annotations_and_how_many_more() -> None:
    many = [finding(f"p{number}") for number in range(14)]
    lines = _told(*many)
    annotations = [line for line in lines if line.startswith("::error")]
    assert len(annotations) == 9
    assert lines[9] == "::notice title=zionr::5 more findings: see the step summary"
    assert not any(line.startswith("::notice") for line in _told(*many[:9]))


def test_what_is_well_or_resolved_is_not_annotated() -> None:
    lines = _told(finding("a", State.OK), finding("b")._replace(resolved=True))
    assert lines[0].startswith("::stop-commands::")


def test_quotes_in_the_summary_stay_quotes() -> None:
    told = finding()._replace(message='PM2\'s log says "no" & <none>')
    assert 'PM2\'s log says "no" &amp; &lt;none&gt;' in github.summary([report(told)])


def test_the_summary_tells_steps_that_were_taken() -> None:
    dead = finding()
    steps = (step(dead, "succeeded", reason="pid 7 twice"), step(dead, "skipped", reason="waits"))
    text = github.summary([report(dead, steps=steps)])
    assert "| pm2/restart | api | succeeded | pid 7 twice |" in text
    assert "waits" not in text


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([report()], "state=ok\nscore=100.0\nreport=20261124T030000123-0000aa\n"),
        (
            [report(id="a", health=Health(75.04, 1.0)), report(id="b", state=State.CRITICAL, health=Health(None, 0.0))],
            "state=critical\nscore=75.0\nreport=a b\n",
        ),
        ([], "state=unknown\nscore=\nreport=\n"),
    ],
)
def test_outputs_for_later_steps(reports: list[Report], expected: str) -> None:
    assert github.outputs(reports) == expected
