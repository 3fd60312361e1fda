"""What a run judges in place of a look at the world, and where what it saw is kept: --files, --replay, --record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..engine.pipeline import Keep
from ..errors import UsageError
from ..model import Observation
from ..policy.model import Policy
from ..ports import files
from ..subsystems import Subsystem
from .session import Session

if TYPE_CHECKING:
    from .runs import Order

_LARGEST_RECORD = 256 << 20


def observed(session: Session, order: Order, policy: Policy, subsystem: Subsystem) -> Observation | None:
    """What stands in for a look at the world; None where the world is looked at."""
    if order.files is not None:
        settings = subsystem.read_settings(policy.subsystems[subsystem.name])
        return subsystem.observe_files(order.files, settings, session.context)
    return None if order.replay is None else _read_record(order.replay, subsystem.name)


def recorder(session: Session, path: str | None) -> Keep:
    """What keeps an observation at `path`, where there is one."""

    def keep(observation: Observation) -> None:
        if path is not None:
            try:
                files.write_output(path, session.redact(json.dumps(observation._asdict(), sort_keys=True)), 0o600)
            except OSError as error:
                raise UsageError(f"{path}: cannot be written: {error.strerror}") from error

    return keep


def _read_record(path: str, subsystem: str) -> Observation:
    """The observation that `--record` kept. UsageError where the file is none, or is another subsystem's."""
    try:
        text = files.read_bytes(path, _LARGEST_RECORD)
        kept = json.loads(text or b"")
        observation = Observation(
            str(kept["subsystem"]), str(kept["scope"]), float(kept["taken_at"]), dict(kept["facts"]), kept.get("api")
        )
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UsageError(f"{path}: is no recorded observation") from error
    if observation.subsystem != subsystem:
        raise UsageError(f"{path}: records {observation.subsystem}, not {subsystem}")
    return observation
