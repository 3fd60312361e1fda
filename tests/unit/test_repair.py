"""The whole pipeline with small fakes: a subsystem, a store and a clock that do what they are told, and no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

import pytest

from tests.support import NOW, RUNNER, StillClock, bad, candidate, context, finding, past, past_step, policy, recovery
from zionr.engine import pipeline
from zionr.engine.pipeline import Request, Surroundings
from zionr.engine.repair import unfinished
from zionr.errors import StoreError, UsageError
from zionr.model import (
    Candidate,
    Finding,
    JsonObject,
    Judgement,
    Lease,
    Observation,
    Outcome,
    PastReport,
    Report,
    State,
    Target,
    Verdict,
)
from zionr.subsystems import Subsystem

FULL = "no space left on device"


class FakeSubsystem:
    """A world of named things, each with the state it is in; `mends` says what a repair makes of one."""

    name = "pm2"
    scope = "host"
    kept_metrics = ("kept",)
    no_mass: Collection[str] = ()
    settle_s = (3.0, 2.0)
    proving_looks = 2

    def __init__(self, states: dict[str, State], mends: dict[str, State] | None = None) -> None:
        self.states = states
        self.mends = mends or {}
        self.outcomes: dict[str, Outcome] = {}
        self.proven = True
        self.refusals: dict[str, str] = {}
        self.performed: list[str] = []
        self.looks = 0
        self.settling = 0
        self.log: list[str] = []
        self.usage: JsonObject | None = None
        self.summary: tuple[str, ...] = ()

    def read_settings(self, rules: JsonObject) -> str:
        return "settings"

    def reach_s(self, settings: str) -> float:
        return 7200.0

    def observe(self, settings: str, around: Any) -> Observation:
        self.looks += 1
        self.log.append("look")
        facts = {name: int(one) for name, one in self.states.items()}
        return Observation("pm2", "host:web-1", around.clock.now(), facts, self.usage)

    def judge(self, observation: Observation, settings: str, history: Sequence[PastReport], now: float) -> Judgement:
        states = {name: State(state) for name, state in observation.facts.items()}
        targets = tuple(Target(name, "process", metrics={"kept": 1, "memory_bytes": 5}) for name in states)
        return Judgement(targets, tuple(finding(name, state) for name, state in states.items() if state))

    def candidates(self, findings: Sequence[Finding], observation: Observation, settings: str) -> tuple[Candidate, ...]:
        return tuple(
            candidate(
                found,
                refusal=self.refusals.get(str(found.target)),
                action={"name": found.target},
                summary=self.summary,
            )
            for found in findings
        )

    def perform(self, due: Candidate, settings: str, around: Any) -> Outcome:
        (name,) = due.targets
        self.performed.append(name)
        self.log.append(f"act {name}")
        self.states[name] = self.mends.get(name, self.states[name])
        return self.outcomes.get(name, Outcome("succeeded", None, {"before": 1}))

    def patience_s(self, due: Candidate, settings: str) -> float:
        return 10.0

    def is_settling(self, due: Candidate, sample: Observation, settings: str) -> bool:
        self.settling -= 1
        return self.settling >= 0

    def verdict(self, due: Candidate, samples: Sequence[Observation], settings: str) -> Verdict:
        assert len(samples) == self.proving_looks
        return Verdict(self.proven, "pid 7 twice" if self.proven else "pid 7 -> 8")


class FakeStore:
    """Keeps every document it is given, in order. `full` are the numbers of the writes that fail."""

    def __init__(self, *history: PastReport, log: list[str] | None = None) -> None:
        self.written: list[JsonObject] = []
        self.past = list(history)
        self.later: list[PastReport] = []
        self.notes: list[str] = []
        self.writable = True
        self.full: set[int] = set()
        self.writes = 0
        self.since: list[float] = []
        self.log = [] if log is None else log

    def new_id(self, now: float) -> str:
        return "the-id"

    def prepare(self) -> None:
        if not self.writable:
            raise StoreError(FULL)

    def write(self, report_json: JsonObject) -> None:
        self.writes += 1
        self.log.append("write")
        if not self.writable or self.writes in self.full:
            raise StoreError(FULL)
        self.written.append(report_json)

    def retain(self, older_than: float) -> None:
        pass

    def history(self, subsystem: str, scope: str, *, since: float) -> list[PastReport]:
        assert (subsystem, scope) == ("pm2", "host:web-1")
        self.since.append(since)
        known = self.past if len(self.since) == 1 else [*self.later, *self.past]
        return [report for report in known if report.finished_at >= since]


class FakeGrant:
    """A lease that is ours, or that somebody else holds."""

    def __init__(self, name: str, log: list[str], holder: str | None) -> None:
        self.lease = Lease(name, holder or "web-1", None, holder is None)
        self.log = log

    def __enter__(self) -> FakeGrant:
        self.log.append("take")
        return self

    def __exit__(self, *exception: object) -> None:
        self.log.append("give back")


class World:
    """One pipeline over fakes; `run` walks it once."""

    def __init__(self, subsystem: FakeSubsystem, *history: PastReport, holder: str | None = None) -> None:
        self.subsystem = subsystem
        self.store = FakeStore(*history, log=subsystem.log)
        self.clock = StillClock()
        self.holder = holder

    def run(self, *, recover: bool = True, rules: dict[str, Any] | None = None, **request: Any) -> Report:
        applied = recovery(**{"remedies": {"pm2/restart": "apply"}, "mass_fraction": 1.0, **(rules or {})})
        around = Surroundings(
            policy=policy(recovery=applied),
            runner=RUNNER,
            context=context()._replace(clock=self.clock),
            open_store=lambda: self.store,
            take_lease=lambda name: FakeGrant(name, self.subsystem.log, self.holder),
        )
        asked = Request(subsystem=cast(Subsystem, self.subsystem), recover=recover, **request)
        return pipeline.run(asked, around)


def _broken(**mends: State) -> FakeSubsystem:
    return FakeSubsystem({"api": State.CRITICAL, "front": State.OK}, mends)


def test_a_check_looks_once_reports_and_touches_nothing() -> None:
    world = World(_broken())
    report = world.run(recover=False)
    assert (report.state, report.kind) == (State.CRITICAL, "check")
    (step,) = report.steps
    assert (step.outcome, step.reason) == ("skipped", "recover: a check, which only looks")
    assert world.subsystem.log == ["look", "write"]
    assert world.store.written[0]["id"] == "the-id"
    assert world.store.since == [NOW - 7200]


def test_what_starts_slowly_is_waited_for() -> None:
    world = World(_broken(api=State.OK))
    world.subsystem.settling = 3
    assert world.run().state is State.OK
    assert world.clock.slept == [3.0, 2.0, 2.0, 2.0, 2.0]


def test_what_never_settles_is_not_waited_for_without_end() -> None:
    world = World(_broken(api=State.OK))
    world.subsystem.settling = 99
    world.run()
    assert world.clock.slept == [3.0, 2.0, 2.0, 2.0, 2.0]


def test_files_that_are_no_reports_are_told() -> None:
    world = World(FakeSubsystem({"api": State.OK}))
    world.store.notes = ["1 file under reports/ is no report: x.json"]
    assert world.run(recover=False).notes == ("1 file under reports/ is no report: x.json",)


def test_a_report_from_the_future_counts_for_nothing() -> None:
    bad_ones = [bad(-86_400.0), bad(300.0)]
    (found,) = World(_broken(), *bad_ones).run(recover=False).findings
    assert found.streak is not None
    assert found.streak.checks == 2


def test_what_is_not_proven_to_be_over_still_stands() -> None:
    world = World(_broken(api=State.OK))
    world.subsystem.proven = False
    report = world.run()
    (found,) = report.findings
    assert (report.state, found.resolved, report.targets[0].state) == (State.CRITICAL, False, State.CRITICAL)
    assert unfinished(report) == [found]


def test_a_check_of_what_is_well_has_no_steps() -> None:
    world = World(FakeSubsystem({"api": State.OK}))
    assert world.run(recover=False).steps == ()


def test_what_another_run_did_meanwhile_counts_once_the_lease_is_ours() -> None:
    world = World(_broken())
    world.store.later = [past(0.0, steps=(past_step(0.0),))]
    report = world.run()
    assert "act api" not in world.subsystem.log
    (step,) = report.steps
    assert (step.outcome, step.reason) == ("skipped", "back-off: 0.00 s, until 03:00Z, needs 30s since the last")


def test_a_repair_that_is_proven() -> None:
    world = World(_broken(api=State.OK))
    report = world.run()
    assert world.subsystem.log == ["look", "take", "write", "act api", "look", "look", "write", "give back"]
    assert world.clock.slept == [3.0, 2.0]
    assert (report.state, report.health.score, report.kind) == (State.OK, 100, "recover")
    (found,) = report.findings
    assert (found.resolved, found.state) == (True, State.CRITICAL)
    (step,) = report.steps
    assert (step.outcome, step.verified, step.reason, step.attempt) == ("succeeded", True, "pid 7 twice", 1)
    assert [gate.gate for gate in step.gates][-3:] == ["steps", "lease", "fresh look"]
    assert all(gate.passed for gate in step.gates)
    assert report.lease == Lease("pm2.web-1", "web-1", None, True)
    assert unfinished(report) == []


def test_the_intent_is_on_file_before_the_act() -> None:
    world = World(_broken(api=State.OK))
    world.run()
    intent, outcome = world.store.written
    assert intent["id"] == outcome["id"]
    assert intent["steps"][0]["outcome"] == "failed"
    assert intent["steps"][0]["reason"].startswith("interrupted")
    assert intent["steps"][0]["finished_at"] is not None
    assert outcome["steps"][0]["outcome"] == "succeeded"


def test_no_intent_on_file_no_act() -> None:
    world = World(_broken(api=State.OK))
    world.store.full = {1}
    report = world.run()
    assert world.subsystem.performed == []
    assert report.steps[0].outcome == "skipped"
    assert FULL in (report.steps[0].reason or "")
    assert [found.id for found in unfinished(report)] == ["pm2/process-dead:api"]


def test_a_result_that_cannot_be_kept_is_said() -> None:
    world = World(_broken(api=State.OK))
    world.store.full = {2}
    report = world.run()
    assert report.steps[0].verified
    assert report.notes == (f"this report is not on file: {FULL}",)
    assert world.store.written[0]["steps"][0]["outcome"] == "failed"


def test_a_store_that_cannot_be_written_repairs_nothing() -> None:
    world = World(_broken(api=State.OK))
    world.store.writable = False
    report = world.run()
    assert world.subsystem.performed == []
    assert report.steps[0].reason == "store: they cannot"
    assert any("nothing is repaired" in note for note in report.notes)
    assert unfinished(report)
    assert report.lease is None


def test_a_lease_that_another_holds() -> None:
    world = World(_broken(api=State.OK), holder="web-2")
    report = world.run()
    assert world.subsystem.performed == []
    assert (report.state, report.steps[0].outcome) == (State.CRITICAL, "skipped")
    assert report.steps[0].reason == "lease: held by web-2"
    assert report.lease == Lease("pm2.web-1", "web-2", None, False)
    assert unfinished(report) == []


def test_a_plan_shows_and_touches_nothing() -> None:
    world = World(_broken(api=State.OK))
    report = world.run(plan_only=True)
    assert world.subsystem.log == ["look", "write"]
    (step,) = report.steps
    assert (step.outcome, step.command) == ("planned", "restartProcessId 0")
    assert (step.gates[-1].gate, step.gates[-1].passed) == ("lease", None)
    assert unfinished(report) == []


def test_a_fault_that_is_gone_at_the_last_look() -> None:
    world = World(_broken())
    world.subsystem.outcomes["api"] = Outcome("skipped", "the fault was gone")
    report = world.run()
    (step,) = report.steps
    assert (step.outcome, step.reason, step.verified) == ("skipped", "the fault was gone", None)
    assert (step.gates[-1].gate, step.gates[-1].passed) == ("fresh look", False)
    assert world.clock.slept == []
    assert unfinished(report) == []


@pytest.mark.parametrize(("gate", "left"), [("proposal", 0), ("declined", 1), ("branch", 1)])
def test_a_proposal_that_stands_is_waited_for_and_a_declined_one_is_not(gate: str, left: int) -> None:
    world = World(_broken())
    world.subsystem.outcomes["api"] = Outcome("skipped", "its branch is there already", gate=gate)
    report = world.run()
    assert report.steps[0].gates[-1].gate == gate
    assert len(unfinished(report)) == left


def test_what_a_step_would_make_is_in_the_plan() -> None:
    world = World(_broken(api=State.OK))
    world.subsystem.summary = ("one file, as it was",)
    assert world.run(plan_only=True).steps[0].evidence == {"summary": ["one file, as it was"]}


def test_a_claim_of_success_that_is_not_proven_is_a_failure() -> None:
    world = World(_broken())
    world.subsystem.proven = False
    report = world.run()
    (step,) = report.steps
    assert (step.outcome, step.verified, step.reason) == ("failed", False, "said to be done; then: pid 7 -> 8")
    assert (report.state, report.findings[0].resolved) == (State.CRITICAL, False)
    assert len(unfinished(report)) == 1


def test_a_claim_of_failure_stays_one_though_it_looks_well() -> None:
    world = World(_broken(api=State.OK))
    world.subsystem.outcomes["api"] = Outcome("failed", "PM2 said: no")
    report = world.run()
    assert (report.steps[0].outcome, report.steps[0].verified) == ("failed", False)
    assert report.steps[0].reason == "PM2 said: no"
    assert (report.state, report.findings[0].resolved) == (State.OK, True)


def test_a_repair_that_breaks_something_else_is_told() -> None:
    subsystem = _broken(api=State.OK)

    class Clumsy(FakeSubsystem):
        def perform(self, due: Candidate, settings: str, around: Any) -> Outcome:
            self.states["front"] = State.WARNING
            return super().perform(due, settings, around)

    report = World(Clumsy(subsystem.states, subsystem.mends)).run()
    assert [(found.target, found.resolved) for found in report.findings] == [("api", True), ("front", False)]
    assert report.findings[1].first_seen == NOW + 5
    assert report.state is State.WARNING


def test_what_stays_broken_keeps_its_history() -> None:
    world = World(_broken(), bad(300), bad(600))
    report = world.run()
    (found,) = report.findings
    assert found.first_seen == NOW - 600
    assert found.streak is not None
    assert found.streak.checks == 3


def test_several_steps_are_verified_by_the_same_two_looks() -> None:
    subsystem = FakeSubsystem({"a": State.CRITICAL, "b": State.CRITICAL}, {"a": State.OK, "b": State.OK})
    world = World(subsystem)
    report = world.run()
    assert subsystem.performed == ["a", "b"]
    assert subsystem.looks == 3
    assert [step.verified for step in report.steps] == [True, True]


def test_a_budget_that_is_used_up_before_the_window_is_still_read() -> None:
    old = [bad(7000 + ago, steps=(past_step(7000 + ago),)) for ago in (0, 60, 120)]
    between = [bad(ago) for ago in range(300, 7000, 300)]
    world = World(_broken(), *between, *old)
    report = world.run()
    assert world.subsystem.performed == []
    assert "attempts used up" in (report.steps[0].reason or "")
    assert len(unfinished(report)) == 1


def test_nothing_wrong_nothing_planned() -> None:
    world = World(FakeSubsystem({"api": State.OK}))
    report = world.run()
    assert (report.steps, report.lease, world.subsystem.log) == ((), None, ["look", "write"])


def test_only_the_targets_named() -> None:
    subsystem = FakeSubsystem({"a": State.CRITICAL, "b": State.CRITICAL}, {"b": State.OK})
    report = World(subsystem).run(only=("b",))
    assert subsystem.performed == ["b"]
    assert [one.name for one in report.targets] == ["b"]
    with pytest.raises(UsageError, match="there is no target 'x'; there are: a, b"):
        World(subsystem).run(only=("x",))


def test_a_replayed_observation_is_judged_and_neither_kept_nor_acted_on() -> None:
    world = World(_broken(api=State.OK))
    kept: list[Observation] = []
    old = Observation("pm2", "host:web-1", NOW - 50, {"api": 3})
    report = world.run(observed=old, plan_only=True, on_observation=kept.append)
    assert kept == [old]
    assert world.subsystem.looks == 0
    assert world.store.written == []
    assert report.steps[0].outcome == "planned"


def test_metrics_that_rules_need_are_kept_where_metrics_are_off() -> None:
    world = World(_broken())
    around = Surroundings(
        policy(metrics=False), RUNNER, context(), lambda: world.store, lambda name: FakeGrant(name, [], None)
    )
    report = pipeline.run(Request(subsystem=cast(Subsystem, world.subsystem)), around)
    assert world.store.written[0]["targets"][0]["metrics"] == {"kept": 1}
    assert report.targets[0].metrics == {"kept": 1}


@pytest.mark.parametrize(
    ("rules", "left"),
    [
        ({"remedies": {}}, 0),
        ({"remedies": {"pm2/restart": "off"}}, 0),
        ({"fail_streak": {State.WARNING: 3, State.CRITICAL: 3}}, 0),
        ({"steps_per_run": 0}, 0),
    ],
)
def test_what_waits_or_is_proposed_is_no_failure(rules: dict[str, Any], left: int) -> None:
    assert len(unfinished(World(_broken()).run(rules=rules))) == left


@pytest.mark.parametrize("state", [State.CRITICAL, State.UNKNOWN])
def test_what_no_remedy_mends_is_left_for_a_person(state: State) -> None:
    subsystem = FakeSubsystem({"api": state})
    subsystem.refusals["api"] = "its script is not there"
    assert len(unfinished(World(subsystem).run())) == 1


def test_a_warning_is_nothing_for_a_person_at_night() -> None:
    subsystem = FakeSubsystem({"api": State.WARNING})
    subsystem.refusals["api"] = "an operator stopped it"
    assert unfinished(World(subsystem).run()) == []


class Proposing(FakeSubsystem):
    """Its one remedy edits files, and so it only proposes."""

    def candidates(self, findings: Sequence[Finding], observation: Observation, settings: str) -> tuple[Candidate, ...]:
        covers = tuple(name for found in findings for name in found.covers)
        made = candidate(findings[0], findings=tuple(found.id for found in findings), targets=covers, edits_files=True)
        return (made,)

    def perform(self, due: Candidate, settings: str, around: Any) -> Outcome:
        self.log.append("propose")
        offered = {"branch": "zionr/pm2/restart-1", "commit": "abc", "url": None, "patch": None}
        return Outcome("proposed", "waits to be merged", proposal=offered, api={"requests": 4, "rate_remaining": 9})


def test_a_proposal_changes_nothing_and_is_not_looked_at_again() -> None:
    world = World(Proposing({"api": State.CRITICAL, "front": State.CRITICAL}))
    report = world.run(rules={"remedies": {}})
    assert world.subsystem.log == ["look", "take", "write", "propose", "write", "give back"]
    (step,) = report.steps
    assert (step.outcome, step.verified, step.targets) == ("proposed", None, ("api", "front"))
    assert step.proposal is not None
    assert step.proposal["branch"] == "zionr/pm2/restart-1"
    assert report.state is State.CRITICAL
    assert unfinished(report) == []
    assert report.api == {"requests": 4, "rate_remaining": 9}
    assert world.store.written[-1]["api"]["requests"] == 4


def test_a_mass_failure_of_which_all_is_proposed_needs_no_person() -> None:
    world = World(Proposing({f"p{number}": State.CRITICAL for number in range(10)}))
    report = world.run(rules={"remedies": {}})
    assert "pm2/mass-failure" in {found.rule for found in report.findings}
    assert unfinished(report) == []


def test_what_is_planned_is_not_proposed() -> None:
    world = World(Proposing({"api": State.CRITICAL}))
    report = world.run(rules={"remedies": {}}, plan_only=True)
    assert world.subsystem.log == ["look", "write"]
    assert report.steps[0].outcome == "planned"


def test_one_look_where_one_proves_it() -> None:
    world = World(_broken(api=State.OK))
    world.subsystem.proving_looks = 1
    assert world.run().steps[0].verified
    assert world.clock.slept == [3.0]


def test_what_was_asked_of_an_api_is_added_up() -> None:
    world = World(_broken(api=State.OK))
    world.subsystem.usage = {"requests": 10, "rate_remaining": 90, "rate_reset": NOW}
    world.subsystem.outcomes["api"] = Outcome("succeeded", api={"requests": 3, "rate_remaining": 70, "rate_reset": NOW})
    report = world.run()
    assert report.api == {"requests": 33, "rate_remaining": 90, "rate_reset": NOW}
    assert world.store.written[-1]["api"] == {
        "requests": 33,
        "rate_remaining": 90,
        "rate_reset": "2026-11-24T03:00:00.000Z",
    }
