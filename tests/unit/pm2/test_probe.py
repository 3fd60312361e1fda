from __future__ import annotations

import shutil
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.support import context
from zionr.model import JsonObject
from zionr.subsystems.pm2.probe import ask_all
from zionr.subsystems.pm2.settings import Probe

PROBE = Probe(None, None, (), (200,), 30.0)


class _Server(ThreadingHTTPServer):
    """`over` ends what drips; `seen` are the paths that were asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.over = threading.Event()
        self.seen: list[str] = []


class _Answer(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.seen.append(self.path)
        with suppress(OSError):
            if self.path == "/drip-head":
                self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            elif self.path == "/drip-body":
                self._drip(b"HTTP/1.1 200 OK\r\n\r\n")
            else:
                self._plain(int(self.path[1:4]))

    def _plain(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Location", "/200")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def _drip(self, head: bytes) -> None:
        self.wfile.write(head)
        while not self.server.over.wait(0.01):
            self.wfile.write(b"x")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[_Server]:
    with _Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


def _ask(probe: Probe, environ: dict[str, str] | None = None) -> JsonObject:
    (told,) = ask_all({"api": probe}, context("/", environ)).values()
    assert set(told) == {"ok", "reason", "latency_s"}
    return dict(told)


def _url(server: _Server, path: str, **changes: Any) -> JsonObject:
    return _ask(PROBE._replace(url=f"http://127.0.0.1:{server.server_port}{path}", **changes))


@contextmanager
def _port() -> Iterator[int]:
    """A port of this machine that nobody listens on, as long as it is held."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        ("/200", (200,), None),
        ("/204", (200, 204), None),
        ("/500", (200,), "answered 500, wanted 200"),
        ("/404", (200, 204), "answered 404, wanted 200, 204"),
        ("/302", (200,), "answered 302, wanted 200"),
        ("/302", (302,), None),
    ],
)
def test_an_address_must_answer(server: _Server, path: str, status: tuple[int, ...], reason: str | None) -> None:
    told = _url(server, path, status=status)
    assert (told["ok"], told["reason"]) == (reason is None, reason)


def test_redirects_are_not_followed(server: _Server) -> None:
    server.seen.clear()
    _url(server, "/302", status=(302,))
    assert server.seen == ["/302"]


@pytest.mark.parametrize("path", ["/drip-head", "/drip-body"])
def test_an_answer_that_drips_in_comes_too_late(server: _Server, path: str) -> None:
    told = _url(server, path, within_s=0.2)
    assert (told["ok"], told["reason"]) == (False, "no whole answer in 0.2 s")
    assert 0.2 <= told["latency_s"] < 5


def test_nobody_listens() -> None:
    with _port() as port:
        assert _ask(PROBE._replace(url=f"http://127.0.0.1:{port}/"))["reason"] == "no connection"
        assert _ask(PROBE._replace(tcp=f"127.0.0.1:{port}"))["reason"] == "takes no connection: Connection refused"


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://127.0.0.1:99999/", "ftp://127.0.0.1/"])
def test_an_address_that_is_none(url: str) -> None:
    assert _ask(PROBE._replace(url=url))["ok"] is False


def test_a_port_that_takes_connections(server: _Server) -> None:
    assert _ask(PROBE._replace(tcp=f"127.0.0.1:{server.server_port}"))["ok"] is True


@pytest.mark.parametrize("address", ["127.0.0.1:99999", "127.0.0.1:x", ":", "host..name:80"])
def test_a_port_that_is_none(address: str) -> None:
    assert _ask(PROBE._replace(tcp=address))["reason"].startswith("takes no connection")


def _command(*words: str, within_s: float = 30.0, environ: dict[str, str] | None = None) -> JsonObject:
    return _ask(PROBE._replace(command=words, within_s=within_s), environ)


def test_a_command_must_end_well() -> None:
    assert _command(sys.executable, "-c", "")["reason"] is None
    assert _command(sys.executable, "-c", "raise SystemExit(3)")["reason"] == "ended with code 3"
    assert _command("/nowhere/redis-cli")["reason"].endswith("cannot be run: No such file or directory")
    assert _command("/")["reason"] == "/: cannot be run: Permission denied"
    assert _command(sys.executable, "-c", "\0")["ok"] is False


def test_a_command_that_does_not_end_is_ended_with_its_children() -> None:
    shell = shutil.which("sh") or "/bin/sh"
    assert _command(shell, "-c", "sleep 60 & sleep 60", within_s=0.1)["reason"] == "did not end within 0.1 s"


def test_a_command_that_floods_is_ended() -> None:
    told = _command(sys.executable, "-c", "while True: print('x' * 1000)")
    assert told["ok"] is False


def test_a_command_is_given_no_secret() -> None:
    check = "import os, sys; sys.exit('canary' in str(dict(os.environ)))"
    environ = {"GITHUB_TOKEN": "canary", "PM2_API_KEY": "canary", "PATH": "/usr/bin"}
    assert _command(sys.executable, "-c", check, environ=environ)["ok"] is True


def test_all_are_asked_side_by_side() -> None:
    barrier = threading.Barrier(3, timeout=10)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(3)
        threads = [threading.Thread(target=_meet, args=(listener, barrier)) for _ in range(3)]
        for thread in threads:
            thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        told = ask_all({name: PROBE._replace(url=url) for name in "abc"}, context("/"))
        for thread in threads:
            thread.join()
    assert [one["ok"] for one in told.values()] == [True] * 3


def _meet(listener: socket.socket, barrier: threading.Barrier) -> None:
    """Answer only once all three have asked."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65_536)
        barrier.wait()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
