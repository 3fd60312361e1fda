"""Follow a run to its end: what became of it is what became of the repair."""

from __future__ import annotations

from ....context import Context
from ....instants import limit
from ....model import JsonObject, Outcome
from ..github.api import Api
from ..github.problem import ApiError
from ..github.runs import brief, label, read_run, stage
from .start import Begun
from .words import told

FIRST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 15.0
GROWTH = 1.5
BEGINS_WITHIN_S = 60.0
"""GitHub shows a new run or attempt within seconds; what does not appear for so long was not taken."""


class Pauses:
    """Waits between two looks, each longer than the last, and none beyond the deadline (of the monotonic clock)."""

    def __init__(self, context: Context, until: float) -> None:
        self._clock = context.clock
        self._until = until
        self._next = FIRST_PAUSE_S

    def wait(self) -> bool:
        """Whether there was time left; then a pause has passed."""
        left = self._until - self._clock.monotonic()
        if left <= 0:
            return False
        self._clock.sleep(min(self._next, left))
        self._next = min(self._next * GROWTH, LONGEST_PAUSE_S)
        return True


def follow(api: Api, begun: Begun, until: float, timeout_s: float, context: Context) -> Outcome:
    """The run's conclusion as an outcome; a failure where it has none by `until` (of the monotonic clock)."""
    begins_by = min(until, context.clock.monotonic() + BEGINS_WITHIN_S)
    try:
        identity = _find(api, begun, begins_by, context) if begun.run is None else begun.run
        if identity is None:
            return Outcome("failed", _never_began(begun, f"no run of {begun.name} appeared"))
        run = _begin(api, identity, begun, begins_by, context)
        if run["attempt"] < begun.attempt:
            never = _never_began(begun, f"run {label(run)} was not run again")
            return Outcome("failed", never, {"run": brief(run)})
        return _ended(_watch(api, run, until, context), timeout_s)
    except ApiError as error:
        return Outcome("failed", f"{begun.name} was started, and cannot be followed: {told(error)}", _trace(begun))


def _find(api: Api, begun: Begun, until: float, context: Context) -> int | None:
    """The run that a dispatch without an id made: the first dispatched one that came after those that were known.

    GitHub counts ids up. Who else dispatches the same workflow in the same seconds may be taken for us.
    """
    pauses = Pauses(context, until)
    while pauses.wait():
        for page in api.runs_of(begun.workflow, {"event": "workflow_dispatch", "branch": begun.ref}):
            runs = [run for run in map(read_run, page.rows) if run is not None and run["id"] > begun.before]
            if runs:
                return int(min(run["id"] for run in runs))
    return None


def _begin(api: Api, identity: int, begun: Begun, until: float, context: Context) -> JsonObject:
    """The run once the attempt that counts has begun; as it was last seen where it never does."""
    pauses = Pauses(context, until)
    run = api.run(identity)
    while run["attempt"] < begun.attempt and pauses.wait():
        run = api.run(identity)
    return run


def _watch(api: Api, run: JsonObject, until: float, context: Context) -> JsonObject:
    """The run at its end, or as it was when time ran out."""
    pauses = Pauses(context, until)
    while run["status"] != "completed" and pauses.wait():
        context.progress(f"run {label(run)} is {stage(run)}")
        run = look_again(api, run)
    return run


def look_again(api: Api, run: JsonObject) -> JsonObject:
    """The run now; as it was where GitHub is away for a moment, which does not end the waiting."""
    try:
        return api.run(run["id"])
    except ApiError as error:
        if error.kind != "unreachable":
            raise
        return run


def _ended(run: JsonObject, timeout_s: float) -> Outcome:
    evidence = {"run": brief(run)}
    if run["status"] != "completed":
        late = f"run {label(run)} is still {stage(run)} after {limit(timeout_s)}: {run['url']}"
        return Outcome("failed", late, evidence)
    if run["conclusion"] == "success":
        return Outcome("succeeded", None, evidence)
    return Outcome("failed", f"run {label(run)} ended as {run['conclusion']}: {run['url']}", evidence)


def _never_began(begun: Begun, what: str) -> str:
    if begun.doubt is None:
        return f"GitHub took it, but {what} within {limit(BEGINS_WITHIN_S)}"
    return f"{begun.doubt}; {what}, and it is not sent again"


def _trace(begun: Begun) -> JsonObject:
    return {} if begun.run is None else {"run": {"id": begun.run}}
