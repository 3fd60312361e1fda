"""The values that the fake GitHub works with: requests as seen, faults to come, and what its routes take and give."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .github_world import Json, Repository


class Seen(NamedTuple):
    """A request as it came. `path` is without the prefix, with all %-signs resolved; `body` its JSON.

    `status` is what was answered, 0 where no whole answer was.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    headers: Mapping[str, str]
    status: int


@dataclass
class Fault:
    """What happens in place of, or (`after`) behind the back of, the next `times` requests that fit.

    `kind` is `status`, `cut` (no answer), `half` (the body breaks off), `drip` (byte by byte, for ever), `garbage`
    or `raw` (`content` as it is). `after` first does what was asked: then only the answer is lost.
    """

    kind: str
    times: int = 1
    method: str | None = None
    path: str = ""
    status: int = 200
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    after: bool = False

    def fits(self, method: str, path: str) -> bool:
        """Whether it is for this request."""
        return self.times > 0 and self.method in (None, method) and re.search(self.path, path) is not None


class Refused(Exception):  # noqa: N818  # it is an answer
    """An answer that is no success."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


class Ask(NamedTuple):
    """One request on its way to a route: `parts` are what the pattern of the route caught."""

    repository: Repository
    parts: tuple[str, ...]
    query: Mapping[str, str]
    body: Any
    rights: Mapping[str, str]


class Told(NamedTuple):
    """The answer of a route: a `content`, None for no body, or a list to page through.

    `rows` makes the list, `show` one row of it; `key` is its name in the content, None where the list is all of it;
    `most` is how many are ever shown.
    """

    status: int
    content: Any = None
    rows: Callable[[], Sequence[Any]] | None = None
    show: Callable[[Any], Json] = dict
    key: str | None = None
    most: int | None = None
