from __future__ import annotations

import errno
import os
import resource
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zionr.context import Clock
from zionr.ports import files
from zionr.ports.clock import SystemClock


def test_a_file_is_written_whole_private_and_alone(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    facts = files.write_atomic(str(target), "zwölf\n")
    assert target.read_bytes() == "zwölf\n".encode()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert facts.st_ino == target.stat().st_ino
    assert os.listdir(tmp_path) == ["report.json"]


def test_the_old_file_is_replaced_not_rewritten(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    with open(target) as reader:
        files.write_atomic(str(target), b"new")
        assert reader.read() == "old"
    assert target.read_text() == "new"


def test_a_name_without_a_folder_is_of_the_current_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files.write_atomic("here", "x")
    assert (tmp_path / "here").read_text() == "x"


def test_every_side_effect_is_announced(tmp_path: Path) -> None:
    seen: list[str] = []
    files.write_atomic(str(tmp_path / "a"), "x", trace=seen.append)
    assert seen == ["create", "write", "sync file", "rename", "sync folder", "written"]


class _StopError(BaseException):
    pass


@pytest.mark.parametrize("last", ["write", "sync file", "rename"])
def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path: Path, last: str) -> None:
    def stop(name: str) -> None:
        if name == last:
            raise _StopError

    (tmp_path / "a").write_text("old")
    with pytest.raises(_StopError):
        files.write_atomic(str(tmp_path / "a"), "new", trace=stop)
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"


@pytest.fixture
def tiny_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_leaves_the_old_file_and_no_other(tmp_path: Path, tiny_files: None) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(OSError, match=r"too large"):
        files.write_atomic(str(tmp_path / "a"), "x" * 10_000)
    assert os.listdir(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text() == "old"


def test_private_folders_are_made_and_found(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    files.ensure_private_dir(str(folder))
    files.ensure_private_dir(str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700


@pytest.mark.parametrize("path", ["file", "file/below"])
def test_a_file_in_the_way_of_a_folder(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError):
        files.ensure_private_dir(str(tmp_path / path))


def test_reading_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    assert files.read_bytes(str(path), 10) == b"0123456789"
    with pytest.raises(OSError, match="longer than 9 bytes") as failure:
        files.read_bytes(str(path), 9)
    assert failure.value.errno == errno.EFBIG


@pytest.mark.parametrize(("limit", "tail"), [(3, b"789"), (10, b"0123456789"), (99, b"0123456789"), (0, b"")])
def test_the_end_of_a_file(tmp_path: Path, limit: int, tail: bytes) -> None:
    (tmp_path / "a").write_bytes(b"0123456789")
    assert files.tail_bytes(str(tmp_path / "a"), limit) == tail


def test_a_fifo_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="not a regular file"):
        files.read_bytes(str(tmp_path / "fifo"), 10)
    with pytest.raises(OSError, match="not a regular file"):
        files.tail_bytes(str(tmp_path / "fifo"), 10)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        files.read_bytes(str(tmp_path), 10)
    with pytest.raises(OSError, match="not a regular file"):
        files.read_bytes("/dev/zero", 10)
    with pytest.raises(FileNotFoundError):
        files.tail_bytes(str(tmp_path / "none"), 10)


def test_symlinks_only_where_asked(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    os.symlink("a", tmp_path / "link")
    assert files.read_bytes(str(tmp_path / "link"), 10) == b"x"
    with pytest.raises(OSError, match="symbolic links"):
        files.read_bytes(str(tmp_path / "link"), 10, follow=False)
    with pytest.raises(OSError, match="symbolic links"):
        files.tail_bytes(str(tmp_path / "link"), 10)


def test_the_top_of_a_repository(tmp_path: Path) -> None:
    inner = tmp_path / "repository" / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    assert files.find_repository_top(str(inner)) == os.path.realpath(tmp_path / "repository")
    (tmp_path / "repository" / "a" / ".git").write_text("gitdir: elsewhere")
    assert files.find_repository_top(str(inner)) == os.path.realpath(tmp_path / "repository" / "a")


def test_no_repository() -> None:
    assert files.find_repository_top("/proc/self") is None


def test_only_ours(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("")
    path.chmod(0o644)
    assert files.only_writable_by_us(str(path))
    assert files.only_writable_by_us(str(tmp_path))
    path.chmod(0o664)
    assert not files.only_writable_by_us(str(path))
    path.chmod(0o600)
    tmp_path.chmod(0o777)
    assert not files.only_writable_by_us(str(path))
    tmp_path.chmod(0o1777)
    assert files.only_writable_by_us(str(path))
    assert not files.only_writable_by_us(str(tmp_path / "none"))
    assert not files.only_writable_by_us("/proc/1/environ" if os.geteuid() else "/dev/null")


def test_another_users_file_is_not_ours(tmp_path: Path) -> None:
    if os.geteuid():
        assert not files.only_writable_by_us("/etc/passwd")
        return
    (tmp_path / "a").write_text("")
    os.chown(tmp_path / "a", 65534, 65534)
    assert not files.only_writable_by_us(str(tmp_path / "a"))


def test_the_clock_of_this_machine() -> None:
    clock: Clock = SystemClock()
    assert abs(clock.now() - time.time()) < 60
    start = clock.monotonic()
    clock.sleep(0.001)
    clock.sleep(-1)
    assert clock.monotonic() > start


def test_an_output_follows_a_symlink_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("real")
    files.write_output(str(tmp_path / "link"), "new")
    files.write_output(str(tmp_path / "link"), "newer")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "newer"
    assert stat.S_IMODE((tmp_path / "real").stat().st_mode) == 0o644


def test_an_output_is_written_straight_to_what_is_no_file(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(OSError, match="No such device or address"):
        files.write_output(str(fifo), "nobody reads")
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    files.write_output(str(fifo), "for the reader")
    assert os.read(reader, 99) == b"for the reader"
    os.close(reader)
    assert stat.S_ISFIFO(fifo.stat().st_mode)
    (tmp_path / "null").symlink_to(os.devnull)
    files.write_output(str(tmp_path / "null"), "gone")
    assert (tmp_path / "null").is_symlink()
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_an_output_to_an_open_file_goes_to_its_end(tmp_path: Path) -> None:
    with open(tmp_path / "log", "a+") as log:
        log.write("before\n")
        log.flush()
        files.write_output(f"/dev/fd/{log.fileno()}", "after\n")
        log.seek(0)
        assert log.read() == "before\nafter\n"
