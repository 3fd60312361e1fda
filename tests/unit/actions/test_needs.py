from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fakes.github import FakeGitHub
from tests.support import context
from tests.unit.actions.api_support import github_context
from tests.unit.actions.rules import settings
from zionr.subsystems import Need
from zionr.subsystems.actions.needs import needs

OFF: dict[str, Any] = {"files": {"enabled": False}}


def _told(found: list[Need]) -> dict[str, tuple[bool | None, str, str | None]]:
    return {need.name: (need.met, need.had, need.remedy) for need in found}


def _program(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def test_without_a_repository_only_files_are_judged(tmp_path: Path) -> None:
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    _program(tmp_path, "git")
    told = _told(needs(settings(), context(str(tmp_path), {"PATH": str(tmp_path)})))
    assert told == {
        "workflow files": (True, f"{tmp_path}/.github/workflows", None),
        "time zones": (True, "there is time zone data", None),
        "git": (True, f"{tmp_path}/git", None),
        "bash": (None, "not on PATH", "the syntax of run blocks is not checked; put it on PATH"),
        "repository on GitHub": (
            None,
            "neither the policy nor GITHUB_REPOSITORY names it",
            "set subsystems.actions.repository; without it only files are judged",
        ),
    }


def test_a_folder_or_a_tool_that_the_policy_names_and_is_not_there(tmp_path: Path) -> None:
    asked = settings(files={"tools": ["zizmor", "actionlint"]})
    _program(tmp_path, "zizmor")
    told = _told(needs(asked, context(str(tmp_path), {"PATH": str(tmp_path)})))
    assert told["workflow files"][0] is False
    assert told["zizmor"] == (True, f"{tmp_path}/zizmor", None)
    assert told["actionlint"] == (
        False,
        "not on PATH",
        "files.tools names actionlint, and its findings are missing; put it on PATH",
    )


def test_a_token_is_needed_where_a_repository_is_known(github: FakeGitHub) -> None:
    github.add_repository()
    told = _told(needs(settings(**OFF), github_context(github, environ={"GITHUB_TOKEN": " "})))
    assert told == {
        "repository on GitHub": (True, "octo-org/site", None),
        "token": (
            False,
            "GITHUB_TOKEN is not set",
            "set GITHUB_TOKEN; without it nobody knows whether the workflows run",
        ),
    }
    assert github.requests == []


def test_github_is_asked_once(github: FakeGitHub) -> None:
    github.add_repository()
    told = _told(needs(settings(**OFF), github_context(github)))
    assert told["GitHub's API"] == (True, "shows octo-org/site, default branch main; 4,999 requests left", None)
    assert told["token"][0] is True
    assert len(github.requests) == 1


def test_what_github_does_not_show(github: FakeGitHub) -> None:
    github.add_repository("octo-org/other")
    around = github_context(github, environ={"GITHUB_REPOSITORY": "octo-org/site"})
    met, had, remedy = _told(needs(settings(**OFF), around))["GitHub's API"]
    assert met is False
    assert "private repository" in had
    assert (remedy or "").startswith("check the name of the repository")
    wrong = _told(needs(settings(**OFF), github_context(github, environ={"GITHUB_REPOSITORY": "nowhere"})))
    assert wrong["GitHub's API"][:2] == (False, "GITHUB_REPOSITORY is no owner/name")
