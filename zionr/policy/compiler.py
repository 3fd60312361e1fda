"""The cold path: from the files of a policy to its compiled form, or to every one of its problems."""

from __future__ import annotations

import hashlib
from typing import Any

from ..errors import PolicyError
from ..model import JsonObject
from ..strict_yaml import Document, Limits, Marks, YamlProblems, load
from ..strict_yaml.values import Path
from . import compiled, later, overrides, schema_files, semantics, validate
from .defaults import complete
from .draft import Draft
from .problems import Place, Problem, dotted, lines, problem_at
from .request import LARGEST, Request, Source
from .schema import compose, find_parts

_LIMITS = Limits(size=LARGEST, nodes=20_000)


def compile_policy(request: Request) -> JsonObject:
    """The compiled policy: JSON that `model.from_compiled` turns into values. PolicyError with every problem.

    Keys: `key` and `schema`, by which `compiled` tells whether it is still current; `elsewhere`, the schema files of
    other packages; `path`, `folder`, `digest`, `environment`; `document`, complete and with numbers for durations and
    sizes; `origins`, `switches` and `notes`.
    """
    draft = _read(request)
    parts = find_parts()
    elsewhere = sorted(set(parts.values()) - set(schema_files.built_in().values()))
    stamps = schema_files.stamp_all(elsewhere)
    schema = compose(parts)
    _spell_streak(draft)
    least = schema["properties"]["health"]["properties"]["critical"]["default"]
    applied = overrides.apply(draft, request.values, request.runner, least)
    whole = complete(draft.value, schema)
    problems = [*applied.problems, *validate.find_problems(draft, schema)]
    problems += semantics.find_problems(draft, whole, schema)
    if problems:
        raise PolicyError(lines(problems))
    return {
        "key": compiled.key_of(request),
        "schema": stamps,
        "elsewhere": elsewhere,
        "path": request.name,
        "folder": request.folder,
        "digest": _digest(request),
        "environment": request.environment,
        "document": whole,
        "origins": {**_origins(draft, whole), **applied.origins},
        "switches": applied.switches,
        "notes": [*applied.notes, *later.of_reports(whole)],
    }


def _digest(request: Request) -> str:
    content = b"".join(source.content for source in request.sources)
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _read(request: Request) -> Draft:
    problems: list[Problem] = []
    documents = [_parse(order, source, problems) for order, source in enumerate(request.sources)]
    if problems:
        raise PolicyError(lines(problems))
    draft = Draft(request.sources[0].name, documents[0])
    for source, document in zip(request.sources[1:], documents[1:], strict=True):
        draft.lay_over(source.name, document)
    return draft


def _parse(order: int, source: Source, problems: list[Problem]) -> Document:
    place = Place(order, source.name)
    document = Document({}, Marks(None))
    try:
        document = load(source.content, limits=_LIMITS)
    except YamlProblems as found:
        for one in found.problems:
            problems.append(problem_at(place, (one.line, one.column), one.path, one.reason))
        return document
    if document.value is None:
        return Document({}, document.marks)
    if not isinstance(document.value, dict):
        mark = document.marks.key(()) or (1, 1)
        problems.append(problem_at(place, mark, (), "a policy is a mapping; it begins with version: 1"))
    return document


def _spell_streak(draft: Draft) -> None:
    """One number sets both streaks; spelled out here, so that the environment can still change one of them."""
    path: Path = ("recovery", "fail_streak")
    number = draft.get("recovery", "fail_streak")
    if isinstance(number, int) and not isinstance(number, bool) and number >= 1:
        place = draft.place(path)
        draft.set(path, {}, place)
        for state in ("warning", "critical"):
            draft.set((*path, state), number, place)


def _origins(draft: Draft, whole: JsonObject) -> dict[str, str]:
    origins: dict[str, str] = {}
    _collect(draft, whole, draft.value, (), origins)
    origins.pop("", None)
    return origins


def _collect(draft: Draft, value: Any, written: Any, path: Path, origins: dict[str, str]) -> None:
    """`written` is what stands in the draft where `value` stands in the whole: what is not there is a default."""
    origins[dotted(path)] = draft.place(path).origin
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if not isinstance(written, dict):  # a text that became a mapping: `5 per 1h`
            origins[dotted((*path, key))] = draft.place(path).origin
        elif key in written:
            _collect(draft, item, written[key], (*path, key), origins)
