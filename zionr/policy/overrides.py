"""What the variables of `environment` do to a policy. Times in them are milliseconds."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from ..model import JsonObject
from . import units
from .draft import Draft
from .environment import NAMES, PREFIX
from .problems import ENVIRONMENT, Place, Problem, problem_at

_WORDS = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,6})?")
SWITCHES = {"AUTO_HEALING": "automatic", "METRICS_COLLECTION": "metrics", "DEBUG": "debug"}
"""The variables that set no key of the policy, and the names of `Policy` they set."""


class Applied(NamedTuple):
    """What the environment changed beside the draft itself; `origins` tells where the switches come from."""

    switches: JsonObject
    origins: dict[str, str]
    notes: list[str]
    problems: list[Problem]


def apply(draft: Draft, values: dict[str, str], runner: str, least: float) -> Applied:
    """Lay the variables over the draft. `least` is the default of health.critical.

    A variable that cannot be read is an error under its `ZIONR_` name, else a note.
    """
    applied = Applied({}, {}, [], [])
    for order, name in enumerate(NAMES):
        full = next((full for full in (PREFIX + name, name) if full in values), None)
        if full is None:
            continue
        place = Place(ENVIRONMENT, full, (order, 0), (order, 0))
        try:
            _apply_one(draft, name, values[full], place, _Around(applied, runner, least))
        except ValueError as error:
            if full.startswith(PREFIX):
                applied.problems.append(problem_at(place, place.key, (), str(error)))
            else:
                applied.notes.append(f"environment: {full}: {error}; it is ignored")
    return applied


class _Around(NamedTuple):
    applied: Applied
    runner: str
    least: float


def _apply_one(draft: Draft, name: str, text: str, place: Place, around: _Around) -> None:
    if name in SWITCHES:
        around.applied.switches[SWITCHES[name]] = read_switch(text)
        around.applied.origins[name] = place.origin
        return
    _SETTERS[name](draft, text, place, around)


def _set_interval(draft: Draft, text: str, place: Place, around: _Around) -> None:
    seconds = read_milliseconds(text)
    if not isinstance(draft.get("runners", around.runner), dict):
        told = f"it has no effect: the policy names no runner {around.runner}"
        around.applied.notes.append(f"environment: {place.name}: {told}")
        return
    draft.set(("runners", around.runner, "every"), units.write_duration(seconds), place)


def _set_threshold(draft: Draft, text: str, place: Place, around: _Around) -> None:
    if not _NUMBER.fullmatch(text) or float(text) > 100:
        raise ValueError(f"{units.shown(text)} is not a number from 0 to 100")
    critical: Any = draft.get("health", "critical")
    least = critical if isinstance(critical, int | float) else around.least
    if float(text) <= least:
        raise ValueError(f"{units.shown(text)} is not over health.critical, {least:g}")
    number = float(text)
    draft.set(("health", "warning"), int(number) if number.is_integer() else number, place)


def _set_streak(draft: Draft, text: str, place: Place, around: _Around) -> None:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise ValueError(f"{units.shown(text)} is not a whole number from 1 on")
    draft.set(("recovery", "fail_streak", "warning"), int(text), place)


def _set_validation(draft: Draft, text: str, place: Place, around: _Around) -> None:
    wanted = read_switch(text)
    if not isinstance(draft.get("subsystems", "actions"), dict):
        around.applied.notes.append(f"environment: {place.name}: it has no effect: actions is not enabled")
        return
    draft.set(("subsystems", "actions", "files", "enabled"), wanted, place)


def _set_backups(draft: Draft, text: str, place: Place, around: _Around) -> None:
    draft.set(("recovery", "remedies", "actions/backup"), "apply" if read_switch(text) else "off", place)


_SETTERS: dict[str, Callable[[Draft, str, Place, _Around], None]] = {
    "MONITORING_INTERVAL": _set_interval,
    "HEALTH_CHECK_INTERVAL": _set_interval,
    "HEALTH_SCORE_THRESHOLD": _set_threshold,
    "MAX_FAILURE_THRESHOLD": _set_streak,
    "WORKFLOW_VALIDATION": _set_validation,
    "BACKUP_TRIGGERS": _set_backups,
}


def read_milliseconds(text: str) -> float:
    """Seconds. ValueError, with what to write instead, where it is no number of milliseconds from 1000 on."""
    if re.fullmatch(r"[0-9]{1,12}", text):
        if int(text) < 1000:
            raise ValueError(f"{units.shown(text)} is under 1000, which is a second")
        return int(text) / 1000
    try:
        meant = f"{units.parse_duration(text) * 1000:.0f}"
    except ValueError:
        meant = "300000 for 5m"
    raise ValueError(f"{units.shown(text)} is not in milliseconds; write {meant}")


def read_switch(text: str) -> bool:
    """True or false. ValueError where the text says neither."""
    try:
        return _WORDS[text.strip().lower()]
    except KeyError:
        raise ValueError(f"{units.shown(text)} is not true or false") from None
