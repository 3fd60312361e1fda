"""The wire format of PM2's daemon: AMP version 1 frames that carry pm2-axon-rpc calls.

A frame is one byte (version in the high four bits, number of arguments in the low four), then for each argument a
big-endian 32-bit length and the bytes. An argument that starts with `j:` is JSON, with `s:` a text. A call is
`j:{"type":"call","method":M,"args":[A]}` and `s:ID`; the answer is `j:{"args":[R]}` or `j:{"error":E}` and the same ID.
Measured unchanged from PM2 4.5 to 7.0.
"""

from __future__ import annotations

import json
from typing import Any

from ...model import JsonObject

VERSION = 1
LARGEST = 128 << 20
"""Bytes of an answer that are read at most; 500 processes fill 2.4 MB."""

LONGEST_ERROR = 10_000


class FrameError(ValueError):
    """The bytes are no answer of a PM2 daemon; the text says what is wrong with them."""


class CallError(ValueError):
    """The daemon answered that the call failed; the text is its own."""


def call_frame(method: str, argument: Any, identity: str) -> bytes:
    """The bytes that call `method`. PM2 appends its callback to the arguments, so there must always be one."""
    call = json.dumps({"type": "call", "method": method, "args": [argument]}, separators=(",", ":"))
    parts = [b"j:" + call.encode(), b"s:" + identity.encode()]
    frame = bytes([VERSION << 4 | len(parts)])
    return frame + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class AnswerReader:
    """Collects one frame from chunks of any size, and refuses early what can be none."""

    def __init__(self, identity: str, largest: int = LARGEST) -> None:
        self._identity = identity
        self._largest = largest
        self._bytes = bytearray()
        self._ends: list[tuple[int, int]] = []
        self._next = 1
        self._wanted = 0

    def feed(self, chunk: bytes) -> bool:
        """Take the next bytes; True once the frame is whole. FrameError as soon as it cannot become one."""
        self._bytes += chunk
        if not self._wanted and self._bytes:
            self._read_head(self._bytes[0])
        while self._wanted and len(self._ends) < self._wanted and self._read_argument():
            pass
        return bool(self._wanted) and len(self._ends) == self._wanted

    def _read_head(self, head: int) -> None:
        version, arguments = head >> 4, head & 15
        if version != VERSION:
            raise FrameError(f"starts with byte 0x{head:02x}, not with a version {VERSION} frame")
        if arguments != 2:
            raise FrameError(f"has {arguments} arguments, an answer has 2")
        self._wanted = arguments

    def _read_argument(self) -> bool:
        body = self._next + 4
        if len(self._bytes) < body:
            return False
        length = int.from_bytes(self._bytes[self._next : body], "big")
        if body + length > self._largest:
            raise FrameError(f"announces {length:,} bytes, more than {self._largest:,}")
        if len(self._bytes) < body + length:
            return False
        self._ends.append((body, body + length))
        self._next = body + length
        return True

    def result(self) -> Any:
        """What the call returned. FrameError where the frame is no answer to it, CallError where the daemon refused."""
        if len(self._ends) != 2:
            raise FrameError("is not whole")
        # Views, not copies: five hundred processes are megabytes.
        answer, identity = (memoryview(self._bytes)[start:end] for start, end in self._ends)
        if identity != b"s:" + self._identity.encode():
            raise FrameError("answers another call")
        message = _decoded(answer)
        if message.get("error") is not None:
            # Whole as far as it is sane: whoever cuts it shorter takes the secrets out first.
            raise CallError(str(message["error"])[:LONGEST_ERROR])
        arguments = message.get("args")
        if not isinstance(arguments, list) or not arguments:
            raise FrameError("carries no result")
        return arguments[0]


def _decoded(answer: memoryview) -> JsonObject:
    if bytes(answer[:2]) != b"j:":
        raise FrameError("carries no JSON")
    try:
        message = json.loads(str(answer[2:], "utf-8"))
    except RecursionError:
        raise FrameError("carries JSON that is nested too deep") from None
    except ValueError as error:
        raise FrameError(f"carries broken JSON: {str(error)[:120]}") from None
    if not isinstance(message, dict):
        raise FrameError("carries JSON that is no object")
    return message
