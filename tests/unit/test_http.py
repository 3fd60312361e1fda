from __future__ import annotations

import gzip
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from zionr.ports.http import Answer, Connection

CANARY = "canary-5f3c9a-value"


class _Server(ThreadingHTTPServer):
    """`over` ends what drips; `seen` holds (method, path, headers, body); `clients` the ports that came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.over = threading.Event()
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        self.clients: list[int] = []


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.command, self.path, headers, body))
        self.server.clients.append(self.client_address[1])
        with suppress(OSError):
            getattr(self, "_" + self.path.partition("?")[0].strip("/").replace("-", "_"))()

    def do_POST(self) -> None:
        self.do_GET()

    def _plain(self, body: bytes = b"{}", status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "a=b")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _redirect(self) -> None:
        self._plain(status=307, headers={"Location": "/plain"})

    def _large(self) -> None:
        self._plain(b"x" * 5000)

    def _bomb(self) -> None:
        self._plain(gzip.compress(b"x" * 50_000_000), headers={"Content-Encoding": "gzip"})

    def _half(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        self.close_connection = True

    def _cut(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def _nonsense(self) -> None:
        self.wfile.write(b"\x00\x01\x02 nonsense\r\n\r\n")
        self.close_connection = True

    def _silent(self) -> None:
        self.server.over.wait()

    def _drip_head(self) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")

    def _drip_body(self) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\n\r\n")

    def _drip(self, head: bytes) -> None:
        self.close_connection = True
        self.wfile.write(head)
        while not self.server.over.wait(0.01):
            self.wfile.write(b"x")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[_Server]:
    with _Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.over.set()
        running.shutdown()
        thread.join()


@pytest.fixture
def connection() -> Iterator[Connection]:
    made = Connection()
    yield made
    made.close()


def _ask(connection: Connection, server: _Server, path: str, method: str = "GET", **changes: Any) -> Answer:
    asked = {"headers": {}, "content": None, "within_s": 30.0, "most": 1000, **changes}
    return connection.request(method, f"http://127.0.0.1:{server.server_port}{path}", **asked)


def test_a_whole_answer(server: _Server, connection: Connection) -> None:
    told = _ask(connection, server, "/plain", "POST", headers={"X-Mine": "1"}, content=b'{"a": 1}')
    assert (told.status, told.body, told.problem, told.sent) == (200, b"{}", None, True)
    assert told.headers["content-length"] == "2"
    ((method, path, headers, body),) = server.seen
    assert (method, path, headers["x-mine"], body) == ("POST", "/plain", "1", b'{"a": 1}')


def test_one_connection_serves_several_requests(server: _Server, connection: Connection) -> None:
    for _ in range(3):
        _ask(connection, server, "/plain")
    assert len(set(server.clients)) == 1


def test_redirects_are_answers(server: _Server, connection: Connection) -> None:
    told = _ask(connection, server, "/redirect")
    assert (told.status, told.headers["location"], len(server.seen)) == (307, "/plain", 1)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/large", "too-large"),
        ("/bomb", "too-large"),
        ("/half", "broken"),
        ("/cut", "broken"),
        ("/nonsense", "broken"),
    ],
)
def test_an_answer_that_is_none(server: _Server, connection: Connection, path: str, problem: str) -> None:
    told = _ask(connection, server, path)
    assert (told.status, told.body, told.problem, told.sent) == (None, b"", problem, True)
    assert len(server.seen) == 1


@pytest.mark.parametrize("path", ["/drip-head", "/drip-body", "/silent"])
def test_the_deadline_holds_whatever_the_server_does(server: _Server, connection: Connection, path: str) -> None:
    started = time.monotonic()
    told = _ask(connection, server, path, within_s=0.2)
    assert (told.problem, told.sent) == ("timeout", True)
    assert time.monotonic() - started < 20
    assert _ask(connection, server, "/plain").status == 200


def test_nobody_listens(connection: Connection) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{holder.getsockname()[1]}/"
        told = connection.request("POST", url, headers={}, content=b"{}", within_s=30, most=10)
    assert (told.problem, told.sent) == ("unreachable", False)


def test_a_name_that_is_nowhere(connection: Connection) -> None:
    url = "http://nowhere.invalid/"
    told = connection.request("POST", url, headers={}, content=b"{}", within_s=60, most=10)
    assert (told.problem, told.sent) == ("unreachable", False)


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://127.0.0.1:99999/", "ftp://127.0.0.1/"])
def test_an_address_that_is_none(connection: Connection, url: str) -> None:
    assert connection.request("GET", url, headers={}, content=None, within_s=30, most=10).status is None


@pytest.mark.parametrize("value", [f"{CANARY}\r\nX-Evil: 1", f"{CANARY}\n", f" {CANARY}", f"{CANARY}\u20ac"])
def test_a_header_that_is_none_is_not_told(server: _Server, connection: Connection, value: str) -> None:
    told = _ask(connection, server, "/plain", headers={"Authorization": value})
    assert told.problem == "broken"
    assert CANARY not in repr(told)
    assert server.seen == []


def test_nothing_of_this_machine_is_used(
    server: _Server, connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text(f"machine 127.0.0.1 login a password {CANARY}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert _ask(connection, server, "/plain").status == 200
    assert _ask(connection, server, "/plain").status == 200
    assert not [headers for _, _, headers, _ in server.seen if {"authorization", "cookie"} & headers.keys()]


def test_the_types_cost_no_import_of_a_library() -> None:
    check = "import sys, zionr.ports.http; sys.exit('requests' in sys.modules or 'urllib3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
