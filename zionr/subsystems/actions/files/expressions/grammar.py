"""Whether a text is an expression, and which contexts and functions it asks for, as GitHub's own parser rules.

It recognises only: nothing here computes a value, so no tree is built.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from ..words import quoted
from .availability import STATUS, Scope
from .flaws import Flaw, Refused
from .names import check_call, check_context
from .tokens import Token, tokenize

DEEPEST = 50
"""Levels an expression may nest (@actions/expressions 0.3.61, errors.ts). A level costs at most eight Python frames."""

_KEPT = 500
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))


class Reading(NamedTuple):
    """A valid expression. `literal`: the text that it is, if it is nothing else; `status`: it asks how things went."""

    status: bool
    literal: str | None


def read(text: str, scope: Scope) -> Reading | Flaw:
    """What the expression is, or why it is none there. A text of nothing but white space is valid."""
    return _kept(text, scope) if len(text) <= _KEPT else _read(text, scope)


def _read(text: str, scope: Scope) -> Reading | Flaw:
    try:
        parser = _Parser(tokenize(text), scope)
        parser.whole()
    except Refused as refused:
        return refused.flaw
    return Reading(parser.status, parser.literal())


# Workflows of one repository repeat each other: most expressions are asked about a hundred times.
_kept = lru_cache(maxsize=4096)(_read)


class _Parser:
    def __init__(self, tokens: list[Token], scope: Scope) -> None:
        self.tokens = tokens
        self.token = tokens[0]
        self.scope = scope
        self.at = 0
        self.depth = 0
        self.status = False

    def whole(self) -> None:
        if self.token.kind != "end":
            self._expression()
        if self.token.kind != "end":
            raise self._unexpected()

    def literal(self) -> str | None:
        first = self.tokens[0]
        return first.text[1:-1].replace("''", "'") if first.kind == "text" and len(self.tokens) == 2 else None

    def _take(self, kind: str) -> bool:
        if self.token.kind != kind:
            return False
        self._go_on()
        return True

    def _go_on(self) -> None:
        self.at += 1
        self.token = self.tokens[self.at]

    def _need(self, kind: str) -> None:
        if not self._take(kind):
            raise self._unexpected(f": `{kind}` expected")

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            message = f"an expression nested deeper than {DEEPEST} levels"
            raise Refused(Flaw(self.token.offset, message, message))

    def _expression(self) -> None:
        self._deeper()
        self._either()
        self.depth -= 1

    def _either(self) -> None:
        self._both()
        if self.token.kind == "||":
            self._deeper()
            while self._take("||"):
                self._both()
            self.depth -= 1

    def _both(self) -> None:
        self._comparison()
        if self.token.kind == "&&":
            self._deeper()
            while self._take("&&"):
                self._comparison()
            self.depth -= 1

    def _comparison(self) -> None:
        self._negation()
        while self.token.kind in _COMPARISONS:
            self._go_on()
            self._negation()

    def _negation(self) -> None:
        entered = self.depth
        while self._take("!"):
            self._deeper()
        self._operand()
        self.depth = entered

    def _operand(self) -> None:
        token = self.token
        if token.kind in ("literal", "text"):
            self._go_on()
            return
        if self._take("word"):
            self._name(token)
        elif self._take("("):
            self._expression()
            self._need(")")
        else:
            raise self._unexpected()
        self._chain()

    def _name(self, name: Token) -> None:
        if self._take("("):
            self._call(name)
        else:
            check_context(name, self.scope)

    def _call(self, name: Token) -> None:
        given = 0
        while not self._take(")"):
            self._expression()
            given += 1
            # GitHub allows a comma behind the last argument.
            if self.token.kind != ")":
                self._need(",")
        check_call(name, given, self.scope)
        self.status = self.status or name.text.lower() in STATUS

    def _chain(self) -> None:
        entered = self.depth
        while self.token.kind in (".", "["):
            if self._take("["):
                if not self._take("*"):
                    self._expression()
                self._need("]")
                self._deeper()
            else:
                self._go_on()
                self._deeper()
                self._property()
        self.depth = entered

    def _property(self) -> None:
        if not (self._take("word") or self._take("*")):
            raise self._unexpected(": a name or `*` expected")

    def _unexpected(self, wanted: str = "") -> Refused:
        token = self.token
        if token.kind == "end":
            early = "the expression ends too early"
            return Refused(Flaw(token.offset, early + wanted, early))
        return Refused(Flaw(token.offset, f"{quoted(token.text)} cannot stand here{wanted}", "cannot stand here"))
