"""Every request that zionr can make of GitHub is one that GitHub's own description of its API permits."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests import support
from tests.unit.actions.rules import settings
from zionr.context import Context
from zionr.subsystems.actions.github.api import Api, open_api
from zionr.subsystems.actions.github.observe import observe_api
from zionr.subsystems.actions.github.problem import ApiError
from zionr.subsystems.actions.github.wire import Bounds

from .peer import Relay

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("github")]
SHA = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
BLOB = {"path": ".github/workflows/ci.yml", "mode": "100644", "type": "blob", "content": "on: push\n"}


class Case(NamedTuple):
    """One way to call one method. `good` are the statuses of success; `may_lack` where 404 is no error."""

    method: str
    call: Callable[[Api], Any]
    good: tuple[int, ...] = (200,)
    may_lack: bool = False


CASES = {
    "repository": Case("read_repository", lambda api: api.read_repository()),
    "branch": Case("head", lambda api: api.head("zionr/actions/ci"), may_lack=True),
    "workflows": Case("workflows", lambda api: list(api.workflows(3))),
    "workflow": Case("workflow", lambda api: api.workflow("ci.yml")),
    "workflow by id": Case("workflow", lambda api: api.workflow("161335")),
    "runs": Case("runs", lambda api: list(api.runs({}, 3))),
    "runs asked for": Case(
        "runs",
        lambda api: list(
            api.runs({"event": "schedule", "status": "queued", "branch": "a/b", "created": "<=2026-01-01T00:00:00Z"}, 3)
        ),
    ),
    "runs of a commit": Case("runs", lambda api: list(api.runs({"head_sha": SHA}, 3))),
    "runs of one": Case("runs_of", lambda api: list(api.runs_of("ci.yml", {"branch": "main", "status": "failure"}))),
    "run": Case("run", lambda api: api.run(42)),
    "jobs": Case("count_jobs", lambda api: api.count_jobs(42)),
    "first job": Case("working_since", lambda api: api.working_since(42)),
    "enable": Case("enable", lambda api: api.enable("ci.yml"), (204,)),
    "dispatch": Case("dispatch", lambda api: api.dispatch("ci.yml", "main"), (200, 204)),
    "rerun": Case("rerun_failed_jobs", lambda api: api.rerun_failed_jobs(42), (201,)),
    "cancel": Case("cancel", lambda api: api.cancel(42), (202,)),
    "force-cancel": Case("force_cancel", lambda api: api.force_cancel(42), (202,)),
    "ref": Case("ref", lambda api: api.ref("heads/zionr/actions/ci"), may_lack=True),
    "commit": Case("commit", lambda api: api.commit(SHA)),
    "tree": Case("tree", lambda api: api.tree(SHA)),
    "new tree": Case("create_tree", lambda api: api.create_tree(SHA, [BLOB]), (201,)),
    "new commit": Case("create_commit", lambda api: api.create_commit("Restore ci.yml", SHA, [SHA]), (201,)),
    "new ref": Case("create_ref", lambda api: api.create_ref("refs/heads/zionr/actions/ci", SHA), (201,)),
    "pulls": Case("pulls", lambda api: api.pulls("zionr/actions/ci", "all")),
    "new pull": Case("create_pull", lambda api: api.create_pull("Restore ci.yml", "zionr/a", "main", "why"), (201,)),
}
KINDS = {401: "no-right", 403: "no-right", 404: "not-found", 409: "refused"} | {
    422: "refused",
    429: "limited",
    500: "unreachable",
}


def at(url: str, folder: Path) -> Context:
    """A machine that is told of GitHub as a workflow's job is. Its waits take no time."""
    environ = {"GITHUB_API_URL": url, "GITHUB_REPOSITORY": "octo-org/octo-repo", "GITHUB_TOKEN": "canary"}
    return support.context(str(folder), environ)


def api_at(url: str, folder: Path) -> Api:
    """zionr's client there."""
    api = open_api(settings(), at(url, folder), Bounds(deadline_s=50.0))
    assert api is not None
    return api


def all_permitted(relay: Relay) -> bool:
    """Whether something was asked, and every request was one that the description permits."""
    told = [f"{one.method} {one.path}: {one.violation}" for one in relay.exchanges if one.violation]
    assert not told, "\n".join(told)
    return bool(relay.exchanges)


def test_every_method_of_the_client_has_a_case() -> None:
    methods = {name for name, value in vars(Api).items() if callable(value) and not name.startswith("_")}
    assert methods == {case.method for case in CASES.values()}


@pytest.mark.parametrize("name", CASES)
def test_a_request_that_succeeds(name: str, github: Relay, tmp_path: Path) -> None:
    case = CASES[name]
    for code in (None, *case.good):
        github.code = code
        case.call(api_at(github.url, tmp_path / str(code)))
        assert all_permitted(github)
        assert github.exchanges[-1].status in case.good


@pytest.mark.parametrize("code", KINDS)
@pytest.mark.parametrize("name", CASES)
def test_a_request_that_is_refused(name: str, code: int, github: Relay, tmp_path: Path) -> None:
    case, api = CASES[name], api_at(github.url, tmp_path)
    github.code = code
    if code == 404 and case.may_lack:
        assert case.call(api) is None
    else:
        with pytest.raises(ApiError) as caught:
            case.call(api)
        assert caught.value.kind == KINDS[code]
        assert caught.value.remedy
    assert all_permitted(github)
    assert {one.status for one in github.exchanges} == {code}


@pytest.mark.parametrize("name", CASES)
def test_an_enterprise_server(name: str, enterprise: Relay, tmp_path: Path) -> None:
    case = CASES[name]
    case.call(api_at(f"{enterprise.url}/api/v3", tmp_path))
    assert all_permitted(enterprise)
    assert all(one.path.startswith("/api/v3/repos/octo-org/octo-repo") for one in enterprise.exchanges)


def test_listings_are_paged(github: Relay, tmp_path: Path) -> None:
    for call in (CASES["workflows"].call, CASES["runs"].call):
        assert len(call(api_at(github.url, tmp_path))) == 2
    assert [one.path.endswith("&page=2") for one in github.exchanges] == [False, True] * 2


def test_a_whole_look(github: Relay, tmp_path: Path) -> None:
    """What a check sends, in its order and with its values."""
    facts, used = observe_api(settings(), at(github.url, tmp_path), None)

    assert facts is not None
    assert used is not None
    assert (facts["status"], facts["reason"]) == ("ok", None)
    assert all_permitted(github)
    assert len(github.exchanges) == used["requests"]
    assert any("status=queued&created=" in one.path for one in github.exchanges)
    assert list(facts["workflows"]) == ["blank.yaml", "linter.yaml"]


WRONG = [
    ("GET", "/actions/runs?status=bogus", None),
    ("GET", "/actions/runs/abc", None),
    ("GET", "/actions/nonesuch", None),
    ("POST", "/actions/workflows/ci.yml/enable", None),
    ("POST", "/actions/workflows/ci.yml/dispatches", b'{"inputs": {}}'),
    ("POST", "/git/refs", b'{"ref": "refs/heads/a"}'),
    ("POST", "/pulls", b'{"title": "a", "head": "b"}'),
]


@pytest.mark.parametrize("code", [None, 200, 404, 422])
@pytest.mark.parametrize(("method", "path", "body"), WRONG)
def test_the_contract_has_teeth(method: str, path: str, body: bytes | None, code: int | None, github: Relay) -> None:
    github.code = code
    asked = urllib.request.Request(f"{github.url}/repos/o/r{path}", body, method=method)
    asked.add_header("Content-Type", "application/json")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(asked, timeout=60)
    (exchange,) = github.exchanges
    assert exchange.violation is not None
