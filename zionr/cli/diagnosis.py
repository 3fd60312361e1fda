"""What `zionr doctor` does: the core's own needs, then those of each enabled subsystem."""

from __future__ import annotations

import os
import sys

from .. import subsystems
from ..engine.report import SCHEMA_VERSION
from ..errors import PolicyError, StoreError
from ..render import document, listing
from ..store.state_dir import require_storable
from ..subsystems import Need
from .session import Session


def examine(session: Session, shape: str) -> int:
    """Look at everything, show it, and return 1 where something that is needed is missing, else 0."""
    groups = {"zionr": _core(session)}
    try:
        policy = session.policy
    except PolicyError as error:
        groups["zionr"].append(
            Need("policy", False, error.problems[0].removeprefix("zionr: "), "zionr policy validate")
        )
    else:
        groups["zionr"].append(Need("policy", True, policy.path))
        for name, rules in policy.subsystems.items():
            subsystem = subsystems.load(name)
            groups[name] = subsystem.needs(subsystem.read_settings(rules), session.context)
    if shape == "json":
        as_json = {name: [need._asdict() for need in needs] for name, needs in groups.items()}
        whole = {"schema_version": SCHEMA_VERSION, "kind": "doctor", "needs": as_json}
        session.emit(document.render(whole, indented=sys.stdout.isatty()))
    else:
        session.emit(listing.needs(groups, session.view()))
    return 1 if any(need.met is False for needs in groups.values() for need in needs) else 0


def _core(session: Session) -> list[Need]:
    return [*_store(session), _repository(session)]


def _store(session: Session) -> list[Need]:
    """Whether reports can be stored, asked without a trace, and what is odd about those on file."""
    try:
        require_storable(session.state_dir)
        session.store.latest()
    except StoreError as error:
        return [Need("reports", False, str(error), "name another folder with --state-dir or ZIONR_STATE_DIR")]
    found = [Need("reports", True, os.path.join(session.state_dir, "reports"))]
    return found + [Need("reports on file", None, note) for note in session.store.notes]


def _repository(session: Session) -> Need:
    if os.path.exists(os.path.join(session.top, ".git")):
        return Need("repository", True, session.top)
    return Need("repository", None, f"{session.top} is not in git; paths count from there")
