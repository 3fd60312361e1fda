"""Text for terminals: no control characters of others, colour only where it is wanted, names cut in the middle."""

from collections.abc import Callable
from typing import NamedTuple

from ..model import State

_COLORS = {"CRITICAL": "31", "UNKNOWN": "35", "WARNING": "33", "ok": "32", "failed": "31", "succeeded": "32"}
LEAD = 10
"""The width of the first column, which holds one word."""


class View(NamedTuple):
    """How a screen is to look: colour or not, more detail or not, and the `now` that ages are counted to."""

    color: bool
    verbose: bool
    now: float
    width: int = 80


def printable(text: object) -> str:
    """The text on one line, with everything that could steer a terminal or hide written out as an escape.

    Unprintable is what Unicode calls so (`str.isprintable`): controls, bidirectional and zero-width marks, line
    separators, surrogates, tags, private and unassigned characters, and every blank but the plain one.
    """
    return escaped(str(text), _escape)


def escaped(text: str, escape: Callable[[str], str]) -> str:
    """The text with each unprintable character as `escape` writes it."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else escape(letter) for letter in text)


def _escape(letter: str) -> str:
    simple = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    code = ord(letter)
    if letter in simple:
        return simple[letter]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def cut(text: object, width: int) -> str:
    """At most `width` characters, the middle left out; printable."""
    shown = printable(text)
    if len(shown) <= width:
        return shown
    head = (width - 1) // 2
    return f"{shown[:head]}…{shown[len(shown) - (width - 1 - head) :]}"


def word(state: State) -> str:
    """The state as a screen shows it: everything that is not ok in capitals."""
    return state.word if state is State.OK else state.word.upper()


def lead(first: str, rest: str, view: View) -> str:
    """One line: a word in its column, in its colour, then the rest."""
    padded = f"{first:<{LEAD}}"
    if view.color and first in _COLORS:
        padded = f"\x1b[{_COLORS[first]}m{padded}\x1b[0m"
    return (padded + rest).rstrip()


def under(rest: str) -> str:
    """A line below the last one, in the second column."""
    return " " * LEAD + rest


def right(left: str, note: str, width: int) -> str:
    """`left`, and `note` at the right edge, at least two blanks apart."""
    gap = max(2, width - len(left) - len(note))
    return f"{left}{' ' * gap}{note}"
