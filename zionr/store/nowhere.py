"""No store at all: for a judgement of what somebody points at, which is no check of what is watched."""

from __future__ import annotations

import os
import time

from ..model import JsonObject, PastReport


class Nowhere:
    """Takes reports and keeps none; there is no history. Its ids are as those of any store."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def new_id(self, now: float) -> str:
        """A time-sortable unique id."""
        return new_id(now)

    def prepare(self) -> None:
        """There is nothing to make ready."""

    def write(self, report_json: JsonObject) -> None:
        """The report is not kept."""

    def retain(self, older_than: float) -> None:
        """There is nothing to delete."""

    def history(self, subsystem: str, scope: str, *, since: float) -> list[PastReport]:
        """No report was kept."""
        return []


def new_id(now: float) -> str:
    """An id that sorts by time: `20261124T025004123-7f3a91`, UTC to the millisecond and six random digits."""
    seconds, milliseconds = divmod(int(now * 1000), 1000)
    at = time.strftime("%Y%m%dT%H%M%S", time.gmtime(seconds))
    return f"{at}{milliseconds:03d}-{os.urandom(3).hex()}"
