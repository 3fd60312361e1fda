"""One HTTP request, within a deadline that also holds for a server that sends byte by byte."""

from __future__ import annotations

import time
from queue import Empty, SimpleQueue
from threading import Thread
from typing import NamedTuple

import requests
from urllib3.exceptions import HTTPError

_MOST = 64 << 10


class Reply(NamedTuple):
    """`status` is None where there was no answer in time, and `problem` says why."""

    status: int | None
    latency_s: float
    problem: str | None = None


def get(url: str, *, within_s: float) -> Reply:
    """GET without redirects, proxies or credentials of this machine. Never raises for what the server does.

    The time limit of `requests` is for each read, and looking up a name has none: a thread of its own is left behind
    where the answer drips in too slowly.
    """
    started = time.monotonic()
    answers: SimpleQueue[Reply] = SimpleQueue()
    Thread(target=lambda: answers.put(_ask(url, within_s, started)), daemon=True).start()
    try:
        return answers.get(timeout=within_s)
    except Empty:
        return Reply(None, time.monotonic() - started, f"no whole answer in {within_s:g} s")


def _ask(url: str, within_s: float, started: float) -> Reply:
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(url, timeout=within_s, allow_redirects=False, stream=True) as response:
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
