from __future__ import annotations

from tests.support import NOW, bad, finding, past, past_finding, past_step, recovery
from zionr.engine.incidents import derive, find, rearm_event
from zionr.model import PastReport, State

GONE = past_finding(resolved=True)


def _derive(*history: PastReport, streak: int = 1) -> list[tuple[float, float | None, int]]:
    rules = recovery(fail_streak={State.WARNING: 3, State.CRITICAL: streak})
    return [(one.first_seen - NOW, _ago(one.resolved_at), one.checks) for one in derive(history, rules)]


def _ago(instant: float | None) -> float | None:
    return None if instant is None else instant - NOW


def test_from_the_first_bad_check_to_the_first_that_knows_better() -> None:
    assert _derive(past(100), bad(200), bad(300), past(400)) == [(-300, -100, 2)]
    assert _derive(bad(200), bad(300)) == [(-300, None, 2)]


def test_a_check_that_did_not_know_ends_nothing() -> None:
    unseen = past(100, state=State.UNKNOWN, targets={"api": State.UNKNOWN})
    event = past(50, kind="event", targets={}, event=rearm_event(finding().id))
    assert _derive(event, unseen, bad(200)) == [(-200, None, 1)]


def test_two_troubles_of_one_finding_open_ones_first() -> None:
    assert _derive(bad(100), past(200), bad(300)) == [(-100, None, 1), (-300, -200, 1)]


def test_a_trouble_shorter_than_its_streak_is_none() -> None:
    assert _derive(past(100), bad(200), streak=2) == []
    assert len(_derive(past(100), bad(200), bad(300), streak=2)) == 1


def test_one_that_zionr_acted_on_is_told_however_short() -> None:
    repaired = bad(200, findings=(GONE,), steps=(past_step(200, outcome="succeeded"),), targets={"api": State.OK})
    assert _derive(repaired, streak=3) == [(-200, -200, 1)]


def test_times_to_detect_act_and_repair() -> None:
    tries = (past_step(290), past_step(280, outcome="skipped"))
    history = [past(100), bad(200, runner="web-2"), bad(300, steps=tries), past(400)]
    (one,) = derive(history, recovery())
    assert (one.detect_s, one.act_s, one.repair_s) == (100, 10, 200)
    assert len(one.attempts) == 1
    assert one.acted_by == ("web-1",)
    assert (one.subsystem, one.scope, one.targets) == ("pm2", "host:web-1", ("api",))


def test_unknown_times_are_none() -> None:
    (one,) = derive([bad(300)], recovery())
    assert (one.detect_s, one.act_s, one.repair_s) == (None, None, None)


def test_notes_are_no_incidents_and_the_worst_state_stays() -> None:
    assert derive([bad(100, findings=(past_finding(state=State.OK),))], recovery()) == []
    (one,) = derive([bad(100, findings=(past_finding(state=State.WARNING),)), bad(200)], recovery())
    assert one.state is State.CRITICAL


def test_only_an_open_incident_is_found_by_its_id() -> None:
    found = derive([bad(100), past(200), bad(300)], recovery())
    first = find(found, finding().id)
    assert first is not None
    assert first.first_seen == NOW - 100
    assert find(found[1:], finding().id) is None
