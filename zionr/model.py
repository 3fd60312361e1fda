"""The values that travel through the pipeline: frozen, plain, and free of any other part of zionr.

They are named tuples, not dataclasses: both are frozen, but a named tuple is defined and made in about a third of
the time, and a cron line pays for both at every run.
"""

from enum import IntEnum
from typing import Any, NamedTuple, Self

JsonObject = dict[str, Any]
"""A JSON object as `json.loads` gives it."""


class State(IntEnum):
    """How well a thing is, in the order of badness, which is not the order of the exit codes."""

    OK = 0
    WARNING = 1
    UNKNOWN = 2
    CRITICAL = 3

    @property
    def word(self) -> str:
        """The state as reports write it: `ok`, `warning`, `unknown` or `critical`."""
        return _WORDS[self]

    @property
    def exit_code(self) -> int:
        """The exit code that Nagios gives this state (Monitoring Plugins guidelines, "Plugin Return Codes")."""
        return _EXIT_CODES[self]

    @classmethod
    def parse(cls, word: str) -> Self:
        """The state that a report or a policy names; ValueError if there is none of that name."""
        try:
            return _STATES[word]
        except KeyError:
            raise ValueError(f"{word!r} is not a state") from None


_WORDS = {State.OK: "ok", State.WARNING: "warning", State.UNKNOWN: "unknown", State.CRITICAL: "critical"}
_STATES = {word: state for state, word in _WORDS.items()}
_EXIT_CODES = {State.OK: 0, State.WARNING: 1, State.CRITICAL: 2, State.UNKNOWN: 3}


class Runner(NamedTuple):
    """Who ran a command. `id` is stable per host or per workflow and job, never per run."""

    id: str
    kind: str
    host: str
    version: str
    url: str | None = None
    via: str | None = None


class PolicyRef(NamedTuple):
    """Which policy a report was made under. `digest` is `sha256:` and hex digits, or None where it was unreadable."""

    path: str
    digest: str | None
    environment: str | None = None


class Observation(NamedTuple):
    """What one look at the world saw: JSON-serialisable `facts`, whose shape belongs to the subsystem.

    `api` is what the look cost of somebody's API: {requests, rate_remaining, rate_reset (seconds since 1970)}.
    """

    subsystem: str
    scope: str
    taken_at: float
    facts: JsonObject
    api: JsonObject | None = None


class Location(NamedTuple):
    """A place in a file of the repository: path with `/` from its top; line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None


class Target(NamedTuple):
    """One thing watched. `metrics` maps a name with its unit (`memory_bytes`) to a number, a text or null."""

    name: str
    kind: str
    state: State = State.OK
    weight: float = 1.0
    required: bool = True
    metrics: JsonObject = {}


class Streak(NamedTuple):
    """Bad checks in a row up to and with this one, and how many the policy wants before a repair."""

    checks: int
    needed: int


class Finding(NamedTuple):
    """One statement about one target, or about several with one cause (`target` is None, `group` their digest)."""

    rule: str
    state: State
    target: str | None
    message: str
    expected: Any = None
    actual: Any = None
    evidence: JsonObject = {}
    hint: str | None = None
    caused_by: str | None = None
    anchor: str | None = None
    group: str | None = None
    targets: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    resolved: bool = False
    first_seen: float | None = None
    streak: Streak | None = None

    @property
    def id(self) -> str:
        """Stable from run to run: incidents, silences and proposals hang on it."""
        if self.group is not None:
            return f"{self.rule}:group:{self.group}"
        parts = [self.rule, self.target, self.anchor]
        return ":".join(part for part in parts if part is not None)

    @property
    def covers(self) -> tuple[str, ...]:
        """The names of all targets that take this finding's state."""
        if self.targets:
            return self.targets
        return () if self.target is None else (self.target,)


class Judgement(NamedTuple):
    """What a subsystem concludes from one look. A target's own state is OK or UNKNOWN here: its findings decide."""

    targets: tuple[Target, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()


class Health(NamedTuple):
    """`score` is 0 to 100, or None below the least coverage; `coverage` is the share of the weight that was judged."""

    score: float | None
    coverage: float
    warning: float = 80.0
    critical: float = 50.0


class Candidate(NamedTuple):
    """A repair that a subsystem offers. `refusal` says why its precondition does not hold, None where it holds.

    `action` is JSON that only the subsystem's `act` reads; `undo` names the way back, or is the word `irreversible`.
    `summary` tells people, in lines, what would come of it.
    """

    remedy: str
    findings: tuple[str, ...]
    targets: tuple[str, ...]
    command: str
    undo: str
    timeout_s: float
    action: JsonObject = {}
    needs: str = "a fault that this remedy can mend"
    refusal: str | None = None
    edits_files: bool = False
    summary: tuple[str, ...] = ()


class Gate(NamedTuple):
    """One thing that had to hold before a step: `passed` is None where it was not asked."""

    gate: str
    needs: str
    had: str
    passed: bool | None


class Step(NamedTuple):
    """One repair, from plan to outcome. Outcomes: planned, proposed, skipped, succeeded, failed, rolled_back."""

    id: str
    remedy: str | None
    findings: tuple[str, ...]
    targets: tuple[str, ...]
    gates: tuple[Gate, ...]
    mode: str
    outcome: str
    command: str | None = None
    undo: str | None = None
    reason: str | None = None
    verified: bool | None = None
    attempt: int | None = None
    started_at: float | None = None
    finished_at: float | None = None
    duration_s: float | None = None
    evidence: JsonObject = {}
    proposal: JsonObject | None = None


class Outcome(NamedTuple):
    """What `act` says of one step: `succeeded`, `failed`, `skipped` or `proposed`.

    Success is only a claim until it is verified. `gate` is the one that was shut where the step was skipped;
    `proposal` is {branch, commit, url, patch}, each null where there is none; `api` is as `Observation` has it.
    """

    outcome: str
    reason: str | None = None
    evidence: JsonObject = {}
    gate: str = "fresh look"
    proposal: JsonObject | None = None
    api: JsonObject | None = None


class Verdict(NamedTuple):
    """Whether a repair is proven by looking again, and what was seen."""

    verified: bool
    reason: str


class Lease(NamedTuple):
    """Who may act. `token` is None where only a lock of this host stands in for a shared store."""

    name: str
    holder: str | None
    token: int | None
    acquired: bool


class PastFinding(NamedTuple):
    """A finding as an earlier report holds it."""

    id: str
    rule: str
    state: State
    targets: tuple[str, ...]
    caused_by: str | None
    resolved: bool
    first_seen: float | None


class PastStep(NamedTuple):
    """A step as an earlier report holds it; `finished_at` falls back to the report's own end."""

    remedy: str | None
    findings: tuple[str, ...]
    targets: tuple[str, ...]
    outcome: str
    verified: bool | None
    reason: str | None
    attempt: int | None
    finished_at: float


class PastReport(NamedTuple):
    """An earlier report, cut down to what streaks, budgets, incidents and rates need. Times are seconds since 1970.

    `metrics` holds only those that rules compare with the past: counts of each instance, named `…_by_id`.
    """

    id: str
    kind: str
    subsystem: str | None
    scope: str
    runner: str
    state: State
    score: float | None
    coverage: float
    started_at: float
    finished_at: float
    policy_digest: str | None
    targets: dict[str, State]
    metrics: dict[str, JsonObject]
    findings: tuple[PastFinding, ...]
    steps: tuple[PastStep, ...]
    event: JsonObject | None = None


class Report(NamedTuple):
    """One run of one subsystem: the only memory zionr has. `schema/report.schema.json` describes its JSON form.

    `kept` says whether it is on file, where its JSON form is found by its id.
    """

    id: str
    project: str | None
    kind: str
    subsystem: str | None
    scope: str
    runner: Runner
    policy: PolicyRef
    started_at: float
    finished_at: float
    state: State
    health: Health
    targets: tuple[Target, ...] = ()
    findings: tuple[Finding, ...] = ()
    steps: tuple[Step, ...] = ()
    lease: Lease | None = None
    notes: tuple[str, ...] = ()
    event: JsonObject | None = None
    only: tuple[str, ...] = ()
    api: JsonObject | None = None
    kept: bool = True

    @property
    def duration_s(self) -> float:
        """Seconds from start to end, never negative (a clock may be set back while a run lasts)."""
        return max(0.0, self.finished_at - self.started_at)
