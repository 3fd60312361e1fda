"""The SQLite index over the report files: it can be lost at any time, for the files are the truth."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from .records import Record

Values = Sequence[Any] | Mapping[str, Any]
FORMAT = "1"
_BUSY_MS = 2_000
_COLUMNS = Record._fields
_TABLES = (
    f"CREATE TABLE reports ({', '.join(_COLUMNS)}, PRIMARY KEY (day, file))",
    "CREATE TABLE days (day PRIMARY KEY, mtime_ns)",
    "CREATE TABLE made_by (format, version)",
    "CREATE INDEX by_id ON reports (id)",
    "CREATE INDEX by_scope ON reports (trust, scope, finished)",
    "CREATE INDEX by_subsystem ON reports (trust, subsystem, finished)",
    "CREATE INDEX by_runner ON reports (trust, subsystem, scope, runner, kind, finished)",
    "CREATE INDEX by_start ON reports (started)",
)
_FAILURES = (sqlite3.Error, UnicodeDecodeError)
"""The second is what Python makes of an error message that quotes a damaged name."""
_DAMAGE = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_SCHEMA))


class DamagedError(Exception):
    """The index is not to be used: its file is damaged, or of another make."""


class UnwritableError(Exception):
    """The index cannot be opened or written: read-only, locked for too long, or no space."""


class Index:
    """A connection to the index; every method raises DamagedError or UnwritableError, nothing else."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Let go of the file."""
        with suppress(sqlite3.Error):
            self._connection.close()

    def rows(self, query: str, values: Values = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        try:
            return self._connection.execute(query, values).fetchall()
        except _FAILURES as error:
            raise _told(error) from error

    def put(self, records: Iterable[Record]) -> None:
        """Enter records, in the place of those of the same files."""
        marks = ", ".join("?" * len(_COLUMNS))
        # The names and marks are constants of this module.
        statement = f"INSERT OR REPLACE INTO reports VALUES ({marks})"  # noqa: S608 - see above
        try:
            self._connection.executemany(statement, records)
        except _FAILURES as error:
            raise _told(error) from error

    def drop(self, day: str, files: Iterable[str]) -> None:
        """Forget files of one day."""
        try:
            self._connection.executemany(
                "DELETE FROM reports WHERE day = ? AND file = ?", [(day, file) for file in files]
            )
        except _FAILURES as error:
            raise _told(error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written within becomes visible at its end, or nothing; waits a little for other writers."""
        self.rows("BEGIN IMMEDIATE")
        try:
            yield
            self.rows("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.rollback()
            raise


def open_index(path: str | None, version: str, *, anew: bool = False) -> Index:
    """The index at `path`, made where it is missing, emptied where another made it, or if `anew`.

    Without a path: an empty one in memory. DamagedError where the file is no index, UnwritableError where it
    cannot be used.
    """
    connection = _connect(path)
    try:
        _set_up(connection, path)
        if anew or _made_by(connection) != (FORMAT, version):
            _make(connection, version, anew)
    except _FAILURES as error:
        connection.close()
        raise _told(error) from error
    return Index(connection)


def _connect(path: str | None) -> sqlite3.Connection:
    try:
        if path is not None:
            _claim(path)
        return sqlite3.connect(path or ":memory:", timeout=_BUSY_MS / 1000, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise UnwritableError(str(error)) from error


def _claim(path: str) -> None:
    """Make the file private before SQLite opens it, and refuse what is not a file of ours."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    facts = os.fstat(descriptor)
    os.close(descriptor)
    if not stat.S_ISREG(facts.st_mode) or facts.st_uid != os.geteuid():
        raise PermissionError("not a file of ours")


def _set_up(connection: sqlite3.Connection, path: str | None) -> None:
    if path is None:
        return
    connection.execute("PRAGMA journal_mode = WAL").fetchone()
    connection.execute("PRAGMA synchronous = NORMAL")


def _made_by(connection: sqlite3.Connection) -> tuple[str, str] | None:
    """Who made it; None for an empty or foreign database. Reads a row through an index, as a first sign of damage."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not {"reports", "days", "made_by"} <= tables:
        return None
    columns = [row[1] for row in connection.execute("PRAGMA table_info(reports)")]
    if columns != list(_COLUMNS):
        return None
    connection.execute("SELECT * FROM reports ORDER BY started DESC LIMIT 1").fetchone()
    row = connection.execute("SELECT format, version FROM made_by").fetchone()
    return None if row is None else (row[0], row[1])


def _make(connection: sqlite3.Connection, version: str, anew: bool) -> None:
    """Empty tables in one transaction, so that another process sees the old ones or the new."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        if anew or _made_by(connection) != (FORMAT, version):
            _replace_tables(connection, version)
        connection.execute("COMMIT")
    except _FAILURES:
        with suppress(sqlite3.Error):
            connection.rollback()
        raise


def _replace_tables(connection: sqlite3.Connection, version: str) -> None:
    names = connection.execute(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    for kind, name in names:
        quoted = str(name).replace('"', '""')
        connection.execute(f'DROP {kind} "{quoted}"')
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute("INSERT INTO made_by VALUES (?, ?)", (FORMAT, version))


def remove_index(path: str) -> None:
    """Delete a damaged index with its companions. OSError when that cannot be done."""
    for suffix in ("-wal", "-shm", ""):
        with suppress(FileNotFoundError):
            os.unlink(path + suffix)


def _told(error: sqlite3.Error | UnicodeDecodeError) -> DamagedError | UnwritableError:
    code = getattr(error, "sqlite_errorcode", None)
    # The low byte is the primary code: https://www.sqlite.org/rescode.html
    if code is not None and (code & 0xFF) in _DAMAGE:
        return DamagedError(str(error))
    if code is None:
        return DamagedError(str(error))
    return UnwritableError(str(error))
