from __future__ import annotations

import pytest

from tests.unit.actions.files.own_sources import action, job, workflow
from zionr.subsystems.actions.files.own import environment, groups, inputs, triggers


@pytest.mark.parametrize(
    ("declared", "events"),
    [
        ("push", ["push"]),
        ("[push, pull_request, push]", ["push", "pull_request"]),
        ("{schedule: [{cron: x}], workflow_dispatch: }", ["schedule", "workflow_dispatch"]),
        ("[push, 5, [x], {a: b}]", ["push"]),
        ("", []),
        ("7", []),
        ("true", []),
    ],
)
def test_what_starts_it(declared: str, events: list[str]) -> None:
    assert triggers(workflow(f"on: {declared}\njobs: {{}}")) == events


def test_nothing_starts_an_action() -> None:
    assert triggers(action("on: push\nruns: {using: node20}")) == []


def test_inputs_that_a_dispatch_must_give() -> None:
    source = workflow(
        """
        on:
          workflow_dispatch:
            inputs:
              depth: {required: true}
              empty: {required: true, default: }
              given: {required: true, default: '2'}
              blank: {required: true, default: ''}
              off: {required: true, default: false}
              free: {required: false}
              word: {required: 'true'}
              bare:
              odd: [required]
          workflow_call:
            inputs:
              called: {required: true, type: string}
        jobs: {}
        """
    )
    assert inputs(source) == ["depth", "empty"]


@pytest.mark.parametrize(
    "declared", ["workflow_dispatch", "[workflow_dispatch]", "{workflow_dispatch: {inputs: 5}}", ""]
)
def test_a_dispatch_that_asks_for_nothing(declared: str) -> None:
    assert inputs(workflow(f"on: {declared}\njobs: {{}}")) == []


@pytest.mark.parametrize(
    ("body", "deploys"),
    [
        ("environment: production", True),
        ("environment: {name: production, url: https://example.org}", True),
        ("environment: ${{ inputs.target }}", True),
        ("environment:", False),
        ("env: {environment: x}", False),
        ("steps: [{name: environment}]", False),
    ],
)
def test_a_job_with_an_environment(body: str, deploys: bool) -> None:
    assert environment(job(body)) is deploys


def test_groups_of_the_workflow_and_its_jobs() -> None:
    source = workflow(
        """
        on: push
        concurrency:
          group: "github.workflow-${{ github.ref }}"
          cancel-in-progress: true
        jobs:
          a: {concurrency: pages}
          b:
            concurrency: {group: pages, cancel-in-progress: '${{ github.ref }}'}
          c: {steps: []}
          d: {concurrency: {cancel-in-progress: true}}
          e: {concurrency: 5}
          f: {concurrency: [x]}
        """
    )
    found = [tuple(group.values()) for group in groups(source)]
    assert found == [
        ("github.workflow-${{ github.ref }}", True, 3, 10, "concurrency"),
        ("pages", False, 6, 20, "jobs.a.concurrency"),
        ("pages", False, 8, 26, "jobs.b.concurrency"),
        ("5", False, 11, 20, "jobs.e.concurrency"),
    ]


@pytest.mark.parametrize(
    "declared", ["", "concurrency:", "concurrency: ''", "concurrency: {group: }", "concurrency: [a]"]
)
def test_no_group(declared: str) -> None:
    assert groups(workflow(f"on: push\n{declared}\njobs: {{}}")) == []
