"""From the facts FILES to targets and findings. Pure: the same files and settings judge alike."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from ....model import Finding, JsonObject, State, Target
from ..files.source import Fault
from ..files.whereabouts import action_name
from ..settings import Settings
from .across import judge_across
from .faults import Placed, findings_of
from .file_rules import DATED, OPINIONS, REFUSED, STATES
from .soundness import is_empty


def judge_files(files: JsonObject, settings: Settings) -> tuple[list[Target], list[Finding]]:
    """Every workflow and action as a target; what GitHub refuses first, then what zionr and other tools advise."""
    kinds = _kinds(files)
    missing = _missing(files, settings)
    targets = [_target(name, kind, settings) for name, kind in kinds.values()]
    targets += [_target(found.target or "", "workflow", settings) for found in missing]
    faults = [*_faults(files, settings, kinds), *_advice(files, kinds)]
    faults.sort(key=_refused_first)
    findings = [*_unseen(files), *missing, *findings_of(faults), *judge_across(files, settings), *_tools(files)]
    return targets, findings


def notes_of(files: JsonObject) -> list[str]:
    """What a person should know of how the files were looked at."""
    left, large = files["shell_left"], files.get("shell_large", 0)
    notes = []
    if left:
        why = "there is no bash on PATH" if files["shell"] == "no bash" else "this run's time for that was used up"
        notes.append(f"{_blocks(left)} {'was' if left == 1 else 'were'} not checked: {why}")
    if large:
        is_too = "is larger than 100 KB and was" if large == 1 else "are larger than 100 KB and were"
        notes.append(f"{_blocks(large)} {is_too} not checked")
    return notes


def _blocks(count: int) -> str:
    return "1 block of shell code" if count == 1 else f"{count} blocks of shell code"


def _kinds(files: JsonObject) -> dict[str, tuple[str, str]]:
    """The target and kind of each file, by its path."""
    kinds = {file["path"]: (name, "workflow") for name, file in files["workflows"].items()}
    for path in files["actions"]:
        kinds.setdefault(path, (action_name(path, files), "action"))
    return kinds


def _target(name: str, kind: str, settings: Settings) -> Target:
    rules = settings.of(name)
    return Target(name, kind, weight=rules.weight, required=rules.required)


def _faults(files: JsonObject, settings: Settings, kinds: dict[str, tuple[str, str]]) -> Iterator[Placed]:
    """The faults of each file, with the commit that made them, where that is known."""
    past = files["history"]["of"]
    for name, file in files["workflows"].items():
        history = past.get(name)
        for fault in [*file["faults"], *_gutted(file, history), *_cadence(file, settings)]:
            yield _placed(fault, name, file["path"], history)
    for path, file in files["actions"].items():
        for fault in file["faults"]:
            yield _placed(fault, kinds[path][0], path, None)


def _placed(fault: JsonObject, target: str, path: str, history: JsonObject | None) -> Placed:
    rule = fault["rule"]
    made = Placed(f"actions/{rule}", STATES[rule], target, path, fault, rule in OPINIONS)
    if history is None or rule not in DATED:
        return made
    return made._replace(commit=history["broken_by"], was_good=history["good"] is not None)


def _cadence(file: JsonObject, settings: Settings) -> list[JsonObject]:
    if not file["crons"]:
        return []
    from ..files.own.cadence import cadence_fault  # 10 ms that nobody pays who has no schedule

    fault = cadence_fault(file, settings.files.cadence_factor)
    return [] if fault is None else [fault._asdict()]


def _gutted(file: JsonObject, history: JsonObject | None) -> list[JsonObject]:
    """Green for ever: no step does anything, and its past shows that once they did."""
    if not is_empty(file) or history is None or history["most_real_steps"] == 0:
        return []
    most = history["most_real_steps"]
    did = "1 step that did" if most == 1 else f"{most} steps that did"
    what = "no step does anything but set up and echo"
    hint = "restore it: as it is it succeeds whatever happens"
    made = Fault("gutted", 1, 1, f"{what}; it once had {did} more", hint=hint, like=what, expected=most, actual=0)
    return [made._asdict()]


def _advice(files: JsonObject, kinds: dict[str, tuple[str, str]]) -> Iterator[Placed]:
    """What other tools found in these files."""
    for tool in files["tools"].values():
        for found in tool["findings"]:
            name = kinds.get(found["file"], (None, ""))[0]
            fault = {**found, "anchor": None, "hint": None, "expected": None, "actual": None}
            yield Placed(found["rule"], State.parse(found["state"]), name, found["file"], fault, own=False)


def _refused_first(placed: Placed) -> bool:
    """A file that GitHub refuses never runs, whatever else may be said of it."""
    return placed.rule.removeprefix("actions/") not in REFUSED


def _unseen(files: JsonObject) -> list[Finding]:
    """Nothing looked at is no good news."""
    if files["problem"] is None and (files["workflows"] or files["only"] is not None):
        return []
    what = files["problem"] or "holds no workflow"
    folder = "the folder" if files["folder"] == "." else files["folder"]
    hint = "files.path names the folder, files.enabled: false leaves files out"
    return [Finding("actions/files-unseen", State.UNKNOWN, None, f"{folder} {what}", hint=hint)]


def _missing(files: JsonObject, settings: Settings) -> list[Finding]:
    """Workflows that must be there. A folder that cannot be read proves nothing, but the file's history may."""
    if files["pointed_at"]:
        return []
    past = files["history"]["of"]
    return [
        _gone(name, past.get(name), files["workflows"])
        for name in sorted(settings.critical)
        if name not in files["workflows"]
        and not any(fnmatchcase(name, pattern) for pattern in settings.files.ignore)
        and (files["problem"] is None or (name in past and past[name]["versions"] > 0))
    ]


def _gone(name: str, history: JsonObject | None, workflows: JsonObject) -> Finding:
    stem = name.rpartition(".")[0]
    alike = [other for other in workflows if other.rpartition(".")[0].casefold() == stem.casefold()]
    # Of one that never was good the commit that made it is known, not the one that took it away.
    commit = history["broken_by"] if history is not None and history["good"] is not None else None
    return Finding(
        "actions/missing",
        STATES["missing"],
        name,
        "is not there, and the policy calls it critical",
        hint=f"did you mean {alike[0]}?" if alike else None,
        evidence=commit or {},
    )


def _tools(files: JsonObject) -> list[Finding]:
    return [
        Finding("actions/tool-unavailable", STATES["tool-unavailable"], None, f"{tool}: {found['reason']}", anchor=tool)
        for tool, found in files["tools"].items()
        if found["status"] != "ok"
    ]
