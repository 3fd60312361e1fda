"""The policy as the rest of zionr sees it: frozen values, defaults filled in, durations in seconds, sizes in bytes."""

from typing import Any, NamedTuple

from ..model import JsonObject, State


class HealthRules(NamedTuple):
    """Bands and weights of the score. `weights` maps a subsystem to its share; a subsystem not named weighs 1."""

    warning: float
    critical: float
    least_coverage: float
    weights: dict[str, float]


class RunnerRules(NamedTuple):
    """What the policy says of one runner. `watches` is None where it watches every enabled subsystem."""

    kind: str
    every_s: float | None
    grace_s: float
    watches: tuple[str, ...] | None
    ssh: str | None


class StoreRules(NamedTuple):
    """Where reports go and how long they stay."""

    retention_s: float
    shared_kind: str
    shared_remote: str
    lease_ttl_s: float
    when_alone: str


class RecoveryRules(NamedTuple):
    """When a repair runs. `automatic` is AUTO_HEALING: None where it is not set."""

    mode: str
    mode_named: bool
    remedies: dict[str, str]
    from_state: State
    fail_streak: dict[State, int]
    attempts: int
    window_s: float
    backoff_first_s: float
    backoff_factor: float
    backoff_max_s: float
    cooldown_s: float
    steps_per_run: int
    mass_count: int
    mass_fraction: float
    automatic: bool | None


class Policy(NamedTuple):
    """One policy, ready to use. `subsystems` holds each enabled subsystem's own compiled keys.

    `origins` maps a dotted key to where its value came from (`policies/zionr.yaml:22:9`, `environment DEBUG`); keys
    that are not in it have their default. `notes` are what the reader wants said in every report. `document` is the
    whole policy with its defaults, as `zionr policy show` tells it.
    """

    path: str
    folder: str
    digest: str
    environment: str | None
    project: str | None
    health: HealthRules
    runners: dict[str, RunnerRules]
    store: StoreRules
    recovery: RecoveryRules
    subsystems: dict[str, JsonObject]
    metrics: bool
    debug: bool
    origins: dict[str, str]
    notes: tuple[str, ...]
    document: JsonObject = {}


def from_compiled(compiled: JsonObject) -> Policy:
    """The values of a compiled policy (see `zionr.policy.compiled`): `document` normalised, everything in place."""
    document = compiled["document"]
    return Policy(
        path=compiled["path"],
        folder=compiled["folder"],
        digest=compiled["digest"],
        environment=compiled["environment"],
        project=document.get("project"),
        health=_health(document["health"]),
        runners={name: _runner(rules) for name, rules in document["runners"].items()},
        store=_store(document["store"]),
        recovery=_recovery(document["recovery"], compiled["origins"], compiled["switches"]),
        subsystems={name: rules for name, rules in document["subsystems"].items() if rules.get("enabled", True)},
        metrics=compiled["switches"].get("metrics", True),
        debug=compiled["switches"].get("debug", False),
        origins=compiled["origins"],
        notes=tuple(compiled["notes"]),
        document=document,
    )


def _health(rules: Any) -> HealthRules:
    return HealthRules(rules["warning"], rules["critical"], rules["least_coverage"], rules["weights"])


def _runner(rules: Any) -> RunnerRules:
    watches = rules.get("watches")
    return RunnerRules(
        kind=rules["kind"],
        every_s=rules.get("every"),
        grace_s=rules["grace"],
        watches=None if watches is None else tuple(watches),
        ssh=rules.get("ssh"),
    )


def _store(rules: Any) -> StoreRules:
    return StoreRules(
        retention_s=rules["retention"],
        shared_kind=rules["shared"]["kind"],
        shared_remote=rules["shared"]["remote"],
        lease_ttl_s=rules["lease"]["ttl"],
        when_alone=rules["when_alone"],
    )


def _recovery(rules: Any, origins: dict[str, str], switches: JsonObject) -> RecoveryRules:
    streak = rules["fail_streak"]
    return RecoveryRules(
        mode=rules["mode"],
        mode_named="recovery.mode" in origins,
        remedies=rules["remedies"],
        from_state=State.parse(rules["from"]),
        fail_streak={State.WARNING: streak["warning"], State.CRITICAL: streak["critical"]},
        attempts=rules["attempts"],
        window_s=rules["window"],
        backoff_first_s=rules["backoff"]["first"],
        backoff_factor=rules["backoff"]["factor"],
        backoff_max_s=rules["backoff"]["max"],
        cooldown_s=rules["cooldown"],
        steps_per_run=rules["steps_per_run"],
        mass_count=rules["mass_change"]["count"],
        mass_fraction=rules["mass_change"]["fraction"],
        automatic=switches.get("automatic"),
    )
