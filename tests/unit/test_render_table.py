from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import HEALTH, NOW, finding, report, step, target
from zionr.engine.gates import USED_UP
from zionr.engine.summary import summarise
from zionr.model import Finding, Gate, Health, Lease, Location, Report, State
from zionr.render import document, table, text
from zionr.render.text import View

PLAIN = View(color=False, verbose=False, now=NOW)
VERBOSE = PLAIN._replace(verbose=True)
COLORED = PLAIN._replace(color=True)


def _lines(shown: Report, view: View = PLAIN) -> list[str]:
    return table.render(shown, view).split("\n")


def test_a_healthy_check_is_one_line() -> None:
    assert _lines(report()) == ["ok        pm2 on web-1: 1 target, score 100.0, 0.09 s"]
    assert _lines(report(scope="repository"))[0].startswith("ok        pm2: 1 target")


def test_the_verdict_names_what_is_down_and_the_worst_comes_first() -> None:
    lines = _lines(report(finding("w", State.WARNING), finding("u", State.UNKNOWN), finding("a"), finding("b")))
    assert lines[0] == "CRITICAL  pm2 on web-1: a and b: down or failing"
    heads = [line.split()[0] for line in lines if "pm2/process-dead:" in line]
    assert heads == ["CRITICAL", "CRITICAL", "UNKNOWN", "WARNING"]


def test_one_finding_is_the_verdict() -> None:
    assert _lines(report(finding()))[0] == "CRITICAL  pm2 on web-1: api: something about api"


def test_many_names_are_counted() -> None:
    lines = _lines(report(*(finding(f"p{number}") for number in range(8))))
    assert lines[0].endswith("p0, p1, p2, p3, p4, p5 and 2 more: down or failing")


def test_what_is_caused_by_something_says_so() -> None:
    cause = finding("daemon", rule="pm2/daemon-down")
    shown = table.render(report(cause, finding("api")._replace(caused_by=cause.id)), PLAIN)
    assert "          caused by pm2/daemon-down:daemon" in shown
    assert shown.startswith("CRITICAL  pm2 on web-1: daemon: something about daemon")


def test_error_hint_age_and_place() -> None:
    told = finding()._replace(
        evidence={"last_error": "connect ECONNREFUSED"},
        hint="see its log",
        first_seen=NOW - 540,
        locations=(Location("a.json", 3, 7), Location("b.json")),
    )
    shown = table.render(report(told), PLAIN)
    assert "since 02:51Z, 9m" in shown
    for line in ("last error: connect ECONNREFUSED", "see its log", "2 places, first a.json:3:7"):
        assert f"\n          {line}" in shown
    assert "b.json" not in shown
    assert "\n          b.json\n" in table.render(report(told), VERBOSE)


def test_a_repair_that_is_proven() -> None:
    mended = finding()._replace(resolved=True)
    done = step(mended, "succeeded", verified=True, reason="pid 7 twice", attempt=1, duration_s=5.1)
    lines = _lines(report(mended, kind="recover", steps=(done,), lease=Lease("pm2.web-1", "web-1", 12, True)))
    assert lines[0] == "ok        pm2 on web-1: api repaired"
    assert lines[1].strip().startswith("score 100.0  100% seen  1 repair, 1 verified  lease pm2.web-1, token 12")
    assert "succeeded pm2/restart  pm2/process-dead:api  attempt 1  5.10 s" in lines
    assert "          verified: pid 7 twice" in lines


def test_what_was_not_done_is_said_with_the_reason() -> None:
    dead = finding()
    gate = Gate("attempts", "fewer than 3 in 1h", "3", False)
    skipped = step(dead, "skipped", reason=f"attempts: 3: {USED_UP}", gates=(gate,))
    shown = table.render(report(dead, kind="recover", steps=(skipped,)), PLAIN)
    assert "skipped   pm2/restart api\n          attempts: 3: attempts used up" in shown
    planned = step(dead, "planned", command="restartProcessId 4", gates=(gate,))
    assert "\n          restartProcessId 4" in table.render(report(dead, kind="recover", steps=(planned,)), PLAIN)
    verbose = table.render(report(dead, steps=(planned,)), VERBOSE)
    assert "gate attempts: needs fewer than 3 in 1h; had 3: NO" in verbose


def test_a_check_says_what_keeps_the_repair() -> None:
    dead, worn = finding("api"), finding("mailer")
    ready = step(dead, gates=(Gate("recover", "a run that may repair", "a check", False),), reason="recover: a check")
    short = step(worn, reason="streak: 1, needs 3 bad checks in a row", gates=(Gate("streak", "3", "1", False),))
    lines = _lines(report(dead, worn, steps=(ready, short)))
    assert "repair    api: pm2/restart: every gate is open" in lines
    assert "repair    mailer: pm2/restart: streak: 1, needs 3 bad checks in a row" in lines


def test_a_finding_without_a_remedy_is_told_once() -> None:
    loop = finding(rule="pm2/restart-loop")
    none = step(loop, remedy=None, reason="no remedy: none for pm2/restart-loop")
    assert "no remedy" not in table.render(report(loop, steps=(none,)), PLAIN)
    assert "no remedy" in table.render(report(loop, steps=(none,)), VERBOSE)


def test_of_a_finding_without_a_remedy_there_is_nothing_to_plan() -> None:
    remedy = step(finding(), reason="streak: 1, needs 3 bad checks in a row")
    assert _lines(report(finding(), steps=(remedy,)))[-1] == "next      zionr recover pm2 --plan"
    assert _lines(report(finding(), steps=(remedy._replace(remedy=None),)))[-1].startswith("report")
    refused = remedy._replace(gates=(Gate("precondition", "a good version", "there is none", False),))
    assert _lines(report(finding(), steps=(refused,)))[-1].startswith("report")
    unseen = report(finding(state=State.UNKNOWN), steps=(remedy._replace(remedy=None),))
    assert _lines(unseen)[-1] == "next      zionr doctor"


def test_where_nothing_was_looked_at_nothing_is_well() -> None:
    blind = report(state=State.UNKNOWN, health=Health(None, 0.0), targets=())
    assert _lines(blind)[0] == "UNKNOWN   pm2 on web-1: nothing was looked at"


def test_the_verdict_repeats_whole_clauses() -> None:
    long = finding()._replace(message=f"failed since 02:00Z; its last run {'was long ago ' * 6}")
    assert _lines(report(long))[0] == "CRITICAL  pm2 on web-1: api: failed since 02:00Z"
    endless = finding()._replace(message="a" * 200)
    assert "".join(line[10:] for line in _lines(report(endless))[:2]).endswith(f"{'a' * 89}…")


def test_what_a_verified_step_left_open_is_told_and_not_called_repaired() -> None:
    late = finding(state=State.WARNING)._replace(message="its schedule is still dead")
    done = step(late, "succeeded", verified=True, reason="run #2 ended as success")
    lines = _lines(report(late, kind="recover", steps=(done,)))
    assert lines[0] == "WARNING   pm2 on web-1: api: its schedule is still dead"
    assert any(line.startswith("WARNING   pm2/process-dead:api") for line in lines)
    assert "          verified: run #2 ended as success" in lines


def test_a_repair_of_several_findings_counts_them_and_tells_what_it_makes() -> None:
    one, other = finding("a"), finding("b")
    ids, made = (one.id, other.id), {"summary": ["2 files as before 55aabfd", "2 valid"]}
    both = step(one, "planned", findings=ids, targets=("a", "b"), evidence=made, command="a pull request")
    lines = _lines(report(one, other, kind="recover", steps=(both,)))
    assert "planned   pm2/restart  2 findings, 2 targets" in lines
    assert "          2 files as before 55aabfd" in lines
    again = step(one, reason="every gate is open", targets=("a",))
    assert "repair    a: pm2/restart: every gate is open" in _lines(report(one, other, steps=(again, again)))


def test_names_that_are_well_are_whole_or_counted() -> None:
    names = [f"workflow-{number:02}.yml" for number in range(9)]
    fine = tuple(target(name) for name in names)
    (line,) = (line for line in _lines(report(finding(), targets=fine)) if line.startswith("ok"))
    assert line == "ok        9: workflow-00.yml workflow-01.yml workflow-02.yml and 6 more"
    assert text.fitting("1:", ["x" * 60], 10) == f"1: {'x' * 11}…{'x' * 12}"


def test_notes_are_told() -> None:
    assert "note      reports cannot be stored" in table.render(report(notes=("reports cannot be stored",)), PLAIN)


def test_colour_repeats_the_word_and_is_off_by_default() -> None:
    assert "\x1b" not in table.render(report(finding()), PLAIN)
    colored = table.render(report(finding()), COLORED)
    assert "\x1b[31mCRITICAL  \x1b[0m" in colored
    for code in ("31", "32", "0"):
        colored = colored.replace(f"\x1b[{code}m", "")
    assert colored == table.render(report(finding()), PLAIN)


def test_long_names_are_cut_in_the_middle_and_lines_keep_to_the_width() -> None:
    long = finding("very-" * 40 + "end")._replace(message="does not answer, " * 20)
    lines = [*_lines(report(long, finding("b"))), *_lines(report(long))]
    assert max(len(line) for line in lines) <= 80
    assert "…" in "\n".join(lines)


@given(st.text(max_size=60))
def test_no_name_steers_the_terminal_or_adds_a_line(name: str) -> None:
    plain, hostile = (
        _shape(told) for told in (finding("x"), finding("x")._replace(target=name, hint=name, message=name))
    )
    for line in hostile:
        assert line.isprintable()
    assert len([line for line in hostile if line[:1].strip()]) == len([line for line in plain if line[:1].strip()])


def _shape(told: object) -> list[str]:
    assert isinstance(told, type(finding()))
    done = step(told, "skipped", reason=f"attempts: {USED_UP}")
    return _lines(report(told, finding("b"), targets=(), kind="recover", steps=(done,)), VERBOSE)


def test_a_summary_shows_each_report_below_its_verdict() -> None:
    reports = [report(subsystem="git", scope="repository"), report(finding(), health=Health(50.0, 1.0))]
    lines = table.render_summary(summarise(reports, HEALTH), PLAIN).split("\n")
    assert lines[0] == "CRITICAL  2 subsystems: score 75.0, 100% seen"
    assert lines[2].startswith("CRITICAL  pm2 on web-1")
    assert lines[-1].startswith("ok        git: ")


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\nb\r\t", "a\\nb\\r\\t"),
        ("\x1b[31m", "\\x1b[31m"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202eevil\u2066", "\\u202eevil\\u2066"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("Grüße, 世界", "Grüße, 世界"),
    ],
)
def test_what_is_printable(raw: str, shown: str) -> None:
    assert text.printable(raw) == shown


@pytest.mark.parametrize(("width", "shown"), [(10, "abcdefghij"), (9, "abcd…ghij"), (4, "a…ij"), (1, "…")])
def test_names_are_cut_in_the_middle(width: int, shown: str) -> None:
    assert text.cut("abcdefghij", width) == shown


@given(st.text(max_size=60))
def test_json_for_a_terminal_is_the_same_json_and_safe(name: str) -> None:
    shown = document.render({"name": name}, indented=True)
    assert json.loads(shown) == {"name": name}
    assert all(line.isprintable() for line in shown.split("\n"))


def test_json_for_programs_is_one_sorted_line() -> None:
    assert document.render({"b": "ü\n", "a": 1}) == '{"a":1,"b":"\\u00fc\\n"}'


def test_a_proposal_tells_where_it_is() -> None:
    offered = {
        "branch": "zionr/actions/restore-1a",
        "commit": "abc",
        "url": "https://example.org/pull/7",
        "patch": None,
    }
    done = step(finding(), "proposed", reason="one line of one file", proposal=offered)
    lines = _lines(report(finding(), kind="recover", steps=(done,)))
    assert "          branch zionr/actions/restore-1a" in lines
    assert "          url https://example.org/pull/7" in lines


def test_a_step_for_several_names_them() -> None:
    done = step(finding(), "planned", targets=tuple(f"p{number}.yml" for number in range(8)))
    lines = _lines(report(finding(), kind="recover", steps=(done,)))
    assert "          of p0.yml, p1.yml, p2.yml, p3.yml, p4.yml, p5.yml and 2 more" in lines


@pytest.mark.parametrize(("outcome", "told"), [("planned", True), ("proposed", True), ("skipped", False)])
def test_what_would_come_of_it(outcome: str, told: bool) -> None:
    planned = step(finding(), outcome, evidence={"summary": ["27 files as before 092a399, byte for byte"]})
    lines = _lines(report(finding(), kind="recover", steps=(planned,)))
    assert ("          27 files as before 092a399, byte for byte" in lines) is told


def test_a_patch_is_named_and_with_v_shown() -> None:
    done = step(
        finding(), "proposed", proposal={"branch": None, "commit": None, "url": None, "patch": "--- a\n+++ b\n"}
    )
    told = report(finding(), kind="recover", steps=(done,))
    assert f"          apply it with: zionr report show {told.id} --patch | git apply" in _lines(told)
    assert "          +++ b" in table.render(told, VERBOSE).split("\n")


def test_what_it_cost() -> None:
    cost = {"requests": 12, "rate_remaining": 4988, "rate_reset": NOW + 3600}
    assert "api       12 requests, 4,988 left until 04:00Z" in _lines(report(finding(), api=cost))


def test_what_is_on_no_file_has_no_id_and_no_repair_to_come() -> None:
    found = finding()
    shown = table.render(report(found, steps=(step(found, reason="streak: 1, needs 3"),), kept=False), PLAIN)
    assert "repair " not in shown
    assert "report " not in shown
    assert "next" not in shown


def test_a_long_list_is_counted_and_with_v_whole() -> None:
    told = report(*(finding(f"p{number:02}", State.WARNING if number else State.CRITICAL) for number in range(30)))
    lines = _lines(told)
    assert "more      10 findings (10 warning): -v shows them all" in lines
    assert sum(line.startswith(("WARNING", "CRITICAL  pm2/")) for line in lines) == 20
    assert sum(line.startswith("WARNING") for line in table.render(told, VERBOSE).split("\n")) == 29


def test_a_mass_failure_is_the_headline() -> None:
    said = "one commit, 092a399, broke 31 of 40 targets"
    whole = Finding("pm2/mass-failure", State.CRITICAL, None, said, group="x")
    assert _lines(report(finding("a"), finding("b"), whole))[0] == f"CRITICAL  pm2 on web-1: {said}"
