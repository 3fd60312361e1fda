"""One HTTP request, within a deadline that also holds for a server that sends byte by byte."""

import time
from typing import NamedTuple

import requests

_MOST = 64 << 10


class Reply(NamedTuple):
    """`status` is None where there was no answer in time, and `problem` says why."""

    status: int | None
    latency_s: float
    problem: str | None = None


def get(url: str, *, within_s: float) -> Reply:
    """GET without redirects, proxies or credentials of this machine. Never raises for what the server does."""
    started = time.monotonic()
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(url, timeout=within_s, allow_redirects=False, stream=True) as response:
                problem = _read(response, started + within_s)
                return Reply(response.status_code, time.monotonic() - started, problem)
    except requests.Timeout:
        return Reply(None, time.monotonic() - started, f"no answer in {within_s:g} s")
    except requests.ConnectionError:
        return Reply(None, time.monotonic() - started, "no connection")
    except (requests.RequestException, ValueError) as error:
        return Reply(None, time.monotonic() - started, f"cannot be asked: {type(error).__name__}")


def _read(response: requests.Response, deadline: float) -> str | None:
    size = 0
    for chunk in response.iter_content(4096):
        size += len(chunk)
        if time.monotonic() > deadline:
            return "its body did not arrive in time"
        if size >= _MOST:
            break
    return None
