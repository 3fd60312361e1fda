"""What GitHub Actions needs on this machine, for `zionr doctor`: at most one request is sent."""

from __future__ import annotations

import os
from contextlib import closing
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ...context import Context
from ...ports import programs
from .. import Need
from .github.address import repository_of
from .github.api import Api, open_api
from .github.problem import ApiError
from .github.wire import Bounds
from .settings import Settings

API_S = 20.0


def needs(settings: Settings, context: Context) -> list[Need]:
    """The folder and the programs for files; a repository, a token and GitHub's answer for what is alive."""
    found = _files(settings, context) if settings.files.enabled else []
    repository = repository_of(settings, context)
    if repository is None:
        remedy = "set subsystems.actions.repository; without it only files are judged"
        return [*found, Need("repository on GitHub", None, "neither the policy nor GITHUB_REPOSITORY names it", remedy)]
    token = bool(context.environ.get("GITHUB_TOKEN", "").strip())
    had = Need("token", token, "GITHUB_TOKEN is set" if token else "GITHUB_TOKEN is not set", _token_remedy(token))
    return [*found, Need("repository on GitHub", True, repository), had, *([_api(settings, context)] if token else [])]


def _files(settings: Settings, context: Context) -> list[Need]:
    folder = os.path.join(context.top, settings.files.path)
    there = os.path.isdir(folder)
    remedy = None if there else "set subsystems.actions.files.path, or files.enabled: false"
    return [
        Need("workflow files", there, folder if there else f"{folder} is not there", remedy),
        _zones(),
        _program("git", "damaged workflows cannot be restored from its history", context),
        _program("bash", "the syntax of run blocks is not checked", context),
        *(_tool(name, context) for name in settings.files.tools),
    ]


def _tool(name: str, context: Context) -> Need:
    found = _program(name, f"files.tools names {name}, and its findings are missing", context)
    return found if found.met else found._replace(met=False)


def _program(name: str, without: str, context: Context) -> Need:
    """Without git or bash some things are not done, and nothing is wrong: `met` is None."""
    path = programs.find(name, context.environ)
    if path is not None:
        return Need(name, True, path)
    return Need(name, None, "not on PATH", f"{without}; put it on PATH")


def _zones() -> Need:
    """Python reads the host's data, else the package tzdata's."""
    try:
        ZoneInfo("Europe/Paris")
    except (ZoneInfoNotFoundError, OSError, ValueError):
        remedy = "install the package tzdata: pip install tzdata"
        return Need("time zones", False, "there is no time zone data", remedy)
    return Need("time zones", True, "there is time zone data")


def _token_remedy(token: bool) -> str | None:
    return None if token else "set GITHUB_TOKEN; without it nobody knows whether the workflows run"


def _api(settings: Settings, context: Context) -> Need:
    try:
        api = open_api(settings, context, Bounds(API_S))
        assert isinstance(api, Api), "a repository is known"
        with closing(api.client):
            found = api.read_repository()
    except ApiError as error:
        return Need("GitHub's API", False, error.reason, error.remedy)
    left = api.client.usage["rate_remaining"]
    told = f"shows {found['full_name']}, default branch {found['default_branch']}"
    return Need("GitHub's API", True, told if left is None else f"{told}; {left:,} requests left")
