"""Where expressions may stand in a workflow and in an action, as a tree that is walked beside the document.

A key that no place knows is not entered: GitHub refuses the key itself, and reads nothing below it.
"""

from __future__ import annotations

from . import availability as may
from .availability import Scope

Fields = dict[str, "Place"]


class Place:
    """One value's place. `fields` are its keys by name, `rest` all others, `items` the entries of a list.

    `text` says what a text may be here: any, filled (not empty) or none; it binds an expression that is a text.
    `whole`: one expression may stand for the value. `keys`: expressions may be keys, and `computed` is what such
    a key may hold. `condition`: the text is an expression even without braces; `asked` ones are asked only after
    success where they name no status, `plain` ones are taken as they are.
    """

    __slots__ = ("computed", "condition", "fields", "items", "keys", "rest", "scope", "text", "whole")

    def __init__(
        self, scope: Scope, text: str = "none", *, whole: bool = True, keys: bool = False, condition: str = ""
    ) -> None:
        self.scope = scope
        self.text = text
        self.whole = whole and bool(scope)
        self.keys = keys
        self.condition = condition
        self.fields: Fields = {}
        self.rest: Place | None = None
        self.items: Place | None = None
        self.computed: Place | None = None


def _any(scope: Scope) -> Place:
    """Whatever it is, at any depth."""
    place = Place(scope, "any", keys=bool(scope))
    place.rest = place.items = place.computed = place
    return place


def _text(scope: Scope, text: str = "any") -> Place:
    return Place(scope, text)


def _list(scope: Scope, item: Place, text: str = "none") -> Place:
    place = Place(scope, text)
    place.items = item
    return place


def _open(scope: Scope, rest: Place, *, whole: bool = True) -> Place:
    """A mapping whose keys are free; they may be expressions wherever its values may."""
    place = Place(scope, whole=whole, keys=bool(scope))
    place.rest = place.computed = rest
    return place


def _map(scope: Scope, fields: Fields, *, text: str = "none", keys: bool = False) -> Place:
    place = Place(scope, text, keys=keys)
    place.fields = fields
    place.computed = _any(scope) if keys else None
    return place


_FIXED = _any(may.NOTHING)
_NAMED = _list(may.NOTHING, _text(may.NOTHING, "filled"), "filled")
"""One name or several, none of them computed."""


def _concurrency(scope: Scope, text: str) -> Place:
    return _map(
        scope,
        {"group": _text(scope, "filled"), "cancel-in-progress": _text(scope, "none"), "queue": _text(scope)},
        text=text,
    )


def _container(text: str) -> Place:
    """A job's container, or one of its services."""
    filled = _text(may.JOB, "filled")
    fields = {
        "image": filled,
        "options": _text(may.JOB),
        "env": _open(may.JOB, _text(may.JOB_OUTPUT)),
        "ports": _list(may.JOB, filled),
        "volumes": _list(may.JOB, filled),
        "credentials": _map(
            may.CREDENTIALS,
            {name: _text(may.CREDENTIALS, "filled") for name in ("username", "password")},
            keys=True,
        ),
        "entrypoint": _text(may.JOB),
        "command": _text(may.JOB),
    }
    return _map(may.JOB, fields, text=text, keys=True)


def _strategy() -> Place:
    row = _any(may.STRATEGY)
    values = _list(may.STRATEGY, row)
    matrix = _map(may.STRATEGY, {}, keys=True)
    matrix.rest = values
    matrix.fields = dict.fromkeys(("include", "exclude"), _list(may.STRATEGY, _open(may.STRATEGY, row)))
    numbers = {name: _text(may.STRATEGY, "none") for name in ("fail-fast", "max-parallel")}
    return _map(may.STRATEGY, {**numbers, "matrix": matrix}, keys=True)


def _runs_on() -> Place:
    labels = _list(may.JOB, _text(may.JOB, "filled"), "filled")
    place = _map(may.JOB, {"group": _text(may.JOB, "filled"), "labels": labels}, text="filled")
    place.items = labels.items
    return place


def _environment() -> Place:
    fields = {"name": _text(may.JOB), "url": _text(may.ENVIRONMENT_URL), "deployment": _text(may.JOB, "none")}
    return _map(may.JOB, fields, text="any")


def _step(scope: Scope, condition: Scope, fields: Fields, *, whole: bool) -> Place:
    common = {
        "name": _text(scope),
        "id": _NAMED,
        "if": Place(condition, "any", condition="asked"),
        "run": _text(scope),
        "uses": _NAMED,
        "continue-on-error": _text(scope, "none"),
        "working-directory": _text(scope),
        "env": _open(scope, _text(scope), whole=whole),
        "with": _open(scope, _text(scope)),
    }
    return _map(may.NOTHING, common | fields)


def _steps() -> Place:
    fixed = dict.fromkeys(("background", "wait", "wait-all", "cancel"), _FIXED)
    step = _step(
        may.STEP, may.STEP_IF, {**fixed, "shell": _NAMED, "timeout-minutes": _text(may.STEP, "none")}, whole=False
    )
    steps = _list(may.NOTHING, step)
    step.fields["parallel"] = steps
    return steps


def _job() -> Place:
    # A shell and a folder that are not empty, or an expression in their place.
    run = {name: _text(may.JOB_DEFAULTS, "filled") for name in ("shell", "working-directory")}
    services = Place(may.JOB, whole=False)
    services.rest = _container("filled")
    snapshot = {"image-name": _NAMED, "version": _NAMED, "if": _text(may.JOB)}
    return _map(
        may.NOTHING,
        {
            "name": _text(may.JOB),
            "needs": _NAMED,
            "if": Place(may.JOB_IF, "any", condition="asked"),
            "permissions": _FIXED,
            "strategy": _strategy(),
            "runs-on": _runs_on(),
            **{name: _text(may.JOB, "none") for name in ("timeout-minutes", "cancel-timeout-minutes")},
            "continue-on-error": _text(may.JOB, "none"),
            "container": _container("any"),
            "services": services,
            "env": _open(may.JOB_SECRETS, _text(may.JOB_SECRETS), whole=False),
            "environment": _environment(),
            "concurrency": _concurrency(may.JOB, "filled"),
            "outputs": _open(may.NOTHING, _text(may.JOB_OUTPUT)),
            "defaults": _map(may.NOTHING, {"run": _map(may.JOB_DEFAULTS, run, keys=True)}),
            "steps": _steps(),
            "snapshot": _map(may.NOTHING, snapshot, text="filled"),
            "uses": _NAMED,
            "with": _open(may.NOTHING, _text(may.JOB)),
            "secrets": _open(may.NOTHING, _text(may.JOB_SECRETS)),
        },
    )


def _events() -> Place:
    fixed = dict.fromkeys(("description", "required", "type"), _FIXED)
    given = _open(may.NOTHING, _map(may.NOTHING, {**fixed, "default": _text(may.WORKFLOW)}))
    result = _open(may.NOTHING, _map(may.NOTHING, {"value": _text(may.WORKFLOW_OUTPUT), "description": _FIXED}))
    call = _map(may.NOTHING, {"inputs": given, "outputs": result, "secrets": _FIXED})
    events = _map(may.NOTHING, {"workflow_call": call}, text="any")
    events.rest = events.items = _FIXED
    return events


def _workflow() -> Place:
    return _map(
        may.NOTHING,
        {
            **dict.fromkeys(("name", "description", "defaults", "permissions"), _FIXED),
            "on": _events(),
            "run-name": _text(may.WORKFLOW),
            "env": _open(may.WORKFLOW_ENV, _text(may.WORKFLOW_ENV)),
            "concurrency": _concurrency(may.WORKFLOW, "any"),
            "jobs": _open(may.NOTHING, _job()),
        },
    )


def _runs() -> Place:
    step = _step(may.ACTION_STEP, may.ACTION_STEP_IF, {"shell": _text(may.ACTION_STEP)}, whole=True)
    condition = Place(may.ACTION_RUNS_IF, "any", condition="plain")
    fixed = ("using", "main", "pre", "post", "image", "entrypoint", "pre-entrypoint", "post-entrypoint")
    return _map(
        may.NOTHING,
        {
            **dict.fromkeys(fixed, _NAMED),
            **dict.fromkeys(("pre-if", "post-if"), condition),
            "args": _list(may.NOTHING, _text(may.ACTION_CONTAINER)),
            "env": _open(may.ACTION_CONTAINER, _text(may.ACTION_CONTAINER)),
            "steps": _list(may.NOTHING, step),
        },
    )


def _action() -> Place:
    given = _map(may.NOTHING, {"default": _text(may.ACTION_INPUT)})
    given.rest = _FIXED
    result = _map(may.NOTHING, {"value": _text(may.ACTION_OUTPUT), "description": _FIXED})
    return _map(
        may.NOTHING,
        {
            **dict.fromkeys(("name", "author", "description", "branding"), _FIXED),
            "inputs": _open(may.NOTHING, given),
            "outputs": _open(may.NOTHING, result),
            "runs": _runs(),
        },
    )


ROOTS = {"workflow": _workflow(), "action": _action()}
"""The place of a whole document, by its kind."""
