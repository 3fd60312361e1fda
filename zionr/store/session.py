"""The index while a command runs: opened when first needed, mended when damaged, in memory when all else fails."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from ..errors import StoreError
from .folders import catch_up
from .index import DamagedError, Index, UnwritableError, Values, open_index, remove_index
from .records import BROKEN, NEWER, Record
from .state_dir import INDEX, LOCKS, REPORTS

T = TypeVar("T")


class IndexSession:
    """Answers queries from an index that is up to date with the files."""

    def __init__(self, state_dir: str, version: str, notes: list[str], now: Callable[[], float]) -> None:
        self._path = os.path.join(state_dir, INDEX)
        self._lock = os.path.join(state_dir, LOCKS, "index")
        self._reports = os.path.join(state_dir, REPORTS)
        self._version = version
        self._notes = notes
        self._now = now
        self._index: Index | None = None

    def close(self) -> None:
        """Let go of the index; the next query opens it again."""
        if self._index is not None:
            self._index.close()
            self._index = None

    def rows(self, query: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self.using(lambda index: index.rows(query, values))

    def made(self, query: str, values: Values, make: Callable[[tuple[Any, ...]], T]) -> list[T]:
        """What `make` makes of each row. Where it cannot, the index holds what nobody wrote: it is rebuilt."""

        def ask(index: Index) -> list[T]:
            try:
                return [make(row) for row in index.rows(query, values)]
            except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
                raise DamagedError(f"a row that makes no sense: {error}") from error

        return self.using(ask)

    def using(self, ask: Callable[[Index], T]) -> T:
        """What `ask` makes of the index; asked again of a rebuilt one, or of one in memory, where that fails."""
        try:
            return ask(self._current())
        except UnwritableError:
            self.close()
        except DamagedError:
            self.close()
            with suppress(DamagedError, UnwritableError):
                return ask(self._rebuilt())
            self.close()
        return ask(self._in_memory())

    def enter(self, record: Record) -> None:
        """Enter a report that was just written. If that fails, the next run reads it from its file."""
        if self._index is None:
            return
        try:
            self._index.put([record])
        except (DamagedError, UnwritableError):
            self.close()

    def _current(self) -> Index:
        if self._index is None:
            self._use(self._opened(self._path if os.path.isdir(self._reports) else None))
        assert self._index is not None
        return self._index

    def _rebuilt(self) -> Index:
        """One from the files alone. Only one process may delete: two could delete each other's new index."""
        from ..ports.lock import HeldLock, try_lock

        try:
            lock = try_lock(self._lock, {"pid": os.getpid(), "purpose": "rebuild the index"})
            if not isinstance(lock, HeldLock):
                raise UnwritableError("another process rebuilds it")
            with lock:
                if self._is_damaged():
                    remove_index(self._path)
                self._use(self._opened(self._path, anew=True))
        except (OSError, StoreError) as error:
            raise UnwritableError(str(error)) from error
        assert self._index is not None
        return self._index

    def _is_damaged(self) -> bool:
        """Looked at once more under the lock, by reading all of it: another process may have mended it."""
        try:
            index = open_index(self._path, self._version)
        except DamagedError:
            return True
        try:
            return index.rows("PRAGMA quick_check(1)") != [("ok",)]
        except DamagedError:
            return True
        finally:
            index.close()

    def _in_memory(self) -> Index:
        self._use(self._opened(None))
        assert self._index is not None
        return self._index

    def _opened(self, path: str | None, *, anew: bool = False) -> Index:
        index = open_index(path, self._version, anew=anew)
        try:
            catch_up(index, self._reports, self._now)
        except (DamagedError, UnwritableError):
            index.close()
            raise
        return index

    def _use(self, index: Index) -> None:
        self._index = index
        self._tell(index)

    def _tell(self, index: Index) -> None:
        broken = index.rows("SELECT day, file, reason FROM reports WHERE trust = ? ORDER BY day DESC", (BROKEN,))
        if broken:
            day, file, reason = broken[0]
            what = "file under reports/ is not a report" if len(broken) == 1 else "files under reports/ are not reports"
            self._note(f"{len(broken)} {what}: {day}/{file}: {reason}")
        newer = index.rows("SELECT count(*) FROM reports WHERE trust = ?", (NEWER,))[0][0]
        if newer:
            self._note(f"{newer} report(s) of a newer zionr are kept, and not counted")

    def _note(self, text: str) -> None:
        if text not in self._notes:
            self._notes.append(text)
