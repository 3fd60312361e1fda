"""The runs of a repository, read page by page and newest first, as far back as what is asked of them.

The newest of every event come first. Where these leave something open, two lists go on by turns: scheduled runs alone,
for what had to run by the clock, and runs of every event, for what may fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from ....instants import iso
from ....model import JsonObject
from .api import FILTERED_MOST, Api, Page
from .decided import is_decided, is_seen_whole
from .runs import Runs

RUN_PAGES = 3
MOST_PAGES = 30


class Asked(NamedTuple):
    """What is asked of the runs of an active workflow: `failures` in a row, and the scheduled run of `least` or later.

    `failures` is 0 and `least` None where that is not asked. `by_clock` is what `decided.is_by_clock` says.
    """

    failures: int
    least: float | None
    created_at: float
    by_clock: bool


class Reach:
    """How far back all runs (`since`) and the scheduled ones (`scheduled_since`) are known; None: to the first.

    Before any was read, both are the instant of the look. `seen` counts the runs of every event that were read,
    `unreadable` the rows of all lists that cannot be read.
    """

    def __init__(self, now: float) -> None:
        self.runs = Runs(None, {})
        self.since: float | None = now
        self.scheduled_since: float | None = now
        self.seen = 0
        self.unreadable = 0
        self._now = now
        self._asked: Mapping[str, Asked] = {}
        self._pages: Iterator[Page] = iter(())
        self._found = 0

    def ask(self, runs: Runs, asked: Mapping[str, Asked]) -> None:
        """Read into these runs from now on, for these questions by the workflows' file names."""
        self.runs = runs
        self._asked = asked

    def take(self, raw: Any, *, alone: bool = False) -> JsonObject | None:
        """Take in one row, as `Runs.add` does."""
        run = self.runs.add(raw, alone=alone)
        self.unreadable += run is None
        return run

    def see_newest(self, api: Api) -> None:
        """The newest runs of every event, which hold the scheduled ones too."""
        self._pages = api.runs({}, MOST_PAGES)
        for page in islice(self._pages, RUN_PAGES):
            self._take_all(page)

    def see_further(self, api: Api, has_room: Callable[[], bool]) -> bool:
        """On from there, as long as there is room; whether it is known of every workflow if it ran when it had to."""
        query = {"event": "schedule", "created": f"<={instant(self.scheduled_since or self._now)}"}
        scheduled = api.runs(query, MOST_PAGES)
        while has_room():
            was_read = self._asks_scheduled() and self._take_scheduled(next(scheduled, None))
            if self._asks_all(but_by_clock=was_read) and has_room():
                was_read = self._take_all(next(self._pages, None)) or was_read
            if not was_read:
                break
        return not any(self._is_late(name, asked) for name, asked in self._asked.items())

    def _asks_scheduled(self) -> bool:
        return any(
            self._is_late(name, asked) or (asked.by_clock and self._is_open(name, asked))
            for name, asked in self._asked.items()
        )

    def _asks_all(self, *, but_by_clock: bool) -> bool:
        """The list of scheduled runs is the shorter way to what starts by the clock alone, as long as it goes on."""
        return any(
            self._is_open(name, asked) for name, asked in self._asked.items() if not (asked.by_clock and but_by_clock)
        )

    def _is_late(self, name: str, asked: Asked) -> bool:
        """Whether its scheduled run was not seen, and nobody knows that it is missing."""
        since, ran = self.scheduled_since, self.runs.scheduled(name)
        if asked.least is None or since is None or since <= asked.least:
            return False
        return ran is None or ran["created_at"] < asked.least

    def _is_open(self, name: str, asked: Asked) -> bool:
        """Whether nobody knows yet if it fails."""
        since = self.scheduled_since if asked.by_clock else self.since
        whole = is_seen_whole(since, asked.created_at)
        return not is_decided(self.runs.recent(name), asked.failures, whole=whole)

    def _take_all(self, page: Page | None) -> bool:
        """Whether there was a page."""
        if page is None:
            return False
        self.seen += len(page.rows)
        self.since = self._reached(page, self.since)
        self.scheduled_since = _earlier(self.scheduled_since, self.since)
        return True

    def _take_scheduled(self, page: Page | None) -> bool:
        if page is None:
            return False
        self._found += len(page.rows)
        is_cut = not page.more and self._found >= FILTERED_MOST
        reached = self._reached(page._replace(more=page.more or is_cut), self.scheduled_since, alone=True)
        self.scheduled_since = _earlier(self.scheduled_since, reached)
        return True

    def _reached(self, page: Page, since: float | None, *, alone: bool = False) -> float | None:
        """Take in a page, newest first; how far back all runs of its list are known with it."""
        runs = [self.take(raw, alone=alone) for raw in page.rows]
        read: list[float] = [run["created_at"] for run in runs if run is not None]
        if not page.more:
            return None
        if not read or since is None:
            return since
        # A page that is out of order proves only that nothing is newer than its newest.
        return min(since, read[-1] if read == sorted(read, reverse=True) else max(read))


def instant(seconds: float) -> str:
    """As GitHub's searches take it: `2026-11-24T03:00:00Z`."""
    return iso(int(seconds))[:19] + "Z"


def _earlier(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else min(one, other)
