from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pytest

from zionr.ports import process, programs

PYTHON = sys.executable
ENV = {"PATH": os.defpath}


class Alarm(BaseException):
    """As SIGTERM arrives: no Exception, in the middle of waiting."""


@pytest.fixture
def alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise Alarm

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def test_both_streams_and_the_code() -> None:
    done = process.run(
        [PYTHON, "-c", "import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)"], timeout_s=30, env=ENV
    )
    assert (done.code, done.stdout, done.stderr, done.ended_by) == (3, "out\n", "err\n", "itself")
    assert not done.succeeded


def test_two_full_pipes_do_not_stop_it() -> None:
    flood = "import os; [os.write(fd, b'x' * 1000) for _ in range(300) for fd in (1, 2)]"
    done = process.run([PYTHON, "-c", flood], timeout_s=30, env=ENV)
    assert (done.succeeded, len(done.stdout), len(done.stderr)) == (True, 300_000, 300_000)


def test_its_environment_is_what_it_is_given_and_its_input_is_empty() -> None:
    code = "import os, sys; print(sorted(set(os.environ) - {'LC_CTYPE'}), repr(sys.stdin.read()))"
    done = process.run([PYTHON, "-c", code], timeout_s=30, env={"A": "b"})
    assert done.stdout == "['A'] ''\n"


@pytest.mark.parametrize(
    ("argv", "problem"),
    [
        (["/nowhere/x"], "/nowhere/x: cannot be run: No such file or directory"),
        (["/"], "/: cannot be run: Permission denied"),
        ([PYTHON, "\0"], f"{PYTHON}: cannot be run: embedded null byte"),
    ],
)
def test_what_cannot_be_run_is_a_value(argv: list[str], problem: str) -> None:
    done = process.run(argv, timeout_s=30, env=ENV)
    assert (done.code, done.problem, done.succeeded) == (None, problem, False)


def _gone(pid: int) -> bool:
    """Whether it has ended; a zombie whose parent has not looked counts."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as status:
            return status.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_too_slow_too_much_and_interrupted_all_end_the_child(tmp_path: Path) -> None:
    slow = process.run([PYTHON, "-c", "import time; time.sleep(60)"], timeout_s=0.1, env=ENV)
    assert (slow.ended_by, slow.code, slow.succeeded) == ("timeout", -signal.SIGKILL, False)
    loud = process.run([PYTHON, "-c", "while True: print('x' * 99)"], timeout_s=30, env=ENV, most=1000)
    assert (loud.ended_by, loud.code) == ("flood", -signal.SIGKILL)


@pytest.mark.usefixtures("alarm")
def test_an_interrupted_run_leaves_no_child(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    code = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    with pytest.raises(Alarm):
        process.run([PYTHON, "-S", "-E", "-c", code], timeout_s=60, env=ENV)
    assert not pid_file.exists() or _gone(int(pid_file.read_text()))


def test_a_chosen_environment() -> None:
    environ = {
        "PATH": "/bin",
        "HOME": "/h",
        "USER": "u",
        "LANG": "C",
        "PM2_HOME": "/p",
        "PM2_PUBLIC_KEY_PATH": "/k",
        "PM2_SECRET_KEY": "s",
        "PM2_TOKEN": "s",
        "GITHUB_TOKEN": "s",
        "LD_PRELOAD": "x",
        "NODE_OPTIONS": "x",
    }
    chosen = process.allowed_environment(environ)
    assert set(chosen) == {"PATH", "HOME", "USER", "LANG", "PM2_HOME", "PM2_PUBLIC_KEY_PATH"}


def test_where_a_program_is(tmp_path: Path) -> None:
    program = tmp_path / "pm2"
    program.write_text("")
    assert programs.find("pm2", {"PATH": str(tmp_path)}) is None
    program.chmod(0o755)
    assert programs.find("pm2", {"PATH": f"/nowhere{os.pathsep}{tmp_path}"}) == str(program)
    assert programs.find("pm2", {"PATH": "/nowhere"}) is None


def test_what_still_runs_is_ended_with_the_process(tmp_path: Path) -> None:
    script = f"""
import os, sys, time
from zionr.ports import process
from zionr.ports.background import Background
pid = {str(tmp_path / "pid")!r}
Background(lambda: process.run(["/bin/sh", "-c", f"echo $$ > {{pid}}.part; mv {{pid}}.part {{pid}}; sleep 60 & wait"],
                               timeout_s=60, env={{"PATH": os.defpath}}))
while not os.path.exists(pid):
    time.sleep(0.01)
process.end_all()
os._exit(0)
"""
    done = process.run([PYTHON, "-c", script], timeout_s=60, env={"PYTHONPATH": os.pathsep.join(sys.path)})
    assert done.succeeded, done.stderr
    deadline = time.monotonic() + 20
    while not _gone(int((tmp_path / "pid").read_text())) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert time.monotonic() < deadline


def test_bytes_in_and_bytes_out() -> None:
    code = "import sys; sys.stdout.buffer.write(b'\\xff' + sys.stdin.buffer.read())"
    many = bytes(range(256)) * 4096
    done = process.run_bytes([PYTHON, "-c", code], timeout_s=30, env=ENV, most=2 << 20, given=many)
    assert (done.succeeded, done.stdout, done.stderr) == (True, b"\xff" + many, b"")
    empty = process.run_bytes([PYTHON, "-c", code], timeout_s=30, env=ENV)
    assert (empty.succeeded, empty.stdout) == (True, b"\xff")
    missing = process.run_bytes(["/nowhere/x"], timeout_s=30, env=ENV, given=b"x")
    assert (missing.code, missing.succeeded) == (None, False)
    assert missing.problem == "/nowhere/x: cannot be run: No such file or directory"
