from __future__ import annotations

import json
import os
import socket
from typing import Any

import pytest

from tests.fakes.github import TOKEN, FakeGitHub
from tests.fakes.github_world import Repository
from tests.support import StillClock
from tests.unit.actions.api_support import api_of, github_context
from tests.unit.actions.rules import settings
from zionr.context import Context
from zionr.subsystems.actions.github.api import Api, open_api
from zionr.subsystems.actions.github.problem import ApiError
from zionr.subsystems.actions.github.wire import Bounds


@pytest.fixture
def site(github: FakeGitHub) -> Repository:
    made = github.add_repository()
    made.add_workflow("ci.yml", "disabled_inactivity")
    return made


@pytest.fixture
def around(github: FakeGitHub) -> Context:
    return github_context(github)


@pytest.fixture
def api(github: FakeGitHub, site: Repository, around: Context) -> Api:
    return api_of(github, around)


def _slept(around: Context) -> list[float]:
    assert isinstance(around.clock, StillClock)
    return around.clock.slept


def _error(call: Any, *arguments: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call(*arguments)
    assert TOKEN not in repr(caught.value.__dict__) + repr(caught.value)
    return caught.value


def test_what_is_used_is_counted(api: Api, github: FakeGitHub) -> None:
    github.remaining = 4321
    api.read_repository()
    api.read_repository()
    assert api.client.usage == {"requests": 2, "rate_remaining": 4319, "rate_reset": github.reset}


def test_every_request_says_who_asks_and_what_for(api: Api, github: FakeGitHub) -> None:
    api.read_repository()
    headers = github.requests[0].headers
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["User-Agent"].startswith("zionr/")
    assert headers["X-Github-Api-Version"] == "2022-11-28"


# Limits


def test_a_limit_is_waited_for_as_long_as_it_says(api: Api, github: FakeGitHub, around: Context) -> None:
    github.limit(retry_after=7)
    api.read_repository()
    assert _slept(around) == [7.0]
    assert api.client.requests == 2


def test_a_limit_without_a_word_is_waited_for_ever_longer(github: FakeGitHub, site: Repository) -> None:
    around = github_context(github)
    api = api_of(github, around, Bounds(1000.0))
    github.limit(times=3)
    error = _error(api.read_repository)
    assert (_slept(around), error.kind) == ([60.0, 120.0], "limited")


def test_a_limit_beyond_the_deadline_is_told_and_not_waited_for(api: Api, github: FakeGitHub, around: Context) -> None:
    github.limit(primary=True)
    error = _error(api.read_repository)
    assert (error.kind, _slept(around)) == ("limited", [])
    assert error.reason == "GitHub's primary rate limit is reached, until 03:30Z"
    assert len(github.requests) == 1


def test_a_limit_that_lasts_for_ages_is_not_believed(github: FakeGitHub, site: Repository) -> None:
    github.reset = 999_999_999_999_999
    api = api_of(github)
    api.read_repository()
    assert api.client.usage["rate_reset"] is None
    github.limit(primary=True)
    assert _error(api.read_repository).reason == "GitHub's primary rate limit is reached, until 03:01Z"


def test_a_change_is_sent_again_after_a_limit_which_proves_that_it_was_not_done(
    api: Api, github: FakeGitHub, site: Repository
) -> None:
    github.limit(retry_after=3, status=429, method="PUT")
    api.enable("ci.yml")
    assert site.workflows[0].state == "active"
    assert len(github.changes()) == 2


def test_a_reserve_is_left_to_others_by_reads_only(github: FakeGitHub, site: Repository) -> None:
    github.remaining = 51
    api = api_of(github, bounds=Bounds(60.0, reserve=50))
    api.read_repository()
    assert _error(api.read_repository).kind == "limited"
    api.enable("ci.yml")
    assert github.changes() == ["PUT /repos/octo-org/site/actions/workflows/ci.yml/enable"]


def test_a_limit_that_ends_within_the_deadline_is_waited_out(github: FakeGitHub, site: Repository) -> None:
    github.remaining, github.reset = 10, github.now + 20
    around = github_context(github)
    api = api_of(github, around, Bounds(60.0, reserve=50))
    api.read_repository()
    api.read_repository()
    assert _slept(around) == [21.0]


def test_no_more_requests_than_allowed(github: FakeGitHub, site: Repository) -> None:
    api = api_of(github, bounds=Bounds(60.0, most=2))
    api.read_repository()
    api.read_repository()
    error = _error(api.read_repository)
    assert (error.kind, error.reason) == ("limited", "all 2 requests of one look are used up")
    assert len(github.requests) == 2


# Failures


@pytest.mark.parametrize("kind", ["status", "cut", "half"])
def test_a_read_is_tried_three_times(api: Api, github: FakeGitHub, around: Context, kind: str) -> None:
    github.fail(kind, status=502, times=2)
    assert api.read_repository()["default_branch"] == "main"
    assert _slept(around) == [1.0, 2.0]
    github.fail(kind, status=502, times=3)
    error = _error(api.read_repository)
    assert error.kind == "unreachable"
    assert len(github.requests) == 6


@pytest.mark.parametrize(("kind", "status"), [("status", 500), ("status", 502), ("cut", 0), ("half", 0)])
@pytest.mark.parametrize("done", [True, False])
def test_a_change_is_never_sent_twice_unless_it_is_proven_that_it_was_not_taken(
    api: Api, github: FakeGitHub, around: Context, kind: str, status: int, done: bool
) -> None:
    github.fail(kind, status=status, method="PUT", after=done)
    error = _error(api.enable, "ci.yml")
    assert (error.kind, error.sent) == ("unreachable", True)
    assert len(github.changes()) == 1
    assert _slept(around) == []


def test_a_change_without_a_connection_was_not_sent(github: FakeGitHub, site: Repository) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{holder.getsockname()[1]}"
        around = github_context(github, environ={"GITHUB_API_URL": nowhere})
        error = _error(api_of(github, around).enable, "ci.yml")
    assert (error.kind, error.sent, _slept(around)) == ("unreachable", False, [1.0, 2.0])


def test_a_server_that_drips_costs_no_more_than_the_deadline(github: FakeGitHub, site: Repository) -> None:
    github.fail("drip")
    error = _error(api_of(github, bounds=Bounds(0.2)).read_repository)
    assert (error.kind, len(github.requests)) == ("unreachable", 1)
    assert "cannot be reached: no" in error.reason


def test_nothing_is_sent_after_the_deadline(api: Api, github: FakeGitHub, around: Context) -> None:
    around.clock.sleep(60)
    error = _error(api.read_repository)
    assert (error.reason, github.requests) == ("the time for all work with the API (1m) is used up", [])


def test_changes_lie_a_second_apart(api: Api, github: FakeGitHub, site: Repository, around: Context) -> None:
    site.add_workflow("b.yml", "disabled_inactivity")
    site.add_workflow("c.yml", "disabled_inactivity")
    for name in ("ci.yml", "b.yml"):
        api.enable(name)
    assert _slept(around) == [1.0]
    around.clock.sleep(0.25)
    api.enable("c.yml")
    assert _slept(around) == [1.0, 0.25, 0.75]


# Refusals


def test_no_token_and_nothing_is_sent(github: FakeGitHub, site: Repository) -> None:
    for token in ("", " "):
        error = _error(api_of(github, github_context(github, environ={"GITHUB_TOKEN": token})).read_repository)
        assert (error.kind, "GITHUB_TOKEN" in error.reason) == ("no-token", True)
    assert github.requests == []


@pytest.mark.parametrize("token", ["a\nb", "a b", "ü", os.fsdecode(b"a\xff")])
def test_a_token_that_none_can_be(github: FakeGitHub, site: Repository, token: str) -> None:
    error = _error(api_of, github, github_context(github, environ={"GITHUB_TOKEN": token}))
    assert (error.kind, error.reason) == ("no-token", "GITHUB_TOKEN holds letters that no token has")
    assert token not in error.advice
    assert github.requests == []


def test_a_token_that_github_does_not_know(github: FakeGitHub, site: Repository) -> None:
    around = github_context(github, environ={"GITHUB_TOKEN": "another"})
    error = _error(api_of(github, around).read_repository)
    assert (error.kind, error.status, error.message) == ("no-right", 401, "Bad credentials")


def test_a_token_without_the_right_is_told_which(api: Api, github: FakeGitHub) -> None:
    github.tokens[TOKEN] = {"contents": "read"}
    error = _error(api.enable, "ci.yml")
    assert (error.kind, error.remedy) == ("no-right", "give the token what this needs: actions=write")


def test_a_private_repository_is_not_found_without_the_right(github: FakeGitHub) -> None:
    github.add_repository(private=True)
    github.tokens[TOKEN] = {}
    error = _error(api_of(github).read_repository)
    assert error.kind == "not-found"
    assert "a private repository is not found without the right" in error.reason
    assert "actions: read" in error.remedy


@pytest.mark.parametrize(
    "content", [b"<html>", b"", b"[]", b"null", b"7", b"[" * 100_000, b'{"a": ' + b"9" * 5000 + b"}", b"\xff\xfe"]
)
def test_an_answer_that_is_not_githubs(api: Api, github: FakeGitHub, content: bytes) -> None:
    github.fail("raw", content=content)
    assert _error(api.read_repository).kind == "unreadable"


def test_an_answer_without_end(api: Api, github: FakeGitHub) -> None:
    github.fail("raw", content=b"[" + b"0," * (2 << 20) + b"0]")
    error = _error(api.read_repository)
    assert (error.kind, len(github.requests)) == ("unreadable", 1)
    assert error.reason.endswith("an answer of more than 4194304 bytes")


def test_what_a_server_says_is_cut_and_cleaned(github: FakeGitHub, site: Repository) -> None:
    around = github_context(github)._replace(redact=lambda text: text.replace("other-secret", "***"))
    words = f"\x1b[31mno\r\n{TOKEN} other-secret " + "y" * 9000
    github.fail("status", status=418, message=words)
    error = _error(api_of(github, around).read_repository)
    assert error.message.startswith("[31mno *** *** yyy")
    assert len(error.message) == 200


def test_every_method_needs_an_object_of_the_right_shape(api: Api, github: FakeGitHub) -> None:
    for call in (lambda: list(api.workflows(1)), lambda: list(api.runs({}, 1)), lambda: api.commit("a")):
        github.fail("raw", content=b'{"workflows": 7, "workflow_runs": {}, "sha": []}')
        assert _error(call).kind == "unreadable"
    github.fail("raw", content=b"{}")
    assert _error(api.run, 1).kind == "unreadable"
    github.fail("raw", content=b"{}")
    assert _error(api.pulls, "x").kind == "unreadable"


# Redirects and pages


def test_a_repository_that_was_renamed_is_followed_by_reads_only(api: Api, github: FakeGitHub) -> None:
    github.aliases["octo-org/old"] = "octo-org/site"
    old = open_api(settings(repository="octo-org/old"), github_context(github), Bounds(60.0))
    assert old is not None
    assert old.read_repository()["full_name"] == "octo-org/site"
    error = _error(old.enable, "ci.yml")
    assert (error.kind, error.sent) == ("unreadable", False)
    assert error.reason == "GitHub's API redirects a change to another address, where it is not sent again"
    assert len(github.changes()) == 1


def test_the_token_goes_to_no_other_server(api: Api, github: FakeGitHub) -> None:
    with FakeGitHub() as other:
        for status in (301, 302, 307, 308):
            github.fail("raw", status=status, headers={"Location": f"{other.url}/repos/octo-org/site"})
            assert "another server" in _error(api.read_repository).reason
        link = f'<{other.url}/repos/octo-org/site/actions/runs?page=2>; rel="next"'
        github.fail("raw", content=b'{"workflow_runs": []}', headers={"Link": link})
        assert "another server" in _error(lambda: list(api.runs({}, 2))).reason
        assert other.requests == []


def test_redirects_and_pages_in_a_circle_come_to_an_end(api: Api, github: FakeGitHub) -> None:
    here = f"{github.url}/repos/octo-org/site"
    github.fail("raw", status=302, headers={"Location": here}, times=4)
    assert _error(api.read_repository).reason == "GitHub's API redirects more than 3 times"
    link = {"Link": f'<{here}/actions/runs?per_page=100>; rel="next"'}
    github.fail("raw", content=b'{"workflow_runs": [7]}', headers=link)
    assert "circle" in _error(lambda: list(api.runs({}, 50))).reason


# The cache


def test_an_unchanged_reply_is_not_counted(tmp_path: Any, github: FakeGitHub, site: Repository) -> None:
    around = _stateful(tmp_path, github)
    for number in range(150):
        site.add_workflow(f"w{number}.yml")
    first = [page.rows for page in api_of(github, around).workflows(5)]
    left = github.remaining
    again = api_of(github, around)
    assert [page.rows for page in again.workflows(5)] == first
    assert [one.status for one in github.requests] == [200, 200, 304, 304]
    assert (github.remaining, again.client.requests) == (left, 2)
    site.workflows[0].state = "active"
    assert next(api_of(github, around).workflows(1)).rows[0]["state"] == "active"


def test_a_reply_is_kept_for_one_token_only_and_without_it(tmp_path: Any, github: FakeGitHub, site: Repository) -> None:
    api_of(github, _stateful(tmp_path, github)).read_repository()
    github.tokens["another"] = {"contents": "read"}
    api_of(github, _stateful(tmp_path, github, GITHUB_TOKEN="another")).read_repository()
    assert [one.status for one in github.requests] == [200, 200]
    kept = [path for path in (tmp_path / ".zionr").rglob("*") if path.is_file()]
    assert len(kept) == 2
    assert not [path for path in kept if TOKEN.encode() in path.read_bytes() or TOKEN in str(path)]
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}


def test_changes_and_refusals_are_not_kept(tmp_path: Any, github: FakeGitHub, site: Repository) -> None:
    api = api_of(github, _stateful(tmp_path, github))
    api.enable("ci.yml")
    assert api.head("nowhere") is None
    assert not [path for path in (tmp_path / ".zionr").rglob("*") if path.is_file()]


def test_a_search_that_will_never_be_made_again_is_not_kept(
    tmp_path: Any, github: FakeGitHub, site: Repository
) -> None:
    api = api_of(github, _stateful(tmp_path, github))
    next(api.runs({"created": "<=2026-11-24T03:00:00Z"}, 1))
    assert not [path for path in (tmp_path / ".zionr").rglob("*") if path.is_file()]


def test_a_stray_304_is_no_answer(api: Api, github: FakeGitHub) -> None:
    github.fail("raw", status=304)
    assert _error(api.read_repository).kind == "refused"


def _stateful(tmp_path: Any, github: FakeGitHub, **environ: str) -> Context:
    (tmp_path / ".zionr").mkdir(mode=0o700, exist_ok=True)
    return github_context(github, str(tmp_path), environ)


# Where the repository comes from


def test_no_repository_no_client(github: FakeGitHub) -> None:
    around = github_context(github, environ={"GITHUB_REPOSITORY": ""})
    assert open_api(settings(), around, Bounds(60.0)) is None


def test_the_policy_names_the_repository_first(github: FakeGitHub) -> None:
    found = open_api(settings(repository="a/b"), github_context(github), Bounds(60.0))
    assert found is not None
    assert found.repository == "a/b"


@pytest.mark.parametrize("name", ["site", "a/b/c", "a/..", "a/b?c", "a/b\nc"])
def test_a_repository_that_is_none(github: FakeGitHub, name: str) -> None:
    around = github_context(github, environ={"GITHUB_REPOSITORY": name})
    assert _error(open_api, settings(), around, Bounds(60.0)).kind == "not-found"


def test_replies_can_be_kept_as_json(api: Api) -> None:
    assert json.loads(json.dumps(api.client.usage)) == api.client.usage
