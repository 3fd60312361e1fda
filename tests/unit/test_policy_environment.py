from __future__ import annotations

from pathlib import Path

import pytest

from zionr.model import State

from .policy_files import Desk

POLICY = "version: 1\nhealth: {critical: 60}\nrunners: {web-1: {every: 1h}}\nrecovery: {fail_streak: 4}\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write(POLICY)
    return made


@pytest.mark.parametrize("prefix", ["", "ZIONR_"])
def test_each_variable_overrides_the_policy(desk: Desk, prefix: str) -> None:
    values = {
        "MONITORING_INTERVAL": "60000",
        "AUTO_HEALING": "false",
        "HEALTH_SCORE_THRESHOLD": "85.5",
        "MAX_FAILURE_THRESHOLD": "7",
        "METRICS_COLLECTION": "off",
        "DEBUG": "1",
    }
    policy = desk.load(environ={prefix + name: text for name, text in values.items()})
    assert policy.runners["web-1"].every_s == 60
    assert policy.recovery.automatic is False
    assert policy.health.warning == 85.5
    assert policy.recovery.fail_streak == {State.WARNING: 7, State.CRITICAL: 4}
    assert (policy.metrics, policy.debug, policy.notes) == (False, True, ())
    assert policy.origins["runners.web-1.every"] == f"environment {prefix}MONITORING_INTERVAL"
    assert policy.origins["health.warning"] == f"environment {prefix}HEALTH_SCORE_THRESHOLD"
    assert policy.origins["recovery.fail_streak.warning"] == f"environment {prefix}MAX_FAILURE_THRESHOLD"
    assert policy.origins["recovery.fail_streak.critical"] == "policies/zionr.yaml:4:25"
    assert policy.origins["DEBUG"] == f"environment {prefix}DEBUG"


def test_whether_workflows_are_validated(desk: Desk) -> None:
    desk.write("version: 1\nsubsystems: {actions: {}}\n")
    policy = desk.load(environ={"WORKFLOW_VALIDATION": "false"})
    assert policy.subsystems["actions"]["files"]["enabled"] is False
    assert policy.origins["subsystems.actions.files.enabled"] == "environment WORKFLOW_VALIDATION"
    assert desk.load().subsystems["actions"]["files"]["enabled"] is True


def test_whether_workflows_are_validated_is_asked_only_of_actions(desk: Desk) -> None:
    policy = desk.load(environ={"WORKFLOW_VALIDATION": "false"})
    assert policy.notes == ("environment: WORKFLOW_VALIDATION: it has no effect: actions is not enabled",)
    assert policy.subsystems == {}


@pytest.mark.parametrize(("text", "mode"), [("true", "apply"), ("false", "off")])
def test_whether_backups_are_triggered(desk: Desk, text: str, mode: str) -> None:
    policy = desk.load(environ={"BACKUP_TRIGGERS": text})
    assert policy.recovery.remedies == {"actions/backup": mode}
    assert policy.origins["recovery.remedies.actions/backup"] == "environment BACKUP_TRIGGERS"


def test_the_prefixed_name_wins(desk: Desk) -> None:
    policy = desk.load(environ={"DEBUG": "app:*", "ZIONR_DEBUG": "true"})
    assert policy.debug is True
    assert policy.notes == ()


def test_health_check_interval_wins(desk: Desk) -> None:
    environ = {"HEALTH_CHECK_INTERVAL": "120000", "ZIONR_MONITORING_INTERVAL": "60000"}
    assert desk.load(environ=environ).runners["web-1"].every_s == 120


def test_an_empty_variable_is_not_set(desk: Desk) -> None:
    policy = desk.load(environ={"DEBUG": "", "ZIONR_MONITORING_INTERVAL": ""})
    assert (policy.debug, policy.runners["web-1"].every_s, policy.notes) == (False, 3600, ())


def test_no_effect_without_the_runner(desk: Desk) -> None:
    policy = desk.load(environ={"MONITORING_INTERVAL": "60000"}, runner="web-2")
    assert policy.notes == ("environment: MONITORING_INTERVAL: it has no effect: the policy names no runner web-2",)
    assert policy.runners["web-1"].every_s == 3600


UNREADABLE = [
    ("MONITORING_INTERVAL", "30s", "'30s' is not in milliseconds; write 30000"),
    ("MONITORING_INTERVAL", "often", "'often' is not in milliseconds; write 300000 for 5m"),
    ("HEALTH_CHECK_INTERVAL", "5", "'5' is under 1000, which is a second"),
    ("HEALTH_CHECK_INTERVAL", "-1000", "'-1000' is not in milliseconds; write 300000 for 5m"),
    ("AUTO_HEALING", "maybe", "'maybe' is not true or false"),
    ("HEALTH_SCORE_THRESHOLD", "101", "'101' is not a number from 0 to 100"),
    ("HEALTH_SCORE_THRESHOLD", "high", "'high' is not a number from 0 to 100"),
    ("HEALTH_SCORE_THRESHOLD", "60", "'60' is not over health.critical, 60"),
    ("MAX_FAILURE_THRESHOLD", "0", "'0' is not a whole number from 1 on"),
    ("MAX_FAILURE_THRESHOLD", "2.5", "'2.5' is not a whole number from 1 on"),
    ("BACKUP_TRIGGERS", "maybe", "'maybe' is not true or false"),
    ("METRICS_COLLECTION", "x\ny", "'x\\ny' is not true or false"),
    ("DEBUG", "app:*", "'app:*' is not true or false"),
]


@pytest.mark.parametrize(("name", "text", "reason"), UNREADABLE)
def test_a_bare_value_that_cannot_be_read_is_a_note(desk: Desk, name: str, text: str, reason: str) -> None:
    plain = desk.load(cached=False)
    policy = desk.load(environ={name: text})
    assert policy.notes == (f"environment: {name}: {reason}; it is ignored",)
    assert policy._replace(notes=()) == plain


@pytest.mark.parametrize(("name", "text", "reason"), UNREADABLE)
def test_a_prefixed_value_that_cannot_be_read_is_an_error(desk: Desk, name: str, text: str, reason: str) -> None:
    assert desk.problems(environ={f"ZIONR_{name}": text}) == [f"environment: ZIONR_{name}: {reason}"]


def test_errors_of_the_environment_come_last(desk: Desk) -> None:
    problems = desk.problems(
        "version: 1\nhelth: {}\n", environ={"ZIONR_DEBUG": "x", "ZIONR_MONITORING_INTERVAL": "30s"}
    )
    assert problems == [
        "policies/zionr.yaml:2:1: helth: unknown key, did you mean 'health'?",
        "environment: ZIONR_MONITORING_INTERVAL: '30s' is not in milliseconds; write 30000",
        "environment: ZIONR_DEBUG: 'x' is not true or false",
    ]


def test_a_broken_policy_takes_no_override(desk: Desk) -> None:
    environ = {"MONITORING_INTERVAL": "60000", "HEALTH_SCORE_THRESHOLD": "90", "MAX_FAILURE_THRESHOLD": "2"}
    problems = desk.problems("version: 1\nhealth: 1\nrunners: [web-1]\nrecovery: x\n", environ=environ)
    assert [line.rsplit(": ", 1)[1] for line in problems] == [
        "1 is not a mapping",
        "a list is not a mapping",
        "'x' is not a mapping",
    ]
