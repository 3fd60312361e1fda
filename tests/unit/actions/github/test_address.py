from __future__ import annotations

import pytest

from tests.support import context
from tests.unit.actions.rules import settings
from zionr.subsystems.actions.github.address import base_of, followed, is_repository, next_page, own_workflow, part
from zionr.subsystems.actions.github.problem import ApiError

BASE = "https://git.example/api/v3"


@pytest.mark.parametrize(
    ("value", "base"),
    [
        (None, "https://api.github.com"),
        ("", "https://api.github.com"),
        (" https://git.example/api/v3/ ", BASE),
        ("https://git.example:8443", "https://git.example:8443"),
        ("http://127.0.0.1:8080/api/v3", "http://127.0.0.1:8080/api/v3"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ],
)
def test_where_the_api_is(value: str | None, base: str) -> None:
    assert base_of({} if value is None else {"GITHUB_API_URL": value}) == base


@pytest.mark.parametrize(
    "value",
    [
        "http://git.example",
        "http://127.0.0.1.evil.example",
        "git.example/api",
        "https://",
        "https://user:pass@git.example",
        "https://git.example/?a=b",
        "https://git.example/#x",
        "https://git.example/api/v3?",
        "https://git.example/api/v3#",
        "https://git.example/api/v3/?/",
        "https://git.exa mple",
        "https://git.example/\x00",
        "https://git.example:port",
        "https://git.example:99999",
        "https://[::1",
        "ftp://git.example",
        "file:///etc/passwd",
    ],
)
def test_where_a_token_is_not_sent(value: str) -> None:
    with pytest.raises(ApiError, match="GITHUB_API_URL is no address"):
        base_of({"GITHUB_API_URL": value})


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (f"{BASE}/repositories/1/runs?page=2", f"{BASE}/repositories/1/runs?page=2"),
        ("/api/v3/repositories/1", f"{BASE}/repositories/1"),
        ("https://GIT.example/api/v3/x", "https://GIT.example/api/v3/x"),
        ("http://git.example/api/v3/x", None),
        ("https://git.example:8443/api/v3/x", None),
        ("https://evil.example/api/v3/x", None),
        ("//evil.example/api/v3/x", None),
        ("https://git.example@evil.example/api/v3/x", None),
        ("https://git.example\\@evil.example/api/v3/x", None),
        ("https://git.example/other", None),
        ("/", None),
        ("https://[::1", None),
        ("https://git.example/api/v3/\x00", None),
        (f"{BASE}/" + "x" * 5000, None),
        ("", f"{BASE}/repos/o/r"),
    ],
)
def test_an_address_is_followed_only_below_the_base(target: str, found: str | None) -> None:
    assert followed(BASE, f"{BASE}/repos/o/r", target) == found


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ('<https://a/?page=2>; rel="next", <https://a/?page=9>; rel="last"', "https://a/?page=2"),
        ('<https://a/?page=1>; rel="prev", <https://a/?page=3>; rel="next"', "https://a/?page=3"),
        ("<https://a/?page=2>;rel=next", "https://a/?page=2"),
        ('<https://a/?page=2>; title="x"; rel="last next"', "https://a/?page=2"),
        ('<https://a/?page=2,3>; rel="next"', "https://a/?page=2,3"),
        ('<https://a/?page=1>; rel="prev"', None),
        ('<https://a/?page=1>; rel="nextish"', None),
        ("", None),
        ("<<<>>>;;;,,, rel=next", None),
        ('https://a/?page=2; rel="next"', None),
    ],
)
def test_the_next_page(link: str, found: str | None) -> None:
    assert next_page(link) == found


@pytest.mark.parametrize("link", ["<" * 100_000, "<a>;" * 50_000, '<a>; rel="' * 50_000, "<a>; a; " + "b" * 100_000])
def test_a_long_header_takes_no_long_time(link: str) -> None:
    assert next_page(link) is None


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        *[(text, True) for text in ("octo-org/site", "a/b.c_d-e")],
        *[(text, False) for text in ("a", "a/b/c", "a/..", "../a", "a/b\n", "", "a/b c", "a/b?x", "x" * 200 + "/a")],
    ],
)
def test_a_repository(text: str, fine: bool) -> None:
    assert is_repository(text) is fine


def test_a_part_of_a_path_is_quoted() -> None:
    assert part("zionr/actions/ü x?#%") == "zionr%2Factions%2F%C3%BC%20x%3F%23%25"
    assert part(7) == "7"


@pytest.mark.parametrize(
    ("ref", "own"),
    [
        ("octo-org/site/.github/workflows/zionr.yml@refs/heads/main", "zionr.yml"),
        ("Octo-Org/Site/.github/workflows/zionr.yml@refs/pull/7/merge", "zionr.yml"),
        ("octo-org/site/.github/workflows/zionr.yml@refs/heads/x/.github/workflows/y.yml", "zionr.yml"),
        ("octo-org/other/.github/workflows/zionr.yml@refs/heads/main", None),
        ("my-octo-org/site/.github/workflows/zionr.yml@refs/heads/main", None),
        ("octo-org/site/.github/workflows/a/b.yml@refs/heads/main", None),
        ("nonsense", None),
        ("", None),
    ],
)
def test_the_workflow_that_runs_zionr(ref: str, own: str | None) -> None:
    around = context(environ={"GITHUB_WORKFLOW_REF": ref})
    assert own_workflow(settings(repository="octo-org/site"), around) == own
    assert own_workflow(settings(), around) is None
