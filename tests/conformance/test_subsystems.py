"""What every subsystem keeps to. It finds them by their folders: a new one is judged here without a line of test."""

from __future__ import annotations

import ast
import copy
import glob
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conformance.replay import Recording, Replay, recordings
from zionr import subsystems
from zionr.model import JsonObject
from zionr.policy.schema import compose
from zionr.subsystems import folder_names, load

TOP = os.path.dirname(os.path.abspath(subsystems.__file__))
NAMES = folder_names()
RECORDINGS = [recording for name in NAMES for recording in recordings(name)]
each = pytest.mark.parametrize("name", NAMES)
each_recording = pytest.mark.parametrize(
    "recording", RECORDINGS, ids=[f"{one.subsystem}-{one.name}" for one in RECORDINGS]
)
HEALTHY = [recording for recording in RECORDINGS if recording.name.startswith("healthy")]


def _text(name: str, file: str) -> str:
    with open(os.path.join(TOP, name, file), encoding="utf-8") as opened:
        return opened.read()


def _schema(name: str) -> JsonObject:
    part: JsonObject = compose()["properties"]["subsystems"]["properties"][name]
    return part


def _parts(schema: Any, path: str) -> Iterator[tuple[str, JsonObject]]:
    """Every key that a policy may have, with its schema."""
    yield path, schema
    for group in ("properties", "patternProperties"):
        for key, part in schema.get(group, {}).items():
            yield from _parts(part, f"{path}.{key}")
    if "items" in schema:
        yield from _parts(schema["items"], f"{path}[]")


def _rules(name: str) -> set[str]:
    """The rules that its schema names."""
    return set(json.loads(_text(name, "schema.json"))["x-rules"])


def _constants(name: str) -> set[str]:
    """Every text in its modules, those of its rooms too."""
    files = glob.glob("**/*.py", root_dir=os.path.join(TOP, name), recursive=True)
    nodes = [node for file in files for node in ast.walk(ast.parse(_text(name, file)))]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def _sections(name: str) -> dict[str, str]:
    """The README's sections by the rule or remedy in their heading."""
    parts = re.split(r"^### `([^`]+)`.*$", _text(name, "README.md"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@each
def test_it_has_all_its_parts(name: str) -> None:
    subsystem = load(name)
    assert subsystem.summary
    assert "\n" not in subsystem.summary
    assert subsystem.scope in ("host", "repository")
    assert subsystem.remedies
    assert min(subsystem.settle_s) >= 0
    assert set(subsystem.no_mass) <= _rules(name)


@each
def test_its_schema_is_closed_and_each_key_described_with_an_example(name: str) -> None:
    for path, part in _parts(_schema(name), name):
        assert part.get("description"), path
        assert part.get("examples"), path
        if "properties" in part or "patternProperties" in part:
            assert part.get("additionalProperties") is False, path


@each
def test_its_examples_are_valid(name: str) -> None:
    from jsonschema import Draft202012Validator

    for path, part in _parts(_schema(name), name):
        for example in part["examples"]:
            errors = [error.message for error in Draft202012Validator(part).iter_errors(example)]
            assert errors == [], path


@each
def test_the_rules_of_its_schema_are_those_that_it_emits(name: str) -> None:
    constants = _constants(name)
    unused = {rule for rule in _rules(name) if rule not in constants and rule.partition("/")[2] not in constants}
    assert unused == set()
    named = {text for text in constants if re.fullmatch(rf"{name}/[a-z][a-z-]*", text)}
    assert named - _rules(name) - set(load(name).remedies) == set()


@each
def test_every_rule_is_documented_with_an_example_and_its_fix(name: str) -> None:
    sections = _sections(name)
    for rule in {*_rules(name), f"{name}/mass-failure"}:
        assert rule in sections, rule
        for part in ("Example:", "Fix:"):
            assert part in sections[rule], f"{rule} has no {part}"


@each
def test_every_remedy_is_documented_with_its_safeguards(name: str) -> None:
    sections = _sections(name)
    for remedy in load(name).remedies:
        for part in ("Precondition:", "Limit:", "Verified:", "Undo:"):
            assert part in sections[remedy], f"{remedy} has no {part}"


@each
def test_nothing_is_documented_that_does_not_exist(name: str) -> None:
    assert set(_sections(name)) - _rules(name) - set(load(name).remedies) == {f"{name}/mass-failure"}


@each
def test_it_has_a_healthy_recording_and_others(name: str) -> None:
    own = {recording.name for recording in RECORDINGS if recording.subsystem == name}
    assert [one for one in own if one.startswith("healthy")]
    assert [one for one in own if not one.startswith("healthy")]


@each_recording
def test_judging_and_planning_are_pure(recording: Recording) -> None:
    before = copy.deepcopy(recording)
    replay = Replay(recording)
    assert replay.judge() == replay.judge()
    assert replay.candidates() == replay.candidates()
    assert replay.plan() == replay.plan() == Replay(recording).plan()
    assert recording == before


@each_recording
def test_findings_are_of_known_rules_and_unique(recording: Recording) -> None:
    replay = Replay(recording)
    findings = replay.assess().findings
    known = {*_rules(recording.subsystem), f"{recording.subsystem}/mass-failure"}
    assert {finding.rule for finding in findings} <= known
    ids = [finding.id for finding in findings]
    assert len(ids) == len(set(ids))
    names = {target.name for target in replay.judge().targets}
    assert {name for finding in findings for name in finding.covers} <= names


@each_recording
def test_candidates_are_of_known_remedies_and_name_real_findings(recording: Recording) -> None:
    replay = Replay(recording)
    ids = {finding.id for finding in replay.assess().findings}
    for candidate in replay.candidates():
        assert candidate.remedy in replay.subsystem.remedies
        assert set(candidate.findings) <= ids
        assert candidate.timeout_s > 0
        assert candidate.undo
        json.dumps(candidate.action)


@pytest.mark.parametrize("recording", HEALTHY, ids=[one.subsystem for one in HEALTHY])
def test_what_is_healthy_has_no_findings_and_an_empty_plan(recording: Recording) -> None:
    replay = Replay(recording)
    assert replay.assess().findings == ()
    assert replay.plan() == ()
    assert replay.assess().state.word == "ok"


@each_recording
def test_a_replay_gives_the_golden_report(recording: Recording) -> None:
    with open(recording.golden, encoding="utf-8") as file:
        assert Replay(recording).report() == file.read(), "if this is meant: python tools/golden.py"
