"""The name of a process in PM2, and that of its target: they differ only where it would be taken for the daemon's."""

from . import DAEMON

_MARK = " (process)"


def target_of(name: str) -> str:
    """`daemon (process)` for a process called `daemon`, and so on for one of that name; else the name itself."""
    return name + _MARK if _is_taken(name) else name


def name_of(target: str) -> str:
    """The inverse of `target_of`."""
    return target.removesuffix(_MARK) if target != DAEMON and _is_taken(target) else target


def _is_taken(name: str) -> bool:
    while name.endswith(_MARK):
        name = name.removesuffix(_MARK)
    return name == DAEMON
