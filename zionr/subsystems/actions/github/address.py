"""Where GitHub's API is, and which addresses of a reply may be followed with a token (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlencode, urljoin, urlsplit

from ....context import Context
from ..settings import Settings
from .problem import ApiError
from .runs import FOLDER, workflow_name

PUBLIC = "https://api.github.com"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}")
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[^,;<>"]+(?:"[^"]*")?)*)')
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


def base_of(environ: Mapping[str, str]) -> str:
    """The address of the API without a slash at its end: GITHUB_API_URL, as Actions and GitHub Enterprise set it.

    ApiError where it is no address that a token may be sent to. Only this machine is spoken to without TLS.
    """
    text = environ.get("GITHUB_API_URL", "").strip().rstrip("/") or PUBLIC
    try:
        parts = urlsplit(text)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise _no_address() from None
    plain = parts.scheme == "http" and parts.hostname in _THIS_MACHINE
    if not (plain or parts.scheme == "https") or not parts.hostname or not port_is_fine:
        raise _no_address()
    if "@" in parts.netloc or not text.isprintable() or any(mark in text for mark in " ?#"):
        raise _no_address()
    return text


def _no_address() -> ApiError:
    return ApiError(
        "unreachable",
        "GITHUB_API_URL is no address that a token may be sent to",
        "set it as https://HOST/api/v3 for GitHub Enterprise, or leave it out for github.com",
    )


def repository_of(settings: Settings, context: Context) -> str | None:
    """`owner/name` that the policy or GITHUB_REPOSITORY names; None where there is none."""
    return settings.repository or context.environ.get("GITHUB_REPOSITORY", "").strip() or None


def own_workflow(settings: Settings, context: Context) -> str | None:
    """The file name of the workflow that runs this very zionr; None where it is no workflow of the repository.

    GitHub sets GITHUB_WORKFLOW_REF to `octo-org/site/.github/workflows/ci.yml@refs/heads/main`, and takes names of
    owners and repositories in either case.
    """
    path = context.environ.get("GITHUB_WORKFLOW_REF", "").strip()
    home, repository = path.partition(f"/{FOLDER}")[0], repository_of(settings, context)
    return workflow_name(path) if repository is not None and home.lower() == repository.lower() else None


def is_repository(text: str) -> bool:
    """Whether it is `owner/name` as GitHub allows them."""
    return _REPOSITORY.fullmatch(text) is not None and text.partition("/")[2] not in (".", "..")


def part(text: str | int) -> str:
    """One segment of a path, every slash in it quoted; ApiError for one that would climb."""
    if text in ("", ".", ".."):
        raise ApiError("refused", f"{text!r} is no name on GitHub", "correct the name in the policy")
    return quote(str(text), safe="", errors="surrogateescape")


def address(base: str, path: str, query: Mapping[str, str | int]) -> str:
    """The whole address; `path` begins with a slash and is quoted already."""
    return f"{base}{path}?{urlencode(query)}" if query else base + path


def next_page(link: str) -> str | None:
    """The address that a Link header calls `next` (RFC 8288), else None."""
    for target, parameters in _LINK.findall(link[:8192]):
        for parameter in parameters.split(";"):
            name, _, value = parameter.strip().partition("=")
            if name.lower() == "rel" and "next" in value.strip('"').lower().split():
                return str(target)
    return None


def followed(base: str, here: str, target: str) -> str | None:
    """The address that `here` leads to, where it is below `base` on the same server; None where a token must not go."""
    try:
        whole = urljoin(here, target)
        to, home = urlsplit(whole), urlsplit(base)
    except ValueError:
        return None
    same = (to.scheme, to.netloc.lower()) == (home.scheme, home.netloc.lower())
    below = to.path.startswith(home.path + "/") and "/../" not in f"{to.path}/" and "\\" not in whole
    return whole if same and below and whole.isprintable() and len(whole) < 4096 else None
