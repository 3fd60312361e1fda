"""Where PM2's files and programs are: relative paths count from the top of the repository, `~` is HOME's."""

from __future__ import annotations

import os

from ...context import Context
from ...ports import programs
from .settings import Settings


def home_of(settings: Settings, context: Context) -> str:
    """The absolute path of the PM2 home: the policy's, else PM2_HOME, else `~/.pm2` (as PM2 itself finds it)."""
    return _place(settings.home or context.environ.get("PM2_HOME") or "~/.pm2", context)


def socket_of(home: str) -> str:
    """Where the daemon of this home listens."""
    return os.path.join(home, "rpc.sock")


def pm2_program(settings: Settings, context: Context) -> str | None:
    """The policy's pm2, else the one on PATH; None where there is none."""
    return _program("pm2", settings.program, context)


def has_pm2(settings: Settings, context: Context) -> bool:
    """Whether there is a pm2 that can be run."""
    path = pm2_program(settings, context)
    return path is not None and os.path.isfile(path) and os.access(path, os.X_OK)


def node_program(settings: Settings, context: Context) -> str | None:
    """The policy's node, else the one on PATH; None where there is none."""
    return _program("node", settings.node, context)


def _program(name: str, named: str | None, context: Context) -> str | None:
    """What the policy names, there or not: whoever runs it says what is wrong. A bare word is looked up on PATH."""
    if named is not None and (os.sep in named or named.startswith("~")):
        return _place(named, context)
    return programs.find(named or name, context.environ)


def _place(named: str, context: Context) -> str:
    user = context.environ.get("HOME") or os.path.expanduser("~")
    if named == "~" or named.startswith("~/"):
        named = user + named[1:]
    return os.path.normpath(os.path.join(context.top, named))
