"""A real PM2 of a test's own: its daemon, its processes, and how to look at them without zionr."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from tests.e2e.project import Project, Run

REPOSITORY = Path(__file__).parents[2]
CACHE = REPOSITORY / ".cache" / "pm2"
MAKE = "make .cache/pm2/.latest .cache/pm2/.majors"
STARTED: list[Path] = []
"""Every scratch folder that a daemon was started in: none of theirs may outlive the session."""

ALIVE_JS = "setInterval(() => {}, 1000);\n"
ALIVE_PY = "import time\nwhile True:\n    time.sleep(1)\n"
ALIVE_SH = "while :; do sleep 1; done\n"

T = TypeVar("T")


def pm2_program(version: str = "latest") -> Path:
    """The pm2 program that `make` installed; the test fails where there is none."""
    program = CACHE / version / "node_modules" / ".bin" / "pm2"
    assert program.exists(), f"PM2 ({version}) is not installed: run `{MAKE}`"
    return program


def wait_for(condition: Callable[[], T | None], what: str, within_s: float = 30) -> T:
    """Ask again and again until the answer is neither None nor False."""
    deadline = time.monotonic() + within_s
    while True:
        answer = condition()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what}: not within {within_s:g} s"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    """Whether a process of that number lives; a zombie does not."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")


def environ_of(pid: int) -> bytes:
    """The environment a process was started with; empty where there is no such process."""
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""


def processes_of(home: Path) -> list[int]:
    """The daemons of a PM2 home and whatever they started, told by title and environment."""
    mark, title = f"PM2_HOME={home}".encode(), f"({home})".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        pid = int(entry.name)
        if not is_alive(pid):
            continue
        if mark in environ_of(pid).split(b"\0") or title in _title_of(pid):
            found.append(pid)
    return found


def gods_of(home: Path) -> list[int]:
    """The daemons of a PM2 home."""
    return [pid for pid in processes_of(home) if b"God Daemon" in _title_of(pid)]


def _title_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


class World:
    """One PM2 home in a scratch folder under a short path: a Unix socket's path holds 108 bytes."""

    def __init__(self, version: str = "latest") -> None:
        self.program = pm2_program(version)
        self.top = Path(tempfile.mkdtemp(prefix="zr-", dir="/tmp"))
        self.home = self.top / "pm2"
        self.home.mkdir()
        self.node = shutil.which("node")
        assert self.node is not None, "there is no node on PATH"
        self.tools = os.pathsep.join([str(self.program.parent), str(Path(self.node).parent), "/usr/bin", "/bin"])
        self.environ = {
            "PATH": self.tools,
            "HOME": str(self.top),
            "LANG": "C.UTF-8",
            "PM2_HOME": str(self.home),
            "PM2_DISABLE_VERSION_CHECK": "1",
        }
        self._counter = itertools.count()
        self._children: list[subprocess.Popen[bytes]] = []
        STARTED.append(self.top)
        for name, text in (("alive.js", ALIVE_JS), ("alive.py", ALIVE_PY), ("alive.sh", ALIVE_SH)):
            self.script(name, text)

    def script(self, name: str, text: str) -> str:
        """Write a script and return its path."""
        path = self.top / name
        path.write_text(text)
        return str(path)

    def pm2(self, *arguments: str, env: Mapping[str, str] | None = None) -> Run:
        """Run PM2's own program to its end."""
        done = subprocess.run(
            [str(self.program), *arguments],
            env=self.environ | dict(env or {}),
            cwd=self.top,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Run(done.returncode, done.stdout.decode(), done.stderr.decode())

    def begin(self, *arguments: str) -> None:
        """Start PM2's own program without waiting for it."""
        child = subprocess.Popen(
            [str(self.program), *arguments],
            env=self.environ,
            cwd=self.top,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._children.append(child)

    def ecosystem(self, *apps: Mapping[str, Any], name: str | None = None) -> str:
        """Write an ecosystem file and return its path."""
        return self.script(
            name or f"apps-{next(self._counter)}.json", json.dumps({"apps": [dict(app) for app in apps]})
        )

    def start(self, *apps: Mapping[str, Any], env: Mapping[str, str] | None = None) -> str:
        """Start apps from an ecosystem file of their own; its path."""
        path = self.ecosystem(*apps)
        done = self.pm2("start", path, env=env)
        assert done.code == 0, done.told
        return path

    def call(self, method: str, argument: Any = None, within_s: float = 20) -> Any:
        """Ask the daemon over its socket."""
        call = json.dumps({"type": "call", "method": method, "args": [{} if argument is None else argument]})
        parts = [b"j:" + call.encode(), b"s:test:1"]
        frame = b"\x12" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(within_s)
            connection.connect(str(self.home / "rpc.sock"))
            connection.sendall(frame)
            with connection.makefile("rb") as stream:
                assert stream.read(1) == b"\x12"
                answer = stream.read(int.from_bytes(stream.read(4), "big"))
        message = json.loads(answer[2:])
        assert "error" not in message, message
        return message["args"][0]

    def rows(self, name: str | None = None) -> list[Any]:
        """The daemon's rows as it gives them, of one name or all."""
        found = self.call("getMonitorData")
        return [row for row in found if name in (None, row["name"])]

    def row(self, name: str) -> Any:
        """The only row of that name."""
        (row,) = self.rows(name)
        return row

    def pid(self, name: str) -> int:
        """The process number of the only row of that name."""
        return int(self.row(name)["pid"])

    def restarts(self, name: str) -> int:
        """PM2's count of restarts of the only row of that name."""
        return int(self.row(name)["pm2_env"]["restart_time"])

    def status(self, name: str) -> str:
        """The status of the only row of that name."""
        return str(self.row(name)["pm2_env"]["status"])

    def wait_status(self, name: str, status: str, within_s: float = 30) -> None:
        """Wait until PM2 shows every instance of that name so."""

        def reached() -> bool:
            rows = self.rows(name)
            return bool(rows) and all(row["pm2_env"]["status"] == status for row in rows)

        wait_for(reached, f"{name} {status}", within_s)

    def wait_age(self, name: str, seconds: float = 1.0) -> None:
        """Wait until every instance of that name has run for so long: past a `launch` that the policy gives it."""
        wait_for(
            lambda: all(row["pm2_env"]["pm_uptime"] / 1000 + seconds < time.time() for row in self.rows(name)),
            f"{name} {seconds:g} s old",
        )

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Send a signal to the only process of that name and wait for its end; the number it had."""
        pid = self.pid(name)
        os.kill(pid, number)
        wait_for(lambda: not is_alive(pid), f"the end of {name}")
        return pid

    def log(self) -> str:
        """PM2's own log."""
        return (self.home / "pm2.log").read_text()

    def clear(self) -> None:
        """Delete every row, so that the next test finds an empty list."""
        for row in self.rows():
            self.call("deleteProcessId", row["pm_id"])
        self._reap()
        assert self.rows() == []

    def god(self) -> int:
        """The daemon's process number."""
        (pid,) = gods_of(self.home)
        return pid

    def project(self, pm2: Mapping[str, Any] | None = None, **more: Any) -> Project:
        """A new project folder whose policy watches this PM2 home."""
        project = Project(self.top / f"project-{next(self._counter)}", PATH=self.tools)
        project.policy({"home": str(self.home)} | dict(pm2 or {}), **more)
        return project

    def _reap(self) -> None:
        for child in self._children:
            if child.poll() is None:
                child.kill()
            child.wait()
        self._children.clear()

    def close(self) -> None:
        """End the daemon and everything it started, by process id, and remove the folder."""
        self._reap()
        # The daemon first: it would start again what is ended.
        for pid in [*gods_of(self.home), *processes_of(self.home)]:
            end(pid)
        wait_for(lambda: self._ended(), "the end of the daemon and its processes")
        shutil.rmtree(self.top, ignore_errors=True)

    def _ended(self) -> bool:
        left = processes_of(self.home)
        for pid in left:
            end(pid)
        return not left


def end(pid: int) -> None:
    """Kill one process, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def applying(*remedies: str, **more: Any) -> dict[str, Any]:
    """The `recovery` part that applies these remedies at once."""
    return {"remedies": dict.fromkeys(remedies, "apply"), "fail_streak": 1, "cooldown": "0s"} | more


def crash_loop(world: World, name: str) -> str:
    """A script that ends with code 1 at once, so that PM2 gives up on it."""
    return world.script(f"{name}.js", "process.exit(1);\n")
