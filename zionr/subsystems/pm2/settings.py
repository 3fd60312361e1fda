"""The `subsystems.pm2` part of a policy as values. Durations are seconds, sizes are bytes."""

from typing import Any, NamedTuple

from ...model import JsonObject


class Limits(NamedTuple):
    """Two thresholds, each None where the policy sets none."""

    warning: float | None = None
    critical: float | None = None


class Restarts(NamedTuple):
    """More than `most` restarts within `within_s` seconds are a loop."""

    most: int
    within_s: float


class Probe(NamedTuple):
    """A question to the process itself: one of url, tcp (`host:port`) or command."""

    url: str | None
    tcp: str | None
    command: tuple[str, ...]
    status: tuple[int, ...]
    within_s: float


class ProcessSettings(NamedTuple):
    """What the policy says of one process. `kind` and `instances` are None where PM2 or an ecosystem file decides."""

    kind: str | None
    instances: int | None
    desired: str
    required: bool
    weight: float
    memory: Limits
    cpu: Limits
    restarts: Restarts
    launch_s: float
    max_age_s: float | None
    probe: Probe | None


class Settings(NamedTuple):
    """What the policy says of PM2. `home` is None where PM2_HOME, else `~/.pm2`, is meant.

    `rules` maps a rule to the state that the policy gives it: the engine applies it, and the last look before an act.
    """

    home: str | None
    program: str | None
    node: str | None
    timeout_s: float
    ecosystems: tuple[str, ...]
    processes: dict[str, ProcessSettings]
    others: ProcessSettings
    rules: dict[str, str]

    def of(self, name: str) -> ProcessSettings:
        """The rules for one process: its own, else the defaults."""
        return self.processes.get(name, self.others)


def read_settings(rules: JsonObject) -> Settings:
    """The compiled keys of `subsystems.pm2` as values; each process inherits what it leaves out from `defaults`."""
    defaults = rules["defaults"]
    return Settings(
        home=rules.get("home"),
        program=rules.get("program"),
        node=rules.get("node"),
        timeout_s=rules["timeout"],
        ecosystems=tuple(rules.get("ecosystems", ())),
        processes={name: _process(own, defaults) for name, own in rules.get("processes", {}).items()},
        others=_process({}, defaults),
        rules=rules.get("rules", {}),
    )


def reach_s(settings: Settings) -> float:
    """The longest window that restarts are counted in."""
    return max(one.restarts.within_s for one in (settings.others, *settings.processes.values()))


def _process(own: JsonObject, defaults: JsonObject) -> ProcessSettings:
    return ProcessSettings(
        kind=own.get("kind"),
        instances=own.get("instances"),
        desired=own.get("desired", "running"),
        required=own.get("required", True),
        weight=own.get("weight", 1.0),
        memory=_limits("memory", own, defaults),
        cpu=_limits("cpu", own, defaults),
        restarts=_restarts({**defaults["restarts"], **own.get("restarts", {})}),
        launch_s=own["launch"] if "launch" in own else defaults["launch"],
        max_age_s=own.get("max_age"),
        probe=_probe(own.get("probe")),
    )


def _limits(name: str, own: JsonObject, defaults: JsonObject) -> Limits:
    both = {**defaults.get(name, {}), **own.get(name, {})}
    return Limits(both.get("warning"), both.get("critical"))


def _restarts(rules: Any) -> Restarts:
    return Restarts(rules["max"], rules["within"])


def _probe(rules: Any) -> Probe | None:
    if rules is None:
        return None
    return Probe(
        url=rules.get("url"),
        tcp=rules.get("tcp"),
        command=tuple(rules.get("command", ())),
        status=tuple(rules.get("status", (200,))),
        within_s=rules["within"],
    )
