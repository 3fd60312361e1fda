"""The part of the fake that speaks of git's objects, refs and pull requests, for proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .github_actions import HOME, Route
from .github_types import Ask, Refused, Told
from .github_world import Json, stamp

if TYPE_CHECKING:
    from .github import FakeGitHub

WORKFLOWS = ".github/workflows/"


def ref(github: FakeGitHub, ask: Ask) -> Told:
    sha = ask.repository.refs.get(ask.parts[0])
    if sha is None:
        raise Refused(404, "Not Found")
    return Told(200, {"ref": f"refs/{ask.parts[0]}", "object": {"type": "commit", "sha": sha}})


def commit(github: FakeGitHub, ask: Ask) -> Told:
    found = _object(ask, ask.parts[0], "commit")
    return Told(200, _commit_json(ask.parts[0], found))


def tree(github: FakeGitHub, ask: Ask) -> Told:
    flat = ask.repository.trees.get(ask.parts[0])
    if flat is None:
        raise Refused(404, "Not Found")
    rows = [_row(path, mode, "blob", sha) for path, (mode, sha) in flat.items() if "/" not in path]
    for folder in {path.partition("/")[0] for path in flat if "/" in path}:
        inside = {
            path.removeprefix(f"{folder}/"): entry for path, entry in flat.items() if path.startswith(f"{folder}/")
        }
        rows.append(_row(folder, "040000", "tree", ask.repository.put_tree(inside)))
    rows.sort(key=lambda row: str(row["path"]))
    return Told(200, {"sha": ask.parts[0], "tree": rows, "truncated": False})


def _row(path: str, mode: str, kind: str, sha: str) -> Json:
    return {"path": path, "mode": mode, "type": kind, "sha": sha}


def create_tree(github: FakeGitHub, ask: Ask) -> Told:
    body = _body(github, ask, {"base_tree", "tree"}, {"tree"})
    if "base_tree" in body and body["base_tree"] not in ask.repository.trees:
        raise Refused(404, "Not Found")
    flat = dict(ask.repository.trees[body["base_tree"]]) if "base_tree" in body else {}
    for entry in body["tree"]:
        flat |= {entry["path"]: _entry(ask, entry)}
        if entry["path"].startswith(WORKFLOWS):
            _require_workflows(github, ask, entry["path"])
    kept = {path: (mode, sha) for path, (mode, sha) in flat.items() if sha}
    sha = ask.repository.put_tree(kept)
    return Told(201, {"sha": sha, "tree": [], "truncated": False})


def create_commit(github: FakeGitHub, ask: Ask) -> Told:
    body = _body(github, ask, {"message", "tree", "parents", "author", "committer"}, {"message", "tree"})
    if body["tree"] not in ask.repository.trees:
        raise Refused(422, "Tree SHA does not exist")
    for parent in body.get("parents", []):
        _object(ask, parent, "commit")
    sha = ask.repository.put_commit(body["message"], body["tree"], body.get("parents", []))
    return Told(201, _commit_json(sha, ask.repository.objects[sha]))


def create_ref(github: FakeGitHub, ask: Ask) -> Told:
    body = _body(github, ask, {"ref", "sha"}, {"ref", "sha"})
    name = body["ref"]
    if not name.startswith("refs/") or name.count("/") < 2:
        github.object_to(f"a ref named {name}")
        raise Refused(422, "Reference name must start with 'refs/' and contain at least two slashes")
    if name.removeprefix("refs/") in ask.repository.refs:
        raise Refused(422, "Reference already exists")
    _object(ask, body["sha"], "commit")
    ask.repository.refs[name.removeprefix("refs/")] = body["sha"]
    return Told(201, {"ref": name, "object": {"type": "commit", "sha": body["sha"]}})


def pulls(github: FakeGitHub, ask: Ask) -> Told:
    state, head = ask.query.get("state", "open"), ask.query.get("head")
    rows = [
        pull
        for pull in ask.repository.pulls
        if state in ("all", pull["state"]) and head in (None, pull["head"]["label"])
    ]
    return Told(200, None, lambda: rows)


def create_pull(github: FakeGitHub, ask: Ask) -> Told:
    body = _body(github, ask, {"title", "head", "base", "body", "draft"}, {"title", "head", "base"})
    owner = ask.repository.name.partition("/")[0]
    for branch in (body["head"], body["base"]):
        if f"heads/{branch}" not in ask.repository.refs:
            raise Refused(422, "Validation Failed")
    label = f"{owner}:{body['head']}"
    if any(pull["head"]["label"] == label and pull["state"] == "open" for pull in ask.repository.pulls):
        raise Refused(422, f"Validation Failed: A pull request already exists for {label}.")
    made = {
        "number": len(ask.repository.pulls) + 1,
        "state": "open",
        "created_at": stamp(github.now),
        "merged_at": None,
        "title": body["title"],
        "body": body.get("body"),
        "html_url": f"https://git.example/{ask.repository.name}/pull/{len(ask.repository.pulls) + 1}",
        "head": {"ref": body["head"], "label": label, "sha": ask.repository.refs[f"heads/{body['head']}"]},
        "base": {"ref": body["base"]},
    }
    ask.repository.pulls.append(made)
    return Told(201, made)


def _body(github: FakeGitHub, ask: Ask, allowed: set[str], needed: set[str]) -> Json:
    body = ask.body if isinstance(ask.body, dict) else {}
    if body.keys() - allowed or needed - body.keys():
        github.object_to(f"a body with {sorted(body)}, allowed are {sorted(allowed)}, needed {sorted(needed)}")
        raise Refused(422, "Invalid request.")
    return body


def _entry(ask: Ask, entry: Json) -> tuple[str, str]:
    """The mode and blob of one entry of a new tree; no blob takes the file away."""
    if entry.get("type") != "blob" or entry.get("mode") not in ("100644", "100755"):
        raise Refused(422, "Must supply a valid tree.mode")
    if "content" in entry:
        return entry["mode"], ask.repository.put_blob(entry["content"].encode())
    if entry["sha"] is not None:
        _object(ask, entry["sha"], "blob")
    return entry["mode"], entry["sha"] or ""


def _require_workflows(github: FakeGitHub, ask: Ask, path: str) -> None:
    """GitHub's own token may not touch a workflow's file, whatever `contents` allows it."""
    if ask.rights.get("workflows") != "write":
        message = f"refusing to allow a GitHub App to create or update workflow `{path}` without `workflows` permission"
        raise Refused(403, message, {"X-Accepted-GitHub-Permissions": "contents=write,workflows=write"})


def _object(ask: Ask, sha: Any, kind: str) -> Json:
    found = ask.repository.objects.get(sha, {})
    if found.get("type") != kind:
        raise Refused(404, "Not Found")
    return found


def _commit_json(sha: str, found: Json) -> Json:
    return {
        "sha": sha,
        "message": found["message"],
        "tree": {"sha": found["tree"]},
        "parents": [{"sha": parent} for parent in found["parents"]],
    }


ROUTES: list[tuple[str, str, str, Route]] = [
    ("GET", f"{HOME}/git/ref/([^/]+)", "contents=read", ref),
    ("GET", f"{HOME}/git/commits/([0-9a-f]+)", "contents=read", commit),
    ("GET", f"{HOME}/git/trees/([0-9a-f]+)", "contents=read", tree),
    ("POST", f"{HOME}/git/trees", "contents=write", create_tree),
    ("POST", f"{HOME}/git/commits", "contents=write", create_commit),
    ("POST", f"{HOME}/git/refs", "contents=write", create_ref),
    ("GET", f"{HOME}/pulls", "pull_requests=read", pulls),
    ("POST", f"{HOME}/pulls", "pull_requests=write", create_pull),
]
