"""Keys that nobody knows, keys that are missing, and values of a wrong type, each beside a healthy twin."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from zionr.errors import ZionrError
from zionr.subsystems.actions.checkout.schema_data import load_grammars, read_grammars
from zionr.subsystems.actions.files.inspect import inspect
from zionr.subsystems.actions.files.schema_check import compile_grammars

from .inspected import HEALTHY, JOBS, change, look, only, refused

ON = "on: push\n"


@pytest.mark.parametrize(
    ("broken", "message", "like", "twin"),
    [
        (
            ON + "concurrency:\n  group: x\n  contents: write\n" + JOBS,
            "`contents` under `concurrency`: did `permissions:` get lost above it?",
            "permission keys under concurrency",
            ON + "concurrency:\n  group: x\npermissions:\n  contents: write\n" + JOBS,
        ),
        (
            ON + "concurrency:\n  group: x\n  contents: write\n  issues: read\n" + JOBS,
            "`contents` and `issues` under `concurrency`: did `permissions:` get lost above them?",
            "permission keys under concurrency",
            ON + "concurrency:\n  group: x\n  queue: max\n" + JOBS,
        ),
        (
            "on:\n  push:\n  contents: write\n" + JOBS,
            "`contents` under `on`: did `permissions:` get lost above it?",
            "permission keys under on",
            "on:\n  push:\n  release:\n" + JOBS,
        ),
        (
            change("runs-on", "runs_on"),
            "`runs_on` under `jobs.build` is no key that GitHub knows",
            "runs_on under jobs.*",
            HEALTHY,
        ),
        (
            change("@v4", "@v4\n        fetch-depth: 0"),
            "`fetch-depth` under `jobs.build.steps[0]`: did `with:` get lost above it?",
            "fetch-depth under jobs.*.steps.*",
            change("@v4", "@v4\n        with: {fetch-depth: 0}"),
        ),
        (
            change("id: test", "DEPTH: 2"),
            "`DEPTH` under `jobs.build.steps[1]`: did `env:` get lost above it?",
            "DEPTH under jobs.*.steps.*",
            change("id: test", "env: {DEPTH: 2}"),
        ),
        (
            change("jobs:", "runs-on: x\njobs:"),
            "`runs-on` at the top of the file: did `jobs:` get lost above it?",
            "runs-on under the top",
            HEALTHY,
        ),
        (
            ON + "permissions:\n  branch_protection_rules: write\n" + JOBS,
            "`branch_protection_rules` under `permissions` is no key that GitHub knows",
            "branch_protection_rules under permissions",
            ON + "permissions: {}\n" + JOBS,
        ),
        (
            ON + "jobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    timeout-minutes: 5\n",
            "`timeout-minutes` under `jobs.a` is no key that GitHub knows",
            "timeout-minutes under jobs.*",
            ON + "jobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    secrets: inherit\n",
        ),
        (
            change("@v4", "@v4\n        run: x"),
            "`run` under `jobs.build.steps[0]`: a step with `uses` takes none",
            "run in jobs.*.steps.*",
            change("@v4", "@v4\n      - run: x"),
        ),
    ],
)
def test_unknown_keys_are_told_with_their_parent(broken: str, message: str, like: str, twin: str) -> None:
    fault = only(broken)
    assert (fault["rule"], fault["message"], fault["like"]) == ("unknown-key", message, like)
    assert refused(twin) == []


@pytest.mark.parametrize(
    ("broken", "hint"),
    [
        (change("runs-on", "runs_on"), "did you mean `runs-on`?"),
        (change("run: make", "Run: make"), "did you mean `run`?"),
        (change("on: push", "on: pusch"), "did you mean `push`?"),
        (change("on: push", "on: {pull-request: {}}"), "did you mean `pull_request`?"),
        (change("on: push", "on: {issues: {types: [open]}}"), "did you mean `opened`?"),
        (
            ON + "jobs:\n  a:\n    uses: ./.github/workflows/x.yml\n    steps: []\n",
            "a job that calls a reusable workflow (`uses`) takes none",
        ),
    ],
)
def test_hints_guess_what_was_meant(broken: str, hint: str) -> None:
    assert only(broken)["hint"] == hint


def test_a_missing_key_that_was_only_mistyped_is_not_told_twice() -> None:
    assert [fault["rule"] for fault in refused(change("runs-on", "runs_on"))] == ["unknown-key"]
    assert [fault["rule"] for fault in refused(change("      - uses:", "      - use:"))] == ["unknown-key"]


@pytest.mark.parametrize(
    ("broken", "rule", "like"),
    [
        ("true: push\n" + JOBS, "on-missing", "on turned into true"),
        (JOBS, "on-missing", "on missing"),
        ("on:\n" + JOBS, "on-missing", "on missing"),
        (ON, "no-jobs", "no jobs"),
        (ON + "jobs:\n", "no-jobs", "no jobs"),
        (ON + "jobs: {}\n", "no-jobs", "no jobs"),
        (ON + "jobs: []\n", "no-jobs", "no jobs"),
        (ON + "jobs:\n  a:\n    steps: []\n", "type", "runs-on missing in jobs.*"),
        (change("        run: make test\n", ""), "type", "a step with neither run nor uses"),
        (ON + "concurrency: {}\n" + JOBS, "type", "group missing in concurrency"),
    ],
)
def test_what_is_missing(broken: str, rule: str, like: str) -> None:
    fault = only(broken)
    assert (fault["rule"], fault["like"]) == (rule, like)


def test_on_that_turned_into_true_is_one_fault_at_its_place() -> None:
    fault = only("name: x\ntrue:\n  push:\n" + JOBS)
    assert (fault["line"], fault["column"], fault["expected"], fault["actual"]) == (2, 1, "on", "true")
    assert refused('name: x\n"on":\n  push:\n' + JOBS) == []


@pytest.mark.parametrize(
    ("broken", "message", "twin"),
    [
        (
            change("timeout-minutes: 5", "timeout-minutes: ten"),
            "`jobs.build.timeout-minutes` must be a number, without quotes, or an expression; here is `ten`",
            change("timeout-minutes: 5", "timeout-minutes: ${{ fromJSON('5') }}"),
        ),
        (
            change("timeout-minutes: 5", "continue-on-error: 'true'"),
            "`jobs.build.continue-on-error` must be true or false, without quotes, or an expression; here is `true`",
            change("timeout-minutes: 5", "continue-on-error: true"),
        ),
        (
            ON + "env:\n" + JOBS,
            "`env` must be a mapping of names to texts; here is nothing",
            ON + "env:\n  A:\n  B: 1\n  C: true\n" + JOBS,
        ),
        (
            ON + "permissions:\n  contents: admin\n" + JOBS,
            "`permissions.contents` must be `read`, `write` or `none`; here is `admin`",
            ON + "permissions:\n  contents: none\n" + JOBS,
        ),
        (
            change("on: push", "on: 5"),
            "`on` must be an event, a list of events or a mapping; here is a number",
            change("on: push", "on: schedule"),
        ),
        (
            change("runs-on: ubuntu-latest", "runs-on: [[a]]"),
            "`jobs.build.runs-on[0]` must be a text that is not empty; here is a list",
            change("runs-on: ubuntu-latest", "runs-on: [a, 2]"),
        ),
        (
            change("on: push", "on: {workflow_call: {inputs: {a: {type: string, default: 5}}}}"),
            "`on.workflow_call.inputs.a.default` must be a text, in quotes, for its type is string; here is a number",
            change("on: push", "on: {workflow_call: {inputs: {a: {type: number, default: 5}}}}"),
        ),
        (
            ON + "concurrency:\n  group: x\n  queue: min\n" + JOBS,
            "`concurrency.queue` must be `single`, `max` or an expression; here is `min`",
            ON + "concurrency:\n  group: x\n  queue: ${{ vars.QUEUE }}\n" + JOBS,
        ),
        (
            change("timeout-minutes: 5", "concurrency:"),
            "`jobs.build.concurrency` must be a text, or a mapping with `group`; here is nothing",
            ON + "concurrency:\n" + JOBS,
        ),
        (
            change("on: push", "on: {watch: {types: [stopped]}}"),
            "`on.watch.types[0]` must be `started`; here is `stopped`",
            change("on: push", "on: {watch: {types: started}}"),
        ),
        (
            change("on: push", "on: {push: {branches: [a], branches-ignore: [b]}}"),
            "`branches` and `branches-ignore` of `on.push` exclude each other",
            change("on: push", "on: {push: {branches: [a], paths-ignore: [b]}}"),
        ),
        (
            ON + "jobs:\n  if: always()\n" + JOBS.removeprefix("jobs:\n"),
            "`if` stands where a job's name stands, and a text is no job",
            ON + JOBS,
        ),
        (
            ON + "jobs:\n  a:\n    runs-on: x\n    strategy:\n      matrix:\n        node: 18\n",
            "`jobs.a.strategy.matrix.node` must be a list; here is a number",
            ON + "jobs:\n  a:\n    runs-on: x\n    strategy:\n      fail-fast: false\n",
        ),
    ],
)
def test_values_of_a_wrong_type(broken: str, message: str, twin: str) -> None:
    fault = only(broken)
    assert (fault["rule"], fault["message"]) == ("type", message)
    assert refused(twin) == []


def test_a_place_is_that_of_the_value_and_an_anchor_is_no_line() -> None:
    fault = only(change("timeout-minutes: 5", "timeout-minutes: ten"))
    assert (fault["line"], fault["column"], fault["anchor"]) == (6, 22, "jobs.build.timeout-minutes")


@pytest.mark.parametrize(
    ("broken", "like"),
    [
        ("name: x\ndescription: y\nruns:\n  using: node10\n  main: a\n", None),
        ("name: x\nruns:\n  using: node20\n  main: a\n", "description missing in the file"),
        ("name: x\ndescription: y\n", "runs missing in the file"),
        ("name: x\ndescription: y\nruns:\n  using: node20\n", "main missing in runs"),
        ("name: x\ndescription: y\nruns:\n  main: a\n", "using missing in runs"),
        (
            "name: x\ndescription: y\nruns:\n  using: composite\n  steps:\n    - run: x\n",
            "shell missing in runs.steps.*",
        ),
        (
            "name: x\ndescription: y\nruns:\n  using: composite\n  steps:\n    - id: x\n",
            "a step with neither run nor uses",
        ),
        ("name: x\ndescription: y\nruns:\n  using: docker\n  image:\n", "runs.image must be a text that is not empty"),
    ],
)
def test_actions_have_their_own_grammar(broken: str, like: str | None) -> None:
    fault = only(broken, "action")
    assert fault["rule"] == "type"
    assert like is None or fault["like"] == like


def _schemas() -> tuple[dict[str, Any], dict[str, Any]]:
    """The least that a schema can say."""
    workflow = {"properties": {"name": {"type": "string"}, "on": {}, "jobs": {}}, "definitions": {}}
    return workflow, {"properties": {"name": {}, "description": {}, "runs": {}}, "definitions": {}}


def test_a_schema_without_what_is_amended_does_no_harm() -> None:
    grammars = compile_grammars(*_schemas())
    file = inspect(b"name: x\non: 1\njobs: {a: {uses: x/y}}\n", "workflow", grammars)
    assert {fault["rule"] for fault in file["faults"]} >= {"type"}


def test_a_newer_schema_brings_its_keys_along() -> None:
    workflow, action = _schemas()
    workflow["properties"]["colour"] = {"$ref": "#/definitions/colour"}
    workflow["definitions"]["colour"] = {"type": "string", "enum": ["red"]}
    grammars = compile_grammars(copy.deepcopy(workflow), action)
    found = inspect(b"colour: blue\nsize: 1\n", "workflow", grammars)["faults"]
    assert {(fault["rule"], fault["anchor"]) for fault in found} >= {("type", "colour"), ("unknown-key", "size")}


def test_schemas_are_read_once() -> None:
    assert load_grammars() is load_grammars()


def test_schemas_that_are_not_there_are_told_of(tmp_path: Path) -> None:
    with pytest.raises(ZionrError, match=r"github-workflows\.json of check-jsonschema cannot be read"):
        read_grammars(str(tmp_path))
    (tmp_path / "github-workflows.json").write_text("{")
    with pytest.raises(ZionrError, match="cannot be read"):
        read_grammars(str(tmp_path))


def test_the_grammar_takes_what_the_schema_is_too_strict_for() -> None:
    job = "jobs:\n  a:\n    runs-on: 22\n    strategy: {}\n    steps:\n      - run: 5\n"
    text = "on: {push: {branches: main}}\nrun-name: 5\n" + job
    assert refused(text) == []
    assert look(text)["triggers"] == ["push"]
