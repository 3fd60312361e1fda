from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from zionr.errors import StoreError
from zionr.ports.lock import Busy, HeldLock, try_lock

HOLDER = {"runner": "web-1", "pid": 7, "since": "2026-11-24T02:50:04.123Z"}
CHILD = """
import sys
from zionr.ports.lock import HeldLock, try_lock
lock = try_lock(sys.argv[1], {"runner": "child"})
print("held" if isinstance(lock, HeldLock) else lock.holder, flush=True)
sys.stdin.read()
"""


def _child(path: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_one_holds_it_and_the_other_learns_who(tmp_path: Path) -> None:
    path = str(tmp_path / "pm2.lock")
    with try_lock(path, HOLDER) as held:  # type: ignore[union-attr]  # nobody else can hold it here
        assert isinstance(held, HeldLock)
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert try_lock(path, {"runner": "other"}) == Busy(HOLDER)
    again = try_lock(path, HOLDER)
    assert isinstance(again, HeldLock)
    again.release()
    again.release()
    assert os.path.exists(path)


def test_a_shorter_holder_replaces_a_longer_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text("x" * 500)
    held = try_lock(str(path), HOLDER)
    assert isinstance(held, HeldLock)
    assert try_lock(str(path), {}) == Busy(HOLDER)
    held.release()


@pytest.mark.parametrize("text", ["", "{", "[1]", "\x00\xff"])
def test_a_holder_that_cannot_be_read(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lock"
    held = try_lock(str(path), HOLDER)
    assert isinstance(held, HeldLock)
    path.write_text(text)
    assert try_lock(str(path), {}) == Busy(None)
    held.release()


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    child = _child(path)
    assert try_lock(str(path), HOLDER) == Busy({"runner": "child"})
    child.send_signal(signal.SIGKILL)
    child.communicate()
    held = try_lock(str(path), HOLDER)
    assert isinstance(held, HeldLock)
    held.release()


def test_a_deleted_lock_file_is_not_mistaken_for_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    old = try_lock(str(path), HOLDER)
    path.unlink()
    new = try_lock(str(path), {"runner": "new"})
    assert isinstance(old, HeldLock)
    assert isinstance(new, HeldLock)
    old.release()
    assert try_lock(str(path), HOLDER) == Busy({"runner": "new"})
    new.release()


def test_symlink_fifo_and_missing_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    os.symlink("file", tmp_path / "link")
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(StoreError, match="link: cannot lock: is a symlink"):
        try_lock(str(tmp_path / "link"), HOLDER)
    with pytest.raises(StoreError, match="fifo: cannot lock: is not a regular file"):
        try_lock(str(tmp_path / "fifo"), HOLDER)
    with pytest.raises(StoreError, match="No such file"):
        try_lock(str(tmp_path / "none" / "lock"), HOLDER)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_users_lock_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text("")
    os.chown(path, 65534, 65534)
    with pytest.raises(StoreError, match="belongs to another user"):
        try_lock(str(path), HOLDER)
