"""Sending to GitHub's API and waiting for it: limits, tries, deadline, and the count of requests.

Reads are tried three times where the server or the way to it fails. A change is sent again only where the reply proves
that it was not taken: no connection came about, or a limit was reached. Between two changes lies a second, as GitHub
asks. Waiting happens only where it ends before the deadline.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from .... import __version__
from ....context import Clock, Redact
from ....instants import clock as time_of
from ....instants import limit as duration
from ....model import JsonObject
from ....ports import http
from .limits import Limit, Rate, limit_of, read_rate, reserve_wait
from .problem import ApiError, no_token, printable, refusal

VERSION = "2022-11-28"
REQUEST_S = 20.0
"""For one request; GitHub itself gives up after ten seconds."""
TRIES = 3
FIRST_WAIT_S = 1.0
LARGEST = 4 << 20
"""Bytes of one reply; a page of a hundred runs is about one megabyte. As values it takes thirty times as much room."""
BETWEEN_CHANGES_S = 1.0


class Bounds(NamedTuple):
    """How far one conversation may go, from now on.

    `reserve` requests of the primary limit are left for others by reads; `most` is how many may be sent at all.
    """

    deadline_s: float
    reserve: int = 0
    most: int | None = None


class Wire:
    """Sends one request after the other. The token is in no text that it gives away.

    ApiError where it holds letters that no header may.
    """

    def __init__(self, token: str, clock: Clock, bounds: Bounds, redact: Redact = str) -> None:
        self._token = token.strip()
        if not all("!" <= letter <= "~" for letter in self._token):
            raise no_token("GITHUB_TOKEN holds letters that no token has")
        self._clock = clock
        self._bounds = bounds
        self._ends = clock.monotonic() + bounds.deadline_s
        self._redact = redact
        self._connection = http.Connection()
        self._changed_at: float | None = None
        self.rate = Rate()
        self.requests = 0

    @property
    def left_s(self) -> float:
        """Seconds until the deadline."""
        return self._ends - self._clock.monotonic()

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def ask(self, url: str, etag: str | None = None) -> http.Answer:
        """GET: the first answer that no further try would better, whatever it says. ApiError where there is none."""
        return self._answer("GET", url, None, etag)

    def change(self, method: str, url: str, content: bytes | None) -> http.Answer:
        """POST or PUT, once. ApiError where there is no answer; its `sent` says whether it may have been done."""
        self._keep_apart()
        try:
            return self._answer(method, url, content, None)
        finally:
            self._changed_at = self._clock.monotonic()

    def refusal(self, answer: http.Answer, *, changing: bool) -> ApiError:
        """What an answer that is no success means."""
        return refusal(answer.status or 0, answer.headers, self._message(answer), changing=changing)

    def _answer(self, method: str, url: str, content: bytes | None, etag: str | None) -> http.Answer:
        failures = limits = 0
        while True:
            answer = self._send(method, url, content, etag)
            limit = self._limit(answer, limits)
            if limit is not None:
                limits += 1
                self._wait_for(limit, limits >= TRIES)
            elif _may_pass(answer) and (method == "GET" or not answer.sent) and failures < TRIES - 1:
                failures += 1
                self._back_off(FIRST_WAIT_S * 2.0 ** (failures - 1), answer)
            elif answer.problem is not None:
                raise unreached(answer)
            else:
                return answer

    def _send(self, method: str, url: str, content: bytes | None, etag: str | None) -> http.Answer:
        headers = self._headers(content, etag)
        if method == "GET":
            self._leave_reserve()
        self._require_room()
        self.requests += 1
        within_s = min(REQUEST_S, self.left_s)
        answer = self._connection.request(
            method, url, headers=headers, content=content, within_s=within_s, most=LARGEST
        )
        self.rate = read_rate(answer.headers, self.rate, self._clock.now())
        return answer

    def _headers(self, content: bytes | None, etag: str | None) -> dict[str, str]:
        if not self._token:
            raise no_token()
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": VERSION,
            "User-Agent": f"zionr/{__version__}",
            "Authorization": f"Bearer {self._token}",
        }
        if content is not None:
            headers["Content-Type"] = "application/json"
        if etag is not None:
            headers["If-None-Match"] = etag
        return headers

    def _require_room(self) -> None:
        if self.left_s <= 0:
            raise ApiError(
                "unreachable",
                f"the time for all work with the API ({duration(self._bounds.deadline_s)}) is used up",
                "raise subsystems.actions.deadline",
            )
        if self._bounds.most is not None and self.requests >= self._bounds.most:
            raise ApiError(
                "limited", f"all {self._bounds.most} requests of one look are used up", "look again at the next run"
            )

    def _limit(self, answer: http.Answer, nth: int) -> Limit | None:
        if answer.status is None:
            return None
        return limit_of(answer.status, answer.headers, self._message(answer), self._clock.now(), nth)

    def _leave_reserve(self) -> None:
        if not self._bounds.reserve:
            return
        wait_s = reserve_wait(self.rate, self._bounds.reserve, self._clock.now())
        if wait_s:
            self._wait_for(Limit("primary", wait_s), False)
            self.rate = Rate()

    def _wait_for(self, limit: Limit, for_good: bool) -> None:
        """Wait it out where that ends before the deadline; else the ApiError that says until when."""
        if for_good or limit.wait_s >= self.left_s:
            now = self._clock.now()
            until = time_of(now + limit.wait_s, now)
            raise ApiError(
                "limited",
                f"GitHub's {limit.kind} rate limit is reached, until {until}",
                "look less often, or give zionr a token of its own",
            )
        self._clock.sleep(limit.wait_s)

    def _back_off(self, seconds: float, answer: http.Answer) -> None:
        if seconds >= self.left_s:
            raise unreached(answer) if answer.problem else self.refusal(answer, changing=False)
        self._clock.sleep(seconds)

    def _keep_apart(self) -> None:
        if self._changed_at is not None:
            passed = self._clock.monotonic() - self._changed_at
            if passed < BETWEEN_CHANGES_S:
                self._clock.sleep(BETWEEN_CHANGES_S - passed)

    def _message(self, answer: http.Answer) -> str:
        return printable(self._redact(message_of(answer.body).replace(self._token, "***")))


def unreached(answer: http.Answer) -> ApiError:
    """What it means that there is no whole answer."""
    if answer.problem == "too-large":
        return unreadable(answer.detail, sent=answer.sent)
    return ApiError(
        "unreachable",
        f"GitHub's API cannot be reached: {answer.detail}",
        "look at the network of this machine, and at githubstatus.com",
        sent=answer.sent,
    )


def unreadable(why: str, *, sent: bool = False) -> ApiError:
    """An answer that GitHub's API would not give."""
    return ApiError("unreadable", f"GitHub's API: {why}", "check that GITHUB_API_URL is GitHub's API", sent=sent)


def message_of(body: bytes) -> str:
    """What GitHub says of a refusal: `message`, and the messages of its first errors."""
    try:
        told: JsonObject = json.loads(body[: 64 << 10])
    except (ValueError, RecursionError):
        return ""
    if not isinstance(told, dict):
        return ""
    errors = told.get("errors")
    more = [one.get("message") for one in errors[:3] if isinstance(one, dict)] if isinstance(errors, list) else []
    return "; ".join(text for text in (told.get("message"), *more) if isinstance(text, str))


def _may_pass(answer: http.Answer) -> bool:
    """Whether the same request may succeed a moment later."""
    return answer.problem in ("unreachable", "timeout", "broken") or (answer.status or 0) >= 500
