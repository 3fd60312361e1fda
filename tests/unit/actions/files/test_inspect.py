"""A whole file: the shape of what comes back, and that nothing in a file can break it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.real.oracle.mutants import ALPHABET
from tests.real.oracle.workflows import ACTIONS, WORKFLOWS
from zionr.subsystems.actions.files.inspect import MOST_FAULTS

from .inspected import HEALTHY, JOBS, look, only, refused

SYNC = """\
name: Sync
on:
  schedule:
    - cron: '40 */6 * * *'
    - cron: '5 0 * * 1'
      timezone: Europe/Berlin
  workflow_dispatch:
    inputs:
      target: {required: true}
      depth: {required: true, default: '2'}
      dry: {type: boolean}
concurrency:
  group: sync
  cancel-in-progress: true
jobs:
  call:
    uses: ./.github/workflows/checks.yml
    concurrency: one
  sync:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - uses: ./.github/actions/setup
      - run: make sync
"""


def test_what_a_file_says() -> None:
    file = look(SYNC)
    assert file["size"] == len(SYNC)
    assert file["readable"] is True
    assert file["name"] == "Sync"
    assert file["triggers"] == ["schedule", "workflow_dispatch"]
    assert file["inputs"] == ["target"]
    assert file["environment"] is True
    assert file["crons"] == [
        {"cron": "40 */6 * * *", "timezone": None, "line": 4, "column": 13, "valid": True, "interval_s": 21_600.0},
        {
            "cron": "5 0 * * 1",
            "timezone": "Europe/Berlin",
            "line": 5,
            "column": 13,
            "valid": True,
            "interval_s": 604_800.0,
        },
    ]
    assert file["groups"] == [
        {"text": "sync", "cancel": True, "line": 13, "column": 10, "anchor": "concurrency"},
        {"text": "one", "cancel": False, "line": 18, "column": 18, "anchor": "jobs.call.concurrency"},
    ]
    assert file["locals"] == [
        {
            "uses": "./.github/workflows/checks.yml",
            "kind": "workflow",
            "brought": False,
            "line": 17,
            "column": 11,
            "anchor": "jobs.call.uses",
        },
        {
            "uses": "./.github/actions/setup",
            "kind": "action",
            "brought": False,
            "line": 23,
            "column": 15,
            "anchor": "jobs.sync.steps.0.uses",
        },
    ]


@pytest.mark.parametrize("text", [*WORKFLOWS.values(), HEALTHY, SYNC])
def test_healthy_workflows_have_no_fault(text: str) -> None:
    assert refused(text) == []
    assert refused(text.replace("\n", "\r\n")) == []
    assert refused(b"\xef\xbb\xbf" + text.encode()) == []


@pytest.mark.parametrize("text", ACTIONS.values())
def test_healthy_actions_have_no_fault(text: str) -> None:
    file = look(text, "action")
    assert refused(text, "action") == []
    assert (file["triggers"], file["inputs"], file["groups"]) == ([], [], [])


def test_an_action_tells_its_local_actions() -> None:
    text = ACTIONS["composite"].replace("actions/setup-node@v4", "./.github/actions/node")
    assert [each["anchor"] for each in look(text, "action")["locals"]] == ["runs.steps.0.uses"]


def test_an_unreadable_file_has_one_fault_and_no_facts() -> None:
    file = look(SYNC.replace("name: Sync", "name: Sync: x\nname: again") + "  broken\n")
    assert [fault["rule"] for fault in file["faults"]] == ["unreadable"]
    assert (file["readable"], file["name"], file["triggers"], file["crons"]) == (False, None, [], [])
    assert (file["jobs"], file["steps"], file["real_steps"], file["blocks"]) == (0, 0, 0, [])


def test_a_file_with_a_key_twice_still_says_what_it_says() -> None:
    file = look("name: a\nname: b\non: push\n" + JOBS)
    assert [fault["rule"] for fault in file["faults"] if fault["rule"] == "duplicate-key"] == ["duplicate-key"]
    assert (file["readable"], file["name"], file["triggers"]) == (True, "b", ["push"])


def test_one_place_has_one_fault() -> None:
    fault = only("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: ${{ github.ref }}\n")
    assert fault["rule"] == "expression"


@pytest.mark.parametrize(
    ("value", "rules"),
    [
        ("CRON_SCHEDULE_PLACEHOLDER", ["cron-invalid"]),
        ("0 0 * * DAY_PLACEHOLDER", ["cron-invalid"]),
        ("0 0 * * *'\n      timezone: 'ZONE_PLACEHOLDER", ["timezone-unknown"]),
        ("0 0 * * *'\nname: 'NAME_PLACEHOLDER", ["placeholder"]),
    ],
)
def test_a_placeholder_is_no_second_fault_of_what_it_spoils(value: str, rules: list[str]) -> None:
    faults = look(f"on:\n  schedule:\n    - cron: '{value}'\n{JOBS}")["faults"]
    assert [fault["rule"] for fault in faults if fault["rule"] != "no-timeout"] == rules


def test_a_placeholder_beside_what_is_refused_is_told() -> None:
    text = "on: push\njobs:\n  a:\n    runs-on: x\n    env: {A: MY_PLACEHOLDER, B: '${{ now() }}'}\n"
    found = [fault["rule"] for fault in look(text)["faults"]]
    assert {"expression", "placeholder"} <= set(found)
    spoilt = look(text.replace("MY_PLACEHOLDER", "'MY_PLACEHOLDER ${{ now() }}'"))["faults"]
    assert [fault["rule"] for fault in spoilt if fault["rule"] in ("expression", "placeholder")] == ["expression"] * 2


def test_what_an_alias_repeats_is_told_once() -> None:
    text = "on: push\njobs:\n  a: &a\n    runs-on: x\n    steps:\n      - uses: a/b\n  b: *a\n  c: *a\n"
    assert only(text)["rule"] == "uses-invalid"


def test_own_opinions_do_not_crowd_out_what_github_refuses() -> None:
    many = "".join(f"  j{number}:\n    runs-on: x\n    steps:\n      - uses: a/b\n" for number in range(200))
    found = refused("on: push\njobs:\n" + many)
    assert len(found) == MOST_FAULTS
    assert found[0]["anchor"] == "jobs.j0.steps.0.uses"


def test_texts_are_short_and_printable_whatever_the_names_are() -> None:
    long = "k\u0007\u202e`" * 2000
    key = f"? {json.dumps(long)}"
    text = f"on: push\n{key}\n: 1\njobs:\n  {key}\n  : runs-on: x\n    uses: {json.dumps(long)}\n"
    found = refused(text)
    assert {fault["rule"] for fault in found} == {"unknown-key", "type", "uses-invalid"}
    for fault in found:
        for part in (fault["message"], fault["hint"] or "", fault["like"] or "", fault["anchor"] or ""):
            assert len(part) <= 300
            assert part.replace("…", "").isprintable()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 600_000,
        b"[" * 200_000,
        b"{" * 3000,
        b"- " * 3000,
        (
            "on: push\njobs:\n" + "".join(f"  j{n}: {{needs: j{(n + 1) % 3000}, runs-on: x}}\n" for n in range(3000))
        ).encode(),
        ("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n" + "      - rum: 1\n" * 3000).encode(),
        ('name: "' + '\\"' * 100_000).encode(),
        b"  <<<<<<< a\n" * 20_000,
        b"a: b" + b" " * 300_000 + b"c: d",
        b'on: push\njobs: {"\\ud83d": {runs-on: x}}\n',
        b"on: [[[]]]\njobs: [{}]\nname: {}\nconcurrency: []\n",
        b"on: {schedule: [1, {cron: []}, {cron: 1e999}, {}]}\njobs: {a: [], b: 1, c: {steps: {}, needs: {}}}\n",
        b"on: {workflow_dispatch: {inputs: [1]}}\njobs: {a: {steps: [1, [], {id: [], uses: {}}], needs: [[]]}}\n",
    ],
)
@pytest.mark.parametrize("kind", ["workflow", "action"])
def test_hostile_files_are_told_of(content: bytes, kind: str) -> None:
    faults = look(content, kind)["faults"]
    assert faults
    assert all(fault["line"] >= 1 and fault["column"] >= 1 for fault in faults)


@given(st.binary(max_size=300), st.sampled_from(["workflow", "action"]))
@settings(max_examples=60, deadline=None)
def test_any_bytes_can_be_looked_at(content: bytes, kind: str) -> None:
    json.dumps(look(content, kind))


def _edits() -> st.SearchStrategy[list[tuple[int, int, str]]]:
    """Where, how many characters go, and what comes in their place."""
    more = st.text(alphabet=ALPHABET + "\n\ufeff\0é", max_size=12)
    return st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 60), more), min_size=1, max_size=6)


@given(st.sampled_from([*WORKFLOWS.values(), *ACTIONS.values()]), _edits(), st.sampled_from(["workflow", "action"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_accident_can_be_looked_at(text: str, edits: list[tuple[int, int, str]], kind: str) -> None:
    for at, gone, more in edits:
        text = text[:at] + more + text[at + gone :]
    json.dumps(look(text, kind))


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 99) | st.sampled_from(["", "x", "${{ x", "./x", "* * * * *", "push"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "run", "uses", "id"]), inner),
    max_leaves=6,
)
TOP = ("on", "jobs", "name", "concurrency", "env", "permissions", "runs", "inputs", "outputs", "defaults")


@given(st.dictionaries(st.sampled_from(TOP), VALUES), VALUES, st.sampled_from(["workflow", "action"]))
@settings(max_examples=60, deadline=None)
def test_any_values_can_be_looked_at(top: dict[str, Any], inner: Any, kind: str) -> None:
    job = dict.fromkeys(("steps", "needs", "uses", "runs-on", "strategy", "concurrency"), inner)
    event = {"schedule": inner, "workflow_dispatch": {"inputs": inner}, "push": inner}
    json.dumps(look(json.dumps({"on": event, "jobs": {"a": job, "b": inner}, **top}), kind))
