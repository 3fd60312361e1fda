"""A small PM2 daemon that answers one question, `getMonitorData`, and notes whatever else it is asked."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def row(name: str, identity: int, status: str = "online", **env: Any) -> dict[str, Any]:
    """One row as PM2 gives it; an online one has this very process's number, so it lives."""
    online = status == "online"
    known = {"status": status, "restart_time": 0, "pm_uptime": 1_760_000_000_000, "exit_code": 0, "autorestart": True}
    return {
        "pid": os.getpid() if online else 0,
        "name": name,
        "pm_id": identity,
        "monit": {"memory": 52_428_800 if online else 0, "cpu": 1.5 if online else 0},
        "pm2_env": {"name": name, "pm_id": identity} | known | env,
    }


class FakeDaemon:
    """Listens in a thread until it is closed. With `silent` it takes a call and never answers."""

    def __init__(self, home: Path, rows: Sequence[Any], *, silent: bool = False) -> None:
        self.home = home
        self.rows = list(rows)
        self.calls: list[str] = []
        self.asked = threading.Event()
        self._silent = silent
        self._open: list[socket.socket] = []
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(home / "rpc.sock"))
        self._listener.listen(64)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(client)
            try:
                self._answer(client)
            except (BrokenPipeError, ConnectionResetError):
                client.close()

    def _answer(self, client: socket.socket) -> None:
        with client.makefile("rb") as stream:
            if stream.read(1) != b"\x12":
                return
            call, identity = (stream.read(int.from_bytes(stream.read(4), "big")) for _ in range(2))
            method = json.loads(call[2:])["method"]
            self.calls.append(method)
            self.asked.set()
            if self._silent:
                return
            answer = {"args": [self.rows]} if method == "getMonitorData" else {"error": "not this one"}
            parts = [b"j:" + json.dumps(answer).encode(), identity]
            client.sendall(b"\x12" + b"".join(len(part).to_bytes(4, "big") + part for part in parts))

    def close(self) -> None:
        """Stop listening; it must never have been asked for anything but its list."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for client in self._open:
            client.close()
        assert set(self.calls) <= {"getMonitorData"}, self.calls
