"""The effects on GitHub: enable, re-run, dispatch, cancel; each after one more look at just what it depends on.

Between that look and the effect lies one request, some tenths of a second, and GitHub knows no condition that a request
could carry to close that window. What may happen in it: a commit is pushed, and a re-run still uses the one before,
though the branch's head is what was asked for last; somebody else starts a run, and two run side by side as far as the
workflow's own `concurrency` lets them; a run ends by itself, and cancelling it is refused. Nothing is ever sent twice.
"""

from __future__ import annotations

from contextlib import closing

from ...context import Context
from ...model import Candidate, JsonObject, Outcome
from .github.api import Api, open_api
from .github.problem import ApiError
from .github.values import text
from .github.wire import Bounds
from .repairs.cancel import cancel
from .repairs.follow import follow
from .repairs.start import Begun, dispatch, rerun
from .repairs.words import refused, skipped, told
from .settings import Settings

LOOK_AND_ACT_S = 30.0
"""For the last look and the effect together: so old is the one at most when the other is sent, limits included."""
AFTERWARDS_S = 60.0
"""Beside the time limit of a step, for the requests that follow its run."""


def perform(candidate: Candidate, settings: Settings, context: Context) -> Outcome:
    """Do it and follow it to its end, or say why not; `skipped` where nothing was sent that changes anything."""
    if candidate.remedy == "actions/restore":
        return _propose(candidate, settings, context)
    until = context.clock.monotonic() + candidate.timeout_s
    acting_s = candidate.timeout_s if candidate.remedy == "actions/cancel" else LOOK_AND_ACT_S
    api = _open(settings, context, acting_s)
    if isinstance(api, Outcome):
        return api
    with closing(api.client):
        done = _act(api, candidate, settings, context)
    if isinstance(done, Outcome):
        return done._replace(api=api.client.usage)
    return _followed(done, api.client.usage, until, candidate, settings, context)


def _propose(candidate: Candidate, settings: Settings, context: Context) -> Outcome:
    from .checkout.observe import inspect_content
    from .mending.propose import propose

    return propose(candidate, settings, context, inspect=inspect_content)


def _followed(
    begun: Begun, used: JsonObject, until: float, candidate: Candidate, settings: Settings, context: Context
) -> Outcome:
    """With a deadline of its own: the wait for a run is longer than any look may take."""
    left_s = max(0.0, until - context.clock.monotonic())
    api = _open(settings, context, left_s + AFTERWARDS_S)
    assert isinstance(api, Api), "it was opened before"
    with closing(api.client):
        ended = follow(api, begun, until, candidate.timeout_s, context)
    usage = api.client.usage
    return ended._replace(api={**usage, "requests": used["requests"] + usage["requests"]})


def _open(settings: Settings, context: Context, deadline_s: float) -> Api | Outcome:
    try:
        api = open_api(settings, context, Bounds(deadline_s))
    except ApiError as error:
        return skipped(told(error), "api")
    return skipped("no repository is known; set subsystems.actions.repository", "api") if api is None else api


def _act(api: Api, candidate: Candidate, settings: Settings, context: Context) -> Begun | Outcome:
    """The effect. What keeps from looking keeps from acting."""
    action, now = candidate.action, context.clock.now()
    try:
        if candidate.remedy == "actions/enable":
            return _enable(api, action)
        if candidate.remedy == "actions/rerun":
            return rerun(api, action, now)
        if candidate.remedy == "actions/cancel":
            return cancel(api, action, settings, context)
        return dispatch(api, action, now)
    except ApiError as error:
        return skipped(told(error), "api")


def _enable(api: Api, action: JsonObject) -> Outcome:
    """Only what GitHub disabled: in the last look too, for a person may have disabled it since."""
    workflow = str(action["workflow"])
    state = _state(api, workflow)
    if state != "disabled_inactivity":
        return skipped(f"GitHub says {state} of it now")
    evidence = {"before": state}
    try:
        api.enable(workflow)
    except ApiError as error:
        if not error.sent:
            return refused(error, evidence)
        return _enabled(api, workflow, evidence, told(error))
    return _enabled(api, workflow, evidence, "GitHub took it")


def _enabled(api: Api, workflow: str, evidence: JsonObject, so_far: str) -> Outcome:
    """Whether it is active now, by one more look."""
    try:
        state = _state(api, workflow)
    except ApiError as error:
        return Outcome("failed", f"{so_far}; then it cannot be seen: {told(error)}", evidence)
    evidence = {**evidence, "after": state}
    if state == "active":
        return Outcome("succeeded", None, evidence)
    return Outcome("failed", f"{so_far}; then GitHub says {state} of it", evidence)


def _state(api: Api, workflow: str) -> str | None:
    return text(api.workflow(workflow).get("state"))
