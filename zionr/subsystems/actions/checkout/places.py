"""What a path on the command line is: a checkout, a folder of workflow files, or one file."""

from __future__ import annotations

import os

from ....errors import UsageError
from ....ports import files

WORKFLOWS = ".github/workflows"


def place(path: str) -> tuple[str, str, str | None]:
    """The top of the checkout, and from there the workflow folder and the one file that is meant, None if all are.

    The top is the nearest folder with a `.git`, else the one that holds `.github`, else the files' own folder.
    UsageError where nothing is there, or neither a file nor a folder.
    """
    real = os.path.realpath(path)
    if os.path.isfile(real):
        folder = os.path.dirname(real)
        top = _top_of(folder)
        return top, _from(top, folder), _from(top, real)
    if not os.path.isdir(real):
        what = "is neither a file nor a folder" if os.path.lexists(path) else "is not there"
        raise UsageError(f"{path}: {what}")
    if _is_checkout(real):
        return real, WORKFLOWS, None
    if os.path.basename(real) == ".github":
        real = os.path.join(real, "workflows")
    top = _top_of(real)
    return top, _from(top, real), None


def _is_checkout(folder: str) -> bool:
    has_workflows = os.path.isdir(os.path.join(folder, *WORKFLOWS.split("/")))
    return has_workflows or os.path.lexists(os.path.join(folder, ".git"))


def _top_of(folder: str) -> str:
    found = files.find_repository_top(folder)
    if found is not None:
        return found
    above = os.path.dirname(folder)
    return os.path.dirname(above) if os.path.basename(above) == ".github" else folder


def _from(top: str, path: str) -> str:
    return os.path.relpath(path, top).replace(os.sep, "/")
