"""Plain scalars by YAML 1.2.2, section 10.3.2 (core schema): `on`, `yes`, `1_000` and dates stay texts."""

from __future__ import annotations

import re
from math import isfinite

_WORDS = {"": None, "~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.capitalize(), word.upper())
}
_DECIMAL = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_BEGINS = frozenset("-+.0123456789")
_LONGEST_NUMBER = 400


def resolve(text: str) -> str | int | float | bool | None:
    """The value of a scalar without quotes and tag. ValueError for a number that JSON cannot hold."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_BEGINS:
        return text
    return _number(text)


def _number(text: str) -> str | int | float:
    if _DECIMAL.fullmatch(text):
        return int(_short(text))
    if _OTHER_BASE.fullmatch(text):
        return int(_short(text), 0)
    if _FLOAT.fullmatch(text):
        return _finite(float(text))
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that can be used here")
    return text


def _short(text: str) -> str:
    # Python itself refuses to read integers of more than 4,300 digits.
    if len(text) > _LONGEST_NUMBER:
        raise ValueError(f"a number of {len(text)} digits; put it in quotes if it is a text")
    return text


def _finite(number: float) -> float:
    if not isfinite(number):
        raise ValueError("a number too large to hold; put it in quotes if it is a text")
    return number
