"""`zionr check actions` under a policy: as often, as many at once and as rudely ended as anybody likes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from .actions_site import DAILY, LOST_PERMISSIONS, UNREADABLE, Site, workflow
from .test_formats import valid
from .test_imports import HEAVY

CACHE = "cache/actions-files.json"
VARIES = ("id", "started_at", "finished_at", "duration_s", "first_seen", "streak", "steps")


@pytest.fixture
def watched(site: Site) -> Site:
    """A policy over workflows with all kinds of trouble, and over good ones."""
    site.workflows(
        ci=workflow(),
        lost=LOST_PERMISSIONS,
        broken=UNREADABLE,
        sync=workflow("Sync (hourly)", DAILY),
        half=workflow(run="'echo \"half'"),
        pushes=workflow(run="git push"),
    )
    site.write(".github/actions/setup/action.yml", "name: A\n")
    site.write(".github/workflows/ci.yml.bak", "old")
    site.watch({})
    site.commit()
    return site


def timeless(document: Any) -> Any:
    """A report less what differs from run to run."""
    if isinstance(document, dict):
        return {key: timeless(value) for key, value in document.items() if key not in VARIES}
    return [timeless(one) for one in document] if isinstance(document, list) else document


def test_warm_is_as_cold(watched: Site) -> None:
    cold, warm = watched.look(), watched.look()

    valid(warm.document)
    assert (cold.code, warm.code) == (2, 2), cold.told
    assert timeless(warm.document) == timeless(cold.document)
    rules = {finding["rule"].removeprefix("actions/") for finding in cold.document["findings"]}
    assert rules == {
        *("unknown-key", "unreadable", "cadence-name", "shell-syntax", "push-without-permission", "type", "litter"),
        "mass-failure",
    }
    assert oct(watched.state.stat().st_mode & 0o777) == "0o700"
    assert {oct(path.stat().st_mode & 0o777) for path in watched.state.rglob("*.json")} == {"0o600"}


def spoil(path: Path, how: str) -> None:
    """Make a cache what no run of ours would leave."""
    content = path.read_bytes()
    if how == "deleted":
        path.unlink()
    elif how == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif how == "changed":
        path.write_bytes(content.replace(b'"unreadable"', b'"no-timeout"'))
    elif how == "anybody's":
        path.write_bytes(content.replace(b'"unreadable"', b'"no-timeout"'))
        path.chmod(0o666)
    elif how == "a folder":
        path.unlink()
        path.mkdir()
    elif how == "a link":
        path.unlink()
        path.symlink_to("/proc/self/mem")
    else:
        path.write_bytes(bytes(range(256)) * 99)


@pytest.mark.parametrize("how", ["deleted", "cut", "changed", "anybody's", "a folder", "a link", "junk"])
def test_a_cache_that_is_none_changes_nothing(watched: Site, how: str) -> None:
    before = watched.look()
    spoil(watched.state / CACHE, how)

    after = watched.look()

    assert after.err == "", after.told
    assert timeless(after.document) == timeless(before.document)


def test_a_cache_of_other_rules_is_not_used(watched: Site) -> None:
    """Whoever updates zionr must not see yesterday's opinion."""
    import zlib

    watched.look()
    _, _, body = (watched.state / CACHE).read_bytes().partition(b"\n")
    kept = json.loads(body)
    kept["key"]["version"] = "0.0.9"
    kept["found"] = {name: {**found, "faults": []} for name, found in kept["found"].items()}
    body = json.dumps(kept).encode()
    (watched.state / CACHE).write_bytes(b"%08x\n%b" % (zlib.crc32(body), body))

    assert watched.look().code == 2


def test_what_changes_is_seen_at_once(watched: Site) -> None:
    first = watched.look()
    watched.workflows(broken=workflow("Agent"), lost=workflow("Lost"))
    second = watched.look()

    assert {"actions/unreadable:broken.yml", "actions/unknown-key:lost.yml:concurrency.contents"} <= set(
        first.findings()
    )
    assert not [name for name in second.findings() if "broken.yml" in name or "lost.yml" in name]
    watched.workflows(broken=UNREADABLE)
    assert "actions/unreadable:broken.yml" in watched.look().findings()


def test_state_that_cannot_be_written(watched: Site) -> None:
    watched.look()
    folders = [watched.state, *(path for path in watched.state.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    try:
        locked = watched.look()
    finally:
        for folder in folders:
            folder.chmod(0o700)
    nowhere = watched.look("--state-dir", "/proc/zionr")
    mended = watched.mend("--state-dir", "/proc/zionr")

    assert (locked.code, nowhere.code, mended.code) == (2, 2, 1), locked.told + nowhere.told
    assert any("reports cannot be stored" in note for note in nowhere.document["notes"])
    assert nowhere.findings().keys() == locked.findings().keys()
    assert {step["outcome"] for step in mended.document["steps"]} == {"skipped"}


def start(site: Site, *words: str, path: str = "/usr/bin:/bin") -> subprocess.Popen[bytes]:
    """Start a command of which only the end is waited for."""
    return subprocess.Popen(
        site.command(*words),
        env=site.environ | {"PATH": path},
        cwd=site.top,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_several_at_once(watched: Site) -> None:
    runs = [start(watched, "check", "actions", "--format", "json") for _ in range(3)]
    said = [run.communicate(timeout=60) for run in runs]

    assert [(run.returncode, err) for run, (_, err) in zip(runs, said, strict=True)] == [(2, b"")] * 3
    documents = [timeless(json.loads(out)) for out, _ in said]
    assert documents[0] == documents[1] == documents[2]
    assert len(watched.reports()) == 3
    assert not list(watched.state.rglob("*.tmp*"))


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_ended_in_the_middle(watched: Site, number: signal.Signals, code: int) -> None:
    """It hangs in bash, which is asked after the files were read, and before anything is written."""
    pid = watched.top / "home/pid"
    bash = watched.write("home/bin/bash", f"#!/bin/sh\necho $$ > {pid}.part; mv {pid}.part {pid}; exec sleep 60\n")
    bash.chmod(0o755)
    run = start(watched, "check", "actions", path=f"{bash.parent}:/usr/bin:/bin")
    deadline = time.monotonic() + 30
    while not pid.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    run.send_signal(number)
    out, err = run.communicate(timeout=20)
    if number is signal.SIGKILL:
        os.kill(int(pid.read_text()), signal.SIGKILL)

    assert (run.returncode, out, err) == (code, b"", b"")
    assert watched.report_files() == []
    assert not (watched.state / CACHE).exists()
    assert watched.look().code == 2


def test_without_bash_and_git(watched: Site) -> None:
    """Less is known, and it is said; what is known is judged all the same."""
    done = watched.look(env={"PATH": "/nonexistent"})

    assert done.code == 2, done.told
    assert "there is no bash on PATH" in " ".join(done.document["notes"])
    assert "git: cannot be run" in " ".join(done.document["notes"])
    assert "actions/unreadable:broken.yml" in done.findings()
    found = watched.look().findings()
    assert "actions/shell-syntax:half.yml:jobs.test.steps.0.run" in found


def modules_of(site: Site, *words: str, code: int = 0) -> set[str]:
    """What a command had imported at its end."""
    done = site.run([sys.executable, "-X", "importtime", *site.command(*words)])
    assert done.code == code, done.told
    return {line.rpartition("|")[2].strip() for line in done.err.splitlines() if line.startswith("import time:")}


def test_a_warm_check_imports_little(site: Site) -> None:
    """The first run finds no folder to keep a compiled policy in; the second keeps it."""
    site.workflows(ci=workflow(), pushes=workflow("Pushes", run="git push"))
    site.watch({})
    assert (site.look().code, site.look().code) == (1, 1)

    found = modules_of(site, "check", "actions", code=1)

    assert {name.partition(".")[0] for name in found} & (HEAVY | {"jsonschema_rs", "http", "email", "ssl"}) == set()
    assert {name.split(".")[2] for name in found if name.startswith("zionr.subsystems.")} <= {"actions"}
    assert not [name for name in found if name.startswith("zionr.strict_yaml")], "nothing is parsed again"


def test_one_target(watched: Site) -> None:
    done = watched.look("--target", "ci.yml")

    assert done.code == 0, done.told
    assert set(done.targets()) == {"ci.yml"}
    assert watched.look("--target", "pushes.yml").code == 1
    nobody = watched.look("--target", "gone.yml")
    assert nobody.code == 3
    assert len(nobody.err.splitlines()) == 1


def test_ids_hold_from_run_to_run_and_streaks_count(watched: Site) -> None:
    first, second = watched.look(), watched.look()

    assert list(first.findings()) == list(second.findings())
    late = second.findings()["actions/unreadable:broken.yml"]
    assert late["first_seen"] == first.findings()["actions/unreadable:broken.yml"]["first_seen"]


def test_recorded_and_judged_again(watched: Site) -> None:
    first = watched.look("--record", "home/kept.json")
    watched.workflows(broken=workflow())
    again = watched.look("--replay", "home/kept.json")

    assert timeless(again.document)["findings"] == timeless(first.document)["findings"]
    assert len(watched.reports()) == 1
