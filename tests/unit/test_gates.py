from __future__ import annotations

from typing import Any

import pytest

from tests.support import NOW, bad, candidate, finding, past, past_step, policy, recovery
from zionr.engine import gates
from zionr.engine.gates import Situation
from zionr.model import Finding, Gate, PastReport, State, Streak

ORDER = ["state", "streak", "cause", "remedy", "mode", "mass", "attempts", "back-off", "cooldown", "precondition"]
MASS = Finding("pm2/mass-failure", State.CRITICAL, None, "7 of 9 targets are bad at once", group="x")


def _situation(*acts: PastReport, rules: dict[str, Any] | None = None, **changes: Any) -> Situation:
    """One in which every gate is open."""
    found = finding()._replace(streak=Streak(1, 1), first_seen=NOW)
    applied = recovery(**{"remedies": {"pm2/restart": "apply"}, **(rules or {})})
    open_one = Situation(found, candidate(found), policy(recovery=applied), acts, None, NOW, False)
    return open_one._replace(**changes)


def _tried(*ago: float, **changes: Any) -> tuple[PastReport, ...]:
    return tuple(bad(one, steps=(past_step(one),), **changes) for one in ago)


def _shut(situation: Situation) -> Gate | None:
    return gates.first_shut(gates.judge_gates(situation))


def test_all_gates_in_their_order_and_open() -> None:
    passed = gates.judge_gates(_situation())
    assert [gate.gate for gate in passed] == ORDER
    assert all(gate.passed for gate in passed)
    assert all(gate.needs and gate.had for gate in passed)


@pytest.mark.parametrize(
    ("situation", "gate", "had"),
    [
        (_situation(finding=finding(state=State.UNKNOWN)), "state", "unknown"),
        (_situation(rules={"from_state": State.CRITICAL}, finding=finding(state=State.WARNING)), "state", "warning"),
        (_situation(finding=finding()._replace(streak=Streak(2, 3))), "streak", "2"),
        (
            _situation(finding=finding()._replace(streak=Streak(1, 1), caused_by="pm2/daemon-down:daemon")),
            "cause",
            "pm2/daemon-down:daemon",
        ),
        (_situation(candidate=None), "remedy", "none for pm2/process-dead"),
        (_situation(rules={"remedies": {}}), "mode", "propose, default"),
        (_situation(rules={"remedies": {"pm2/restart": "off"}}), "mode", "off, default"),
        (_situation(mass=MASS), "mass", MASS.message),
        (_situation(*_tried(100, 700, 1300)), "attempts", "3: attempts used up"),
        (_situation(*_tried(20)), "back-off", "20.0 s, until 03:00Z"),
        (_situation(*_tried(50, 90)), "back-off", "50.0 s, until 03:00Z"),
        (_situation(*_tried(100), rules={"cooldown_s": 300.0}), "cooldown", "100.0 s, until 03:03Z"),
        (_situation(candidate=candidate(finding(), refusal="it is a cron job")), "precondition", "it is a cron job"),
    ],
)
def test_each_gate_shuts_and_says_what_it_had(situation: Situation, gate: str, had: str) -> None:
    shut = _shut(situation)
    assert shut is not None
    assert (shut.gate, shut.had, shut.passed) == (gate, had, False)


@pytest.mark.parametrize(
    "situation",
    [
        _situation(*_tried(100, 700, 3600)),
        _situation(*_tried(30)),
        _situation(*_tried(60, 100)),
        _situation(*_tried(300), rules={"cooldown_s": 300.0}),
        _situation(bad(10, steps=(past_step(10, outcome="skipped"), past_step(10, outcome="planned")))),
        _situation(bad(10, steps=(past_step(10, target="other"),))),
    ],
)
def test_their_open_twins(situation: Situation) -> None:
    assert _shut(situation) is None


def test_backoff_grows_to_its_limit() -> None:
    rules = {"attempts": 10, "backoff_max_s": 100.0}
    assert _shut(_situation(*_tried(101, 102, 103, 104, 105), rules=rules)) is None
    shut = _shut(_situation(*_tried(99, 102, 103, 104, 105), rules=rules))
    assert shut is not None
    assert shut.needs == "100s since the last"


def test_attempts_count_over_successive_incidents_of_one_target() -> None:
    other_rule = past_step(100, findings=("pm2/process-errored:api",))
    acts = [bad(ago, steps=(other_rule._replace(finished_at=NOW - ago),)) for ago in (100, 200, 300)]
    assert (_shut(_situation(*acts)) or Gate("", "", "", None)).gate == "attempts"


def test_a_used_up_budget_stays_used_up_for_the_incident() -> None:
    long_ago = _tried(4000, 4100, 4200)
    since = finding()._replace(streak=Streak(9, 1), first_seen=NOW - 9000)
    shut = _shut(_situation(*long_ago, finding=since))
    assert shut is not None
    assert shut.had == "0, but attempts used up earlier in this incident"
    fresh = since._replace(first_seen=NOW - 10)
    assert _shut(_situation(*long_ago, finding=fresh)) is None


def test_rearming_lets_it_try_again() -> None:
    event = past(50, kind="event", event={"kind": "rearmed", "finding": finding().id})
    assert _shut(_situation(event, *_tried(100, 700, 1300))) is None
    other = past(50, kind="event", event={"kind": "rearmed", "finding": "pm2/process-dead:other"})
    assert _shut(_situation(other, *_tried(100, 700, 1300))) is not None


def test_now_skips_waiting_but_never_the_budget() -> None:
    waiting = finding()._replace(streak=Streak(1, 3))
    hurried = _situation(*_tried(5), finding=waiting, hurry=True, rules={"cooldown_s": 300.0})
    assert _shut(hurried) is None
    told = [gate.had for gate in gates.judge_gates(hurried) if "--now" in gate.had]
    assert len(told) == 3
    shut = _shut(_situation(*_tried(100, 700, 1300), hurry=True))
    assert shut is not None
    assert shut.gate == "attempts"


@pytest.mark.parametrize(
    ("rules", "edits", "mode"),
    [
        ({}, False, "propose"),
        ({"mode": "apply"}, False, "apply"),
        ({"mode": "apply"}, True, "propose"),
        ({"mode": "off"}, True, "off"),
        ({"remedies": {"pm2/restart": "apply"}}, True, "apply"),
        ({"automatic": False, "remedies": {"pm2/restart": "apply"}}, False, "off"),
        ({"automatic": True}, False, "apply"),
        ({"automatic": True}, True, "propose"),
        ({"automatic": True, "mode_named": True}, False, "propose"),
        ({"automatic": True, "remedies": {"pm2/restart": "off"}}, False, "off"),
    ],
)
def test_the_mode_of_a_remedy(rules: dict[str, Any], edits: bool, mode: str) -> None:
    offered = candidate(finding(), edits_files=edits)
    assert gates.mode_of(offered, policy(recovery=recovery(**rules))) == mode


@pytest.mark.parametrize(
    ("rules", "origins", "had"),
    [
        ({"remedies": {"pm2/restart": "apply"}}, {"recovery.remedies.pm2/restart": "z.yaml:9:3"}, "apply, z.yaml:9:3"),
        ({"mode": "off", "remedies": {}}, {"recovery.mode": "z.yaml:8:3"}, "off, z.yaml:8:3"),
        ({"automatic": True, "remedies": {}}, {}, "apply, AUTO_HEALING=true"),
        ({"automatic": False}, {}, "off, AUTO_HEALING=false"),
    ],
)
def test_the_mode_says_where_it_comes_from(rules: dict[str, Any], origins: dict[str, str], had: str) -> None:
    situation = _situation(rules=rules)
    told = gates.judge_gates(situation._replace(policy=situation.policy._replace(origins=origins)))
    assert next(gate.had for gate in told if gate.gate == "mode") == had


def test_a_clock_that_was_set_back_only_waits() -> None:
    shut = _shut(_situation(*_tried(-100)))
    assert shut is not None
    assert (shut.gate, shut.had) == ("back-off", "0.00 s, until 03:02Z")
