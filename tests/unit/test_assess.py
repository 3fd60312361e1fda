from __future__ import annotations

from typing import Any

import pytest

from tests.support import NOW, finding, policy, recovery, target
from zionr.engine.assess import Assessment, assess, link_causes
from zionr.engine.mass import find_mass
from zionr.model import Finding, Judgement, State
from zionr.policy.rules import apply_rules

DOWN = "pm2/daemon-down"


def _assess(*findings: Finding, only: tuple[str, ...] = (), rules: dict[str, str] | None = None) -> Assessment:
    names = dict.fromkeys(["front", *(name for found in findings for name in found.covers)])
    judgement = Judgement(tuple(target(name) for name in names), findings, ("a note",))
    under = policy(subsystems={"pm2": {"rules": rules or {}}}, recovery=recovery(mass_fraction=1.0))
    return assess("pm2", judgement, under, [], NOW, only=only)


def test_worst_first_and_causes_before_what_they_cause() -> None:
    cause = finding("daemon", rule=DOWN)
    found = _assess(
        finding("b", State.WARNING), finding("a", State.UNKNOWN), finding("c")._replace(caused_by=cause.id), cause
    )
    assert [one.target for one in found.findings] == ["daemon", "c", "a", "b"]
    assert found.state is State.CRITICAL
    assert found.notes == ("a note",)
    assert all(one.first_seen == NOW for one in found.findings)


def test_the_policy_gives_any_rule_another_state_or_none() -> None:
    dead, short = finding("a"), finding("b", State.WARNING, "pm2/instances-short")
    assert _assess(dead, rules={dead.rule: "warning"}).findings[0].state is State.WARNING
    assert _assess(short, rules={short.rule: "critical"}).findings[0].state is State.CRITICAL
    off = _assess(dead, rules={dead.rule: "off"})
    assert (off.findings, off.state) == ((), State.OK)
    assert _assess(dead, rules={dead.rule: "ok"}).state is State.OK


def test_rules_of_a_subsystem_without_any() -> None:
    assert apply_rules([finding()], {}) == [finding()]


def test_a_cause_is_led_to_its_root() -> None:
    root = finding("daemon", rule=DOWN)
    middle = finding("b")._replace(caused_by=root.id)
    leaf = finding("c")._replace(caused_by=middle.id)
    assert [found.caused_by for found in link_causes([leaf, middle, root])] == [root.id, root.id, None]


@pytest.mark.parametrize("cause", [None, finding("daemon", State.OK, DOWN)])
def test_a_cause_that_is_gone_or_a_note_is_none(cause: Finding | None) -> None:
    blocked = finding("c")._replace(caused_by=f"{DOWN}:daemon")
    others = [] if cause is None else [cause]
    assert link_causes([blocked, *others])[0].caused_by is None


def test_causes_in_a_circle_end() -> None:
    a, b = finding("a"), finding("b")
    circle = link_causes([a._replace(caused_by=b.id), b._replace(caused_by=a.id)])
    assert [found.caused_by for found in circle] == [b.id, a.id]


def test_only_the_targets_named_and_what_is_nobodys() -> None:
    nobodys = finding(None, State.UNKNOWN, "pm2/ecosystem-refused")
    found = _assess(finding("a"), finding("b"), nobodys, only=("b",))
    assert [one.name for one in found.targets] == ["b"]
    assert [one.target for one in found.findings] == ["b", None]


def _mass(count: int, of: int, **changes: Any) -> Finding | None:
    findings = [finding(f"p{number}")._replace(**changes) for number in range(count)]
    targets = [target(f"p{number}") for number in range(of)]
    return find_mass("pm2", targets, findings, recovery(), ("pm2/process-stopped",))


@pytest.mark.parametrize(
    ("count", "of", "is_mass"),
    [(0, 0, False), (5, 5, False), (1, 6, False), (2, 6, True), (2, 10, False), (3, 10, True), (10, 100, True)],
)
def test_a_mass_failure_by_count_or_share(count: int, of: int, is_mass: bool) -> None:
    assert (_mass(count, of) is not None) is is_mass


@pytest.mark.parametrize(
    "changes",
    [
        {"state": State.OK},
        {"state": State.UNKNOWN},
        {"caused_by": "pm2/daemon-down:daemon"},
        {"rule": "pm2/process-stopped"},
    ],
)
def test_what_is_no_part_of_a_mass_failure(changes: dict[str, Any]) -> None:
    assert _mass(9, 9, **changes) is None


def test_a_mass_failure_is_one_finding_for_all() -> None:
    found = _mass(3, 6)
    assert found is not None
    assert found.id.startswith("pm2/mass-failure:group:")
    assert found.covers == ("p0", "p1", "p2")
    assert (found.state, found.actual) == (State.CRITICAL, 3)


def test_a_mass_failure_is_found_before_the_report_is_narrowed() -> None:
    findings = tuple(finding(f"p{number}") for number in range(7))
    judgement = Judgement(tuple(target(f"p{number}") for number in range(7)), findings)
    found = assess("pm2", judgement, policy(), [], NOW, only=("p3",))
    assert [one.rule for one in found.findings] == ["pm2/mass-failure", "pm2/process-dead"]


def _broken_by(*commits: str | None) -> Finding:
    """The mass failure of ten targets, of which as many as there are commits are bad."""
    findings = tuple(
        finding(f"p{number}")._replace(evidence={} if commit is None else {"commit": commit})
        for number, commit in enumerate(commits)
    )
    targets = tuple(target(f"p{number}") for number in range(10))
    found = assess("pm2", Judgement(targets, findings), policy(), [], NOW).mass
    assert found is not None
    return found


def test_a_mass_failure_names_the_commit_that_alone_is_one() -> None:
    found = _broken_by("a" * 40, "a" * 40, "a" * 40, None)
    assert found.evidence == {"commit": "a" * 40}
    assert found.message == "one commit, aaaaaaa, broke 3 of 10 targets"


def _mass_of(*evidence: dict[str, Any]) -> Finding:
    """The mass failure of ten targets, of which each finding covers three."""
    findings = tuple(
        finding(f"f{number}")._replace(targets=tuple(f"p{place}" for place in range(3 * number, 3 * number + 3)))
        for number in range(len(evidence))
    )
    findings = tuple(one._replace(evidence=known) for one, known in zip(findings, evidence, strict=True))
    found = assess("pm2", Judgement(tuple(target(f"p{number}") for number in range(10)), findings), policy(), [], NOW)
    assert found.mass is not None
    return found.mass


def test_a_mass_failure_adds_up_what_one_commit_broke_in_several_groups() -> None:
    several = {"commits": {"a" * 40: ["p0", "p1"], "b" * 40: ["p2"]}, "subjects": {"a" * 40: "fix", "b" * 40: "x"}}
    found = _mass_of(several, {"commits": {"a" * 40: ["p3"]}})
    assert found.message == "one commit, aaaaaaa, broke 3 of 10 targets"
    assert found.evidence == {"commit": "a" * 40, "subject": "fix"}
    whole = {"commit": "a" * 40, "subject": "fix", "author": "A Person", "at": 1.0}
    found = _mass_of(several, whole, several)
    assert (found.evidence, found.message) == (whole, "one commit, aaaaaaa, broke 5 of 10 targets")
    assert str(found.hint).startswith('aaaaaaa "fix", A Person; ')


def test_a_mass_failure_of_what_never_was_good_names_no_commit() -> None:
    found = _mass_of({"since": {"commit": "a" * 40, "subject": "begin"}})
    assert (found.evidence, found.message) == ({}, "3 of 10 targets are bad at once")


def test_a_mass_failure_of_many_commits_names_none() -> None:
    found = _broken_by("a" * 40, "a" * 40, "b" * 40, "b" * 40)
    assert (found.evidence, found.message) == ({}, "4 of 10 targets are bad at once")
