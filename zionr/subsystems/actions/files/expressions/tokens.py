"""The words of an expression, as GitHub's own lexer cuts them. Offsets count from the expression's beginning."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..words import quoted
from .flaws import Flaw, Refused

LONGEST = 21_000
"""Characters an expression may have (@actions/expressions 0.3.61, errors.ts), counted as UTF-16 units."""

SPACE = "\t\n\v\f\r \xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
"""What JavaScript calls white space; it trims this, but only four of them may stand within an expression."""

_BOUNDARY = re.escape("()[],.!><=&|" + SPACE)
_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t\r\n]+)
    | (?P<text>'(?>(?:[^']|'')*)')
    | (?P<word>[A-Za-z_][A-Za-z0-9_-]*+)(?=[{_BOUNDARY}]|\Z)
    | (?P<sign>==|!=|<=|>=|&&|\|\||[][()<>!,*])
    | (?P<number>[-+0-9])
    | (?P<dot>\.)
    """,
    re.VERBOSE,
)
_RUN = re.compile(f".[^{_BOUNDARY}]*+", re.DOTALL)
_DIGITS = re.compile(f"[-+.0-9](?>(?:[^{_BOUNDARY}]|[.])*)")
_NUMBER = re.compile(
    r"[-+]?(?:Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)|0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+"
)
_LITERALS = frozenset(("true", "false", "null", "NaN", "Infinity"))
_INDEXED = frozenset(("word", ")", "]", "*"))
"""Behind these a point leads to a property, elsewhere it begins a number."""


class Token(NamedTuple):
    """`kind` is the sign itself, or one of word, text, literal and end; a text is as written, with its quotes."""

    kind: str
    text: str
    offset: int


def tokenize(text: str) -> list[Token]:
    """All tokens, the last of kind end. Raises Refused for what is no token, and for a text that is too long."""
    if _length(text) > LONGEST:
        raise Refused(Flaw(0, f"an expression of more than {LONGEST:,} characters", "an expression that is too long"))
    tokens: list[Token] = []
    before, offset, end = "", 0, len(text)
    while offset < end:
        token = _next(text, offset, before)
        offset += len(token.text)
        if token.kind != "space":
            tokens.append(token)
            before = token.kind
    tokens.append(Token("end", "", end))
    return tokens


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _next(text: str, offset: int, before: str) -> Token:
    match = _TOKEN.match(text, offset)
    if match is None:
        raise Refused(_no_token(text, offset))
    kind, found = match.lastgroup or "", match.group()
    if kind == "number" or (kind == "dot" and before not in _INDEXED):
        return _number(text, offset)
    if kind == "word":
        return Token("literal" if found in _LITERALS and before != "." else "word", found, offset)
    return Token(found if kind in ("sign", "dot") else kind, found, offset)


def _number(text: str, offset: int) -> Token:
    match = _DIGITS.match(text, offset)
    found = match.group() if match is not None else ""
    if not _NUMBER.fullmatch(found):
        raise Refused(Flaw(offset, f"{quoted(found)} is neither a number nor a name", "neither a number nor a name"))
    return Token("literal", found, offset)


def _no_token(text: str, offset: int) -> Flaw:
    first = text[offset]
    if first == "'":
        return Flaw(offset, "a text that begins here has no closing '", "a text without a closing '")
    match = _RUN.match(text, offset)
    found = match.group() if match is not None else first
    if '"' in found:
        message = 'a " cannot stand in an expression'
        return Flaw(offset + found.index('"'), message, message, "write texts in single quotes: 'like this'")
    if first in "=&|":
        message = f"a single `{first}`"
        return Flaw(offset, message, message, f"write `{first * 2}`")
    return Flaw(offset, f"{quoted(found)} cannot be read", "a part that cannot be read")
