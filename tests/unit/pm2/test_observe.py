from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.support import NOW, context, settings
from tests.unit.pm2.daemon import FakeDaemon, raw_row
from zionr.model import JsonObject, State
from zionr.redaction import Redactor
from zionr.subsystems.pm2.judge import judge
from zionr.subsystems.pm2.observe import look, observe

CANARY = "canary-5f3c9a-value"
GOOD_HEAD = b"\x12\x00\x00\x00\x05j:[1]"


def _look(home: Path, timeout_s: float = 5.0) -> JsonObject:
    return look(str(home), timeout_s, context(str(home)))


def _daemon(home: Path, timeout_s: float = 5.0) -> tuple[str, str]:
    daemon = _look(home, timeout_s)["daemon"]
    return daemon["status"], daemon["reason"]


def test_the_program_is_looked_for_only_where_something_declared_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"name": "api"}')
    under, around = settings(home=str(tmp_path), ecosystems=["a.json"]), context(str(tmp_path), {"PATH": "/nowhere"})
    with FakeDaemon(str(tmp_path), raw_row()) as daemon:
        assert "pm2_program" not in observe(under, around).facts
        daemon.rows.clear()
        assert observe(under, around).facts["pm2_program"] is False


@contextmanager
def _speaker(home: Path, says: bytes | None) -> Iterator[None]:
    """A socket that says these bytes to whoever connects and hangs up; None says nothing and holds the line."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(home / "rpc.sock"))
        listener.listen(1)
        thread = threading.Thread(target=_speak, args=(listener, says))
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _speak(listener: socket.socket, says: bytes | None) -> None:
    with suppress(OSError):
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            if says is None:
                connection.recv(1)
            else:
                connection.sendall(says)


def test_no_socket(tmp_path: Path) -> None:
    assert _daemon(tmp_path) == ("missing", "there is no socket")
    assert _daemon(tmp_path / "nowhere") == ("missing", "there is no socket")


def test_a_socket_that_nobody_listens_on(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stale:
        stale.bind(str(tmp_path / "rpc.sock"))
    assert _daemon(tmp_path) == ("refused", "a socket is left over, and nobody listens on it")


def test_a_daemon_that_says_nothing(tmp_path: Path) -> None:
    with _speaker(tmp_path, None):
        assert _daemon(tmp_path, 0.05) == ("silent", "accepts connections, but gave no answer in 0.05 s")


def test_a_daemon_that_takes_no_connection(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as full, socket.socket(socket.AF_UNIX) as first:
        full.bind(str(tmp_path / "rpc.sock"))
        full.listen(0)
        first.connect(str(tmp_path / "rpc.sock"))
        assert _daemon(tmp_path, 0.05)[0] == "silent"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a file away")
def test_a_socket_of_another_user_is_not_spoken_to(tmp_path: Path) -> None:
    with FakeDaemon(str(tmp_path)) as daemon:
        os.chown(tmp_path / "rpc.sock", 54321, -1)
        assert _daemon(tmp_path) == ("foreign", f"belongs to user 54321, this is user {os.geteuid()}")
    assert daemon.calls == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_a_listener_of_another_user_behind_our_own_socket_is_not_spoken_to() -> None:
    listening = (
        "import os, socket, sys; os.setuid(54321); s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]);"
        " s.listen(1); print('listening', flush=True); s.settimeout(30); c, _ = s.accept(); print(len(c.recv(9)))"
    )
    # A folder that the other user may enter: those above tmp_path are closed.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        argv = [sys.executable, "-S", "-E", "-c", listening, f"{folder}/rpc.sock"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "listening\n"
            os.chown(f"{folder}/rpc.sock", os.geteuid(), -1)
            told = _daemon(Path(folder))
            heard = other.stdout.read()
    assert told == ("foreign", f"user 54321 listens on it, this is user {os.geteuid()}")
    assert heard == "0\n"


@pytest.mark.parametrize(
    ("says", "status", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "unreadable", "its answer starts with byte 0x48"),
        (b"\x12\x80\x00\x00\x00", "unreadable", "its answer announces 2,147,483,648 bytes"),
        (b"", "closed", "the connection was closed in the middle of an answer"),
        (GOOD_HEAD, "closed", "the connection was closed in the middle of an answer"),
        (GOOD_HEAD + b"\x00\x00\x00\x03s:x", "unreadable", "its answer answers another call"),
        (GOOD_HEAD + b"\x00\x00\x00\x09s:zionr:1", "unreadable", "its answer carries JSON that is no object"),
    ],
)
def test_an_answer_that_cannot_be_read(tmp_path: Path, says: bytes, status: str, reason: str) -> None:
    with _speaker(tmp_path, says):
        told = _daemon(tmp_path)
    # Who hangs up before the whole request was sent may be seen as a broken connection.
    assert told[0] == status
    assert told[1].startswith((reason, "the connection broke"))


def test_a_file_in_the_place_of_the_socket(tmp_path: Path) -> None:
    (tmp_path / "rpc.sock").write_text("")
    assert _daemon(tmp_path) == ("broken", "is there, but is no socket")


def test_a_path_too_long_for_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    deep.mkdir()
    (tmp_path / "s").symlink_to(deep)
    with FakeDaemon(str(tmp_path / "s")):
        assert _daemon(deep)[0] == "broken"


@pytest.mark.parametrize(("rows", "says"), [({}, "no list"), ("x", "no list")])
def test_an_answer_that_is_no_list(tmp_path: Path, rows: object, says: str) -> None:
    with FakeDaemon(str(tmp_path)) as daemon:
        daemon.rows = rows  # type: ignore[assignment]  # that is the point
        status, reason = _daemon(tmp_path)
    assert status == "unreadable"
    assert says in reason


def test_rows_that_are_none_are_counted_and_the_others_read(tmp_path: Path) -> None:
    with FakeDaemon(str(tmp_path), raw_row(), 7, {}) as daemon:  # type: ignore[arg-type]
        facts = _look(tmp_path)
    assert [row["name"] for row in facts["processes"]] == ["api"]
    assert facts["unreadable_rows"] == 2
    assert daemon.calls == [("getMonitorData", {})]


def test_rows_with_the_id_of_another_are_counted_as_unreadable(tmp_path: Path) -> None:
    twice = [raw_row("a", status="stopped"), raw_row("b", status="stopped"), raw_row("a")]
    with FakeDaemon(str(tmp_path), *twice):
        facts = _look(tmp_path)
    assert [(row["name"], row["end"]["reaches"]) for row in facts["processes"]] == [("a", False)]
    assert facts["unreadable_rows"] == 2


def test_secrets_are_taken_out_of_a_refusal_before_it_is_cut(tmp_path: Path) -> None:
    around = context(str(tmp_path))._replace(redact=Redactor([CANARY]))
    with FakeDaemon(str(tmp_path)) as daemon:
        daemon.refuses_to_list = "x" * (300 - 40) + CANARY
        reason = look(str(tmp_path), 5.0, around)["daemon"]["reason"]
    assert "refused to list its processes" in reason
    assert CANARY[:4] not in reason


def test_one_look_asks_once_and_can_be_recorded(tmp_path: Path) -> None:
    with FakeDaemon(str(tmp_path), raw_row()) as daemon:
        seen = observe(settings(home=str(tmp_path)), context(str(tmp_path)))
    assert len(daemon.calls) == 1
    assert (seen.subsystem, seen.scope, seen.taken_at) == ("pm2", "host:web-1", NOW)
    assert json.loads(json.dumps(seen.facts)) == seen.facts
    assert os.getpid() in seen.facts["own_pids"]
    assert os.getppid() in seen.facts["own_pids"]
    assert judge(seen, settings(home=str(tmp_path)), [], NOW).findings == ()


def test_no_value_of_an_environment_leaves_the_reader(tmp_path: Path) -> None:
    log = tmp_path / "api-error.log"
    log.write_text(f"Error: cannot log in with {CANARY}\n    at Object.<anonymous> (/srv/app/api.js:1:7)\n")
    dead = raw_row(status="errored", pm_err_log_path=str(log), API_TOKEN=CANARY, env={"API_TOKEN": CANARY})
    with FakeDaemon(str(tmp_path), dead):
        facts = _look(tmp_path)
    assert CANARY not in json.dumps(facts)
    assert facts["processes"][0]["last_error"].startswith("Error: cannot log in with ")


def test_what_is_down_is_looked_at_more_closely(tmp_path: Path) -> None:
    (tmp_path / "pm2.log").write_text(
        "2026-11-24T02:43:00: PM2 log: App [api:0] starting in -fork mode-\n"
        "2026-11-24T02:43:09: PM2 log: App [api:0] exited with code [0] via signal [SIGKILL]\n"
    )
    script = tmp_path / "api.py"
    stopped = raw_row(status="stopped", pm_exec_path=str(script))
    with FakeDaemon(str(tmp_path), stopped):
        (row,) = _look(tmp_path)["processes"]
        script.write_text("")
        (again,) = _look(tmp_path)["processes"]
    assert (row["end"]["reaches"], row["end"]["signal"], row["alive"]) == (True, "SIGKILL", None)
    assert (row["script_exists"], again["script_exists"]) == (False, True)


def test_the_script_of_what_lives_is_looked_for_too(tmp_path: Path) -> None:
    with FakeDaemon(str(tmp_path), raw_row(pm_exec_path=str(tmp_path / "gone.js")), raw_row("b", 1)):
        rows = _look(tmp_path)["processes"]
    assert [row["script_exists"] for row in rows] == [False, True]


@pytest.mark.parametrize("path", ["/nowhere/x.log", "/", "/dev/zero", "a\x00b", "\ud800", "relative.log"])
def test_logs_that_cannot_be_read_tell_nothing(tmp_path: Path, path: str) -> None:
    with FakeDaemon(str(tmp_path), raw_row(status="errored", pm_err_log_path=path, pm_exec_path=path)):
        (row,) = _look(tmp_path)["processes"]
    assert row["last_error"] is None
    assert row["end"] == {"reaches": False, "stopping": False, "code": None, "signal": None, "at": None}


def test_a_zombie_is_not_alive(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    zombie = {**raw_row(), "pid": child.pid, "monit": {"memory": 0, "cpu": 0}}
    with FakeDaemon(str(tmp_path), zombie, {**raw_row("b", 1), "pid": 1 << 52}):
        rows = _look(tmp_path)["processes"]
    child.wait()
    assert [row["alive"] for row in rows] == [False, False]


def test_a_cron_is_told_when_it_had_to_fire_a_grace_ago(tmp_path: Path) -> None:
    with FakeDaemon(str(tmp_path), raw_row(cron_restart="* * * * *"), raw_row("b", 1, cron_restart="nonsense")):
        facts = look(str(tmp_path), 5.0, context(str(tmp_path), {"TZ": "UTC"}))
    assert [row["due_at"] for row in facts["processes"]] == [NOW - 300, None]


def test_only_what_is_online_is_asked_by_its_probe(tmp_path: Path) -> None:
    probe = {"command": [sys.executable, "-c", "raise SystemExit(3)"], "within": 30.0}
    under = settings(home=str(tmp_path), processes={"api": {"probe": probe}, "b": {"probe": probe}})
    with FakeDaemon(str(tmp_path), raw_row(), raw_row("b", 1, status="stopped")):
        seen = observe(under, context(str(tmp_path)))
    assert {name: told["reason"] for name, told in seen.facts["probes"].items()} == {"api": "ended with code 3"}
    assert [found.state for found in judge(seen, under, [], NOW).findings if found.target == "api"] == [State.CRITICAL]
