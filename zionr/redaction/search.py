"""Finds the shapes in a text, in time linear in its length."""

import re
from typing import NamedTuple

from .pairs import ESCAPE, VALUE, compiled, is_secret_value
from .shapes import FAMILIES, PAIR, Shape
from .spans import Span

_LONGEST_PREFIX = len("signing_")


class Candidate(NamedTuple):
    """A place where a secret may begin."""

    position: int
    shape: Shape
    folded: bool


def candidates(text: str) -> list[Candidate]:
    """Where a secret may begin, shape by shape, each in order: nearly always nowhere, and soon known."""
    folded_text = _folded(text)
    found: list[Candidate] = []
    for gate, shapes, folded in FAMILIES:
        searched = folded_text if folded else text
        if _opens(gate, searched):
            for shape in shapes:
                found += _candidates_of(shape, text, searched, folded)
    return found


def _opens(gate: str, searched: str) -> bool:
    if "[" not in gate:
        return gate in searched
    return compiled(gate, False).search(searched) is not None


def _folded(text: str) -> str:
    # The only character whose lower case is longer: positions must stay the same.
    return text.replace("\u0130", "I").lower()


def _candidates_of(shape: Shape, text: str, searched: str, folded: bool) -> list[Candidate]:
    positions: list[int] = []
    for needle in shape.needles:
        at = searched.find(needle)
        while at >= 0:
            after = at + len(needle)
            if not (folded and _is_number_behind(text, after)):
                positions.append(at)
            at = searched.find(needle, after)
    if positions and shape.hint is not None:
        hint = compiled(shape.hint, folded)
        positions = [at for at in positions if hint.match(text, at)]
    return [Candidate(at, shape, folded) for at in sorted(positions)]


def _is_number_behind(text: str, position: int) -> bool:
    """Whether a JSON key of a number or null ends here: a lease's token must not cost a pattern."""
    behind = text[position : position + 4]
    return behind[:2] == '":' and behind[2:].strip()[:1] in tuple("0123456789n")


def spans_at(text: str, found: list[Candidate]) -> list[Span]:
    """The secrets that do begin at the candidates, not merged."""
    spans: list[Span] = []
    last: Shape | None = None
    eaten = 0
    for position, shape, folded in found:
        if shape is not last:
            last, eaten = shape, 0
        if position < eaten:
            continue
        match = compiled(shape.pattern, folded).match(text, position)
        span = _span(shape, match) if match else None
        if span is not None:
            spans.append(span)
            eaten = span.end
    return spans


def _span(shape: Shape, match: re.Match[str]) -> Span | None:
    if shape.hint is PAIR.hint:
        return _pair_span(match)
    group = 1 if match.re.groups else 0
    return Span(match.start(), *match.span(group))


def _pair_span(match: re.Match[str]) -> Span | None:
    keyword, separator = match[1], match[2]
    group = match.lastindex or 0
    start, end = match.span(group)
    if not is_secret_value(keyword, match[group]):
        return None
    if group == 5:
        if not _is_bare_value(match, separator, match[group]):
            return None
        rest = compiled(f"(?:{VALUE}|{ESCAPE})*", False).match(match.string, end)
        end = rest.end() if rest else end
    elif not separator:
        return None
    return Span(max(0, match.start() - _LONGEST_PREFIX), start, end)


def _is_bare_value(match: re.Match[str], separator: str, value: str) -> bool:
    """After `=` anything; after a colon, or an option's space, prose is likelier: only what has a digit."""
    if separator.startswith("="):
        return True
    if not separator and match.string[match.start() - 1 : match.start()] != "-":
        return False
    return len(value) >= 6 and any(map(str.isdigit, value))
