"""Replies of GitHub's REST API as values: redirects, pages and kept replies; never beyond the one server.

The token goes to the server that GITHUB_API_URL names, and into no text, file or error.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ....model import JsonObject
from ....ports import http
from .address import address, followed, next_page
from .cache import Kept, ReplyCache
from .problem import ApiError
from .wire import LARGEST, Wire, unreadable

_REDIRECTS = (301, 302, 307, 308)
_HOPS = 3


class Reply(NamedTuple):
    """A success: `content` is its JSON, None where it had no body; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    content: Any


class Client:
    """`base` is the API's address without a slash at its end."""

    def __init__(self, base: str, wire: Wire, cache: ReplyCache | None = None) -> None:
        self._base = base
        self._wire = wire
        self._cache = cache

    @property
    def requests(self) -> int:
        """How many requests were sent, tries included."""
        return self._wire.requests

    @property
    def left_s(self) -> float:
        """Seconds until the deadline of all its work."""
        return self._wire.left_s

    @property
    def usage(self) -> JsonObject:
        """{requests, rate_remaining, rate_reset}: what was sent, and what GitHub said is left."""
        remaining, reset = self._wire.rate
        return {"requests": self.requests, "rate_remaining": remaining, "rate_reset": reset}

    def close(self) -> None:
        """Give the connection back."""
        self._wire.close()

    def read(self, path: str, query: Mapping[str, str | int] | None = None) -> Reply:
        """GET. ApiError for all but a success."""
        return self._read(address(self._base, path, query or {}), self._cache)

    def pages(
        self, path: str, query: Mapping[str, str | int], most: int, *, keep: bool = True
    ) -> Iterator[tuple[Reply, bool]]:
        """GET page by page, as the Link headers lead, `most` at most; with each whether there are more.

        `keep` is False for what will never be asked for again. ApiError for all but a success.
        """
        here: str | None = address(self._base, path, query)
        seen: set[str] = set()
        while here is not None and len(seen) < most:
            seen.add(here)
            reply = self._read(here, self._cache if keep else None)
            here = self._page_after(here, reply)
            yield reply, here is not None
            if here in seen:
                raise unreadable("its list of pages runs in a circle")

    def change(self, method: str, path: str, body: JsonObject | None = None) -> Reply:
        """POST or PUT, once. ApiError for all but a success; its `sent` says whether it may have been done."""
        content = None if body is None else json.dumps(body).encode()
        answer = self._wire.change(method, address(self._base, path, {}), content)
        if answer.status in _REDIRECTS:
            raise _moved("a change to another address, where it is not sent again")
        return self._reply(answer, changing=True)

    def _read(self, url: str, cache: ReplyCache | None) -> Reply:
        for _ in range(_HOPS + 1):
            kept = cache.find(url, LARGEST) if cache else None
            answer = self._wire.ask(url, kept.etag if kept else None)
            if answer.status == 304 and kept is not None:
                unchanged = {**answer.headers, "link": kept.link}
                return self._reply(answer._replace(status=200, headers=unchanged, body=kept.body))
            if answer.status not in _REDIRECTS:
                return self._kept(url, answer, cache)
            target = followed(self._base, url, answer.headers.get("location", ""))
            if target is None:
                raise _moved("to another server, where the token must not go")
            url = target
        raise _moved(f"more than {_HOPS} times")

    def _kept(self, url: str, answer: http.Answer, cache: ReplyCache | None) -> Reply:
        reply = self._reply(answer)
        etag = answer.headers.get("etag", "")
        if cache and reply.status == 200 and etag:
            cache.keep(url, Kept(etag, answer.headers.get("link", ""), answer.body))
        return reply

    def _page_after(self, here: str, reply: Reply) -> str | None:
        target = next_page(reply.headers.get("link", ""))
        if target is None:
            return None
        found = followed(self._base, here, target)
        if found is None:
            raise unreadable("its next page lies on another server, where the token must not go")
        return found

    def _reply(self, answer: http.Answer, *, changing: bool = False) -> Reply:
        status = answer.status or 0
        if not 200 <= status < 300:
            raise self._wire.refusal(answer, changing=changing)
        try:
            content = json.loads(answer.body) if answer.body.strip() else None
        except (ValueError, RecursionError):
            raise unreadable("its answer is no JSON", sent=changing) from None
        return Reply(status, answer.headers, content)


def _moved(why: str) -> ApiError:
    return ApiError(
        "unreadable", f"GitHub's API redirects {why}", "correct the name of the repository, or GITHUB_API_URL"
    )
