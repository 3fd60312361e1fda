"""Reports on this machine: JSON files are the truth, the index makes history quick."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ..context import Redact
from ..errors import StoreError, UsageError
from ..instants import CLOCKS_APART_S, iso
from ..model import JsonObject, PastReport, State
from ..ports.files import ensure_private_dir, no_trace, read_bytes, sync_folder, write_atomic
from .folders import day_folders, is_day
from .nowhere import new_id
from .past import ENTRY_COLUMNS, PAST_COLUMNS, Entry, to_entry, to_past_report
from .records import BROKEN, LARGEST, parse, plain
from .session import IndexSession
from .state_dir import REPORTS, cannot_store, prepare_state

_LONGEST_ID = 100
# The columns are constants of this package; values are always bound.
_PAST = f"SELECT {PAST_COLUMNS} FROM reports WHERE trust = 'trusted'"  # noqa: S608 - see above
_ENTRIES = f"SELECT {ENTRY_COLUMNS} FROM reports WHERE trust <> 'broken'"  # noqa: S608 - see above
_NEWEST_FIRST = " ORDER BY started DESC, id DESC"
_HISTORY = (
    f"{_PAST} AND scope = :scope AND finished >= :since AND (subsystem = :subsystem OR kind = 'event')"
    f" UNION ALL {_PAST} AND subsystem = :subsystem AND finished >= :since AND kind = 'event' AND scope <> :scope"
    f"{_NEWEST_FIRST}"
)
_NEWEST_OF_EACH = (
    " AND rowid IN (SELECT newest FROM (SELECT rowid AS newest, max(finished) FROM reports"
    " WHERE trust = 'trusted' AND kind NOT IN ('event', 'daily') AND whole"
    " GROUP BY subsystem, scope, runner, finished > :horizon))"
)
_LATEST = f"{_PAST}{_NEWEST_OF_EACH}{_NEWEST_FIRST}"

if TYPE_CHECKING:
    from .retention import Pruned


class LocalStore:
    """The reports under `STATE/reports`, one file each.

    `notes` takes a line about files there that are no reports. `now` is the clock of the file system's times;
    `trace` is called with the name of each side effect of a write before it happens.
    """

    def __init__(
        self,
        state_dir: str,
        *,
        version: str,
        redact: Redact,
        notes: list[str],
        now: Callable[[], float] = time.time,
        trace: Callable[[str], None] = no_trace,
    ) -> None:
        self.notes = notes
        self._state_dir = state_dir
        self._reports = os.path.join(state_dir, REPORTS)
        self._redact = redact
        self._now = now
        self._trace = trace
        self._session = IndexSession(state_dir, version, notes, now)

    def close(self) -> None:
        """Let go of the index."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """Make STATE (0700, ignored by git) and its folders. StoreError when reports cannot be stored here."""
        prepare_state(self._state_dir)

    def new_id(self, now: float) -> str:
        """A time-sortable unique id."""
        return new_id(now)

    def write(self, report: JsonObject) -> None:
        """Store a report in its JSON form, redacted and on disk when this returns; the same id replaces it.

        StoreError when it cannot be stored: then what was there before stands.
        """
        day, name = _place(report)
        folder = os.path.join(self._reports, day)
        path = os.path.join(folder, f"{name}.json")
        text = self._redact(_serialise(report))
        try:
            written = self._write_file(folder, path, text)
        except OSError as error:
            raise cannot_store(path, error) from error
        # From the text: the index holds no secret either, and a report that it cannot grasp is stored all the same.
        record = parse(day, f"{name}.json", written.st_ino, text.encode())
        self._trace("index")
        self._session.enter(record)
        self._trace("indexed")

    def _write_file(self, folder: str, path: str, text: str) -> os.stat_result:
        for last_try in (False, True):
            if not os.path.isdir(folder):
                self._trace("make folder")
                ensure_private_dir(folder)
                self._trace("sync reports")
                sync_folder(self._reports)
            try:
                return write_atomic(path, text, trace=self._trace)
            except FileNotFoundError:
                # Another run may have pruned the empty folder just now.
                if last_try:
                    raise
        raise AssertionError("the last try returns or raises")

    def history(self, subsystem: str, scope: str, *, since: float) -> list[PastReport]:
        """Reports that ended at or after `since` (seconds since 1970), newest first: those of the subsystem in
        the scope, and events of either."""
        values = {"subsystem": subsystem, "scope": scope, "since": since}
        return self._session.made(_HISTORY, values, to_past_report)

    def latest(self) -> list[PastReport]:
        """The newest whole report of each runner, for each subsystem and scope; events and narrowed ones are none.

        One that ended in the future comes beside it, and does not hide it.
        """
        return self._session.made(_LATEST, {"horizon": self._now() + CLOCKS_APART_S}, to_past_report)

    def last_good_policy(self) -> PastReport | None:
        """The newest report that was made under a valid policy."""
        query = f"{_PAST} AND policy_valid AND digest IS NOT NULL{_NEWEST_FIRST} LIMIT 1"
        found = self._session.made(query, (), to_past_report)
        return found[0] if found else None

    def entries(
        self,
        *,
        limit: int,
        subsystem: str | None = None,
        scope: str | None = None,
        state: State | None = None,
        since: float | None = None,
    ) -> list[Entry]:
        """The newest reports, at most `limit`, that match all that is given; with those of a newer zionr."""
        wanted = {"subsystem": subsystem, "scope": scope, "state": None if state is None else state.word}
        values: dict[str, Any] = {key: plain(value) for key, value in wanted.items() if value is not None}
        query = _ENTRIES + "".join(f" AND {key} = :{key}" for key in values)
        if since is not None:
            query, values["since"] = f"{query} AND finished >= :since", since
        query = f"{query}{_NEWEST_FIRST} LIMIT :limit"
        return self._session.made(query, {**values, "limit": limit}, to_entry)

    def read(self, reference: str) -> JsonObject:
        """The report of an id, of the unique beginning of one, or the `latest`.

        UsageError when there is none or several; StoreError when its file is no report.
        """
        day, file, trust, reason = self._find(reference)
        path = os.path.join(self._reports, day, file)
        if trust == BROKEN:
            raise StoreError(f"{path}: {reason}")
        try:
            document: JsonObject = json.loads(read_bytes(path, LARGEST, follow=False))
        except (OSError, ValueError) as error:
            raise StoreError(f"{path}: cannot be read: {error}") from error
        return document

    def _find(self, reference: str) -> tuple[str, str, str, str | None]:
        select = "SELECT day, file, trust, reason, id FROM reports WHERE "
        if reference == "latest":
            rows = self._session.rows(f"{select} trust = 'trusted'{_NEWEST_FIRST} LIMIT 1")
        else:
            values = {"from": plain(reference), "to": plain(reference) + "\U0010ffff"}
            rows = self._session.rows(f"{select} id >= :from AND id < :to ORDER BY id LIMIT 4", values)
        exact = [row for row in rows if row[4] == reference] or rows
        if not exact or not reference:
            raise UsageError(f"no report {reference!r}: see `zionr report list`")
        if len(exact) > 1:
            names = ", ".join(row[4] for row in exact[:3])
            raise UsageError(f"{reference!r} may be {names}{' or more' if len(exact) > 3 else ''}")
        day, file, trust, reason, _ = exact[0]
        return day, file, trust, reason

    def retain(self, older_than: float) -> None:
        """Prune, where a whole day of reports is older than the instant. StoreError where that is refused."""
        days = day_folders(self._reports)
        if days and min(days) < iso(older_than)[:10]:
            self.prune(older_than)

    def prune(self, older_than: float) -> Pruned:
        """Delete reports that started before an instant, and what killed runs left. StoreError if refused."""
        from .retention import prune_all

        try:
            return self._session.using(lambda index: prune_all(index, self._reports, older_than, self._now()))
        except OSError as error:
            raise StoreError(f"{self._reports}: cannot be pruned: {error.strerror}") from error


def _place(report: JsonObject) -> tuple[str, str]:
    day, name = str(report["started_at"])[:10], str(report["id"])
    if not is_day(day) or not _is_id(name):
        raise StoreError(f"report {name!r:.120} of {day!r} has no place under reports/")
    return day, name


def _is_id(name: str) -> bool:
    plain = name.replace("-", "").replace("_", "").replace(".", "")
    return name[:1].isalnum() and plain.isalnum() and name.isascii() and len(name) <= _LONGEST_ID


def _serialise(report: JsonObject) -> str:
    try:
        return json.dumps(report, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except ValueError:
        return json.dumps(_finite(report), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _finite(value: Any) -> Any:
    """JSON has no NaN and no infinity: a measurement that is one of them is none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
