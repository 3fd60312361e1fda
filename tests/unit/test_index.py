from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zionr.errors import StoreError
from zionr.store import folders, records
from zionr.store.local import LocalStore

from .reports import START, report

LATER = time.time() + 86_400.0
DAY: str = report()["started_at"][:10]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def _opened(state: Path, notes: list[str] | None = None, version: str = "1", now: float = LATER) -> LocalStore:
    return LocalStore(
        str(state), version=version, redact=lambda text: text, notes=[] if notes is None else notes, now=lambda: now
    )


def _fill(state: Path, count: int = 5) -> list[str]:
    with _opened(state) as store:
        store.prepare()
        for number in range(count):
            store.write(report(number))
    return _ids(state)


def _ids(state: Path, **options: object) -> list[str]:
    with _opened(state, **options) as store:  # type: ignore[arg-type]  # those of _opened
        return [entry.id for entry in store.entries(limit=99)]


def _put(state: Path, name: str, content: str | bytes) -> Path:
    path = state / "reports" / DAY / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of report files that are read from here on."""
    seen: list[str] = []
    read = folders.read_record

    def counting(reports: str, day: str, file: str, inode: int) -> records.Record | None:
        seen.append(file)
        return read(reports, day, file, inode)

    monkeypatch.setattr(folders, "read_record", counting)
    return seen


def test_the_index_is_private_and_in_wal_mode(state: Path) -> None:
    _fill(state)
    path = state / "index.sqlite3"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_missing_index_is_rebuilt_from_the_files(state: Path) -> None:
    ids = _fill(state)
    (state / "index.sqlite3").unlink()
    assert _ids(state) == ids
    assert len(ids) == 5


def test_an_index_that_is_up_to_date_reads_no_file(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = _fill(state)
    seen = _reads(monkeypatch)
    assert _ids(state) == ids
    assert seen == []
    (state / "index.sqlite3").unlink()
    assert _ids(state) == ids
    assert len(seen) == 5


def test_a_folder_that_may_still_change_is_listed_again(state: Path) -> None:
    _fill(state)
    folder = state / "reports" / DAY
    now = folder.stat().st_mtime + 1
    (state / "index.sqlite3").unlink()
    _ids(state, now=now)
    with closing(sqlite3.connect(state / "index.sqlite3")) as connection:
        assert connection.execute("SELECT count(*) FROM days").fetchone() == (0,)
    _ids(state)
    with closing(sqlite3.connect(state / "index.sqlite3")) as connection:
        assert connection.execute("SELECT day, mtime_ns FROM days").fetchall() == [(DAY, folder.stat().st_mtime_ns)]


def test_files_that_came_changed_and_went_by_other_hands(state: Path) -> None:
    ids = _fill(state)
    folder = state / "reports" / DAY
    new = report(7)
    _put(state, f"{new['id']}.json", json.dumps(new))
    (folder / f"{ids[0]}.json").unlink()
    changed = json.loads((folder / f"{ids[1]}.json").read_text())
    beside = _put(state, "beside", json.dumps({**changed, "scope": "host:other"}))
    os.rename(beside, folder / f"{ids[1]}.json")
    assert _ids(state) == [new["id"], *ids[1:]]
    with _opened(state) as store:
        assert [entry.id for entry in store.entries(limit=9, scope="host:other")] == [ids[1]]


def test_a_whole_day_that_went(state: Path) -> None:
    _fill(state)
    with _opened(state) as store:
        store.write(report(9, at=START + 86_400))
    shutil.rmtree(state / "reports" / DAY)
    assert len(_ids(state)) == 1


def test_another_version_or_format_makes_it_anew(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = _fill(state)
    seen = _reads(monkeypatch)
    assert _ids(state, version="2") == ids
    assert len(seen) == 5
    with closing(sqlite3.connect(state / "index.sqlite3")) as connection, connection:
        connection.execute("UPDATE made_by SET format = '0'")
    assert _ids(state, version="2") == ids
    assert len(seen) == 10


def _garbage(path: Path) -> None:
    path.write_bytes(b"\x00garbage\xff" * 1000)


def _halved(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _overwritten(path: Path) -> None:
    size = path.stat().st_size
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute('CREATE TABLE reports ("a""b")')
        connection.execute('CREATE VIEW "o""dd" AS SELECT 1')


def _without_rows_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE days")


def _header_only(path: Path) -> None:
    os.truncate(path, 100)


def _nonsense(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE reports SET extract = '{', state = 'splendid', started = 'x'")


DAMAGES = [_nonsense, _garbage, _halved, _overwritten, _emptied, _foreign, _without_rows_table, _header_only]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_mended(state: Path, damage: Callable[[Path], None]) -> None:
    ids = _fill(state, 40)
    path = state / "index.sqlite3"
    damage(path)
    assert _ids(state) == ids
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT count(*) FROM reports").fetchone() == (40,)


@given(st.integers(0, 60_000), st.binary(min_size=1, max_size=3000))
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_survived(tmp_path: Path, offset: int, content: bytes) -> None:
    state = tmp_path / "any"
    shutil.rmtree(state, ignore_errors=True)
    _fill(state, 12)
    path = state / "index.sqlite3"
    with open(path, "r+b") as file:
        file.seek(offset % path.stat().st_size)
        file.write(content)
    with _opened(state) as store:
        store.entries(limit=99)
        store.history("pm2", "host:web-1", since=0)
        store.write(report(50))
    assert len(list((state / "reports").glob("*/*.json"))) == 13


@pytest.mark.parametrize("kind", ["folder", "symlink", "fifo"])
def test_where_the_index_is_no_file_one_in_memory_serves(state: Path, kind: str) -> None:
    ids = _fill(state)
    path = state / "index.sqlite3"
    path.unlink()
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    else:
        os.symlink(state / "elsewhere", path)
    assert _ids(state) == ids
    assert not (state / "elsewhere").exists()


def test_an_index_that_another_process_keeps_locked(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zionr.store.index._BUSY_MS", 10)
    _fill(state)
    new = report(8)
    with closing(sqlite3.connect(state / "index.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        _put(state, f"{new['id']}.json", json.dumps(new))
        assert _ids(state)[0] == new["id"]
        with _opened(state) as store:
            store.entries(limit=1)
            store.write(report(9))
            assert store.entries(limit=1)[0].id == report(9)["id"]
    assert len(_ids(state)) == 7


BROKEN: dict[str, tuple[str | bytes, str]] = {
    "torn": (json.dumps(report(0))[:-5], "torn, or not JSON"),
    "empty": ("", "torn, or not JSON"),
    "junk": (b"\x00\xff\xfe", "not"),
    "list": ("[1]", "not an object"),
    "number": ("7", "not an object"),
    "deep": ("[" * 100_000, "nested too deep"),
    "deep_object": ('{"a":' * 100_000, "nested too deep"),
    "no_version": ("{}", "schema_version"),
    "bad_version": ('{"schema_version": true}', "schema_version is no version"),
    "zero_version": ('{"schema_version": 0}', "schema_version is no version"),
    "other_id": (json.dumps(report(0)), "not the file's name"),
    "huge_number": ('{"schema_version": 1' + "0" * 5000 + "}", "not a report"),
    "no_state": (json.dumps(report(0, id="no_state", state="fine")), "is not a state"),
    "no_runner": (json.dumps(report(0, id="no_runner", runner=None)), "not a report"),
    "no_time": (json.dumps(report(0, id="no_time", started_at="yesterday")), "not a report"),
    "bad_finding": (json.dumps(report(0, id="bad_finding", findings=["x"])), "not a report"),
    "bad_target": (json.dumps(report(0, id="bad_target", targets=[{"name": []}])), "not a report"),
    "bad_score": (json.dumps(report(0, id="bad_score", health={"score": 10**400})), "not a report"),
    "bad_scope": (json.dumps(report(0, id="bad_scope", scope=7)), "not a report"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_no_report_is_noted_and_left(state: Path, name: str) -> None:
    ids = _fill(state, 2)
    content, reason = BROKEN[name]
    path = _put(state, f"{name}.json", content)
    notes: list[str] = []
    assert _ids(state, notes=notes) == ids
    (note,) = notes
    assert note.startswith(f"1 file under reports/ is not a report: {DAY}/{name}.json: ")
    assert reason in note
    assert path.exists()
    with _opened(state) as store, pytest.raises(StoreError, match=f"{name}.json: "):
        store.read(name)


def test_several_are_counted_in_one_note(state: Path) -> None:
    _fill(state, 1)
    for number in range(3):
        _put(state, f"x{number}.json", "")
    notes: list[str] = []
    _ids(state, notes=notes)
    _ids(state, notes=notes)
    assert len(notes) == 1
    assert notes[0].startswith("3 files under reports/ are not reports: ")


def test_a_file_too_big_is_not_read(state: Path) -> None:
    _fill(state, 1)
    os.truncate(_put(state, "big.json", "{"), records.LARGEST + 1)
    notes: list[str] = []
    _ids(state, notes=notes)
    assert notes == [f"1 file under reports/ is not a report: {DAY}/big.json: over 32 MiB"]


def test_a_report_of_a_newer_zionr_is_listed_and_not_trusted(state: Path) -> None:
    (known,) = _fill(state, 1)
    newer = {**report(5), "schema_version": 2, "state": "splendid", "runner": "text"}
    path = _put(state, f"{newer['id']}.json", json.dumps(newer))
    _put(state, "strange.json", json.dumps({"schema_version": 3, "started_at": 7, "kind": []}))
    notes: list[str] = []
    with _opened(state, notes) as store:
        assert [(entry.id, entry.newer) for entry in store.entries(limit=9)] == [
            (newer["id"], True),
            (known, False),
            ("strange", True),
        ]
        assert [past.id for past in store.history("pm2", "host:web-1", since=0)] == [known]
        assert [past.id for past in store.latest()] == [known]
        assert store.read(newer["id"]) == newer
        assert store.read("latest")["id"] == known
        store.prune(START + 10**9)
    assert path.exists()
    assert notes == ["2 report(s) of a newer zionr are kept, and not counted"]


def test_what_is_no_regular_file_is_ignored(state: Path, tmp_path: Path) -> None:
    ids = _fill(state, 2)
    folder = state / "reports" / DAY
    outside = tmp_path / "outside.json"
    outside.write_text(json.dumps(report(9)))
    os.symlink(outside, folder / f"{report(9)['id']}.json")
    os.mkfifo(folder / "fifo.json")
    (folder / "folder.json").mkdir()
    (folder / ".x.json.tmp").write_text("half")
    (folder / "notes.txt").write_text("")
    os.symlink(folder, state / "reports" / "2026-11-23")
    (state / "reports" / "lost+found").mkdir()
    (state / "reports" / "2026-02-31").mkdir()
    (state / "reports" / "2026-02-31" / "x.json").write_text("")
    notes: list[str] = []
    assert _ids(state, notes=notes) == ids
    assert len(notes) == 1


WRITER = """
import sys
from zionr.store.local import LocalStore
from tests.unit.reports import report
first, count = int(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + count):
    with LocalStore(sys.argv[1], version="1", redact=lambda text: text, notes=[]) as store:
        store.prepare()
        assert len(store.entries(limit=999)) >= number - first
        store.write(report(number, state="critical"))
        store.write(report(number, state="ok"))
        assert report(number)["id"] in {past.id for past in store.history("pm2", "host:web-1", since=0)}
"""


def test_processes_that_write_at_once_lose_nothing(state: Path) -> None:
    environ = {**os.environ, "PYTHONPATH": os.getcwd()}
    writers = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", WRITER, str(state), str(100 * number), "25"],
            stderr=subprocess.PIPE,
            text=True,
            env=environ,
        )
        for number in range(4)
    ]
    failures = [writer.communicate()[1] for writer in writers]
    assert failures == [""] * 4
    with _opened(state) as store:
        entries = store.entries(limit=999)
    assert len(entries) == 100
    assert {entry.state.word for entry in entries if entry.state is not None} == {"ok"}


def test_ten_thousand_reports_by_count_of_files_touched(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is `make bench`'s; here only what makes it: one changed folder is listed, one file is read."""
    with _opened(state) as store:
        store.prepare()
    for day in range(1, 21):
        folder = state / "reports" / f"2026-10-{day:02d}"
        folder.mkdir()
        for number in range(20):
            document = report(number, at=START - 86_400 * (55 - day) + number)
            (folder / f"{document['id']}.json").write_text(json.dumps(document))
    assert len(_ids(state)) == 99
    seen = _reads(monkeypatch)
    document = report(30, at=START - 86_400 * 50)
    (state / "reports" / "2026-10-07" / f"{document['id']}.json").write_text(json.dumps(document))
    _ids(state)
    assert seen == [f"{document['id']}.json"]
