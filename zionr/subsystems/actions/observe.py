"""Look at GitHub Actions: the files on disk, GitHub's API, and for what is suspect git's history.

Facts: `now`; `branch`, whose runs are judged; `own`, the workflow that runs this very zionr, None where none does;
`files`, what the workflow and action files say and what is wrong with them (see `checkout.observe`), None where they
are not judged; `api`, what GitHub told (see `github.observe`), None where no repository is known.
"""

from __future__ import annotations

from ...context import Context
from ...model import JsonObject, Observation
from .checkout.inspection_cache import Inspections
from .checkout.observe import inspect_content, observe_files
from .judging.alive import late
from .judging.soundness import suspects
from .settings import Settings


def observe(settings: Settings, context: Context) -> Observation:
    """One look. Never raises for what it meets: each way to see nothing is a value with its reason."""
    inspections = Inspections(context.state_dir)
    files = observe_files(settings, context, inspections, top=context.top) if settings.files.enabled else None
    api, usage = _ask(settings, context, files)
    facts = _facts(settings, context, files, api)
    if files is not None:
        names = sorted({*suspects(files, settings), *late(facts, settings)})
        files["history"] = _history(names, files, settings, context, inspections)
        inspections.save()
    return Observation("actions", "repository", facts["now"], facts, usage)


def observe_only_files(path: str, settings: Settings, context: Context) -> Observation:
    """A look at the files at `path`: a checkout, a folder, or one file. Nothing is sent, and nothing is kept."""
    from .checkout.places import place

    top, folder, only = place(path)
    settings = settings._replace(files=settings.files._replace(path=folder), critical=frozenset())
    context = context._replace(top=top)
    inspections = Inspections(context.state_dir)
    files = observe_files(settings, context, inspections, top=top, only=only)
    files["history"] = _history(suspects(files, settings), files, settings, context, inspections)
    files["pointed_at"] = True
    facts = _facts(settings, context, files, None)
    return Observation("actions", "repository", facts["now"], facts)


def _ask(settings: Settings, context: Context, files: JsonObject | None) -> tuple[JsonObject | None, JsonObject | None]:
    """What GitHub told, and what that cost. Who has no repository pays for no HTTP library."""
    from .github.address import repository_of

    if repository_of(settings, context) is None:
        return None, None
    from .github.observe import observe_api

    return observe_api(settings, context, files)


def _facts(settings: Settings, context: Context, files: JsonObject | None, api: JsonObject | None) -> JsonObject:
    from .github.address import own_workflow

    branch = settings.branch or (api["default_branch"] if api is not None else None)
    own = own_workflow(settings, context)
    return {"now": context.clock.now(), "branch": branch, "own": own, "files": files, "api": api}


def _history(
    names: list[str], files: JsonObject, settings: Settings, context: Context, inspections: Inspections
) -> JsonObject:
    if not names:
        return {"reach": "none", "reason": "no file asks for it", "of": {}}
    from .history.observe import observe_history  # git and all that reads it: not where every file is well

    return observe_history(names, files, settings, context, top=context.top, inspect=inspect_content, cache=inspections)
