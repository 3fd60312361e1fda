"""Needs, ids and uses, each beside a healthy twin."""

from __future__ import annotations

import pytest

from .inspected import change, only, refused

ON = "on: push\njobs:\n"


def job(name: str, more: str = "") -> str:
    return f"  {name}:\n    runs-on: x\n{more}"


@pytest.mark.parametrize(
    ("broken", "rule", "message", "twin"),
    [
        (
            ON + job("a") + job("b", "    needs: [a, test]\n"),
            "needs-unknown",
            "`b` needs `test`, and there is no such job",
            ON + job("a") + job("b", "    needs: [a]\n"),
        ),
        (
            ON + job("a") + job("b", "    needs: 1\n"),
            "needs-unknown",
            "`b` needs `1`, and there is no such job",
            ON + job("a") + job("b", "    needs: a\n"),
        ),
        (
            ON + job("a") + job("b", "    needs: [c]\n") + job("c", "    needs: b\n"),
            "needs-cycle",
            "these jobs wait for one another, so none ever starts: b → c → b",
            ON + job("a") + job("b", "    needs: [c, a]\n") + job("c", "    needs: a\n"),
        ),
        (
            ON + job("a") + job("b", "    needs: b\n"),
            "needs-cycle",
            "these jobs wait for one another, so none ever starts: b → b",
            ON + job("a") + job("b"),
        ),
        (ON + job("1a"), "type", "the id `1a` of a job is no name for it", ON + job("a1")),
        (
            ON + job("__a"),
            "type",
            "the id `__a` of a job begins with two underscores, which are reserved",
            ON + job("_a"),
        ),
        (ON + job("a" * 100), "type", f"the id `{'a' * 60}…` of a job is no name for it", ON + job("a" * 99)),
        (
            ON + job("a", "    steps:\n      - {id: x, run: a}\n      - {id: x, run: b}\n"),
            "duplicate-key",
            "the id `x` stands twice in `jobs.a.steps`, first on line 6",
            ON + job("a", "    steps:\n      - {id: x, run: a}\n      - {id: X, run: b}\n"),
        ),
        (ON + job("a") + job("A"), "duplicate-key", "duplicate key 'A', first on line 3", ON + job("a") + job("B")),
        (
            "on: push\njobs:\n  a:\n    runs-on: {group: team/large}\n",
            "type",
            "`team/large` is no group of runners: before the slash stands organization or enterprise",
            "on: push\njobs:\n  a:\n    runs-on: {group: org/large}\n",
        ),
    ],
)
def test_jobs_and_steps(broken: str, rule: str, message: str, twin: str) -> None:
    fault = only(broken)
    assert (fault["rule"], fault["message"]) == (rule, message)
    assert refused(twin) == []


def test_each_circle_is_told_once_at_its_first_job() -> None:
    circles = (
        job("a", "    needs: b\n")
        + job("b", "    needs: a\n")
        + job("c", "    needs: d\n")
        + job("d", "    needs: c\n")
    )
    found = refused(ON + circles)
    assert [(fault["rule"], fault["anchor"]) for fault in found] == [
        ("needs-cycle", "jobs.a.needs"),
        ("needs-cycle", "jobs.c.needs"),
    ]


def test_who_only_waits_for_a_circle_is_not_blamed() -> None:
    text = ON + job("a", "    needs: a\n") + job("b", "    needs: a\n")
    assert [fault["anchor"] for fault in refused(text)] == ["jobs.a.needs"]


def test_a_need_by_another_case_is_explained() -> None:
    assert only(ON + job("Build") + job("b", "    needs: build\n"))["hint"] == "did you mean `Build`?"


@pytest.mark.parametrize(
    "uses",
    [
        "actions/checkout@v4",
        "actions/cache/save@v4",
        "a/b@11bd71901bbe5b1630ceea73d27597364c9af683",
        "a/b@feature/x",
        "./.github/actions/setup",
        "./",
        "docker://alpine:3.20",
        "docker://ghcr.io/a/b@sha256:abc",
    ],
)
def test_actions_that_can_be_found(uses: str) -> None:
    assert refused(change("actions/checkout@v4", uses)) == []


@pytest.mark.parametrize(
    ("uses", "message"),
    [
        ("actions/checkout", "`actions/checkout` has no ref"),
        ("checkout@v4", "`checkout@v4` is no action"),
        ("actions/checkout@", "`actions/checkout@` is no action"),
        ("'actions/check out@v4'", "`actions/check out@v4` is no action"),
        ("./setup@v1", "`./setup@v1` is an action of this repository, which takes no ref"),
        ("docker://", "`docker://` names no image"),
        ("checkout", "`checkout` is no action"),
    ],
)
def test_actions_that_cannot(uses: str, message: str) -> None:
    fault = only(change("actions/checkout@v4", uses))
    assert (fault["rule"], fault["message"], fault["anchor"]) == ("uses-invalid", message, "jobs.build.steps.0.uses")


@pytest.mark.parametrize(
    ("uses", "message"),
    [
        ("./.github/workflows/x.yml", None),
        ("a/b/.github/workflows/x.yaml@v1", None),
        (
            "./.github/workflows/x.yml@main",
            "`./.github/workflows/x.yml@main` is a workflow of this repository, which takes no ref",
        ),
        ("a/b/.github/workflows/x.yml", "`a/b/.github/workflows/x.yml` has no ref"),
        ("./workflows/x.yml", "`./workflows/x.yml` is no reusable workflow"),
        ("a/b@v1", "`a/b@v1` is no reusable workflow"),
    ],
)
def test_reusable_workflows(uses: str, message: str | None) -> None:
    found = refused(f"on: push\njobs:\n  a:\n    uses: {uses}\n")
    assert [fault["message"] for fault in found] == ([] if message is None else [message])
