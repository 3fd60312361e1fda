"""What PM2 needs on this machine, for `zionr doctor`."""

from __future__ import annotations

import os

from ...context import Context
from ...ports import programs
from .. import Need
from .observe import home_of, look, socket_of
from .settings import Settings


def needs(settings: Settings, context: Context) -> list[Need]:
    """The daemon's socket, and for `pm2/start` the programs pm2 and node."""
    home = home_of(settings, context)
    found = [_home(home), _daemon(home, settings, context)]
    found.append(_program("pm2", settings.program, "pm2/start cannot start what is missing", context))
    found.append(_program("node", settings.node, "JavaScript ecosystem files cannot be read", context))
    return found


def _home(home: str) -> Need:
    if not os.path.isdir(home):
        return Need("PM2 home", False, f"{home} is not there", "set subsystems.pm2.home, or start PM2 once")
    owner = os.stat(home).st_uid
    ours = owner == os.geteuid()
    had = f"{home}, owned by user {owner}, this is user {os.geteuid()}"
    return Need("PM2 home", ours, had, None if ours else "run zionr as the user who runs PM2")


def _daemon(home: str, settings: Settings, context: Context) -> Need:
    daemon = look(home, settings.timeout_s, context)["daemon"]
    if daemon["status"] == "up":
        return Need("PM2 daemon", True, f"answers on {socket_of(home)}")
    return Need("PM2 daemon", False, f"{socket_of(home)}: {daemon['reason']}", "pm2 resurrect, or pm2 start")


def _program(name: str, named: str | None, without: str, context: Context) -> Need:
    if named is not None:
        met = os.access(named, os.X_OK)
        return Need(name, met, named if met else f"{named} cannot be run", f"mend subsystems.pm2.{name}")
    path = programs.find(name, context.environ)
    where = "program" if name == "pm2" else name
    remedy = f"{without}; put it on PATH (also cron's) or set subsystems.pm2.{where}"
    return Need(name, path is not None, path or "not on PATH", None if path else remedy)
