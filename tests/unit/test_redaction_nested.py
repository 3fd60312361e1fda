from __future__ import annotations

from typing import NamedTuple

from zionr.model import State
from zionr.redaction import MARK, Redactor
from zionr.redaction.nested import redacted

SECRET = "hun" + "ter2-" + "long-enough-to-be-cut-in-the-middle-of-a-line"


class Pair(NamedTuple):
    name: str
    state: State
    more: tuple[str, ...] = ()


def test_what_holds_no_secret_is_the_same_value() -> None:
    value = (Pair("api", State.OK), {"a": [1, None, "b"]})
    assert redacted(value, Redactor([SECRET])) is value


def test_every_text_of_a_value_is_redacted_and_its_shape_stays() -> None:
    value = [
        Pair(f"x{SECRET}", State.WARNING, (SECRET, "b")),
        {SECRET: 1, "say": f"{SECRET}!", "deep": {"a": [SECRET]}},
    ]
    assert redacted(value, Redactor([SECRET])) == [
        Pair(f"x{MARK}", State.WARNING, (MARK, "b")),
        {MARK: 1, "say": f"{MARK}!", "deep": {"a": [MARK]}},
    ]


def test_a_text_behind_a_key_that_says_secret_is_one() -> None:
    assert redacted({"password": "swordfish-9", "n": 1}, Redactor()) == {"password": MARK, "n": 1}
