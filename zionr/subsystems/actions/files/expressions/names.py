"""The names in an expression: contexts and functions, known or not, here or elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ..words import quoted
from .availability import FUNCTIONS, KNOWN_CONTEXTS, NO_LIMIT, PLACED_FUNCTIONS, STATUS, Function, Scope
from .flaws import Flaw, Refused
from .tokens import Token


def check_context(name: Token, scope: Scope) -> None:
    """Raises Refused where this context does not stand in that place."""
    if name.text.lower() not in scope.contexts:
        raise Refused(_no_context(name, scope))


def check_call(name: Token, given: int, scope: Scope) -> None:
    """Raises Refused where this function does not stand in that place, or takes other arguments."""
    spelling = name.text.lower()
    function = FUNCTIONS.get(spelling) or scope.functions.get(spelling)
    if function is None:
        raise Refused(_no_function(name, scope))
    if not function.least <= given <= function.most:
        message = f"`{function.name}` takes {_arguments(function)}, not {given}"
        raise Refused(Flaw(name.offset, message, message))
    if spelling == "case" and given % 2 == 0:
        message = f"`case` takes an odd number of arguments, not {given}"
        raise Refused(Flaw(name.offset, message, message, "a condition and its value, …, and a value for all else"))


def _no_context(name: Token, scope: Scope) -> Flaw:
    spelling = name.text.lower()
    if spelling in KNOWN_CONTEXTS:
        message = f"`{spelling}` cannot be used"
        return Flaw(name.offset, message, message, _allowed(spelling, scope), placed=True)
    if spelling in FUNCTIONS or spelling in PLACED_FUNCTIONS:
        message = f"`{name.text}` is a function and needs ()"
        return Flaw(name.offset, message, message)
    if spelling in ("true", "false", "null"):
        message = f"`{name.text}` is written `{spelling}`"
        return Flaw(name.offset, message, message)
    likely = _likely(name.text, scope.contexts)
    return Flaw(
        name.offset,
        f"unknown context {quoted(name.text)}{likely}",
        "an unknown context",
        "a text needs single quotes: 'like this'",
    )


def _allowed(spelling: str, scope: Scope) -> str | None:
    if spelling == "secrets" and "env" in scope.contexts:
        return "put the secret into `env` of the job and ask for it there"
    return f"allowed there: {', '.join(sorted(scope.contexts))}" if scope.contexts else None


def _no_function(name: Token, scope: Scope) -> Flaw:
    spelling = name.text.lower()
    if spelling in PLACED_FUNCTIONS:
        message = f"`{PLACED_FUNCTIONS[spelling].name}` cannot be used"
        hint = "only conditions can ask it" if spelling in STATUS else "only steps can ask it"
        return Flaw(name.offset, message, message, hint, placed=True)
    here = [function.name for function in (*FUNCTIONS.values(), *scope.functions.values())]
    message = f"unknown function {quoted(name.text)}{_likely(name.text, here)}"
    return Flaw(name.offset, message, "an unknown function")


def _likely(name: str, known: Iterable[str]) -> str:
    spellings = {one.lower(): one for one in sorted(known)}
    close = get_close_matches(name.lower()[:40], spellings, n=1, cutoff=0.75)
    return f", did you mean `{spellings[close[0]]}`?" if close else ""


def _arguments(function: Function) -> str:
    least, most = function.least, function.most
    if most == 0:
        return "no arguments"
    if least == most:
        return f"{least} argument{'s' if least > 1 else ''}"
    return f"at least {least} arguments" if most == NO_LIMIT else f"{least} to {most} arguments"
