"""The one place that turns an exception into one line on standard error and an exit code."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from ..errors import HeldError, OutputError, PolicyError, StoreError, UsageError, ZionrError

NOT_DONE, USAGE, BUG, HELD, POLICY = 1, 64, 70, 75, 78
UNKNOWN = 3
"""What `check` and `--format nagios` answer for everything that kept them from looking, their own bugs included."""
_WITH_VALUE = ("--policy", "--env", "--state-dir", "--runner")
INTERRUPTED, TERMINATED, BROKEN_PIPE = 130, 143, 141


class Terminated(BaseException):
    """SIGTERM arrived. Like KeyboardInterrupt it is no Exception: nothing on the way may swallow it."""


class Interrupted(BaseException):
    """SIGINT arrived; click would make an empty line of a KeyboardInterrupt."""


class NoReader(BaseException):
    """Whoever read our output has gone."""


def run(group: click.Group, arguments: Sequence[str]) -> int:
    """The exit code of the command line; everything that can go wrong is one line on standard error."""
    nagios = _asks_nagios(arguments)
    checking = nagios or _is_check(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = group.main(args=list(arguments), prog_name="zionr", standalone_mode=False)
        _flush()
        return int(code or 0)
    except (BrokenPipeError, NoReader):
        return _without_reader()
    except (KeyboardInterrupt, Interrupted, click.Abort):
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return code_of(error, checking=checking)
    except (click.ClickException, ZionrError) as error:
        _tell(_lines(error), nagios)
        return code_of(error, checking=checking)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _tell([f"zionr: {where}{error.strerror or error}"], nagios)
        return UNKNOWN if checking else NOT_DONE
    except Exception as error:  # noqa: BLE001  # the boundary: a bug, too, is one line and an exit code
        _tell([_bug(error)], nagios)
        return UNKNOWN if checking else BUG


def _flush() -> None:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"standard output: cannot be written: {error.strerror}") from error


def open_streams() -> None:
    """Give every standard stream that was closed when zionr was started the null device in its place.

    In this order each gets its own number: else the next file that is opened would take what is written to it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode))


def leave(code: int) -> NoReturn:
    """End the process and the programs it waits for. What was written is flushed, and nothing else is left to do.

    The interpreter would free every object one by one before it ends, which costs a tenth of a whole check.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    process = sys.modules.get("zionr.ports.process")
    if process is not None:
        process.end_all()
    os._exit(code)


def _tell(lines: Sequence[str], nagios: bool) -> None:
    """Each line on standard error; for a monitoring system the first one as its status line as well."""
    for line in lines:
        _say(line)
    if nagios:
        from ..render.nagios import unknown

        more = f" (and {len(lines) - 1} more)" if len(lines) > 1 else ""
        with contextlib.suppress(OSError):
            click.echo(unknown(_redacted(lines[0]).removeprefix("zionr: ") + more))


def _say(line: str) -> None:
    from ..render.text import printable

    click.echo(printable(_redacted(line)), err=True)


def _redacted(text: str) -> str:
    from ..redaction import Redactor

    return Redactor.from_environ(os.environ)(text)


def code_of(error: Exception, *, checking: bool) -> int:
    """The exit code of an expected failure: the contract's table; where `checking`, 3 for all of them."""
    if checking:
        return UNKNOWN
    table: list[tuple[type[Exception], int]] = [
        (click.UsageError, USAGE),
        (UsageError, USAGE),
        (PolicyError, POLICY),
        (HeldError, HELD),
        (StoreError, NOT_DONE),
        (OutputError, NOT_DONE),
    ]
    return next((code for kind, code in table if isinstance(error, kind)), NOT_DONE)


def _is_check(arguments: Sequence[str]) -> bool:
    """Whether the command is `check`, told even where the flags are wrong."""
    rest = iter(arguments)
    for argument in rest:
        if argument in _WITH_VALUE:
            next(rest, None)
        elif not argument.startswith("-"):
            return argument == "check"
    return False


def _asks_nagios(arguments: Sequence[str]) -> bool:
    """Whether the format is that of monitoring plugins, whose exit codes end with 3."""
    return "--format=nagios" in arguments or ("--format", "nagios") in itertools.pairwise(arguments)


def _terminate(number: int, frame: object) -> NoReturn:
    raise Terminated


def _without_reader() -> int:
    """Nobody reads our output any more; the interpreter would complain once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


def _lines(error: Exception) -> list[str]:
    if isinstance(error, PolicyError):
        return error.problems
    if isinstance(error, click.ClickException):
        hint = " (see --help)" if isinstance(error, click.UsageError) else ""
        return [f"zionr: {error.format_message()}{hint}"]
    return [f"zionr: {error}"]


def _bug(error: Exception) -> str:
    """One line; the traceback goes into a file that only this user can read."""
    return f"zionr: a bug: {type(error).__name__}: {error} ({keep_log(error)})"


def keep_log(error: Exception) -> str:
    """Put the traceback into a file of its own, and say where that is."""
    import traceback

    from ..ports import crash_log

    path = crash_log.keep(_redacted("".join(traceback.format_exception(error))))
    return f"log: {path}" if path else "its log could not be written"
