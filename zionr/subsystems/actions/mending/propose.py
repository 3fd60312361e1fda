"""`actions/restore` done: a branch with a pull request where the token may, else a patch in the report.

Everything is made anew from git's blobs and judged again; nothing here touches the work tree, the index or a ref of
this clone.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ....context import Context
from ....model import Candidate, JsonObject, Outcome
from ....ports import git
from ..files.blob import blob_id
from ..files.source import Inspect
from ..history.look import read_file
from ..repairs.words import skipped
from ..settings import Settings
from .diffs import as_patch
from .mend import Past, in_facts, mend
from .proposal_text import Made

if TYPE_CHECKING:
    from ..github.api import Api

GIT_S = 30.0
"""For each thing that git is asked."""
WORKFLOWS = ".github/workflows/"
CANNOT_WRITE = "GitHub's own token cannot write workflow files; give zionr a token that may, or apply the patch"


def propose(candidate: Candidate, settings: Settings, context: Context, *, inspect: Inspect) -> Outcome:
    """Offer the files as they could be again: outcome `proposed`, or why not."""
    made = _make(candidate, context, inspect)
    if isinstance(made, Outcome):
        return made
    evidence = {
        "files": {one.plan["name"]: in_facts(one.mended) for one in made},
        "left": candidate.action["left"],
        "summary": candidate.action["summary"],
    }
    reason = _why_no_branch(made, settings, context.environ)
    if reason is not None:
        return _as_patch(made, reason, context)._replace(evidence=evidence)
    return _on_github(made, candidate, settings, context)._replace(evidence=evidence)


class _Case(NamedTuple):
    """One file to mend: its plan, its path in the repository, its content now, and the blobs that were read."""

    plan: JsonObject
    path: str
    before: bytes | None
    contents: Mapping[str, bytes]

    def content(self, which: str) -> bytes | None:
        """What the blob of the plan's `broken` or `good` holds."""
        blob = self.plan["blobs"][which]
        return None if blob is None else self.contents.get(blob)


def _make(candidate: Candidate, context: Context, inspect: Inspect) -> list[Made] | Outcome:
    """The mended files, from what is there now; a skip where that is not what was judged."""
    plans: list[JsonObject] = [{**plan, "name": name} for name, plan in candidate.action["files"].items()]
    changed = [plan["path"] for plan in plans if _digest_here(plan, context) != plan["digest"]]
    if changed:
        return skipped(f"{changed[0]} has changed since it was judged")
    repository = git.find(context.top, context.environ, timeout_s=GIT_S)
    if repository == git.NO_REPOSITORY and all(_is_bare(plan) for plan in plans):
        cases = [_Case(plan, plan["path"], read_file(_place(plan, context)), {}) for plan in plans]
        return _mended(cases, context, inspect)
    if isinstance(repository, str):
        return Outcome("failed", repository)
    if any(_is_bare(plan) for plan in plans):
        return skipped("it was judged without a git repository, and now there is one")
    found = _cases(plans, repository)
    return found if isinstance(found, Outcome) else _mended(found, context, inspect)


def _cases(plans: list[JsonObject], repository: git.Repository) -> list[_Case] | Outcome:
    """What git holds of the files, where its last commit is the one that was judged.

    A branch of the proposal here says nothing: it may be left of one that is long merged. GitHub is asked for that.
    """
    paths = [repository.prefix + plan["path"] for plan in plans]
    tree = git.files_in(repository, paths, timeout_s=GIT_S)
    if isinstance(tree, str):
        return Outcome("failed", tree)
    for plan, path in zip(plans, paths, strict=True):
        if (tree[path].blob if path in tree else None) != plan["blobs"]["present"]:
            return skipped(f"{plan['path']} in the last commit has changed since it was judged")
    wanted = {blob for plan in plans for blob in plan["blobs"].values() if blob is not None}
    contents = git.blobs(repository, sorted(wanted), timeout_s=GIT_S)
    return [
        _Case(plan, path, contents.get(plan["blobs"]["present"]), contents)
        for plan, path in zip(plans, paths, strict=True)
    ]


def _mended(cases: list[_Case], context: Context, inspect: Inspect) -> list[Made] | Outcome:
    def merge(present: bytes, base: bytes, good: bytes) -> bytes | None:
        return git.merge_file(present, base, good, context.environ, timeout_s=GIT_S)

    made = []
    for case in cases:
        past = Past(case.before, case.content("broken"), case.content("good"), case.plan["did_more"])
        mended = mend(case.plan["kind"], past, inspect, merge)
        if isinstance(mended, str):
            return skipped(f"{case.plan['path']}: {mended}", gate="precondition")
        made.append(Made(case.plan, case.path, case.before, mended))
    return made


def _is_bare(plan: JsonObject) -> bool:
    """Whether git had nothing to do with it."""
    return all(blob is None for blob in plan["blobs"].values())


def _place(plan: JsonObject, context: Context) -> str:
    return os.path.join(context.top, plan["path"])


def _digest_here(plan: JsonObject, context: Context) -> str | None:
    content = read_file(_place(plan, context))
    return None if content is None else blob_id(content)


def _why_no_branch(made: list[Made], settings: Settings, environ: Mapping[str, str]) -> str | None:
    """Why it is a patch without even trying; None where a branch may be made."""
    token = environ.get("GITHUB_TOKEN", "").strip()
    if settings.proposals == "patch":
        return "the policy's `proposals` is patch"
    if any(_is_bare(one.plan) for one in made):
        return "git tells nothing here, so nobody knows what GitHub has"
    if not token:
        return "there is no token in GITHUB_TOKEN"
    writes_workflows = any(one.path.startswith(WORKFLOWS) for one in made)
    is_own = environ.get("GITHUB_ACTIONS") == "true" and token.startswith("ghs_")
    return CANNOT_WRITE if settings.proposals == "auto" and is_own and writes_workflows else None


def _on_github(made: list[Made], candidate: Candidate, settings: Settings, context: Context) -> Outcome:
    from ..github.api import open_api
    from ..github.problem import ApiError
    from ..github.wire import Bounds

    try:
        api = open_api(settings, context, Bounds(min(settings.deadline_s, candidate.timeout_s)))
    except ApiError as error:
        return _as_patch(made, error.advice, context)
    if api is None:
        return _as_patch(made, "no repository is known: set subsystems.actions.repository", context)
    try:
        return _offer(api, made, candidate, context)._replace(api=api.client.usage)
    finally:
        api.client.close()


def _offer(api: Api, made: list[Made], candidate: Candidate, context: Context) -> Outcome:
    from .offer import DeniedError, offer

    try:
        return offer(api, made, candidate)
    except DeniedError as denied:
        return _as_patch(made, str(denied), context)


def _as_patch(made: list[Made], reason: str, context: Context) -> Outcome:
    text = as_patch([one.change for one in made])
    reason = f"a patch, no pull request: {reason}"
    if context.redact(text) != text:
        reason += "; what looks like a secret was taken out of the patch, so it may not apply"
    return Outcome("proposed", reason, proposal={"branch": None, "commit": None, "url": None, "patch": text})
