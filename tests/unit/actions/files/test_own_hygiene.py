from __future__ import annotations

import pytest

from tests.unit.actions.files.own_sources import action, faults, job, workflow

HASH = "8f4b7f84864484a7bf31766abe9204da3cbe65b3"


def test_jobs_without_a_limit_are_told_once() -> None:
    source = workflow(
        """
        on: push
        jobs:
          bounded: {timeout-minutes: 5, steps: [{run: make}]}
          first:
            steps:
              - run: make
          second:
            steps:
              - run: make
                timeout-minutes: 5
              - run: make
        """
    )
    (fault,) = faults(source, "no-timeout")
    assert (fault.line, fault.column) == (4, 3)
    assert fault.actual == ["first", "second"]
    assert fault.message == "no timeout-minutes in 2 of 3 jobs: first, second"


@pytest.mark.parametrize(
    "body",
    [
        "timeout-minutes: 5\nsteps:\n- run: make",
        "timeout-minutes: ${{ inputs.limit }}\nsteps:\n- run: make",
        "steps:\n- run: make\n  timeout-minutes: 5\n- run: make\n  timeout-minutes: 1",
        "uses: ./.github/workflows/a.yml",
        "if: false\nsteps:\n- run: make",
    ],
)
def test_a_job_that_ends(body: str) -> None:
    assert faults(job(body), "no-timeout") == []


@pytest.mark.parametrize("body", ["steps:\n- run: make", "steps: []", "timeout-minutes:\nsteps:\n- run: make"])
def test_a_job_that_may_go_on_for_six_hours(body: str) -> None:
    (fault,) = faults(job(body), "no-timeout")
    assert fault.message == "no timeout-minutes in job build"


def test_many_jobs_make_one_readable_sentence() -> None:
    jobs = "\n".join(f"  job{number}: {{steps: []}}" for number in range(60))
    (fault,) = faults(workflow(f"on: push\njobs:\n{jobs}"), "no-timeout")
    assert fault.message == "no timeout-minutes in 60 of 60 jobs: job0, job1, job2, job3, job4 and 55 more"
    assert len(fault.actual) == 20


@pytest.mark.parametrize(
    "uses",
    [
        "owner/act@v1",
        "owner/act@main",
        "owner/act/sub@v1.2.3",
        "owner/act@8f4b7f8",
        "docker://alpine:3.20",
        "docker://alpine",
    ],
)
def test_an_action_that_can_be_changed(uses: str) -> None:
    (fault,) = faults(job(f"steps:\n- uses: {uses}"), "unpinned")
    assert fault.actual == [uses]
    assert (fault.line, fault.column) == (7, 13)


@pytest.mark.parametrize(
    "uses",
    [
        f"owner/act@{HASH}",
        f"owner/act@{HASH.upper()}",
        f"owner/act@{HASH}  # v1.2.3",
        f"actions/checkout@{HASH}",
        "actions/checkout@v4",
        "github/codeql-action/init@v3",
        "./.github/actions/own",
        "./local@v1",
        f"docker://alpine@sha256:{HASH}{HASH[:24]}",
        "owner/act",
        "owner/act@",
        "${{ matrix.action }}@v1",
        "''",
    ],
)
def test_an_action_that_cannot_or_is_anothers_matter(uses: str) -> None:
    assert faults(job(f"steps:\n- uses: {uses}"), "unpinned") == []


def test_githubs_own_are_named_beside_others() -> None:
    source = workflow(
        f"""
        on: push
        jobs:
          call: {{uses: owner/flows/.github/workflows/a.yml@main}}
          build:
            steps:
              - uses: actions/checkout@v4
              - uses: owner/act@v1
              - uses: owner/act@v1
              - uses: owner/pinned@{HASH}
        """
    )
    (fault,) = faults(source, "unpinned")
    assert fault.line == 3
    assert fault.actual == ["owner/flows/.github/workflows/a.yml@main", "owner/act@v1", "actions/checkout@v4"]
    assert "checkout" not in fault.message


def test_a_composite_action() -> None:
    source = action("runs:\n  using: composite\n  steps:\n    - uses: owner/act@v1\n")
    (fault,) = faults(source, "unpinned")
    assert fault.line == 4
    assert faults(source, "no-timeout") == []
