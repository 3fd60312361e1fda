"""A strict, stateful PM2 daemon on a real Unix socket, in a thread: it fails on every call that it does not expect."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from tests.support import NOW
from zionr.model import JsonObject


def raw_row(name: str = "api", identity: int = 0, **env: Any) -> JsonObject:
    """A row as PM2 gives it: online, in this very process, so that it is alive."""
    pm2_env = {
        "name": name,
        "status": "online",
        "namespace": "default",
        "pm_uptime": round((NOW - 60) * 1000),
        "created_at": round((NOW - 60) * 1000),
        "restart_time": 0,
        "autorestart": False,
        "exit_code": 0,
        **env,
    }
    pid = os.getpid() if pm2_env["status"] == "online" else 0
    monit = {"memory": 50 << 20, "cpu": 1.5} if pid else {"memory": 0, "cpu": 0}
    return {"name": name, "pm_id": identity, "pid": pid, "monit": monit, "pm2_env": pm2_env}


class FakeDaemon:
    """Answers getMonitorData and restartProcessId from its `rows`; `calls` are what it was asked, in order."""

    def __init__(self, home: str, *rows: JsonObject) -> None:
        self.rows = list(rows)
        self.calls: list[tuple[str, Any]] = []
        self.refusal: str | None = None
        self.refuses_to_list: str | None = None
        self.on_call: Callable[[], None] = lambda: None
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(os.path.join(home, "rpc.sock"))
        self._socket.listen(4)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        parts = _read_frame(connection)
        call = json.loads(parts[0].removeprefix(b"j:"))
        assert set(call) == {"type", "method", "args"}
        assert (call["type"], len(call["args"])) == ("call", 1)
        self.calls.append((call["method"], call["args"][0]))
        self.on_call()
        content = json.dumps(self._result(call["method"], call["args"][0])).encode()
        with suppress(BrokenPipeError):
            connection.sendall(_frame(b"j:" + content, parts[1]))

    def _result(self, method: str, argument: Any) -> JsonObject:
        if method == "getMonitorData" and self.refuses_to_list is not None:
            return {"error": self.refuses_to_list}
        if method == "getMonitorData" and argument == {}:
            return {"args": [self.rows]}
        if method == "restartProcessId" and set(argument) == {"id"}:
            return self._restart(argument["id"])
        return {"error": f'method "{method}" does not exist', "stack": ""}

    def _restart(self, identity: int) -> JsonObject:
        if self.refusal is not None:
            return {"error": self.refusal}
        place = next((place for place, row in enumerate(self.rows) if row["pm_id"] == identity), None)
        if place is None:
            return {"error": "God db process id unknown"}
        self.rows[place] = raw_row(self.rows[place]["name"], identity)
        return {"args": [self.rows[place]]}


def _frame(*parts: bytes) -> bytes:
    return bytes([1 << 4 | len(parts)]) + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _read_frame(connection: socket.socket) -> list[bytes]:
    with connection.makefile("rb") as stream:
        head = stream.read(1)[0]
        assert head >> 4 == 1
        return [stream.read(int.from_bytes(stream.read(4), "big")) for _ in range(head & 15)]
