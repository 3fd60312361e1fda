from __future__ import annotations

import json
from pathlib import Path

import pytest

from zionr.policy.explain import as_written, explain
from zionr.policy.model import Policy
from zionr.render.policy import explain_text, show_text, validate_text

from .policy_files import Desk

POLICY = (
    "version: 1\n"
    "runners: {web-1: {every: 90s, watches: [pm2, git]}}\n"
    "recovery: {fail_streak: 2}\n"
    "subsystems:\n"
    "  pm2:\n"
    "    log_max: 10MB\n"
    "    processes: {api: {restarts: 5 per 1.5h}}\n"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write(POLICY)
    made.write("project: staging\n", overlay="staging")
    return made


@pytest.fixture
def policy(desk: Desk) -> Policy:
    return desk.load(environment="staging", environ={"ZIONR_HEALTH_SCORE_THRESHOLD": "90", "DEBUG": "1"})


@pytest.mark.parametrize(
    ("key", "value", "origin"),
    [
        ("version", 1, "policies/zionr.yaml:1:10"),
        ("project", "staging", "policies/zionr.staging.yaml:1:10"),
        ("health.warning", 90, "environment ZIONR_HEALTH_SCORE_THRESHOLD"),
        ("health.critical", 50, "default"),
        ("health.weights", {}, "default"),
        ("runners.web-1.every", "90s", "policies/zionr.yaml:2:26"),
        ("runners.web-1.grace", "10m", "default"),
        ("runners.web-1.watches", ["pm2", "git"], "policies/zionr.yaml:2:40"),
        ("recovery.fail_streak.critical", 2, "policies/zionr.yaml:3:25"),
        ("subsystems.pm2.log_max", "10MB", "policies/zionr.yaml:6:14"),
        ("subsystems.pm2.timeout", "5s", "default"),
        ("subsystems.pm2.processes.api.restarts.max", 5, "policies/zionr.yaml:7:33"),
        ("subsystems.pm2.processes.api.restarts.within", "90m", "policies/zionr.yaml:7:33"),
        ("DEBUG", True, "environment DEBUG"),
        ("AUTO_HEALING", None, "default"),
    ],
)
def test_where_each_value_comes_from(policy: Policy, key: str, value: object, origin: str) -> None:
    assert explain(policy, key) == [(key, value, origin)]


def test_every_value_has_a_row(policy: Policy) -> None:
    keys = {row.key for row in explain(policy)}
    assert set(policy.origins) - keys == {
        key for key in policy.origins if any(other.startswith(f"{key}.") for other in keys)
    }


def test_a_prefix_is_whole_steps(policy: Policy) -> None:
    assert {row.key for row in explain(policy, "store.shared.")} == {"store.shared.kind", "store.shared.remote"}
    assert explain(policy, "store.sha") == []


def test_what_is_shown_is_a_policy_again(desk: Desk, policy: Policy) -> None:
    again = desk.load(show_text(policy, as_written(policy)) + "\n")
    assert again.document == policy.document


def test_texts(policy: Policy) -> None:
    verdict, note = validate_text(policy).splitlines()
    assert verdict == "ok        policies/zionr.yaml with --env staging: watches pm2"
    assert note == "note      subsystems.pm2.log_max: not used by this version"
    assert json.loads(validate_text(policy, "json"))["valid"] is True
    table = explain_text(policy, explain(policy, "store")).splitlines()
    assert table[0].split() == ["key", "value", "from"]
    assert table[1].split() == ["store.retention", "30d", "default"]
    document = json.loads(explain_text(policy, explain(policy, "runners"), "json"))
    assert document["values"][0] == {"key": "runners.web-1.kind", "value": "cron", "origin": "default"}
    shown = json.loads(show_text(policy, as_written(policy), "json"))
    assert shown["document"]["store"]["lease"] == {"ttl": "2m"}


def test_notes_are_told(desk: Desk) -> None:
    policy = desk.load(environ={"DEBUG": "app:*"})
    assert validate_text(policy).splitlines()[1].startswith("note      environment: DEBUG: 'app:*'")


def test_other_peoples_keys_stay_on_their_line(desk: Desk) -> None:
    policy = desk.load('version: 1\nsubsystems: {pm2: {processes: {"\\u202Eipa\\u2028x": {}}, home: "a\\e[31mb"}}\n')
    table = explain_text(policy, explain(policy, "subsystems"))
    assert all(line.isprintable() for line in table.split("\n"))
