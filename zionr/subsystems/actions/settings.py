"""The `subsystems.actions` part of a policy as values. Durations are seconds."""

from typing import NamedTuple

from ...model import JsonObject


class FileSettings(NamedTuple):
    """How workflow files are judged. `cadence_factor` and `herd` are the thresholds of the rules of those names."""

    enabled: bool
    path: str
    ignore: tuple[str, ...]
    tools: tuple[str, ...]
    herd: int
    cadence_factor: float


class WorkflowSettings(NamedTuple):
    """What the policy says of one workflow. `grace_s` is None for the default, which depends on its schedule."""

    failures: int
    grace_s: float | None
    max_age_s: float | None
    backup: str | None
    required: bool
    weight: float


class Settings(NamedTuple):
    """What the policy says of GitHub Actions.

    `repository` is None where GITHUB_REPOSITORY, or nothing, names it; `branch` is None for the default branch.
    """

    repository: str | None
    branch: str | None
    files: FileSettings
    critical: frozenset[str]
    workflows: dict[str, WorkflowSettings]
    others: WorkflowSettings
    queued_s: float
    in_progress_s: float
    cancel_wait_s: float
    step_timeout_s: float
    rerun_deploys: frozenset[str]
    deadline_s: float
    proposals: str
    rules: dict[str, str]

    def of(self, name: str) -> WorkflowSettings:
        """The rules for one workflow, by its file name: its own, else those of all."""
        return self.workflows.get(name, self.others)


def read_settings(rules: JsonObject) -> Settings:
    """The compiled keys of `subsystems.actions` as values; each workflow inherits what it leaves out."""
    return Settings(
        repository=rules.get("repository"),
        branch=rules.get("branch"),
        files=_files(rules["files"]),
        critical=frozenset(rules.get("critical", ())),
        workflows={name: _workflow({**_shared(rules), **own}) for name, own in rules.get("workflows", {}).items()},
        others=_workflow(_shared(rules)),
        queued_s=rules["stuck"]["queued"],
        in_progress_s=rules["stuck"]["in_progress"],
        cancel_wait_s=rules["cancel_wait"],
        step_timeout_s=rules["step_timeout"],
        rerun_deploys=frozenset(rules.get("rerun_deploys", ())),
        deadline_s=rules["deadline"],
        proposals=rules["proposals"],
        rules=rules.get("rules", {}),
    )


def reach_s(settings: Settings) -> float:
    """Seconds of history that its rules compare with: none, GitHub keeps the runs."""
    return 0.0


def _files(rules: JsonObject) -> FileSettings:
    return FileSettings(
        enabled=rules["enabled"],
        path=rules["path"],
        ignore=tuple(rules["ignore"]),
        tools=tuple(rules["tools"]),
        herd=rules["herd"],
        cadence_factor=rules["cadence_factor"],
    )


def _shared(rules: JsonObject) -> JsonObject:
    return {key: rules[key] for key in ("failures", "grace", "max_age") if key in rules}


def _workflow(rules: JsonObject) -> WorkflowSettings:
    return WorkflowSettings(
        failures=rules["failures"],
        grace_s=rules.get("grace"),
        max_age_s=rules.get("max_age"),
        backup=rules.get("backup"),
        required=rules.get("required", True),
        weight=rules.get("weight", 1.0),
    )
