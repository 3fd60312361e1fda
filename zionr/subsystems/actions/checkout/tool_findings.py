"""What zizmor and actionlint say, as findings of one shape: {rule, state, file, line, column, message, like}. Pure.

`line` and `column` count from 1; `like` is the same wherever the same is wrong. Whatever is not of the form that is
read here raises one of ValueError, KeyError, TypeError, AttributeError and IndexError.
"""

from __future__ import annotations

import re
from typing import Any

from ....model import JsonObject

_NO_RULE = re.compile(r"[^a-z0-9]+")
_GRAVE = ("High", "Medium")


def of_zizmor(answer: Any) -> list[JsonObject]:
    """From its `json-v1`: high and medium severity are warnings, the rest notes. What the file ignores is left out."""
    return [_zizmor(found) for found in answer if not found["ignored"]]


def of_actionlint(answer: Any) -> list[JsonObject]:
    """From its `{{json .}}`: every one is a warning, it knows no severities."""
    return [_actionlint(found) for found in answer or ()]


def _zizmor(found: JsonObject) -> JsonObject:
    locations = found["locations"]
    primary = [one for one in locations if one["symbolic"]["kind"] == "Primary"]
    place = (primary or locations)[0]
    start = place["concrete"]["location"]["start_point"]
    note = place["symbolic"]["annotation"]
    return {
        "rule": _rule("zizmor", found["ident"]),
        "state": "warning" if found["determinations"]["severity"] in _GRAVE else "ok",
        "file": _from_top(place["symbolic"]["key"]["Local"]["verbatim_path"]),
        "line": int(start["row"]) + 1,
        "column": int(start["column"]) + 1,
        "message": f"{found['desc']}: {note}" if note else str(found["desc"]),
        "like": str(found["desc"]),
    }


def _actionlint(found: JsonObject) -> JsonObject:
    return {
        "rule": _rule("actionlint", found["kind"]),
        "state": "warning",
        "file": _from_top(found["filepath"]),
        "line": max(1, int(found["line"])),
        "column": max(1, int(found["column"])),
        "message": str(found["message"]),
        "like": str(found["message"]),
    }


def _rule(tool: str, name: str) -> str:
    plain = _NO_RULE.sub("-", name.lower()).strip("-")
    if not plain[:1].isalpha():
        raise ValueError(f"{name!r} is no name of a rule")
    return f"{tool}/{plain}"


def _from_top(path: str) -> str:
    return path.removeprefix("./")
