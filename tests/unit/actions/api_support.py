"""Builders for tests of GitHub's API: settings, a context that leads to the fake, and the client itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.github import FakeGitHub
from tests.support import context
from zionr.context import Context
from zionr.subsystems.actions.github.api import Api, open_api
from zionr.subsystems.actions.github.wire import Bounds
from zionr.subsystems.actions.settings import Settings, read_settings

RULES: dict[str, Any] = {
    "files": {
        "enabled": True,
        "path": ".github/workflows",
        "ignore": [],
        "tools": [],
        "herd": 5,
        "cadence_factor": 2,
    },
    "failures": 3,
    "stuck": {"queued": 3600.0, "in_progress": 21_600.0},
    "cancel_wait": 30.0,
    "step_timeout": 600.0,
    "deadline": 60.0,
    "proposals": "auto",
}


def actions_settings(**changes: Any) -> Settings:
    """The part of a policy for GitHub Actions, from its compiled form with the defaults."""
    return read_settings({**RULES, **changes})


def github_context(github: FakeGitHub, top: str = "/nowhere", environ: Mapping[str, str] | None = None) -> Context:
    """A context whose environment leads to the fake; its clock moves only when somebody sleeps."""
    return context(top, {**github.environ(), **(environ or {})}, now=github.now)


def api_of(github: FakeGitHub, around: Context | None = None, bounds: Bounds | None = None) -> Api:
    """The client for the first repository of the fake."""
    found = open_api(actions_settings(), around or github_context(github), bounds or Bounds(60.0))
    assert found is not None
    return found
