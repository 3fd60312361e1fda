"""The conversation with GitHub for one proposal: read, make what nobody sees, look again, then one ref and one request.

Each change is sent once. Where the answer to one is lost, GitHub is asked what it has before anything else is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ....errors import ZionrError
from ....model import Candidate, JsonObject, Outcome
from ..files.blob import blob_id
from ..github.api import Api
from ..github.problem import ApiError
from ..github.values import moment, text
from ..github.wire import unreadable
from ..repairs.words import skipped
from .proposal_text import Made, body, message, title


class DeniedError(ZionrError):
    """The token may not do it, and nothing is there to see: a patch is what is left."""


class _Base(NamedTuple):
    """Where the proposal starts: the branch, its head, and that commit's tree.

    `left` is what the proposal's own branch is at, where it is there already and never had a pull request.
    """

    branch: str
    commit: str
    tree: str
    left: str | None = None


def offer(api: Api, made: Sequence[Made], candidate: Candidate) -> Outcome:
    """A branch with one commit, and a pull request. DeniedError where the token may not."""
    try:
        base = _free_base(api, made, candidate)
        if isinstance(base, Outcome):
            return base
        commit = _commit(api, made, base, candidate.action["branch"])
        if isinstance(commit, Outcome):
            return commit
        if api.ref(f"heads/{base.branch}") != base.commit:
            return skipped(f"{base.branch} has moved while the proposal was made; nothing was made that can be seen")
    except ApiError as error:
        if _may_not(error):
            raise DeniedError(error.advice) from None
        return Outcome("failed", f"{error.reason}; nothing was made that can be seen")
    return _show(api, made, candidate, base, commit)


def _free_base(api: Api, made: Sequence[Made], candidate: Candidate) -> _Base | Outcome:
    """Where the proposal starts, if nothing is in its way.

    The files come before what an older proposal left: whoever merged it and looks from an old clone has nothing to do.
    """
    branch = candidate.action["branch"]
    pulls = api.pulls(branch, "all")
    newest = max(pulls, key=lambda pull: (pull.get("state") == "open", str(pull.get("created_at"))), default=None)
    if newest is not None and newest.get("state") == "open":
        return skipped(f"the branch {branch} is there already: {_url(newest)}", gate="proposal")
    base = _fresh_base(api, made, candidate)
    if isinstance(base, Outcome):
        return base
    there = api.ref(f"heads/{branch}")
    if newest is None:
        return base._replace(left=there)
    return _in_the_way(made, newest, branch, is_there=there is not None) or base


def _fresh_base(api: Api, made: Sequence[Made], candidate: Candidate) -> _Base | Outcome:
    """The branch's head, where the files there are the ones that were judged."""
    branch = candidate.action["base"] or api.read_repository()["default_branch"]
    head = None if branch is None else api.ref(f"heads/{branch}")
    if branch is None or head is None:
        return Outcome("failed", f"GitHub has no branch {branch}" if branch else "GitHub tells no default branch")
    tree = api.commit(head)["tree"]
    there = _blobs_at(api, tree, [one.path for one in made])
    for one in made:
        if there[one.path] != (None if one.before is None else blob_id(one.before)):
            return skipped(f"{one.path} on {branch} is not the file that was judged: it has changed, or is not pushed")
    return _Base(branch, head, tree)


def _in_the_way(made: Sequence[Made], newest: JsonObject, branch: str, *, is_there: bool) -> Outcome | None:
    """A skip where a person has decided on the proposal, or where an older one has left its branch.

    Only what stands is waited for (gate `proposal`): the rest is a person's, who is told what to do. Nothing is asked
    of other branches: which files a proposal of another cause touches would take a request for each.
    """
    if not newest.get("merged_at") and _is_of_this_damage(newest, made):
        declined = f"a person closed the same proposal without merging it: {_url(newest)}"
        return skipped(f"{declined}; reopen it, or mend the damage by hand", gate="declined")
    if not is_there:
        return None
    how = "merged" if newest.get("merged_at") else "closed"
    told = f"its pull request was {how}, and its branch is still there: {_url(newest)}"
    return skipped(f"{told}; delete the branch {branch}, then it can be proposed anew", gate="branch")


def _is_of_this_damage(pull: JsonObject, made: Sequence[Made]) -> bool:
    """Whether it was made after all of the damage was done."""
    asked = moment(pull.get("created_at"))
    damaged = [one.plan["broken_by"]["at"] for one in made if one.plan["broken_by"] is not None]
    return asked is not None and asked >= max(damaged, default=0.0)


def _commit(api: Api, made: Sequence[Made], base: _Base, branch: str) -> str | Outcome:
    """A commit that no branch leads to, so that nobody sees it yet; else the same one, left by an earlier run.

    That run ended before its pull request was made: it is made now. Any other commit there is a person's to judge.
    """
    entries = [
        {"path": one.path, "mode": one.plan["mode"], "type": "blob", "content": one.mended.content.decode("utf-8")}
        for one in made
    ]
    tree = api.create_tree(base.tree, entries)
    there = _blobs_at(api, tree, [one.path for one in made])
    wrong = [one.path for one in made if there[one.path] != blob_id(one.mended.content)]
    if wrong:
        return Outcome("failed", f"GitHub has not kept {wrong[0]} byte for byte; nothing was made that can be seen")
    if base.left is None:
        return api.create_commit(message(made), tree, [base.commit])
    left = api.commit(base.left)
    if (left["tree"], left["parents"]) == (tree, [base.commit]):
        return base.left
    told = f"the branch {branch} is there already, without a pull request, and holds something else"
    return skipped(f"{told}; delete it, then it can be proposed anew", gate="branch")


def _show(api: Api, made: Sequence[Made], candidate: Candidate, base: _Base, commit: str) -> Outcome:
    branch = candidate.action["branch"]
    try:
        if base.left is None:
            api.create_ref(f"refs/heads/{branch}", commit)
    except ApiError as error:
        there = _read_back(api, branch)
        if there != commit:
            return _not_shown(error, branch, there)
    proposal = {"branch": branch, "commit": commit, "url": None, "patch": None}
    try:
        pull = api.create_pull(title(made), branch, base.branch, body(made, candidate))
    except ApiError as error:
        found = _open_pull(api, branch)
        if found is None:
            return Outcome(
                "proposed", f"the branch is there, without a pull request: {error.advice}", proposal=proposal
            )
        pull = found
    return Outcome("proposed", None, proposal={**proposal, "url": _url(pull)})


def _not_shown(error: ApiError, branch: str, there: str | None) -> Outcome:
    if there is not None:
        return skipped(f"another runner made the branch {branch} just now", gate="proposal")
    if _may_not(error):
        raise DeniedError(error.advice)
    return Outcome("failed", f"{error.reason}; the branch {branch} was not there when looked for")


def _read_back(api: Api, branch: str) -> str | None:
    try:
        return api.ref(f"heads/{branch}")
    except ApiError:
        return None


def _open_pull(api: Api, branch: str) -> JsonObject | None:
    try:
        return next(iter(api.pulls(branch)), None)
    except ApiError:
        return None


def _blobs_at(api: Api, tree: str, paths: Sequence[str]) -> dict[str, str | None]:
    """The blob at each path of a tree, None where there is none; each folder on the way is read once."""
    folders: dict[str, dict[str, str]] = {"": _entries(api, tree)}
    found: dict[str, str | None] = {}
    for path in paths:
        *above, name = path.split("/")
        here = ""
        for step in above:
            inside = folders[here].get(step)
            here = f"{here}{step}/"
            if here not in folders:
                folders[here] = _entries(api, inside) if inside else {}
        found[path] = folders[here].get(name)
    return found


def _entries(api: Api, tree: str) -> dict[str, str]:
    raw = api.tree(tree)
    if raw.get("truncated"):
        raise ApiError("unreadable", "GitHub cut off its list of a folder's files", "make a patch: `proposals: patch`")
    rows = raw.get("tree")
    found: dict[str, str] = {}
    for row in rows if isinstance(rows, list) else [None]:
        path, sha = (row.get("path"), text(row.get("sha"))) if isinstance(row, dict) else (None, None)
        if not isinstance(path, str) or sha is None:
            raise unreadable("its list of a folder's files is none")
        found[path] = sha
    return found


def _may_not(error: ApiError) -> bool:
    """Whether it is the token's right that is missing; GitHub says so of workflow files in several ways."""
    said = error.message.lower()
    return error.kind in ("no-token", "no-right", "not-found") or ("workflow" in said and "refusing" in said)


def _url(pull: JsonObject | None) -> str | None:
    url = None if pull is None else pull.get("html_url")
    return url if isinstance(url, str) else None
