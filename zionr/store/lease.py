"""Who may act. Without a shared store a lock of this host stands in for the lease, and its token is None."""

from __future__ import annotations

import os

from ..model import JsonObject, Lease
from ..ports import lock


class HostLease:
    """A lease of this host, asked for at once and given back when the block is left."""

    def __init__(self, state_dir: str, name: str, holder: str, since: float) -> None:
        path = os.path.join(state_dir, "locks", f"{_file_name(name)}.lock")
        mine: JsonObject = {"runner": holder, "pid": os.getpid(), "since": since}
        self._held = lock.try_lock(path, mine)
        self._name = name
        self._holder = holder

    @property
    def lease(self) -> Lease:
        """Who holds it: this runner, or the one that was here before."""
        if isinstance(self._held, lock.Busy):
            other = (self._held.holder or {}).get("runner")
            return Lease(self._name, str(other) if other else None, None, False)
        return Lease(self._name, self._holder, None, True)

    def __enter__(self) -> HostLease:
        return self

    def __exit__(self, *exception: object) -> None:
        if not isinstance(self._held, lock.Busy):
            self._held.__exit__(None, None, None)


def _file_name(name: str) -> str:
    """A host may be called anything; a file may not."""
    return "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in name)
