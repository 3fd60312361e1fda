"""Text for terminals: no control characters of others, colour only where it is wanted, names cut in the middle."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ..model import State

_COLORS = {"CRITICAL": "31", "UNKNOWN": "35", "WARNING": "33", "ok": "32", "failed": "31", "succeeded": "32"}
LEAD = 10
"""The width of the first column, which holds one word."""
NAMES = 6
"""How many names a line lists before it only counts."""
MOST = 20
"""How many findings and skipped steps a screen shows before it only counts them."""


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


def shortened(said: str, most: int) -> str:
    """Whole clauses of a message as far as there is room, the first one cut at its end; printable."""
    shown = printable(said)
    while len(shown) > most and "; " in shown:
        shown = shown.rpartition("; ")[0]
    return shown if len(shown) <= most else f"{shown[: most - 1].rstrip()}…"


def fitting(first: str, names: Sequence[str], width: int) -> str:
    """`first` and as many names as the line has room for, the rest as a count."""
    line = first
    for number, name in enumerate(names):
        rest = len(names) - number - 1
        longer = f"{line} {cut(name, 24)}"
        if len(longer) + (len(f" and {rest} more") if rest else 0) > width:
            return f"{line} and {rest + 1} more" if number else longer
        line = longer
    return line


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


def wrapped(said: str, view: View) -> list[str]:
    """Whole words below one another; nothing is cut, so nothing is lost."""
    lines, line = [], ""
    for piece in printable(said).split(" "):
        if line and len(line) + 1 + len(piece) > view.width - LEAD:
            lines.append(under(line))
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return [*lines, under(line)]


def told(word: str, said: str, view: View) -> list[str]:
    """A word in the first column, and what is said beside it, on as many lines as it takes."""
    first, *rest = wrapped(said, view)
    return [lead(word, first.strip(), view), *rest]


def place_of(file: object, line: object, column: object) -> str:
    """`file:line:column`, as far as it is known."""
    return ":".join(printable(part) for part in (file, line, column) if part is not None)


def listed_places(places: Sequence[str], view: View) -> list[str]:
    """The only place, or the first of several and their number, or with -v all; each whole."""
    if view.verbose or len(places) < 2:
        return [under(place) for place in places]
    return [under(f"{len(places)} places, first {places[0]}")]


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: the first few, the rest as a count."""
    shown = [cut(name, 24) for name in names[:NAMES]]
    rest = len(names) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
