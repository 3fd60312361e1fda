"""What PM2 needs on this machine, for `zionr doctor`."""

from __future__ import annotations

import os

from ...context import Context
from .. import Need
from .observe import look
from .places import home_of, node_program, pm2_program, socket_of
from .settings import Settings


def needs(settings: Settings, context: Context) -> list[Need]:
    """The daemon's socket, and for `pm2/start` the programs pm2 and node."""
    home = home_of(settings, context)
    found = [_home(home), _daemon(home, settings, context)]
    pm2, node = pm2_program(settings, context), node_program(settings, context)
    found.append(_program("pm2", settings.program, pm2, "pm2/start cannot start what is missing"))
    found.append(_program("node", settings.node, node, "JavaScript ecosystem files cannot be read"))
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


def _program(name: str, named: str | None, path: str | None, without: str) -> Need:
    key = "subsystems.pm2." + ("program" if name == "pm2" else name)
    if named is not None:
        met = path is not None and os.access(path, os.X_OK)
        return Need(name, met, str(path) if met else f"{path or named} cannot be run", None if met else f"mend {key}")
    remedy = f"{without}; put it on PATH (also cron's) or set {key}"
    return Need(name, path is not None, path or "not on PATH", None if path else remedy)
