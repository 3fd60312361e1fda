from __future__ import annotations

import os
from pathlib import Path

import pytest

from zionr.errors import PolicyError
from zionr.model import State
from zionr.policy.load import load

from .policy_files import Desk, without_rights

POLICIES = Path(__file__).parent / "policies"
INVALID = sorted((POLICIES / "invalid").glob("*.yaml"))
VALID = sorted((POLICIES / "valid").glob("*.yaml"))
TOP = Path(__file__).parents[2]
SAMPLES = [TOP / "policies" / "zionr.yaml", *sorted((TOP / "policies" / "examples").glob("*.yaml"))]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_policies(path: Path) -> None:
    """Each file has its expected lines beside it, in a file of the same name with .txt."""
    with pytest.raises(PolicyError) as caught:
        load(str(path), environment=None, environ={}, runner="web-1", cache_dir=None, top=str(path.parent))
    assert caught.value.problems == path.with_suffix(".txt").read_text().splitlines()


@pytest.mark.parametrize("path", [*VALID, *SAMPLES], ids=lambda path: path.stem)
def test_valid_policies(path: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    policies = [
        load(str(path), environment=None, environ={}, runner="web-1", cache_dir=str(cache), top=str(TOP))
        for _ in ("cold", "warm")
    ]
    assert policies[0] == policies[1]
    assert list(cache.iterdir())


def test_defaults(desk: Desk) -> None:
    policy = desk.load("version: 1\n")
    assert policy.path == "policies/zionr.yaml"
    assert policy.folder == str(desk.path.parent)
    assert (policy.project, policy.runners, policy.subsystems) == (None, {}, {})
    assert policy.health == (80, 50, 0.5, {})
    assert policy.store == (30 * 86_400, "none", "origin", 120, "act-local")
    assert policy.recovery.fail_streak == {State.WARNING: 3, State.CRITICAL: 1}
    assert policy.recovery.from_state is State.WARNING
    assert (policy.recovery.mode, policy.recovery.mode_named, policy.recovery.remedies) == ("propose", False, {})
    assert (policy.recovery.attempts, policy.recovery.window_s, policy.recovery.cooldown_s) == (3, 3600, 300)
    assert policy.recovery[7:14] == (30, 2, 900, 300, 3, 10, 0.2)
    assert (policy.metrics, policy.debug, policy.recovery.automatic) == (True, False, None)
    assert policy.origins == {"version": "policies/zionr.yaml:1:10"}
    assert policy.digest.startswith("sha256:")


def test_values_are_typed(desk: Desk) -> None:
    policy = desk.load(
        "version: 1\n"
        "runners: {web-1: {every: 5m, watches: [pm2]}}\n"
        "recovery: {mode: off, fail_streak: 2, window: 1.5h}\n"
        "subsystems: {pm2: {log_max: 10MB, processes: {api: {restarts: 3 per 30m, probe: {tcp: 'a:1'}}}}}\n"
    )
    assert policy.runners["web-1"] == ("cron", 300, 600, ("pm2",), None)
    assert (policy.recovery.mode, policy.recovery.mode_named) == ("off", True)
    assert policy.recovery.fail_streak == {State.WARNING: 2, State.CRITICAL: 2}
    assert policy.recovery.window_s == 5400
    pm2 = policy.subsystems["pm2"]
    assert pm2["log_max"] == 10 * 1024 * 1024
    assert pm2["processes"]["api"]["restarts"] == {"max": 3, "within": 1800}
    assert pm2["processes"]["api"]["probe"] == {"tcp": "a:1", "status": [200], "within": 2}
    assert pm2["defaults"] == {"restarts": {"max": 5, "within": 3600}, "launch": 30}
    assert policy.origins["subsystems.pm2.processes.api.restarts.max"] == "policies/zionr.yaml:4:63"


def test_a_disabled_subsystem_is_left_out(desk: Desk) -> None:
    assert desk.load("version: 1\nsubsystems: {pm2: {enabled: false}}\n").subsystems == {}


def test_overlays_merge_replace_and_remove(desk: Desk) -> None:
    desk.write(
        "version: 1\nproject: zion\nrecovery: {attempts: 5, cooldown: 1m}\n"
        "subsystems: {pm2: {ecosystems: [a.json, b.json], processes: {api: {instances: 2}, old: {}}}}\n"
    )
    desk.write(
        "project: staging\nrecovery: {attempts: null, window: 2h}\n"
        "subsystems: {pm2: {ecosystems: [c.json], processes: {api: {weight: 2}, old: null}}}\n",
        overlay="staging",
    )
    policy = desk.load(environment="staging")
    assert (policy.environment, policy.project) == ("staging", "staging")
    assert (policy.recovery.attempts, policy.recovery.window_s, policy.recovery.cooldown_s) == (3, 7200, 60)
    pm2 = policy.subsystems["pm2"]
    assert pm2["ecosystems"] == ["c.json"]
    assert list(pm2["processes"]) == ["api"]
    assert (pm2["processes"]["api"]["instances"], pm2["processes"]["api"]["weight"]) == (2, 2)
    assert policy.origins["project"] == "policies/zionr.staging.yaml:1:10"
    assert policy.origins["recovery.cooldown"] == "policies/zionr.yaml:3:35"
    assert "recovery.attempts" not in policy.origins
    assert desk.load().project == "zion"


def test_errors_of_both_files_point_into_them(desk: Desk) -> None:
    desk.write("version: 1\nrecovery: {window: 1}\n")
    desk.write("recovery:\n  atempts: 3\n  cooldwn: null\n", overlay="staging")
    assert desk.problems(environment="staging") == [
        "policies/zionr.yaml:2:20: recovery.window: '1' has no unit; write 1h (s m h d)",
        "policies/zionr.staging.yaml:2:3: recovery.atempts: unknown key, did you mean 'attempts'?",
        "policies/zionr.staging.yaml:3:3: recovery.cooldwn: unknown key, did you mean 'cooldown'?",
    ]


def test_removing_what_is_needed_is_told_at_the_removal(desk: Desk) -> None:
    desk.write("version: 1\n")
    desk.write("project: x\nversion: null\n", overlay="bad")
    assert desk.problems(environment="bad") == ["policies/zionr.bad.yaml:2:1: version: missing; write version: 1"]


def test_a_missing_overlay(desk: Desk) -> None:
    desk.write("version: 1\n")
    assert desk.problems(environment="staging") == ["policies/zionr.staging.yaml: not found; --env staging needs it"]


@pytest.mark.parametrize("name", ["", "../x", "a.b", "ä", "a b", "a\n"])
def test_names_of_overlays(desk: Desk, name: str) -> None:
    desk.write("version: 1\n")
    assert desk.problems(environment=name) == [f"--env {name!r}: a name has letters, digits, '_' and '-' only"]


def test_missing_files_are_told_together(desk: Desk) -> None:
    assert desk.problems(environment="staging") == [
        "policies/zionr.yaml: not found",
        "policies/zionr.staging.yaml: not found; --env staging needs it",
    ]


def test_a_folder(desk: Desk) -> None:
    desk.path.mkdir()
    assert desk.problems() == ["policies/zionr.yaml: a folder, not a file"]


def test_a_fifo_is_not_waited_for(desk: Desk) -> None:
    os.mkfifo(desk.path)
    assert desk.problems() == ["policies/zionr.yaml: not a regular file"]


def test_a_device() -> None:
    with pytest.raises(PolicyError, match=r"^/dev/zero: not a regular file$"):
        load("/dev/zero", environment=None, environ={}, runner="a", cache_dir=None, top="/nowhere")


def test_an_unreadable_file(desk: Desk) -> None:
    desk.write("version: 1\n")
    with without_rights(desk.path):
        assert desk.problems() == ["policies/zionr.yaml: cannot be read: permission denied"]


def test_a_file_too_large(desk: Desk) -> None:
    assert desk.problems("#" * (512 * 1024 + 1)) == ["policies/zionr.yaml: larger than 512 KB"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x7fELF\x02\x01\x01\x00", "1:1: control character U+007F: this is not a text file"),
        (b"version: 1\n\x00\x00", "2:1: a NUL byte: this is not a text file"),
        (b"version: 1\nproject: \xff\xfe", "2:10: byte 0xff is not UTF-8"),
        (b"\xff\xfev\x00", "1:1: UTF-16; save the file as UTF-8"),
        (b"\xef\xbb\xbfversion: 1", "1:1: a byte order mark (BOM); save the file as UTF-8 without it"),
        (b"[" * 1000, "1:101: nested deeper than 100 levels"),
    ],
)
def test_binary_junk(desk: Desk, content: bytes, problem: str) -> None:
    desk.path.write_bytes(content)
    line, _, reason = problem.partition(": ")
    (found,) = desk.problems()
    assert found.startswith(f"policies/zionr.yaml:{line}: ")
    assert found.endswith(reason)


def test_a_policy_outside_the_repository_is_shown_whole(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.yaml"
    path.write_text("version: 2\n")
    with pytest.raises(PolicyError) as caught:
        load(str(path), environment=None, environ={}, runner="a", cache_dir=None, top=str(tmp_path / "repository"))
    assert caught.value.problems == [f"{path}:1:10: version: 2 is not known here; write 1"]
