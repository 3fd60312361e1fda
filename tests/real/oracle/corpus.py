"""Every known way to break a workflow or action, times several files, each beside a healthy twin.

The twin is the nearest change that GitHub accepts, so that a rule which only looks at the neighbourhood is found out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from . import ways_actions, ways_keys, ways_sense, ways_types, ways_yaml
from .edits import Way
from .workflows import ACTIONS, WORKFLOWS

WAYS = (
    *ways_yaml.WAYS,
    *(*ways_keys.UNKNOWN, *ways_keys.MISSING, *ways_keys.TWICE),
    *ways_types.WAYS,
    *(*ways_sense.SCHEDULES, *ways_sense.NEEDS, *ways_sense.EXPRESSIONS),
)


class Case(NamedTuple):
    """One file. `rule` is None for a healthy one."""

    name: str
    kind: str
    content: str
    rule: str | None


def cases() -> Iterator[Case]:
    """All of them: each way in each file that has a place for it, its twin, and the files themselves."""
    for name, text in WORKFLOWS.items():
        yield Case(f"workflow {name}", "workflow", text, None)
        yield from _broken("workflow", name, text, WAYS)
    for name, text in ACTIONS.items():
        yield Case(f"action {name}", "action", text, None)
        yield from _broken("action", name, text, ways_actions.WAYS)


def server_cases() -> Iterator[Case]:
    """What only the server refuses, and its twins."""
    for name, text in WORKFLOWS.items():
        yield from _broken("workflow", name, text, ways_sense.SERVER)


def _broken(kind: str, name: str, text: str, ways: tuple[Way, ...]) -> Iterator[Case]:
    for way in ways:
        broken = way.breaks(text)
        if broken == text:
            continue
        yield Case(f"{kind} {name}: {way.name}", kind, broken, way.rule)
        yield Case(f"{kind} {name}: twin of {way.name}", kind, way.twin(text), None)
