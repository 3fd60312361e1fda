"""The order of the steps, and nothing else: observe, judge, score, report, plan, lease, act, verify, report."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol, Self

from ..context import Context
from ..errors import StoreError, UsageError
from ..instants import CLOCKS_APART_S
from ..model import (
    Finding,
    JsonObject,
    Judgement,
    Lease,
    Observation,
    PastReport,
    PolicyRef,
    Report,
    Runner,
    State,
    Target,
)
from ..policy.model import Policy
from ..ports.background import Background
from ..subsystems import Subsystem
from .assess import Assessment, assess
from .report import to_json


class Store(Protocol):
    """What the pipeline needs of a store. `notes` are lines about files there that are no reports, once it was read."""

    notes: list[str]

    def new_id(self, now: float) -> str:
        """A time-sortable unique id."""
        ...

    def prepare(self) -> None:
        """Make it ready to be written; StoreError where it cannot be."""
        ...

    def write(self, report_json: JsonObject) -> object:
        """Keep a report, or replace the one of the same id; StoreError where that fails."""
        ...

    def retain(self, older_than: float) -> None:
        """Delete what is older, once a day is; StoreError where that fails."""
        ...

    def history(self, subsystem: str, scope: str, *, since: float) -> list[PastReport]:
        """Earlier reports, newest first."""
        ...


Judge = Callable[[Observation, Any, Sequence[PastReport], float], Judgement]
"""A subsystem's pure judge."""

Keep = Callable[[Observation], None]
"""Takes the observation as soon as it is made."""


class Grant(Protocol):
    """A lease that was asked for: `lease.acquired` says whether it was given. Leaving the block gives it back."""

    @property
    def lease(self) -> Lease:
        """Who holds it."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...


class Request(NamedTuple):
    """What one invocation asks for. `kind` is check or recover; `observed` replaces the look at the world.

    `began` is when the look began that `observed` comes from; None where it was recorded, and time stands still.
    """

    subsystem: Subsystem
    recover: bool = False
    plan_only: bool = False
    hurry: bool = False
    only: tuple[str, ...] = ()
    observed: Observation | None = None
    began: float | None = None
    on_observation: Keep = lambda observation: None


class Surroundings(NamedTuple):
    """Everything a run works with, the same for all subsystems. The store is opened once the world has been asked."""

    policy: Policy
    runner: Runner
    context: Context
    open_store: Callable[[], Store]
    take_lease: Callable[[str], Grant]


def run(request: Request, around: Surroundings) -> Report:
    """Walk the pipeline once for one subsystem and return the report, which is also on file where that was possible."""
    walk = Walk(request, around)
    # The world may take its time to answer: the history is read and the judge imported meanwhile.
    looking = Background(walk.first_look)
    storable, notes = walk.prepare()
    report = walk.first_report(looking.result(), notes)
    if request.recover:
        from .repair import recover

        return recover(walk, report, may_act=storable)
    if any(finding.state is not State.OK for finding in report.findings):
        from .repair import explain

        return explain(walk, report)
    return walk.keep(report)


class Walk:
    """One run under way: the request, its surroundings, and what has been seen so far."""

    def __init__(self, request: Request, around: Surroundings) -> None:
        self.request = request
        self.around = around
        self.subsystem = request.subsystem
        self.settings: Any = self.subsystem.read_settings(around.policy.subsystems[self.subsystem.name])
        own_scope = f"host:{around.context.host}" if self.subsystem.scope == "host" else "repository"
        self.scope = request.observed.scope if request.observed else own_scope
        self.history: list[PastReport] = []
        recorded = request.observed.taken_at if request.observed and request.began is None else None
        self.started = recorded or request.began or around.context.clock.now()
        self.observation: Observation | None = None
        self.known_since = self.started
        self.judge_of: Judge
        self.mass: Finding | None = None
        self.api: JsonObject | None = None

    def prepare(self) -> tuple[bool, list[str]]:
        """Whether reports can be stored, and what to say where they cannot. Reads the history, imports the judge."""
        notes = list(self.around.policy.notes)
        try:
            self.store.prepare()
            storable = True
        except StoreError as error:
            storable = False
            notes.append(f"reports cannot be stored, so nothing is repaired: {error}")
        reach = max(reach_of(self.around.policy), self.subsystem.reach_s(self.settings))
        self.known_since = self.started - reach
        history = self.store.history(self.subsystem.name, self.scope, since=self.known_since)
        # What was recorded is judged by what was known then; a report from the future is a wrong clock's.
        horizon = self.started if self.request.observed is not None else self.started + CLOCKS_APART_S
        self.history = [past for past in history if past.finished_at <= horizon]
        self.judge_of = self.subsystem.judge
        return storable, [*notes, *self.store.notes]

    @cached_property
    def store(self) -> Store:
        """Where the reports are."""
        return self.around.open_store()

    def first_look(self) -> Observation:
        """What is to be judged: the observation that was handed in, else one made now."""
        if self.request.observed is None:
            return self.look()
        self.spend(self.request.observed.api)
        return self.request.observed

    def look(self) -> Observation:
        """Observe now."""
        self.around.context.progress(f"looking at {self.subsystem.name}")
        observation = self.subsystem.observe(self.settings, self.around.context)
        self.spend(observation.api)
        return observation

    def spend(self, usage: JsonObject | None) -> None:
        """Add what was asked of an API to the account of this run; what is left is as the last answer said."""
        if usage is not None:
            before = 0 if self.api is None else self.api["requests"]
            self.api = {**usage, "requests": before + usage["requests"]}

    def judge(self, observation: Observation, history: Sequence[PastReport]) -> Assessment:
        """Judge an observation under this run's policy."""
        now = observation.taken_at
        judgement = self.judge_of(observation, self.settings, history, now)
        _require_known(self.request.only, [target.name for target in judgement.targets])
        judged = assess(
            self.subsystem.name,
            judgement,
            self.around.policy,
            history,
            now,
            no_mass=self.subsystem.no_mass,
            only=self.request.only,
        )
        return judged if self.around.policy.metrics else judged._replace(targets=self._without_metrics(judged.targets))

    def first_report(self, observation: Observation, notes: Sequence[str]) -> Report:
        """Judge the first observation, and put the result into a report that is not yet on file."""
        around = self.around
        self.observation = observation
        self.request.on_observation(observation)
        assessment = self.judge(observation, self.history)
        self.mass = assessment.mass
        policy = around.policy
        return Report(
            id=self.store.new_id(self.started),
            project=policy.project,
            kind="recover" if self.request.recover else "check",
            subsystem=self.subsystem.name,
            scope=self.scope,
            runner=around.runner,
            policy=PolicyRef(policy.path, policy.digest, policy.environment),
            started_at=self.started,
            finished_at=around.context.clock.now(),
            state=assessment.state,
            health=assessment.health,
            targets=assessment.targets,
            findings=assessment.findings,
            notes=(*notes, *assessment.notes),
            only=self.request.only,
        )

    def keep(self, report: Report) -> Report:
        """Put the report on file; where that fails it is said in the report itself."""
        report = report._replace(api=self.api)
        if self.request.observed is not None:
            ended = self.started if self.request.began is None else self.around.context.clock.now()
            return report._replace(finished_at=ended, kept=False)
        report = report._replace(finished_at=self.around.context.clock.now())
        try:
            self.write(report)
            self.store.retain(report.finished_at - self.around.policy.store.retention_s)
        except StoreError as error:
            notes = (*report.notes, f"this report is not on file: {error}")
            return report._replace(notes=notes, kept=False)
        return report

    def write(self, report: Report) -> None:
        """Put the report on file as it stands. StoreError where that fails."""
        self.store.write(to_json(report))

    def _without_metrics(self, targets: Sequence[Target]) -> tuple[Target, ...]:
        kept = self.subsystem.kept_metrics
        return tuple(
            target._replace(metrics={key: value for key, value in target.metrics.items() if key in kept})
            for target in targets
        )

    def take_lease(self) -> Grant:
        """Ask for the lease of this scope."""
        host = self.around.context.host
        name = f"{self.subsystem.name}.{host}" if self.subsystem.scope == "host" else self.subsystem.name
        return self.around.take_lease(name)


def reach_of(policy: Policy) -> float:
    """Seconds of history that streaks, budgets and rates can need."""
    every = [rules.every_s for rules in policy.runners.values() if rules.every_s]
    longest_streak = max(policy.recovery.fail_streak.values()) + 1
    return max(policy.recovery.window_s, 3600.0, 2 * longest_streak * max(every, default=0.0))


def _require_known(only: Sequence[str], names: Sequence[str]) -> None:
    unknown = [name for name in only if name not in names]
    if unknown:
        raise UsageError(f"there is no target {unknown[0]!r}; there are: {', '.join(names)}")
