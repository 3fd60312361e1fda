"""Changes of a text, and the ways to break a file that they make up.

The first place that fits is changed, and a file without such a place is left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

Edit = Callable[[str], str]


class Way(NamedTuple):
    """One class of faults. `rule` is zionr's name for it; `twin` is a healthy change of the same place."""

    name: str
    rule: str
    breaks: Edit
    twin: Edit


def swap(old: str, new: str) -> Edit:
    """The first place of `old` (a pattern, from the beginning of a line) becomes `new`."""
    pattern = re.compile(rf"^{old}", re.MULTILINE)
    return lambda text: pattern.sub(new, text, count=1)


def add(more: str) -> Edit:
    """`more` behind the end."""
    return lambda text: text + more


def whole(content: str) -> Edit:
    """Another file in place of it."""
    return lambda _: content


def both(*edits: Edit) -> Edit:
    """One change after the other; nothing where one of them finds no place."""

    def edit(text: str) -> str:
        for each in edits:
            changed = each(text)
            if changed == text:
                return text
            text = changed
        return text

    return edit


def where(part: str, more: str) -> Edit:
    """`more` behind the end of the files that hold `part`."""
    return lambda text: text + more if part in text else text


def mark_block(text: str) -> str:
    """A conflict committed at the line `env:`, as git writes it."""
    return re.sub(r"^(env:.*\n)", r"<<<<<<< HEAD\n\1=======\nenv:\n>>>>>>> theirs\n", text, count=1, flags=re.MULTILINE)


KEEP: Edit = lambda text: text + "\n# the end\n"  # noqa: E731 - the twin of what has no nearer one
EXTRA = "  extra:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n"
LIST = swap(r"    needs: \[(\w+)\]$", r"    needs: \1")
