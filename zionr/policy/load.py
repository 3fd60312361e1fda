"""The one way to load a policy. The cold path writes the compiled form and reads it back; the warm one only reads.

The warm path imports neither yaml, jsonschema nor hashlib, and reads the policy's files, the compiled form and the
stamps of the schema files, nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..model import JsonObject
from . import compiled
from .model import Policy, from_compiled
from .request import Request, Source, read_request

NO_POLICY = "no policy"


def load(
    path: str,
    *,
    environment: str | None,
    environ: Mapping[str, str],
    runner: str,
    cache_dir: str | None,
    top: str,
) -> Policy:
    """The policy at `path` under the overlay of `environment`, the variables of `environ` and this runner's id.

    `top` is the repository's top, from which paths are shown; `cache_dir` is where the compiled form is kept, None
    for nowhere. PolicyError holds every problem, each one line, sorted by place.
    """
    request = read_request(path, environment=environment, environ=environ, runner=runner, top=top)
    place = None if cache_dir is None else compiled.place_of(cache_dir, request)
    return (place and _warm(place, request)) or _cold(place, request)


def without_policy(subsystem: str, *, runner: str, top: str) -> Policy:
    """What a policy says that enables one subsystem and leaves the rest at its defaults."""
    text = f"version: 1\nsubsystems: {{{subsystem}: {{}}}}\n"
    return _cold(None, Request(top, NO_POLICY, top, None, {}, runner, (Source(NO_POLICY, text.encode()),)))


def _warm(place: str, request: Request) -> Policy | None:
    found = compiled.read(place)
    try:
        return from_compiled(found) if found and compiled.is_current(found, request) else None
    except (KeyError, TypeError, AttributeError, ValueError):
        return None  # of another shape, though it claims to be ours: compiled anew


def _cold(place: str | None, request: Request) -> Policy:
    from .compiler import compile_policy

    fresh = compile_policy(request)
    if place is not None:
        compiled.write(place, fresh)
        policy = _warm(place, request)
        if policy is not None:
            return policy
    as_read: JsonObject = json.loads(json.dumps(fresh))
    return from_compiled(as_read)
