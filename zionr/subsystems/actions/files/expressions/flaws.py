"""What is wrong with an expression, before anybody knows in which file it stands."""

from __future__ import annotations

from typing import NamedTuple


class Flaw(NamedTuple):
    """`offset` counts characters in the scalar that was judged. `like` is the message without names; `placed` says
    that the message ends with the place: "… in a job's `if`"."""

    offset: int
    message: str
    like: str
    hint: str | None = None
    placed: bool = False

    def moved(self, offset: int) -> Flaw:
        """The same, where the text that holds it begins at `offset` of another."""
        return self._replace(offset=self.offset + offset)


class Refused(Exception):  # noqa: N818 - a verdict about somebody's text, not a fault of this program
    """Ends the reading of one expression; `flaw` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.message)
        self.flaw = flaw
