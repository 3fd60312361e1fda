"""What a run knows of the machine it runs on, gathered once at the command line and handed down as a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Clock(Protocol):
    """Time, as the pipeline needs it. Tests hand in one that stands still."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that only grow, for deadlines and durations."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Progress(Protocol):
    """Tells a person at a terminal what takes so long; silent elsewhere."""

    def __call__(self, text: str) -> None:
        """Show one short line in place of the last."""
        ...


class Context(NamedTuple):
    """`top` is the folder that relative paths of the policy count from; `environ` the caller's environment."""

    top: str
    state_dir: str
    host: str
    environ: Mapping[str, str]
    clock: Clock
    progress: Progress
    redact: Redact


class Redact(Protocol):
    """Takes the secrets out of a text."""

    def __call__(self, text: str) -> str:
        """The text, with every known secret replaced."""
        ...
