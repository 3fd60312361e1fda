"""What the ecosystem files declare. JSON is read strictly; JavaScript is code, and is run only where it is ours.

PM2 itself evaluates both as code at `pm2 start`, so whoever may write such a file may run programs as this user.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

from ...context import Context
from ...model import JsonObject
from ...ports import files, process, programs
from .places import node_program
from .settings import Settings

LARGEST = 1 << 20
NODE_TIMEOUT_S = 5.0
_SCRIPTS = (".js", ".cjs", ".mjs")
_FIELDS = ("name", "script", "cwd", "instances", "cron_restart", "autorestart")

# Prints one line: the mark, then {file: [apps]} or {file: "reason"}, with the declared fields only.
_EVALUATE = """
const [mark, fields, ...paths] = process.argv.slice(1);
const pick = (app) => Object.fromEntries(fields.split(",").map((key) => [key, app[key]]));
(async () => {
  const found = {};
  for (const path of paths) {
    try {
      process.chdir(require("path").dirname(path));
      const module = await import(require("url").pathToFileURL(path));
      let config = module.default ?? module;
      if (typeof config === "function") config = config();
      const apps = config.apps ?? config;
      found[path] = (Array.isArray(apps) ? apps : [apps]).map(pick);
    } catch (error) {
      found[path] = String(error.message).split("\\n")[0];
    }
  }
  process.stdout.write("\\n" + mark + JSON.stringify(found) + "\\n", () => process.exit(0));
})();
"""


class RefusedError(Exception):
    """An ecosystem file is not read; the text says why, and where in it, if that can be told (both count from 1)."""

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(reason)
        self.line = line
        self.column = column


def read_all(settings: Settings, context: Context, *, node_timeout_s: float = NODE_TIMEOUT_S) -> JsonObject:
    """The facts `declared` and `refused`, as `observe` describes them."""
    paths = {name: os.path.normpath(os.path.join(context.top, name)) for name in settings.ecosystems}
    scripts = {name: path for name, path in paths.items() if path.endswith(_SCRIPTS)}
    declared: JsonObject = {}
    refused = []
    evaluated = _evaluate(scripts, settings, context, node_timeout_s)
    for name, path in paths.items():
        try:
            apps = evaluated[name] if name in scripts else _read_json(path)
            if isinstance(apps, RefusedError):
                raise apps
            # All or nothing: a file that is wrong in one place declares nothing.
            for app_name, declaration in [(_name_of(app), _declaration(app, name, path, context)) for app in apps]:
                declared.setdefault(app_name, declaration)
        except RefusedError as reason:
            refused.append({"file": name, "reason": str(reason), "location": _place(path, reason, context)})
    return {"declared": declared, "refused": refused}


def _place(path: str, refusal: RefusedError, context: Context) -> JsonObject | None:
    """The place as reports name it, from the top of the repository; None for a file outside of it."""
    file = os.path.relpath(path, context.top)
    if file == os.pardir or file.startswith(os.pardir + os.sep):
        return None
    return {"file": file, "line": refusal.line, "column": refusal.column}


def _evaluate(scripts: dict[str, str], settings: Settings, context: Context, within_s: float) -> dict[str, Any]:
    """Each script's apps, or the RefusedError that says why there are none."""
    problems = {name: _distrust(path) for name, path in scripts.items()}
    safe = {name: path for name, path in scripts.items() if problems[name] is None}
    answer = _ask_node(list(safe.values()), settings, context, within_s) if safe else {}
    found: dict[str, Any] = {}
    for name, path in scripts.items():
        problem, apps = problems[name], answer.get(path, "node gave no answer for it")
        if problem is not None or isinstance(apps, str):
            found[name] = RefusedError(problem or context.redact(f"cannot be evaluated: {apps}")[:300])
        else:
            found[name] = apps
    return found


def _distrust(path: str) -> str | None:
    if not os.path.isfile(path):
        return "is not there"
    if not files.only_writable_by_us(path):
        return "is code that another user owns or may write, so it is not run"
    return None


def _ask_node(paths: list[str], settings: Settings, context: Context, within_s: float) -> JsonObject:
    node = node_program(settings, context)
    if node is None:
        return dict.fromkeys(paths, "there is no node on PATH; set subsystems.pm2.node")
    mark = secrets.token_hex(8)
    done = process.run(
        [node, "-e", _EVALUATE, mark, ",".join(_FIELDS), *paths],
        timeout_s=within_s,
        env={},
        cwd=context.top,
    )
    if not done.succeeded:
        why = done.problem or (done.stderr.strip().splitlines() or [f"node ended with code {done.code}"])[-1]
        reason = f"took longer than {within_s:g} s" if done.ended_by == "timeout" else why
        return dict.fromkeys(paths, reason)
    lines = [line for line in done.stdout.splitlines() if line.startswith(mark)]
    return dict(json.loads(lines[-1][len(mark) :])) if lines else {}


def _read_json(path: str) -> list[Any]:
    try:
        text = files.read_bytes(path, LARGEST)
    except OSError as error:
        raise RefusedError(f"cannot be read: {error.strerror}") from None
    try:
        content = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except RecursionError:
        raise RefusedError("is nested too deep") from None
    except json.JSONDecodeError as error:
        raise RefusedError(f"is not strict JSON: {str(error)[:120]}", error.lineno, error.colno) from None
    except ValueError as error:
        raise RefusedError(f"is not strict JSON: {str(error)[:120]}") from None
    apps = content.get("apps", content) if isinstance(content, dict) else content
    return apps if isinstance(apps, list) else [apps]


def _without_duplicates(pairs: list[tuple[str, Any]]) -> JsonObject:
    found: JsonObject = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {key!r} stands twice")
        found[key] = value
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _name_of(app: Any) -> str:
    """PM2 names an app after its script where it has no name."""
    if not isinstance(app, dict):
        raise RefusedError("lists something that is no app")
    name, script = app.get("name"), app.get("script")
    if isinstance(name, str) and name:
        return name
    if isinstance(script, str) and script:
        return os.path.splitext(os.path.basename(script))[0]
    raise RefusedError("lists an app with neither name nor script")


def _declaration(app: JsonObject, name: str, path: str, context: Context) -> JsonObject:
    instances, script, cron = app.get("instances"), app.get("script"), app.get("cron_restart")
    counted = isinstance(instances, int) and not isinstance(instances, bool) and instances > 0
    return {
        "file": name,
        "path": path,
        "trusted": files.only_writable_by_us(path),
        "instances": instances if counted else None,
        "cron": cron if isinstance(cron, str) else None,
        "autorestart": app.get("autorestart") is not False,
        "script": script if isinstance(script, str) else None,
        "script_exists": isinstance(script, str) and _exists(script, app.get("cwd"), path, context),
    }


def _exists(script: str, cwd: Any, path: str, context: Context) -> bool:
    """As PM2 looks for it, started in the file's folder: from the app's cwd; else a program on PATH."""
    folder = os.path.join(os.path.dirname(path), cwd) if isinstance(cwd, str) else os.path.dirname(path)
    try:
        return os.path.isfile(os.path.join(folder, script)) or programs.find(script, context.environ) is not None
    except ValueError:
        return False
