"""Where a file is that the facts name: a workflow by its name, an action by its path. Pure."""

from __future__ import annotations

from typing import NamedTuple

from ....model import JsonObject


class Whereabouts(NamedTuple):
    """Its kind, its path from the top, and its FILE, None where it is missing."""

    kind: str
    path: str
    file: JsonObject | None


def find(name: str, files: JsonObject, folder: str) -> Whereabouts:
    """The workflow of that name, else the action at that path; what is neither was a workflow in the folder."""
    workflow: JsonObject | None = files["workflows"].get(name)
    file = workflow or files["actions"].get(name)
    kind = "action" if workflow is None and file is not None else "workflow"
    return Whereabouts(kind, str(file["path"]) if file else f"{folder.strip('/')}/{name}", file)
