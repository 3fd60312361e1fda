"""With whose right a job pushes: GitHub's own token for the job, which `permissions` rules, or another one."""

from __future__ import annotations

import re
from typing import Any

from .....model import JsonObject
from ..parts import Job, Step, is_own_token, mapping, text

_USER_INFO = re.compile(r"https?://((?>(?:\$\{\{[^}]{0,500}\}\}|[^\s\"'/@])+))@", re.IGNORECASE)
_VARIABLE = re.compile(r"\$\{?([A-Za-z_]\w*)\}?")
_OTHER_WAYS = re.compile(
    r"extraheader|insteadof|credential|\.netrc|ssh-(?:agent|add|keyscan)|git_ssh|askpass|\.ssh/"
    r"|gh auth|git (?:clone|init)",
    re.IGNORECASE,
)
"""Ways to give git another right, or to push from another clone: who uses one is not judged."""
_CREDENTIAL = re.compile(r"token|key|password|secret|(?:^|[_-])pat$", re.IGNORECASE)
_ELSEWHERE = ("repository", "external_repository", "repository-name", "push-to-fork")


Scopes = tuple[JsonObject, ...]
"""The `env` of a step, its job and its workflow: the first that has a variable gives it."""


def names_another(variables: JsonObject) -> bool:
    """Whether an `env` tells git by its variables' names where to find another right."""
    return any(_OTHER_WAYS.search(str(key)) for key in variables)


def brings_another(job: Job, whole: JsonObject) -> bool:
    """Whether anything in the job may make its pushes use another right than the job's own token.

    The variables of the workflow, `whole`, are the same for all jobs: `names_another` is asked once for them.
    """
    scopes = (mapping(job.value.get("env")), mapping(whole.get("env")))
    return names_another(scopes[0]) or any(_step_brings(step, scopes) for step in job.steps)


def action_goes_elsewhere(step: JsonObject) -> bool:
    """Whether a step hands its action another token, or sends it to another repository."""
    given = mapping(step.get("with"))
    return any(given.get(key) for key in _ELSEWHERE) or _hands_another(step)


def _step_brings(step: Step, above: Scopes) -> bool:
    uses = text(step.value.get("uses")).lower().partition("@")[0]
    if "ssh" in uses or "credential" in uses:
        return True
    if uses.endswith("/checkout"):
        return _keeps_no_right(step.value) or _hands_another(step.value)
    variables = mapping(step.value.get("env"))
    run = text(step.value.get("run"))
    if names_another(variables) or _OTHER_WAYS.search(run):
        return True
    return _holds_another(run, (variables, *above))


def _hands_another(step: JsonObject) -> bool:
    given = {**mapping(step.get("env")), **mapping(step.get("with"))}
    return any(_CREDENTIAL.search(str(key)) and value and not is_own_token(value) for key, value in given.items())


def _keeps_no_right(checkout: JsonObject) -> bool:
    """Whether the checkout is told to leave no token behind, so that a push must bring its own."""
    kept = mapping(checkout.get("with")).get("persist-credentials")
    return kept is False or text(kept).lower() == "false"


def _holds_another(script: str, scopes: Scopes) -> bool:
    """Whether an address in it carries a right that is not plainly the job's own token."""
    if "://" not in script or "@" not in script:
        return False
    return any(not _is_own(found[1], scopes) for found in _USER_INFO.finditer(script))


def _is_own(user_info: str, scopes: Scopes) -> bool:
    given = user_info.partition(":")[2] or user_info
    named = _VARIABLE.fullmatch(given)
    return is_own_token(_value(named[1], scopes) if named else given)


def _value(name: str, scopes: Scopes) -> Any:
    return next((scope[name] for scope in scopes if name in scope), None)
