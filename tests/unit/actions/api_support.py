"""Builders for tests of GitHub's API: a context that leads to the fake, and the client itself."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fakes.github import FakeGitHub
from tests.support import context
from tests.unit.actions.rules import settings
from zionr.context import Context
from zionr.subsystems.actions.github.api import Api, open_api
from zionr.subsystems.actions.github.wire import Bounds


def github_context(github: FakeGitHub, top: str = "/nowhere", environ: Mapping[str, str] | None = None) -> Context:
    """A context whose environment leads to the fake; its clock moves only when somebody sleeps."""
    return context(top, {**github.environ(), **(environ or {})}, now=github.now)


def api_of(github: FakeGitHub, around: Context | None = None, bounds: Bounds | None = None) -> Api:
    """The client for the first repository of the fake."""
    found = open_api(settings(), around or github_context(github), bounds or Bounds(60.0))
    assert found is not None
    return found
