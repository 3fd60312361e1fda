"""Look at GitHub Actions: the files on disk, GitHub's API, and for what is suspect git's history.

Facts: `now`; `branch`, whose runs are judged; `files`, what the workflow and action files say and what is wrong with
them (see `observe_files`), None where they are not judged; `api`, what GitHub told (see `observe_api`), None where
no repository is known.
"""

from __future__ import annotations

from ...context import Context
from ...model import Observation
from .observe_files import observe_files
from .settings import Settings


def observe(settings: Settings, context: Context) -> Observation:
    """One look. Never raises for what it meets: each way to see nothing is a value with its reason."""
    files = observe_files(settings, context, top=context.top) if settings.files.enabled else None
    api, usage = _alive(settings, context, files)
    facts = _facts(context, settings, files, api)
    if files is not None:
        files["history"] = _history(files, facts, settings, context)
    return Observation("actions", "repository", facts["now"], facts, usage)
