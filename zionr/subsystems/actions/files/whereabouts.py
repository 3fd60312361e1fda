"""What the files of the facts are called: a workflow by its name, an action by its path. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ....model import JsonObject


class Whereabouts(NamedTuple):
    """Its kind, its path from the top, and its FILE, None where it is missing."""

    kind: str
    path: str
    file: JsonObject | None


def action_name(path: str, files: JsonObject) -> str:
    """What the action at this path is called: by its path, with `./` before it where a workflow has that name."""
    return f"./{path}" if path in files["workflows"] else path


def actions_by_name(files: JsonObject) -> JsonObject:
    """The FILE of each action, by what it is called."""
    return {action_name(path, files): file for path, file in files["actions"].items()}


def find(name: str, files: JsonObject, folder: str) -> Whereabouts:
    """The workflow of that name, else the action so called; what is neither was a workflow in the folder."""
    workflow: JsonObject | None = files["workflows"].get(name)
    path = name.removeprefix("./")
    file = workflow or (files["actions"].get(path) if action_name(path, files) == name else None)
    kind = "action" if workflow is None and file is not None else "workflow"
    return Whereabouts(kind, str(file["path"]) if file else f"{folder.strip('/')}/{name}", file)
