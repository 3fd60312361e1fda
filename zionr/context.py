"""What a run knows of the machine it runs on, gathered once at the command line and handed down as a value."""

from collections.abc import Callable, Mapping
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


Progress = Callable[[str], None]
"""Shows one short line in place of the last, to a person at a terminal; silent elsewhere."""

Redact = Callable[[str], str]
"""Takes the secrets out of a text."""


class Context(NamedTuple):
    """`top` is the folder that relative paths of the policy count from; `environ` the caller's environment."""

    top: str
    state_dir: str
    host: str
    environ: Mapping[str, str]
    clock: Clock
    progress: Progress
    redact: Redact
