from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from zionr.ports.sockets import connect_tcp


def test_a_port_that_answers_and_one_that_does_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert connect_tcp(f"127.0.0.1:{port}", 5) is None
    assert connect_tcp(f"127.0.0.1:{port}", 5) == "takes no connection: Connection refused"
    assert connect_tcp("127.0.0.1:99999", 5) is not None


def test_looking_up_a_name_is_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def look_up(*_: Any, **__: Any) -> Any:
        done.wait(60)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    started = time.monotonic()
    assert connect_tcp("slow.example:80", 0.05) == "took no connection within 0.05 s"
    assert time.monotonic() - started < 30
    done.set()
