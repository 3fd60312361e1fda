"""GitHub's description of its API, served by Prism, and a relay before it that asks for answers and keeps the verdicts.

A request that the description does not permit is a violation, whatever its answer: Prism names it in a header, or
answers with a problem document. The client under test is pointed at the relay, so it needs no hook for tests.
"""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from tests.real.world import REPOSITORY, is_alive, wait_for

CACHE = REPOSITORY / ".cache" / "github"
PRISM = CACHE / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
MAKE = "make .cache/github/.ready"
LISTENS = "0A"
KEPT_BY_RELAY = {"connection", "content-length", "date", "keep-alive", "link", "server", "transfer-encoding"}


class Exchange(NamedTuple):
    """One request and what became of it. `violation` is None where the description permits it."""

    method: str
    path: str
    status: int
    violation: str | None


class Prism:
    """One `prism mock` on a port of its own, in a scratch folder of its own."""

    def __init__(self, description: str) -> None:
        """Start it and wait until the process that was started, and no other, listens. Raises where it ends before."""
        file = CACHE / description
        assert PRISM.exists(), f"Prism is not installed: run `{MAKE}`"
        assert file.exists(), f"{description} is not there: run `{MAKE}`"
        self.top = Path(tempfile.mkdtemp(prefix="zr-prism-"))
        self.port = free_port()
        self.child = self._start(file)
        try:
            wait_for(self._listens, "Prism listens", within_s=180)
        except BaseException:
            self.close()
            raise

    def _start(self, description: Path) -> subprocess.Popen[bytes]:
        node = shutil.which("node")
        assert node is not None, "there is no node on PATH"
        words = [node, str(PRISM), "mock", "--host", "127.0.0.1", "--port", str(self.port), "--errors"]
        environ = {"PATH": os.path.dirname(node), "HOME": str(self.top), "TMPDIR": str(self.top)}
        with open(self.top / "log", "wb") as log:
            return subprocess.Popen(
                [*words, str(description)],
                env=environ,
                cwd=self.top,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _listens(self) -> bool:
        assert self.child.poll() is None, f"Prism ended by itself:\n{(self.top / 'log').read_text()[-2000:]}"
        return listens(self.child.pid, self.port)

    def close(self) -> None:
        """End it by its process id, and leave nothing of it."""
        self.child.terminate()
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(timeout=10)
        assert not is_alive(self.child.pid)
        shutil.rmtree(self.top)


class Relay:
    """Passes requests on to Prism; every listing has a second page.

    `code` is the status to answer with; None leaves it to Prism, which answers as if all went well.
    """

    def __init__(self, port: int) -> None:
        self.code: int | None = None
        self.exchanges: list[Exchange] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self, port))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What stands before the paths of the API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """No longer listen."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=10)


def handler(relay: Relay, port: int) -> type[BaseHTTPRequestHandler]:
    """Requests are passed on to that port with a header more, and their answers back."""

    class Passing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
            if relay.code is not None:
                headers["Prefer"] = f"code={relay.code}"
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            relay.exchanges.append(Exchange(self.command, self.path, answer.status, violation(answer, content)))
            self.answer(answer, content)

        def answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in KEPT_BY_RELAY:
                    self.send_header(name, value)
            if answer.getheader("Link") and "&page=" not in self.path:
                self.send_header("Link", f'<{relay.url}{self.path}&page=2>; rel="next"')
            if answer.status != 204:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = pass_on  # noqa: N815  the names that http.server looks for

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing: what matters is in `exchanges`."""

    return Passing


def violation(answer: http.client.HTTPResponse, content: bytes) -> str | None:
    """What Prism has against a request, or None."""
    told = answer.getheader("sl-violations")
    if told is None and "problem+json" in (answer.getheader("Content-Type") or ""):
        told = content.decode()
    return told


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(pid: int, port: int) -> bool:
    """Whether this very process listens on 127.0.0.1 at that port."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {row[9] for row in rows if row[1].endswith(f":{port:04X}") and row[3] == LISTENS}
    held = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    return any(f"socket:[{inode}]" in held for inode in inodes)
