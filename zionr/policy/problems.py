"""What is wrong with a policy and where, as one line each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..strict_yaml.values import Mark, Path


class Place(NamedTuple):
    """Where a value comes from: a file with the marks of its key and itself, or a variable of the environment.

    `order` is 0 for the policy, 1 for its overlay, 2 for the environment.
    """

    order: int
    name: str
    key: Mark = (1, 1)
    value: Mark = (1, 1)

    @property
    def origin(self) -> str:
        """`policies/zionr.yaml:22:9` or `environment DEBUG`."""
        if self.order == ENVIRONMENT:
            return f"environment {self.name}"
        return f"{self.name}:{self.value[0]}:{self.value[1]}"


ENVIRONMENT = 2


class Problem(NamedTuple):
    """One thing that is wrong; problems sort by where they are."""

    order: int
    mark: Mark
    text: str


def problem_at(place: Place, mark: Mark, path: Path, reason: str) -> Problem:
    """The problem as a line: `policies/zionr.yaml:14:7: subsystems.pm2.proceses: unknown key`."""
    if place.order == ENVIRONMENT:
        return Problem(ENVIRONMENT, mark, f"environment: {place.name}: {reason}")
    where = f"{place.name}:{mark[0]}:{mark[1]}"
    return Problem(place.order, mark, ": ".join([where, *filter(None, [dotted(path)]), reason]))


def lines(problems: Iterable[Problem]) -> list[str]:
    """Each problem once, in the order of the places."""
    return list(dict.fromkeys(problem.text for problem in sorted(problems)))


def dotted(path: Path) -> str:
    """A path as a person writes it: `subsystems.pm2.ecosystems[0]`; always one printable line."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{_printable(step)}" if text else _printable(step)
    return text


def _printable(step: str) -> str:
    shown = step if step.isprintable() else step.encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= 80 else f"(a key of {len(step)} characters)"
