"""Sockets: one request and one answer over a Unix socket, or the mere question whether a TCP port answers."""

from __future__ import annotations

import errno
import os
import socket
import stat
import struct
import time
from typing import Protocol

from .background import Background

_CHUNK = 1 << 18
_PEER = struct.Struct("=iII")
"""Linux's `struct ucred` (unix(7)): process, user, group of who called listen."""


class SocketError(Exception):
    """No answer. `kind` says how: missing, refused, foreign, silent, closed or broken."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Reader(Protocol):
    """Collects an answer as it arrives."""

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes; True once the answer is complete."""
        ...


def exchange(path: str, request: bytes, reader: Reader, *, timeout_s: float) -> None:
    """Send `request` to the socket at `path` and feed the reader until it is content.

    Raises SocketError; what the reader raises passes through. A socket that another user owns is never spoken to:
    whoever owns it could answer anything.
    """
    deadline = time.monotonic() + timeout_s
    _require_own_socket(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        _connect(connection, path)
        _require_own_peer(connection)
        try:
            connection.sendall(request)
            _receive(connection, reader, deadline)
        except TimeoutError:
            raise SocketError("silent", f"accepts connections, but gave no answer in {timeout_s:g} s") from None
        except OSError as error:
            raise SocketError("closed", f"the connection broke: {error.strerror}") from error


def _require_own_socket(path: str) -> None:
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise SocketError("missing", "there is no socket") from None
    except PermissionError:
        raise SocketError("foreign", "this user may not look into its folder") from None
    except OSError as error:
        raise SocketError("broken", f"cannot be looked at: {error.strerror}") from error
    if not stat.S_ISSOCK(found.st_mode):
        raise SocketError("broken", "is there, but is no socket")
    if found.st_uid != os.geteuid():
        raise SocketError("foreign", f"belongs to user {found.st_uid}, this is user {os.geteuid()}")


def _require_own_peer(connection: socket.socket) -> None:
    """Who listens is asked of the connection itself: since the path was looked at, it may lead elsewhere."""
    if not hasattr(socket, "SO_PEERCRED"):
        return
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _, user, _ = _PEER.unpack(told)
    if user != os.geteuid():
        raise SocketError("foreign", f"user {user} listens on it, this is user {os.geteuid()}")


def _connect(connection: socket.socket, path: str) -> None:
    try:
        connection.connect(path)
    except ConnectionRefusedError:
        raise SocketError("refused", "a socket is left over, and nobody listens on it") from None
    except FileNotFoundError:
        raise SocketError("missing", "there is no socket") from None
    except PermissionError:
        raise SocketError("foreign", "this user may not connect to it") from None
    except TimeoutError:
        raise SocketError("silent", "takes no connection") from None
    except OSError as error:
        # A full backlog of a hung daemon shows as EAGAIN on a Unix socket with a time limit.
        kind = "silent" if error.errno == errno.EAGAIN else "broken"
        raise SocketError(kind, f"cannot be connected to: {error.strerror or error}") from error


def _receive(connection: socket.socket, reader: Reader, deadline: float) -> None:
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        chunk = connection.recv(_CHUNK)
        if not chunk:
            raise SocketError("closed", "the connection was closed in the middle of an answer")
        if reader.feed(chunk):
            return


def connect_tcp(address: str, within_s: float) -> str | None:
    """Why no TCP connection to `host:port` came about within `within_s` seconds; None where it did.

    Looking up a name has no time limit, and each of its addresses one of its own: a thread is left behind with them.
    """
    host, _, port = address.rpartition(":")
    try:
        place = (host.strip("[]"), int(port))
        Background(lambda: socket.create_connection(place, timeout=within_s).close()).result(within_s)
    except TimeoutError:
        return f"took no connection within {within_s:g} s"
    except (OSError, ValueError, OverflowError) as error:
        return f"takes no connection: {getattr(error, 'strerror', None) or error}"
    return None
