"""What an expression may ask for, and where: contexts, functions and the sets of them that places have.

The facts are GitHub's (docs: "Contexts reference", context availability; @actions/workflow-parser 0.3.61, the
`context` lists of its workflow and action grammar). Names are compared without case, so they stand here in small.
"""

from __future__ import annotations

from typing import NamedTuple

NO_LIMIT = 1 << 30
"""As many arguments as an expression can hold."""


class Function(NamedTuple):
    """A function as people write it, and how many arguments it takes at least and at most."""

    name: str
    least: int
    most: int


class Scope:
    """The contexts and the functions of a place, beyond the functions that stand everywhere. Compared by identity."""

    __slots__ = ("contexts", "functions")

    def __init__(self, contexts: str, functions: tuple[Function, ...] = ()) -> None:
        self.contexts = frozenset(contexts.split())
        self.functions = _by_name(*functions)

    def __bool__(self) -> bool:
        """Whether an expression may stand here at all."""
        return bool(self.contexts or self.functions)


def _by_name(*functions: Function) -> dict[str, Function]:
    return {function.name.lower(): function for function in functions}


FUNCTIONS = _by_name(
    Function("case", 3, NO_LIMIT),
    Function("contains", 2, 2),
    Function("endsWith", 2, 2),
    Function("format", 1, 255),
    Function("fromJSON", 1, 1),
    Function("join", 1, 2),
    Function("startsWith", 2, 2),
    Function("toJSON", 1, 1),
)
"""Functions that stand in every expression."""

_HASH = (Function("hashFiles", 1, 255),)
_STATUS = tuple(Function(name, 0, 0) for name in ("always", "cancelled", "failure", "success"))
_STATUS_OF_JOBS = (
    *(Function(name, 0, 0) for name in ("always", "cancelled")),
    *(Function(name, 0, NO_LIMIT) for name in ("failure", "success")),
)
STATUS = frozenset(_by_name(*_STATUS))
"""Functions that ask how things went so far. A condition without one is asked only after success."""

PLACED_FUNCTIONS = _by_name(*_STATUS, *_HASH)
"""Functions that stand in some places only."""

_WORKFLOW = "github inputs vars"
_NEEDS = f"{_WORKFLOW} needs"
_MATRIX = f"{_NEEDS} strategy matrix"
_MACHINE = f"{_MATRIX} steps job runner env"
_ACTION = "github strategy matrix job runner"

NOTHING = Scope("")
WORKFLOW = Scope(_WORKFLOW)
WORKFLOW_ENV = Scope(f"{_WORKFLOW} secrets")
WORKFLOW_OUTPUT = Scope(f"{_WORKFLOW} jobs")
JOB_IF = Scope(_NEEDS, _STATUS_OF_JOBS)
STRATEGY = Scope(_NEEDS)
JOB = Scope(_MATRIX)
JOB_SECRETS = Scope(f"{_MATRIX} secrets")
JOB_DEFAULTS = Scope(f"{_MATRIX} env")
CREDENTIALS = Scope(f"{_MATRIX} secrets env")
ENVIRONMENT_URL = Scope(_MACHINE)
JOB_OUTPUT = Scope(f"{_MACHINE} secrets")
STEP = Scope(f"{_MACHINE} secrets", _HASH)
STEP_IF = Scope(_MACHINE, _STATUS + _HASH)

ACTION_INPUT = Scope(_ACTION, _HASH)
ACTION_OUTPUT = Scope(f"{_ACTION} inputs steps env")
ACTION_CONTAINER = Scope("inputs")
ACTION_STEP = Scope(f"{_ACTION} inputs steps env", _HASH)
ACTION_STEP_IF = Scope(f"{_ACTION} inputs steps env", _STATUS + _HASH)
ACTION_RUNS_IF = Scope(f"{_ACTION} inputs env", _STATUS + _HASH)

KNOWN_CONTEXTS = frozenset(f"{_MACHINE} secrets jobs".split())
"""Every context that stands somewhere."""
