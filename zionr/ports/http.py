"""HTTP requests, each within a deadline that also holds for a server that sends byte by byte.

`requests` is imported with the first request: who only names these types pays nothing for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    import requests

_MOST = 64 << 10
_CHUNK = 64 << 10
_Result = TypeVar("_Result")


class Reply(NamedTuple):
    """`status` is None where there was no answer in time, and `problem` says why."""

    status: int | None
    latency_s: float
    problem: str | None = None


class Answer(NamedTuple):
    """What came back for one request; names of headers are in lower case.

    `problem` is None for a whole answer, else `unreachable`, `timeout`, `too-large` or `broken`, with `detail` in words
    and neither status nor body. `sent` is False only where the server cannot have had the request, nor will get it.
    """

    status: int | None
    headers: Mapping[str, str]
    body: bytes
    problem: str | None = None
    detail: str = ""
    sent: bool = True


def get(url: str, *, within_s: float) -> Reply:
    """GET without redirects, proxies or credentials of this machine. Never raises for what the server does."""
    session = _new_session()
    started = time.monotonic()
    try:
        return _within(within_s, lambda: _ask(session, url, within_s, started))
    except TimeoutError:
        return Reply(None, time.monotonic() - started, f"no whole answer in {within_s:g} s")


class Connection:
    """Requests to one server, one after the other, that share a connection while the server keeps it open.

    Nothing of this machine is used: no proxy, no .netrc, no kept cookie. Redirects are answers like any other.
    """

    def __init__(self) -> None:
        self._session: requests.Session | None = None

    def request(
        self, method: str, url: str, *, headers: Mapping[str, str], content: bytes | None, within_s: float, most: int
    ) -> Answer:
        """One request with at most `most` bytes of answer, unpacked. Never raises for what the server does.

        After a timeout the request may still be on its way to the server: `sent` is True then.
        """
        session = self._session = self._session or _new_session()
        deadline = time.monotonic() + within_s
        try:
            return _within(within_s, lambda: _exchange(session, method, url, dict(headers), content, deadline, most))
        except TimeoutError:
            # The thread that still waits keeps the old session for itself.
            self._session = None
            return _no_answer("timeout", f"no whole answer in {within_s:g} s")

    def close(self) -> None:
        """Give the connection back."""
        if self._session is not None:
            self._session.close()
            self._session = None


def _within(within_s: float, call: Callable[[], _Result]) -> _Result:
    """What `call` returns; TimeoutError where it takes longer. It must not raise.

    The time limit of `requests` is for each read, and looking up a name has none: a thread of its own is left behind
    where the answer drips in too slowly.
    """
    answers: SimpleQueue[_Result] = SimpleQueue()
    Thread(target=lambda: answers.put(call()), daemon=True).start()
    try:
        return answers.get(timeout=max(0.0, within_s))
    except Empty:
        raise TimeoutError from None


def _new_session() -> requests.Session:
    from http.cookiejar import DefaultCookiePolicy

    import requests

    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _exchange(
    session: requests.Session,
    method: str,
    url: str,
    headers: dict[str, str],
    content: bytes | None,
    deadline: float,
    most: int,
) -> Answer:
    import requests
    from urllib3.exceptions import HTTPError

    left = max(0.001, deadline - time.monotonic())
    try:
        with session.request(
            method, url, headers=headers, data=content, timeout=left, allow_redirects=False, stream=True
        ) as response:
            return _whole(response, most, deadline)
    except requests.ConnectTimeout:
        return _no_answer("unreachable", "no connection in time", sent=False)
    except requests.Timeout:
        return _no_answer("timeout", "no answer in time")
    except requests.exceptions.SSLError:
        return _no_answer("unreachable", "no secure connection")
    except requests.exceptions.ChunkedEncodingError:
        return _no_answer("broken", "the connection broke in the middle of the answer")
    except requests.ConnectionError as error:
        return _unconnected(error)
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        # A value of a header or an address could be in the text of the error: only its kind is told.
        return _no_answer("broken", f"cannot be asked: {type(error).__name__}")


def _whole(response: requests.Response, most: int, deadline: float) -> Answer:
    body = bytearray()
    for chunk in response.iter_content(_CHUNK):
        body += chunk
        if len(body) > most:
            return _no_answer("too-large", f"an answer of more than {most} bytes")
        if time.monotonic() > deadline:
            return _no_answer("timeout", "no whole answer in time")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, bytes(body))


def _unconnected(error: requests.ConnectionError) -> Answer:
    """Whether a connection was never there, or broke: only the first proves that the server knows nothing."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    if isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError):
        return _no_answer("unreachable", "no connection", sent=False)
    return _no_answer("broken", "the connection broke before the answer")


def _no_answer(problem: str, detail: str, *, sent: bool = True) -> Answer:
    return Answer(None, {}, b"", problem, detail, sent)


def _ask(session: requests.Session, url: str, within_s: float, started: float) -> Reply:
    import requests
    from urllib3.exceptions import HTTPError

    try:
        with session, session.get(url, timeout=within_s, allow_redirects=False, stream=True) as response:
            _read(response, started + within_s)
            return Reply(response.status_code, time.monotonic() - started)
    except requests.Timeout:
        return Reply(None, time.monotonic() - started, f"no answer in {within_s:g} s")
    except requests.ConnectionError:
        return Reply(None, time.monotonic() - started, "no connection")
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return Reply(None, time.monotonic() - started, f"cannot be asked: {type(error).__name__}")


def _read(response: requests.Response, deadline: float) -> None:
    """Its body, as far as it matters that it comes; no longer than anybody waits for it."""
    size = 0
    for chunk in response.iter_content(512):
        size += len(chunk)
        if size >= _MOST or time.monotonic() > deadline:
            return
