from __future__ import annotations

import errno
import json
import math
import os
import resource
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zionr.errors import StoreError, UsageError
from zionr.instants import iso
from zionr.model import State
from zionr.redaction import MARK, Redactor
from zionr.store.local import LocalStore

from .reports import START, report

NOBODY = 65534


def _same(text: str) -> str:
    return text


def opened(folder: Path, notes: list[str] | None = None) -> LocalStore:
    return LocalStore(str(folder), version="1", redact=_same, notes=[] if notes is None else notes)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def store(state: Path) -> Iterator[LocalStore]:
    with opened(state) as store:
        store.prepare()
        yield store


def _files(state: Path) -> list[str]:
    return sorted(path.name for path in (state / "reports").glob("*/*"))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_prepare_makes_a_private_folder_that_git_ignores(store: LocalStore, state: Path) -> None:
    store.prepare()
    assert _mode(state) == 0o700
    assert (state / ".gitignore").read_text() == "*\n"
    assert {path.name for path in state.iterdir()} == {".gitignore", "reports", "cache", "locks"}
    assert {_mode(state / name) for name in ("reports", "cache", "locks")} == {0o700}


def test_prepare_closes_a_folder_of_ours_and_leaves_others_as_they_are(tmp_path: Path) -> None:
    ours, others = tmp_path / "ours", tmp_path / "others"
    for folder, name in ((ours, "cache"), (others, "project")):
        (folder / name).mkdir(parents=True)
        folder.chmod(0o755)
        with opened(folder) as store:
            store.prepare()
    assert _mode(ours) == 0o700
    assert (ours / ".gitignore").exists()
    assert _mode(others) == 0o755
    assert not (others / ".gitignore").exists()
    assert _mode(others / "reports") == 0o700


@pytest.mark.parametrize("path", ["file", "file/state", "link"])
def test_prepare_says_what_is_in_the_way(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("")
    os.symlink("nowhere", tmp_path / "link")
    with opened(tmp_path / path) as store, pytest.raises(StoreError, match="cannot be stored: Not a dir") as failure:
        store.prepare()
    assert "\n" not in str(failure.value)


def test_prepare_follows_no_symlink_within(store: LocalStore, state: Path, tmp_path: Path) -> None:
    (state / "reports").rmdir()
    os.symlink(tmp_path, state / "reports")
    with pytest.raises(StoreError, match="it is a symlink"):
        store.prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_prepare_refuses_another_users_folder(store: LocalStore, state: Path) -> None:
    os.chown(state, NOBODY, NOBODY)
    with pytest.raises(StoreError, match="belongs to another user"):
        store.prepare()


def test_ids_sort_by_time_and_differ(store: LocalStore) -> None:
    assert store.new_id(START + 0.123).startswith("20261124T030000123-".replace("T03", iso(START)[10:13]))
    ids = [store.new_id(START + number / 1000) for number in range(50)]
    assert ids == sorted(ids)
    assert len({store.new_id(START) for _ in range(50)}) == 50


def test_a_report_is_a_private_file_with_sorted_keys(store: LocalStore, state: Path) -> None:
    document = report(1)
    store.write(document)
    path = state / "reports" / document["started_at"][:10] / f"{document['id']}.json"
    assert path.read_text() == json.dumps(document, sort_keys=True, separators=(",", ":"))
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700
    assert store.read(document["id"]) == document


def test_the_outcome_replaces_the_intent(store: LocalStore, state: Path) -> None:
    store.write(report(1, state="critical"))
    assert [entry.state for entry in store.entries(limit=9)] == [State.CRITICAL]
    store.write(report(1, state="ok"))
    assert [entry.state for entry in store.entries(limit=9)] == [State.OK]
    assert len(_files(state)) == 1


def test_no_secret_is_stored_in_a_file_or_the_index(state: Path) -> None:
    canary = "c4nary" + '-"\\value'
    with LocalStore(str(state), version="1", redact=Redactor([canary]), notes=[]) as store:
        store.prepare()
        store.entries(limit=1)
        store.write(report(1, scope=f"host:{canary}", notes=[canary], targets=[]))
        assert store.entries(limit=1)[0].scope == f"host:{MARK}"
        assert store.read("latest")["notes"] == [MARK]
    stored = b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())
    assert b"c4nary" not in stored


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_json_cannot_say_is_null(store: LocalStore, value: float) -> None:
    store.write(report(1, notes=[{"a": [value, 1.5]}]))
    assert store.read("latest")["notes"] == [{"a": [None, 1.5]}]


def test_a_name_that_is_no_text_for_sqlite(store: LocalStore) -> None:
    store.entries(limit=1)
    store.write(report(1, scope="host:\udcff", subsystem="\ud800"))
    store.write(report(2))
    assert len(store.entries(limit=9)) == 2


@pytest.mark.parametrize("changes", [{"id": "../x"}, {"id": ".x"}, {"id": ""}, {"started_at": "../../etc/passwd"}])
def test_a_report_cannot_choose_its_place(store: LocalStore, state: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(StoreError, match="has no place"):
        store.write(report(1, **changes))
    assert _files(state) == []


def test_a_report_of_another_form_is_stored_all_the_same(store: LocalStore, state: Path) -> None:
    store.entries(limit=1)
    store.write({"id": "bare", "started_at": iso(START)})
    store.write(report(1))
    assert len(_files(state)) == 2
    assert len(store.entries(limit=9)) == 1


def test_history_holds_what_the_engine_needs(store: LocalStore) -> None:
    document = report(1)
    store.write(document)
    (past,) = store.history("pm2", "host:web-1", since=START)
    assert past.id == document["id"]
    assert (past.kind, past.runner, past.state, past.score, past.coverage) == (
        "check",
        "web-1",
        State.WARNING,
        50.0,
        1.0,
    )
    assert (past.started_at, past.finished_at) == (START + 1, START + 1.5)
    assert past.policy_digest == document["policy"]["digest"]
    assert past.targets == {"api": State.WARNING}
    assert past.metrics == {"api": {"restarts_by_id": {"0": 7}}}
    (finding,) = past.findings
    assert finding.id == "pm2/instances-short:api"
    assert (finding.state, finding.targets, finding.resolved) == (State.WARNING, ("api",), False)
    assert finding.first_seen == START - 59
    (step,) = past.steps
    assert (step.remedy, step.outcome, step.verified, step.attempt) == ("pm2/restart", "succeeded", True, 1)
    assert step.findings == ("pm2/instances-short:api",)
    assert step.finished_at == past.finished_at
    assert past.event is None


def test_a_step_of_one_target_and_with_an_end_of_its_own(store: LocalStore) -> None:
    step = {"remedy": None, "target": "api", "finding": "a:b", "outcome": "failed", "finished_at": iso(START)}
    store.write(report(1, steps=[step], findings=[{"id": "x:y", "rule": "x", "state": "ok", "target": None}]))
    (past,) = store.history("pm2", "host:web-1", since=0)
    assert past.steps[0].finished_at == START
    assert (past.steps[0].targets, past.steps[0].findings) == (("api",), ("a:b",))
    assert past.findings[0].targets == ()


def test_history_is_of_one_subsystem_scope_and_window_newest_first(store: LocalStore) -> None:
    rearmed = {"kind": "rearmed", "finding": "pm2/errored:api"}
    store.write(report(1))
    store.write(report(2))
    store.write(report(3, subsystem="git"))
    store.write(report(4, scope="host:web-2"))
    store.write(report(5, kind="event", subsystem=None, event=rearmed, findings=[], steps=[]))
    store.write(report(6, kind="event", scope="repository", event={"kind": "silenced"}))
    store.write(report(7, kind="event", subsystem="git", scope="repository"))
    past = store.history("pm2", "host:web-1", since=START + 2)
    assert [item.started_at - START for item in past] == [6, 5, 2]
    assert past[1].event == rearmed


def test_latest_of_every_runner(store: LocalStore) -> None:
    other = {**report()["runner"], "id": "actions"}
    for document in (
        report(1),
        report(2),
        report(3, runner=other),
        report(4, kind="event"),
        report(5, subsystem="git"),
    ):
        store.write(document)
    latest = store.latest()
    assert [(item.subsystem, item.runner, item.started_at - START) for item in latest] == [
        ("git", "web-1", 5),
        ("pm2", "actions", 3),
        ("pm2", "web-1", 2),
    ]


def test_entries_are_filtered(store: LocalStore) -> None:
    for number in range(5):
        store.write(report(number, state="ok" if number % 2 else "critical", scope=f"host:{number % 2}"))
    store.write(report(9, subsystem="git"))
    assert [entry.started_at - START for entry in store.entries(limit=2)] == [9, 4]
    assert len(store.entries(limit=9, subsystem="pm2")) == 5
    assert len(store.entries(limit=9, state=State.OK)) == 2
    assert len(store.entries(limit=9, scope="host:0")) == 3
    assert len(store.entries(limit=9, subsystem="pm2", since=START + 3)) == 2


def test_reading_by_id_prefix_and_latest(store: LocalStore) -> None:
    first, second = report(1), report(2)
    store.write(first)
    store.write(second)
    assert store.read("latest") == second
    assert store.read(first["id"][:18]) == first
    with pytest.raises(UsageError, match="may be"):
        store.read(first["id"][:8])
    for reference in ("20200101", "", "%", "_", "'"):
        with pytest.raises(UsageError):
            store.read(reference)


def test_reading_from_an_empty_store(store: LocalStore) -> None:
    with pytest.raises(UsageError, match="no report 'latest'"):
        store.read("latest")
    assert store.latest() == []
    assert store.entries(limit=9) == []
    assert store.last_good_policy() is None


def test_reading_makes_no_folder(state: Path) -> None:
    with opened(state) as store:
        assert store.entries(limit=9) == []
    assert not state.exists()


def test_the_last_good_policy(store: LocalStore) -> None:
    store.write(report(1))
    bad = {"id": "policy/invalid:x", "rule": "policy/invalid", "state": "unknown", "target": None}
    store.write(report(2, findings=[bad]))
    good = store.last_good_policy()
    assert good is not None
    assert good.started_at == START + 1


def test_pruning_by_age(store: LocalStore, state: Path) -> None:
    for number in range(4):
        store.write(report(number, at=START + number * 86_400))
    store.write({**report(9, at=START - 86_400), "schema_version": 2})
    stale = state / "reports" / iso(START)[:10] / ".x.json.1-2.tmp"
    fresh = state / "reports" / iso(START + 3 * 86_400)[:10] / ".y.json.1-2.tmp"
    for path in (stale, fresh):
        path.write_text("half")
    os.utime(stale, (1, 1))
    size = sum(path.stat().st_size for path in sorted((state / "reports").glob("*/*.json"))[1:3])
    pruned = store.prune(START + 1.5 * 86_400)
    assert pruned == (3, size + 4)
    assert len(store.entries(limit=9)) == 3
    assert fresh.exists()
    assert not (state / "reports" / iso(START + 86_400)[:10]).exists()
    assert store.prune(START + 1.5 * 86_400) == (0, 0)


@pytest.fixture
def tiny_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_report_that_finds_no_room(store: LocalStore, state: Path, tiny_files: None) -> None:
    store.write(report(1))
    with pytest.raises(StoreError, match=r"reports/2026-11-24/.*\.json: reports cannot be stored: File too large"):
        store.write(report(1, notes=["x" * 10_000]))
    assert len(_files(state)) == 1
    assert store.read("latest") == report(1)


FULL = """
import sys
from zionr.errors import StoreError
from zionr.store.local import LocalStore
from tests.unit.reports import report
with LocalStore(sys.argv[1], version="1", redact=lambda text: text, notes=[]) as store:
    store.prepare()
    stored = 0
    try:
        for number in range(1000):
            store.write(report(number, notes=["x" * 20_000]))
            stored += 1
    except StoreError as error:
        print(error)
    print(stored, len(store.entries(limit=1000)), len(store.history("pm2", "host:web-1", since=0)))
    try:
        store.prepare()
        store.write(report(1001, notes=["x" * 20_000]))
    except StoreError as error:
        print(error)
"""


def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    script = f'mount -t tmpfs -o size=512k none {tmp_path} && exec "$0" -c "$1" {tmp_path}/state'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, sys.executable, FULL],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    if done.returncode and "zionr" not in done.stderr:
        pytest.skip(f"this machine gives us no file system of our own: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    first, counts, again = done.stdout.splitlines()
    assert first.endswith(f"reports cannot be stored: {os.strerror(errno.ENOSPC)}")
    stored, entries, history = map(int, counts.split())
    assert stored > 5
    assert stored == entries == history
    assert "reports cannot be stored: " in again


@pytest.fixture
def as_nobody() -> Iterator[Path]:
    """A folder of a user whom modes hold back: of another one, where the tests run as root."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as name:
        if root:
            os.chown(name, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield Path(name)
        finally:
            if root:
                os.seteuid(0)


def test_a_read_only_folder(as_nobody: Path) -> None:
    state = as_nobody / "state"
    with opened(state) as store:
        store.prepare()
        store.write(report(1))
    folders = [state, *(path for path in state.rglob("*") if path.is_dir())]
    (state / "index.sqlite3").unlink(missing_ok=True)
    for folder in folders:
        folder.chmod(0o500)
    try:
        with opened(state) as store:
            with pytest.raises(StoreError, match="cannot be stored"):
                store.prepare()
            with pytest.raises(StoreError, match="cannot be stored: Permission denied"):
                store.write(report(2))
            assert [entry.id for entry in store.entries(limit=9)] == [report(1)["id"]]
            with pytest.raises(StoreError, match="cannot be pruned: Permission denied"):
                store.prune(START + 99)
    finally:
        for folder in folders:
            folder.chmod(0o700)
    with opened(state) as store:
        assert store.read("latest") == report(1)


def test_a_place_where_no_folder_can_be_made(as_nobody: Path) -> None:
    as_nobody.chmod(0o500)
    with opened(as_nobody / "state") as store, pytest.raises(StoreError, match="Permission denied"):
        store.prepare()
    as_nobody.chmod(0o700)


def test_a_narrowed_report_is_no_newest_one(store: LocalStore) -> None:
    whole, narrowed = report(1), report(2, only=["api"])
    store.write(whole)
    store.write(narrowed)
    assert [past.id for past in store.latest()] == [whole["id"]]
    assert [past.id for past in store.history("pm2", "host:web-1", since=START)] == [narrowed["id"], whole["id"]]
