from __future__ import annotations

import pytest

from tests.unit.actions.files.own_sources import action, job, workflow
from zionr.subsystems.actions.files.facts import read_facts


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
    assert read_facts(workflow(f"on: {declared}\njobs: {{}}"))["triggers"] == events


def test_nothing_starts_an_action() -> None:
    assert read_facts(action("on: push\nruns: {using: node20}"))["triggers"] == []


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
    assert read_facts(source)["inputs"] == ["depth", "empty"]


@pytest.mark.parametrize(
    "declared", ["workflow_dispatch", "[workflow_dispatch]", "{workflow_dispatch: {inputs: 5}}", ""]
)
def test_a_dispatch_that_asks_for_nothing(declared: str) -> None:
    assert read_facts(workflow(f"on: {declared}\njobs: {{}}"))["inputs"] == []


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
    assert read_facts(job(body))["environment"] is deploys


@pytest.mark.parametrize(
    ("body", "elsewhere"),
    [
        ("uses: octo-org/shared/.github/workflows/deploy.yml@v1", True),
        ("uses: ${{ vars.CALLED }}", True),
        ("uses: ./.github/workflows/deploy.yml", False),
        ("uses: $/.github/workflows/deploy.yml", False),
        ("uses:", False),
        ("uses: [x]", False),
        ("steps: [{uses: octo-org/tool@v1}]", False),
    ],
)
def test_a_job_that_calls_a_workflow_of_another_repository(body: str, elsewhere: bool) -> None:
    assert read_facts(job(body))["calls_elsewhere"] is elsewhere


CHECKOUT = "{uses: actions/checkout@v4}"


@pytest.mark.parametrize(
    ("before", "use", "brought"),
    [
        ("", "./.github/actions/x", False),
        (CHECKOUT, "./.github/actions/x", False),
        ("{uses: octo-org/tool@v1, with: {repository: octo-org/shared}}", "./.github/actions/x", False),
        ("{uses: actions/checkout@v4, with: {repository: octo-org/shared}}", "./.github/actions/x", True),
        ("{uses: Actions/Checkout@v4, with: {repository: octo-org/shared, path: lib}}", "./x", True),
        ("{uses: actions/checkout@v4, with: {repository: '${{ github.repository }}'}}", "./.github/actions/x", False),
        ("{uses: actions/checkout@v4, with: {path: lib/}}", "./lib/.github/actions/x", True),
        ("{uses: actions/checkout@v4, with: {path: ./lib}}", "./lib", True),
        ("{uses: actions/checkout@v4, with: {path: lib}}", "./library/x", False),
        ("{uses: actions/checkout@v4, with: {path: .}}", "./.github/actions/x", False),
        ("{uses: actions/checkout@v4, with: {path: '${{ inputs.x }}'}}", "./x", True),
        ("{uses: actions/checkout@v4, with: 5}", "./x", False),
        ("{run: make}", "./built/x", True),
        ("{run: make}", "./.github/actions/x", False),
        ("{run: make}", "./.github-tools/x", True),
        ("{run: make}", "./a/../.github/actions/x", False),
        ("{run: make}", "$/built/x", False),
        ("{uses: actions/checkout@v4, with: {repository: octo-org/shared}}", "$/x", False),
    ],
)
def test_what_an_earlier_step_may_bring(before: str, use: str, brought: bool) -> None:
    (found,) = read_facts(job(f"steps: [{before}{', ' * bool(before)}{{uses: '{use}'}}]"))["locals"]
    assert (found["uses"], found["kind"], found["brought"]) == (use, "action", brought)


def test_a_later_step_or_another_job_brings_nothing() -> None:
    source = workflow(
        """
        on: push
        jobs:
          a: {steps: [{run: make}]}
          b: {steps: [{uses: ./x}, {run: make}]}
          c: {uses: $/.github/workflows/x.yml}
        """
    )
    found = [(use["uses"], use["kind"], use["brought"]) for use in read_facts(source)["locals"]]
    assert found == [("./x", "action", False), ("$/.github/workflows/x.yml", "workflow", False)]


def test_what_came_before_an_action_is_not_known() -> None:
    found = read_facts(action("runs: {using: composite, steps: [{uses: ./x}, {uses: ./.github/actions/x}]}"))["locals"]
    assert [use["brought"] for use in found] == [True, False]


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
    found = [tuple(group.values()) for group in read_facts(source)["groups"]]
    assert found == [
        ("github.workflow-${{ github.ref }}", True, 3, 10, "concurrency"),
        ("pages", False, 6, 20, "jobs.a.concurrency"),
        ("pages", True, 8, 26, "jobs.b.concurrency"),
        ("5", False, 11, 20, "jobs.e.concurrency"),
    ]


@pytest.mark.parametrize(
    "declared", ["", "concurrency:", "concurrency: ''", "concurrency: {group: }", "concurrency: [a]"]
)
def test_no_group(declared: str) -> None:
    assert read_facts(workflow(f"on: push\n{declared}\njobs: {{}}"))["groups"] == []
