"""One scalar against its place: what GitHub would refuse about the expressions in it."""

from __future__ import annotations

from .availability import Scope
from .flaws import Flaw
from .grammar import read
from .places import Place
from .templates import OPEN, Template, one_expression, read_template
from .tokens import SPACE


def judge_value(text: str, place: Place) -> tuple[Flaw, ...]:
    """What is wrong with a text as the value of that place; nothing where it holds no expression."""
    if OPEN not in text:
        return _bare(text, place) if place.condition else ()
    template = read_template(text, place.scope)
    if template.flaws:
        return template.flaws
    begin = text.index(OPEN)
    if template.kind == "insert":
        return (Flaw(begin, "`insert` can only be a key", "`insert` can only be a key"),)
    if template.kind == "literal":
        return tuple(flaw._replace(offset=begin) for flaw in _literal(template.literal, place))
    if not place.whole:
        message = "one expression for the whole mapping cannot be used"
        return (Flaw(begin, message, message, "write its keys out", placed=True),)
    if place.condition == "asked":
        return tuple(flaw._replace(offset=begin) for flaw in _asked(one_expression(text, template.parts), place.scope))
    return ()


def judge_key(text: str, place: Place) -> Template:
    """What a key that holds `${{` amounts to, in the mapping at that place."""
    template = read_template(text, place.scope)
    if template.kind in ("insert", "expression") and not place.keys:
        message = "an expression as a key cannot be used"
        return Template("broken", (Flaw(text.index(OPEN), message, message, placed=True),))
    return template


def _literal(text: str, place: Place) -> tuple[Flaw, ...]:
    if place.condition:
        return _bare(text, place)
    if place.text == "any" or (place.text == "filled" and text):
        return ()
    message = "an empty text cannot be used" if place.text == "filled" else "a text cannot be used"
    return (Flaw(0, message, message, placed=True),)


def _bare(text: str, place: Place) -> tuple[Flaw, ...]:
    """A condition without braces."""
    if place.condition == "plain":
        reading = read(text, place.scope)
        return (reading,) if isinstance(reading, Flaw) else ()
    inner = text.strip(SPACE)
    offset = len(text) - len(text.lstrip(SPACE))
    return tuple(flaw.moved(offset) for flaw in _asked(inner, place.scope)) if inner else ()


def _asked(condition: str, scope: Scope) -> tuple[Flaw, ...]:
    reading = read(condition, scope)
    if not isinstance(reading, Flaw) and not reading.status:
        # This is what GitHub makes of it; only its length and depth can still be too much.
        wrapped = read(f"success() && ({condition})", scope)
        return (wrapped._replace(offset=0),) if isinstance(wrapped, Flaw) else ()
    return (reading,) if isinstance(reading, Flaw) else ()
