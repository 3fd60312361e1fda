"""A GitHub that holds state, on a real socket: strict, quick, and as ill-behaved as a test asks.

    with FakeGitHub() as github:
        site = github.add_repository("octo-org/site")
        site.add_workflow("ci.yml", "disabled_inactivity")
        site.add_run("ci.yml", "failure", ago=3600)
        ... run something with github.environ() ...

A request that it does not know, a change of a state that GitHub would not allow unasked, or a key that GitHub does not
know goes to `unexpected`, and the end of the `with` fails. Time stands still: a run goes on by being looked at
(`Run.then`). `faults` are used up in order by the next requests that fit.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlencode

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from .github_actions import ROUTES as ACTIONS
from .github_git import ROUTES as GIT
from .github_types import Ask, Fault, Refused, Seen, Told
from .github_world import NOW, Repository, canonical

TOKEN = "a-token-that-only-the-fake-knows"
RIGHTS = {"actions": "write", "contents": "write", "pull_requests": "write", "workflows": "write"}


class _Server(HTTPServer):
    """Ends at once when it is told to, not at the next half second."""

    def thread_target(self) -> None:
        assert self.server is not None
        self.server.serve_forever(poll_interval=0.005)


class FakeGitHub:
    """`prefix` is `/api/v3` for an Enterprise server; `tokens` {token: {right: read or write}}."""

    def __init__(self, prefix: str = "", now: float = NOW) -> None:
        self.prefix = prefix
        self.now = now
        self.tokens: dict[str, dict[str, str]] = {TOKEN: dict(RIGHTS)}
        self.repositories: dict[str, Repository] = {}
        self.faults: list[Fault] = []
        self.requests: list[Seen] = []
        self.unexpected: list[str] = []
        self.remaining: int | None = 5000
        self.reset = now + 1800
        self.knows_run_details = True
        self.on_page: Callable[[int], None] | None = None
        """Called with the number of each page that is read, before it is made: for lists that shift."""
        self.aliases: dict[str, str] = {}
        """Old names of repositories: {old: new}, answered with 301."""
        self._routes = [(method, re.compile(pattern), right, route) for method, pattern, right, route in ACTIONS + GIT]
        self._over = threading.Event()
        self._turn = threading.Lock()
        self._server = _Server("127.0.0.1", 0, threaded=True)
        self._server.expect_request(re.compile(".*")).respond_with_handler(self._serve)

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._over.set()
        self._server.stop()
        if kind is None:
            assert self.unexpected == []
            assert [fault for fault in self.faults if fault.times] == [], "a fault that nothing ran into"

    @property
    def url(self) -> str:
        """What GITHUB_API_URL is to be."""
        return f"http://127.0.0.1:{self._server.port}{self.prefix}"

    def environ(self, repository: str | None = None, token: str = TOKEN) -> dict[str, str]:
        """The variables that lead here; the only repository where none is named."""
        name = repository or next(iter(self.repositories), "octo-org/site")
        return {"GITHUB_API_URL": self.url, "GITHUB_TOKEN": token, "GITHUB_REPOSITORY": name}

    def add_repository(
        self,
        name: str = "octo-org/site",
        *,
        branch: str = "main",
        private: bool = False,
        files: Mapping[str, str] | None = None,
    ) -> Repository:
        """A repository with one commit."""
        made = Repository(name, self.now, branch=branch, private=private, files=files or {"README.md": "# A site\n"})
        self.repositories[name] = made
        return made

    def fail(self, kind: str, **changes: Any) -> Fault:
        """Let the next request that fits fail: see `Fault`."""
        fault = Fault(kind, **changes)
        self.faults.append(fault)
        return fault

    def limit(self, *, primary: bool = False, retry_after: int | None = None, **changes: Any) -> Fault:
        """Let the next request that fits reach a rate limit."""
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(self.reset))} if primary else {}
        if retry_after is not None:
            headers["retry-after"] = str(retry_after)
        words = "API rate limit exceeded" if primary else "You have exceeded a secondary rate limit"
        return self.fail("status", **{"status": 403, "message": words, "headers": headers, **changes})

    def paths(self, method: str | None = None) -> list[str]:
        """What was asked, in order, as `METHOD /path`."""
        return [f"{one.method} {one.path}" for one in self.requests if method in (None, one.method)]

    def changes(self) -> list[str]:
        """What was asked but not by GET."""
        return [f"{one.method} {one.path}" for one in self.requests if one.method != "GET"]

    def _serve(self, request: Request) -> Response:
        with self._turn:
            path = request.path.removeprefix(self.prefix)
            body = request.get_json(silent=True) if request.get_data() else None
            fault = next((one for one in self.faults if one.fits(request.method, path)), None)
            status = 0 if fault is None or fault.kind not in ("status", "raw") else fault.status
            if fault is None or fault.after:
                response = self._respond(request, path, body)
                status = response.status_code if fault is None else status
            seen = Seen(request.method, path, dict(request.args), body, dict(request.headers), status)
            # Before the answer goes out: who reads it may look here at once.
            self.requests.append(seen)
            if fault is not None:
                fault.times -= 1
                response = self._spoil(fault, request)
            return response

    def _respond(self, request: Request, path: str, body: Any) -> Response:
        try:
            told = self._route(request, path, body)
            return self._paged(request, told) if told.rows else self._plain(told.status, told.content, request)
        except Refused as refused:
            content = {"message": refused.message, "documentation_url": "https://docs.example/rest"}
            return self._plain(refused.status, content, None, refused.headers)

    def _route(self, request: Request, path: str, body: Any) -> Told:
        if not request.path.startswith(f"{self.prefix}/"):
            self._object(f"{request.method} {request.path}: outside of {self.prefix}")
            raise Refused(404, "Not Found")
        rights = self._rights_of(request)
        # A %2F in a path is part of a name, so the raw path decides.
        raw = request.environ["REQUEST_URI"].partition("?")[0].removeprefix(self.prefix)
        for method, pattern, right, route in self._routes:
            found = pattern.fullmatch(_unquoted(raw))
            if method == request.method and found is not None:
                owner, name, *parts = found.groups()
                repository = self._visible(f"{owner}/{name}", rights, request)
                self._require(right, rights, repository)
                return route(self, Ask(repository, tuple(map(_slashes, parts)), dict(request.args), body, rights))
        self._object(f"{request.method} {path}: no such request")
        raise Refused(404, "Not Found")

    def _rights_of(self, request: Request) -> dict[str, str]:
        for name, wanted in (("X-GitHub-Api-Version", "2022-11-28"), ("Accept", "application/vnd.github+json")):
            if request.headers.get(name) != wanted:
                self._object(f"{request.method} {request.path}: no {name}: {wanted}")
        if not request.headers.get("User-Agent", "").startswith("zionr/"):
            self._object(f"{request.method} {request.path}: no User-Agent")
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.tokens:
            raise Refused(401, "Bad credentials")
        return self.tokens[token]

    def _visible(self, name: str, rights: Mapping[str, str], request: Request) -> Repository:
        if name in self.aliases:
            target = request.url.replace(name, self.aliases[name], 1)
            raise Refused(301, "Moved Permanently", {"Location": target})
        repository = self.repositories.get(name)
        if repository is None or (repository.private and "contents" not in rights):
            raise Refused(404, "Not Found")
        return repository

    def _require(self, right: str, rights: Mapping[str, str], repository: Repository) -> None:
        name, _, level = right.partition("=")
        had = rights.get(name)
        if had == "write" or had == level or (level == "read" and not repository.private):
            return
        raise Refused(403, "Resource not accessible by integration", {"X-Accepted-GitHub-Permissions": right})

    def _object(self, what: str) -> None:
        self.unexpected.append(what)

    def object_to(self, what: str) -> None:
        """Say that a request was one that GitHub would not expect: the test fails at its end."""
        self._object(what)

    def _paged(self, request: Request, told: Told) -> Response:
        query = request.args
        page, size = int(query.get("page", 1)), int(query.get("per_page", 30))
        if not 1 <= size <= 100:
            self._object(f"{request.path}: per_page={size}")
        if self.on_page is not None:
            self.on_page(page)
        assert told.rows is not None
        rows = told.rows()
        within = rows if told.most is None else rows[: told.most]
        shown = list(map(told.show, within[(page - 1) * size : page * size]))
        content = shown if told.key is None else {"total_count": len(rows), told.key: shown}
        headers = {}
        if page * size < len(within):
            rest = urlencode({key: value for key, value in query.items() if key != "page"})
            path = f"{self.url}{request.path.removeprefix(self.prefix)}"
            last = -(-len(within) // size)
            headers["Link"] = f'<{path}?{rest}&page={page + 1}>; rel="next", <{path}?{rest}&page={last}>; rel="last"'
        return self._plain(told.status, content, request, headers)

    def _plain(
        self, status: int, content: Any, request: Request | None, headers: Mapping[str, str] | None = None
    ) -> Response:
        body = b"" if content is None else canonical(content)
        headers = {**(headers or {}), **self._rate(status)}
        if request is not None and request.method == "GET" and status == 200:
            etag = f'W/"{hashlib.sha256(body + headers.get("Link", "").encode()).hexdigest()[:32]}"'
            headers["ETag"] = etag
            if request.headers.get("If-None-Match") == etag:
                self._uncount()
                return Response(b"", 304, {**headers, **self._rate(304)})
        return Response(body, status, headers, content_type="application/json; charset=utf-8")

    def _rate(self, status: int) -> dict[str, str]:
        if self.remaining is None:
            return {}
        if status != 304:
            self.remaining = max(0, self.remaining - 1)
        return {
            "X-RateLimit-Limit": "5000",
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(int(self.reset)),
        }

    def _uncount(self) -> None:
        if self.remaining is not None:
            self.remaining += 1

    def _spoil(self, fault: Fault, request: Request) -> Response:
        if fault.kind == "status":
            content = canonical({"message": fault.message})
            return Response(content, fault.status, dict(fault.headers), content_type="application/json")
        if fault.kind == "cut":
            with contextlib.suppress(OSError):
                request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return Response(b"", 500)
        if fault.kind == "half":
            broken = iter([b'{"total_count": 1'])
            return Response(broken, 200, {"Content-Length": "4096"}, content_type="application/json")
        if fault.kind == "drip":
            return Response(self._dripping(), 200, content_type="application/json")
        if fault.kind == "garbage":
            return Response(b"<html>a proxy speaks</html>", 200, content_type="text/html")
        return Response(fault.content, fault.status, dict(fault.headers), content_type="application/json")

    def _dripping(self) -> Iterator[bytes]:
        while not self._over.wait(0.01):
            yield b" "


def _unquoted(raw: str) -> str:
    """A raw path with %2F kept as one letter that no name holds, and the rest resolved."""
    return unquote(re.sub("%2F", "\x01", raw, flags=re.I))


def _slashes(part: str) -> str:
    return part.replace("\x01", "/")
