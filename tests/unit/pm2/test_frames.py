from __future__ import annotations

import json
import os
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zionr.subsystems.pm2.frames import LONGEST_ERROR, AnswerReader, CallError, FrameError, call_frame

RECORDED = os.path.join(os.path.dirname(__file__), "recorded", "pm2-7.0.4.json")


def frame(*parts: bytes, head: int | None = None) -> bytes:
    """The parts framed as the daemon frames its answer."""
    first = bytes([1 << 4 | len(parts) if head is None else head])
    return first + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def answer(content: Any, identity: bytes = b"s:1") -> bytes:
    return frame(b"j:" + json.dumps(content).encode(), identity)


def _read(data: bytes, largest: int = 1 << 20) -> Any:
    reader = AnswerReader("1", largest)
    assert reader.feed(data)
    return reader.result()


def test_a_call_as_pm2_reads_it() -> None:
    assert call_frame("restartProcessId", {"id": 4}, "zionr:2") == (
        b'\x12\x00\x00\x00\x3fj:{"type":"call","method":"restartProcessId","args":[{"id":4}]}\x00\x00\x00\x09s:zionr:2'
    )


def test_a_recorded_answer_in_chunks_of_any_size() -> None:
    with open(RECORDED, encoding="utf-8") as file:
        rows = json.load(file)
    data = answer({"args": [rows]})
    for size in (1, 7, 4096, len(data)):
        reader = AnswerReader("1")
        fed = [reader.feed(data[start : start + size]) for start in range(0, len(data), size)]
        assert fed == [False] * (len(fed) - 1) + [True]
        assert reader.result() == rows


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"HTTP/1.1 400 Bad Request", "starts with byte 0x48"),
        (b"\x22", "starts with byte 0x22"),
        (b"\x10", "has 0 arguments"),
        (b"\x13", "has 3 arguments"),
        (b"\x12\x80\x00\x00\x00", "announces 2,147,483,648 bytes"),
        (b"\x12\xff\xff\xff\xff", "announces 4,294,967,295 bytes"),
        (frame(b"j:{}", b"s:2"), "answers another call"),
        (frame(b"j:{}", b"1"), "answers another call"),
        (frame(b"s:{}", b"s:1"), "carries no JSON"),
        (frame(b"", b"s:1"), "carries no JSON"),
        (frame(b"j:{", b"s:1"), "carries broken JSON"),
        (frame(b"j:\xff\xfe", b"s:1"), "carries broken JSON"),
        (frame(b"j:" + b"9" * 5000, b"s:1"), "carries broken JSON"),
        (frame(b"j:" + b"[" * 100_000, b"s:1"), "nested too deep"),
        (frame(b"j:[]", b"s:1"), "carries JSON that is no object"),
        (frame(b"j:{}", b"s:1"), "carries no result"),
        (frame(b'j:{"args":[]}', b"s:1"), "carries no result"),
        (frame(b'j:{"args":7}', b"s:1"), "carries no result"),
    ],
)
def test_what_is_no_answer(data: bytes, says: str) -> None:
    with pytest.raises(FrameError, match=says):
        _read(data)


def test_half_a_frame_is_not_an_answer_yet() -> None:
    whole = answer({"args": [1]})
    for length in range(len(whole)):
        reader = AnswerReader("1")
        assert not reader.feed(whole[:length])
        with pytest.raises(FrameError, match="is not whole"):
            reader.result()
    assert _read(whole) == 1


def test_two_lengths_that_are_too_large_together() -> None:
    with pytest.raises(FrameError, match="announces"):
        _read(frame(b"j:" + b" " * 60, b"s:" + b"1" * 60), largest=100)


def test_a_refused_call() -> None:
    with pytest.raises(CallError, match="process id unknown"):
        _read(answer({"error": "God db process id unknown", "stack": "at x"}))
    with pytest.raises(CallError, match="code"):
        _read(answer({"error": {"code": 7}}))
    with pytest.raises(CallError) as long:
        _read(answer({"error": "x" * 50_000}))
    assert len(str(long.value)) == LONGEST_ERROR


def test_a_result_may_be_anything_even_nothing() -> None:
    assert _read(answer({"args": [None]})) is None
    assert _read(answer({"error": None, "args": [[]]})) == []


@given(st.lists(st.binary(max_size=200), max_size=8))
def test_arbitrary_bytes_in_arbitrary_chunks(chunks: list[bytes]) -> None:
    refusal = _refusal(chunks)
    whole = b"".join(chunks)
    # Only a frame of version 1 with two arguments goes on past its first byte.
    assert (refusal is None) <= (whole[:1] in (b"", b"\x12"))


@given(st.binary(max_size=300), st.binary(max_size=20), st.lists(st.integers(0, 400), max_size=6))
def test_arbitrary_content_in_a_good_frame(content: bytes, identity: bytes, cuts: list[int]) -> None:
    data = frame(b"j:" + content, b"s:" + identity)
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    refusal = _refusal([data[start:end] for start, end in pairwise(places)])
    assert refusal == _refusal([data]), "however the bytes are cut, the answer is the same"


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
def test_arbitrary_json_in_a_good_answer(content: Any) -> None:
    refusal = _refusal([answer(content)])
    good = isinstance(content, dict) and content.get("error") is None and bool(content.get("args"))
    assert refusal is not None or (good and isinstance(content["args"], list))


def _refusal(chunks: list[bytes]) -> str | None:
    """Why the daemon's bytes are no answer, None where they are one or not yet whole; any other error passes."""
    reader = AnswerReader("1")
    try:
        for chunk in chunks:
            if reader.feed(chunk):
                reader.result()
    except (FrameError, CallError) as error:
        return str(error)
    return None
