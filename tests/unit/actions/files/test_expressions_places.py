"""Where expressions may stand, and what they may ask for there. Checked against GitHub's own parser in tests/real."""

from __future__ import annotations

import pytest

from zionr.strict_yaml.values import Path

from .expression_files import BASES, changed, faults_of, keyed, messages


def _message(name: str, path: Path, value: str) -> str | None:
    kind, base = BASES[name]
    found = [fault.message for fault in faults_of(changed(base, path, value), kind)]
    assert len(found) <= 1
    return found[0] if found else None


@pytest.mark.parametrize("name", BASES)
def test_files_that_are_well(name: str) -> None:
    kind, base = BASES[name]
    assert faults_of(base, kind) == []


JOB: Path = ("jobs", "build")
STEP: Path = (*JOB, "steps", 0)
ACTION_STEP: Path = ("runs", "steps", 0)


@pytest.mark.parametrize(
    ("name", "path", "value", "says"),
    [
        ("workflow", (*JOB, "if"), "secrets.A != ''", "`secrets` cannot be used in a job's `if`"),
        ("workflow", (*JOB, "if"), "matrix.os == 'a'", "`matrix` cannot be used in a job's `if`"),
        ("workflow", (*JOB, "if"), "env.A", "`env` cannot be used in a job's `if`"),
        ("workflow", (*JOB, "if"), "hashFiles('x') != ''", "`hashFiles` cannot be used in a job's `if`"),
        ("workflow", (*JOB, "if"), "success('a', 'b') && needs.first.result", None),
        ("workflow", (*JOB, "if"), "always(1)", "`always` takes no arguments, not 1"),
        ("workflow", (*JOB, "if"), "${{ github.ref == 'x' }} && true", None),
        ("workflow", (*JOB, "if"), "", None),
        ("workflow", (*JOB, "if"), "${{ 'true' }}", None),
        ("workflow", (*JOB, "if"), "${{ 'foo' }}", "unknown context `foo`"),
        ("workflow", (*JOB, "if"), " foo ", "unknown context `foo`"),
        ("workflow", (*JOB, "runs-on", 0), "${{ env.A }}", "`env` cannot be used in a job's `runs-on`"),
        ("workflow", (*JOB, "runs-on"), "${{ matrix.os }}", None),
        ("workflow", (*JOB, "strategy", "matrix"), "${{ fromJSON(needs.first.outputs.m) }}", None),
        (
            "workflow",
            (*JOB, "strategy", "matrix", "os"),
            "${{ matrix.x }}",
            "`matrix` cannot be used in a job's `strategy`",
        ),
        ("workflow", (*JOB, "env", "E"), "${{ secrets.A }}", None),
        (
            "workflow",
            (*JOB, "env"),
            "${{ fromJSON('{}') }}",
            "one expression for the whole mapping cannot be used in a job's `env`",
        ),
        ("workflow", (*JOB, "uses"), "${{ github.repository }}/x@v1", "an expression cannot be used in a job's `uses`"),
        ("workflow", (*JOB, "needs", 0), "${{ github.x }}", "an expression cannot be used in a job's `needs`"),
        ("workflow", (*JOB, "timeout-minutes"), "${{ inputs.m }}", None),
        ("workflow", (*JOB, "timeout-minutes"), "${{ '5' }}", "a text cannot be used in a job's `timeout-minutes`"),
        (
            "workflow",
            (*JOB, "concurrency", "group"),
            "${{ '' }}",
            "an empty text cannot be used in a job's `concurrency`",
        ),
        ("workflow", (*JOB, "environment", "url"), "${{ steps.one.outputs.url }}", None),
        (
            "workflow",
            (*JOB, "environment", "name"),
            "${{ steps.one.x }}",
            "`steps` cannot be used in a job's `environment`",
        ),
        ("workflow", (*STEP, "if"), "hashFiles('x') && env.A", None),
        ("workflow", (*STEP, "if"), "secrets.A", "`secrets` cannot be used in a step's `if`"),
        ("workflow", (*STEP, "uses"), "${{ 'a/b@v1' }}", None),
        ("workflow", (*STEP, "uses"), "a/b@${{ env.V }}", "an expression cannot be used in a step's `uses`"),
        ("workflow", (*STEP, "shell"), "${{ matrix.s }}", "an expression cannot be used in a step's `shell`"),
        ("workflow", (*STEP, "env", "E"), "${{ always() }}", "`always` cannot be used in a step's `env`"),
        ("workflow", ("env", "E"), "${{ env.B }}", "`env` cannot be used in the workflow's `env`"),
        ("workflow", ("run-name",), "${{ github.actor }} ${{ inputs.x }}", None),
        ("workflow", ("name",), "${{ github.actor }}", "an expression cannot be used in the workflow's `name`"),
        (
            "workflow",
            ("on", "push", "branches", 0),
            "${{ github.ref }}",
            "an expression cannot be used in the workflow's `on`",
        ),
        ("workflow", ("on", "workflow_call", "outputs", "made", "value"), "${{ jobs.a.outputs.b }}", None),
        ("composite", (*ACTION_STEP, "run"), "${{ secrets.A }}", "`secrets` cannot be used in a step's `run`"),
        ("composite", (*ACTION_STEP, "run"), "${{ inputs.a }} ${{ github.action_path }}", None),
        ("composite", (*ACTION_STEP, "shell"), "${{ inputs.shell }}", None),
        ("composite", (*ACTION_STEP, "if"), "vars.A", "`vars` cannot be used in a step's `if`"),
        ("composite", ("inputs", "given", "default"), "${{ github.token }}", None),
        (
            "composite",
            ("inputs", "given", "description"),
            "${{ github.token }}",
            "an expression cannot be used in the action's `inputs`",
        ),
        ("composite", ("outputs", "made", "value"), "${{ steps.one.outputs.x }}", None),
        ("container", ("runs", "args", 0), "${{ inputs.a }}", None),
        ("container", ("runs", "args", 0), "${{ github.ref }}", "`github` cannot be used in the action's `runs`"),
        ("node", ("runs", "post-if"), "success() && runner.os == 'Linux'", None),
        ("node", ("runs", "pre-if"), "foo", "unknown context `foo`"),
        ("node", ("runs", "main"), "${{ inputs.a }}", "an expression cannot be used in the action's `runs`"),
    ],
)
def test_a_place(name: str, path: Path, value: str, says: str | None) -> None:
    assert _message(name, path, value) == says


@pytest.mark.parametrize(
    ("path", "key", "says"),
    [
        ((*STEP, "env"), "${{ github.ref }}", None),
        ((*STEP, "env"), "${{ insert }}", None),
        ((*STEP, "env"), "a ${{ insert }}", "`insert` must be the whole key"),
        ((*STEP, "env"), "${{ foo }}", "unknown context `foo`"),
        ((*JOB, "strategy", "matrix"), "${{ insert }}", None),
        ((*JOB, "concurrency"), "${{ github.ref }}", "an expression as a key cannot be used in a job's `concurrency`"),
        ((*JOB, "outputs"), "${{ 'made_too' }}", None),
        (("jobs",), "${{ github.ref }}", "an expression cannot be used in the workflow's `jobs`"),
    ],
)
def test_an_expression_as_a_key(path: Path, key: str, says: str | None) -> None:
    found = [fault.message for fault in faults_of(keyed(BASES["workflow"][1], path, key))]
    assert found == ([says] if says else [])


def test_below_a_computed_key_the_mapping_counts() -> None:
    base = changed(BASES["workflow"][1], (*JOB, "strategy"), {"${{ insert }}": {"os": ["${{ matrix.x }}"]}})
    assert [fault.message for fault in faults_of(base)] == ["`matrix` cannot be used in a job's `strategy`"]


def test_a_condition_as_a_whole_has_limits() -> None:
    assert messages("'" + "x" * 20_900 + "'", "if") == []
    assert messages("'" + "x" * 20_995 + "'", "if") == ["an expression of more than 21,000 characters"]
    assert messages("success() || '" + "x" * 20_980 + "'", "if") == []
    many = "${{ true }} " * 255
    assert messages(many) == []
    assert messages(many, "if") == ["`format` takes 1 to 255 arguments, not 256"]


def test_keys_that_github_does_not_know_are_not_entered() -> None:
    assert faults_of({"on": "push", "tasks": {"a": "${{ foo }}"}}) == []
    assert faults_of({"jobs": {"a": {"step": [{"run": "${{ foo }}"}]}}}) == []


def test_jobs_and_rows_called_steps() -> None:
    base = {"jobs": {"steps": {"env": {"A": "${{ foo }}", "steps": "${{ steps.a }}"}}}}
    assert [fault.message for fault in faults_of(base)] == [
        "unknown context `foo`",
        "`steps` cannot be used in a job's `env`",
    ]
