from __future__ import annotations

from pathlib import Path

from zionr.render.policy import validate_text

from .policy_files import Desk

POLICY = """\
version: 1
store: {shared: {kind: git, remote: origin}, when_alone: observe, lease: {ttl: 1m}}
runners: {web-1: {ssh: "ssh://a@b"}}
subsystems: {pm2: {log_max: 10MB, processes: {a.b: {max_instances: 2, scale: {up: {cpu: 70, for: 10m}}}}}}
"""
SHARED = "store.shared: not used by this version; a lock of this host stands in for the lease"


def test_keys_that_have_no_effect_are_told(tmp_path: Path) -> None:
    policy = Desk(tmp_path).load(POLICY)
    assert policy.notes == (SHARED,), "what every report says"
    notes = [line.removeprefix("note").strip() for line in validate_text(policy).splitlines()[1:]]
    keys = ["store.shared.remote", "store.lease", "store.when_alone", "runners.web-1.ssh", "subsystems.pm2.log_max",
            "subsystems.pm2.processes.a.b.scale", "subsystems.pm2.processes.a.b.max_instances"]  # fmt: skip
    assert notes == [SHARED, *(f"{key}: not used by this version" for key in keys)]


def test_a_policy_without_them_has_no_notes(tmp_path: Path) -> None:
    policy = Desk(tmp_path).load("version: 1\nsubsystems: {pm2: {}}\n")
    assert policy.notes == ()
    assert len(validate_text(policy).splitlines()) == 1
