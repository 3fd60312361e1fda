from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import NOW
from zionr.instants import iso
from zionr.model import JsonObject
from zionr.subsystems.actions.github.runs import Runs, page_of, read_run, read_workflow, workflow_name
from zionr.subsystems.actions.github.values import moment

HOME = {"full_name": "octo-org/site"}
NAMES = {1: "ci.yml", 2: "nightly.yml"}


def raw(identity: int = 1, conclusion: str | None = "failure", ago: float = 60.0, **changes: Any) -> JsonObject:
    """A run as GitHub lists it; without a conclusion it is in progress."""
    created = iso(NOW - ago)
    return {
        "id": identity,
        "run_number": identity,
        "event": "push",
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "run_attempt": 1,
        "created_at": created,
        "run_started_at": created,
        "updated_at": created,
        "head_branch": "main",
        "head_sha": "a" * 40,
        "html_url": "https://git.example/run",
        "name": "CI",
        "path": ".github/workflows/ci.yml",
        "workflow_id": 1,
        "repository": HOME,
        "head_repository": HOME,
        **changes,
    }


def group(*rows: Any, name: str = "ci.yml", keep: int = 3) -> JsonObject:
    """What is kept of one workflow."""
    runs = Runs("main", NAMES, keep)
    for row in rows:
        runs.add(row)
    found: JsonObject = runs.grouped()[name]
    return found


def _ids(runs: list[JsonObject]) -> list[int]:
    return [run["id"] for run in runs]


def test_a_run_is_read() -> None:
    run = read_run(raw(7, path=".github/workflows/ci.yml@main"))
    assert run is not None
    assert (run["id"], run["created_at"], run["attempt"], run["jobs"]) == (7, NOW - 60, 1, None)
    assert json.loads(json.dumps(run)) == run


def test_the_newest_come_first_in_whatever_order_they_are_seen() -> None:
    rows = [raw(number, ago=number * 60.0) for number in range(1, 9)]
    random.Random(7).shuffle(rows)
    kept = group(*rows)
    assert (kept["newest"]["id"], _ids(kept["recent"])) == (1, [1, 2, 3])


def test_a_run_that_is_seen_twice_counts_once() -> None:
    rows = [raw(number, ago=number * 60.0) for number in (1, 2, 2, 1, 3)]
    assert _ids(group(*rows)["recent"]) == [1, 2, 3]


def test_a_later_attempt_takes_the_place_of_the_earlier() -> None:
    again = raw(1, "success", ago=3600, run_attempt=2, updated_at=iso(NOW))
    first = raw(1, "failure", ago=3600)
    for rows in ([again, first], [first, again]):
        kept = group(*rows)
        assert [(run["attempt"], run["conclusion"]) for run in kept["recent"]] == [(2, "success")]
        assert kept["newest"]["attempt"] == 2


def test_an_attempt_under_way_is_no_result_any_more() -> None:
    kept = group(raw(1, "failure"), raw(2, "failure", ago=7200), raw(1, None, run_attempt=2, updated_at=iso(NOW)))
    assert (_ids(kept["recent"]), kept["newest"]["status"]) == ([2], "in_progress")


@pytest.mark.parametrize("conclusion", ["cancelled", "skipped", "action_required", "a_new_one"])
def test_conclusions_that_say_nothing_are_not_counted(conclusion: str) -> None:
    kept = group(raw(2, conclusion), raw(1, ago=600))
    assert (_ids(kept["recent"]), kept["newest"]["id"]) == ([1], 2)


@pytest.mark.parametrize("conclusion", ["success", "neutral", "failure", "timed_out", "startup_failure", "stale"])
def test_other_conclusions_are(conclusion: str) -> None:
    assert _ids(group(raw(1, conclusion))["recent"]) == [1]


@pytest.mark.parametrize(
    "changes",
    [
        {"head_branch": "feature"},
        {"head_branch": None},
        {"event": "pull_request"},
        {"event": "pull_request_target"},
        {"event": "workflow_run", "head_repository": {"full_name": "fork/site"}},
    ],
)
def test_runs_of_other_branches_and_of_forks_are_not_judged(changes: JsonObject) -> None:
    kept = group(raw(2, **changes), raw(1, ago=600))
    assert (_ids(kept["recent"]), kept["newest"]["id"]) == ([1], 1)


def test_the_newest_scheduled_and_dispatched_runs() -> None:
    rows = [
        raw(9),
        raw(8, ago=120, event="workflow_dispatch"),
        raw(7, ago=240, event="schedule", head_branch="trunk"),
        raw(6, ago=360, event="schedule"),
        raw(5, ago=30, event="workflow_dispatch", head_branch="feature"),
    ]
    kept = group(*rows)
    assert (kept["scheduled"]["id"], kept["dispatched"]["id"], kept["newest"]["id"]) == (7, 8, 9)


def test_a_rerun_makes_no_scheduled_run_newer() -> None:
    old = raw(1, event="schedule", ago=90_000, run_attempt=3, run_started_at=iso(NOW), updated_at=iso(NOW))
    kept = group(old, raw(2, event="schedule", ago=3600))
    assert kept["scheduled"]["id"] == 2


def test_a_run_belongs_to_the_workflow_of_its_id_else_of_its_path() -> None:
    runs = Runs("main", NAMES)
    runs.add(raw(1, workflow_id=2))
    runs.add(raw(2, workflow_id=99, path=".github/workflows/new.yml"))
    runs.add(raw(3, workflow_id=98, path="dynamic/pages/pages-build-deployment"))
    assert runs.grouped().keys() == {"nightly.yml", "new.yml"}


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".github/workflows/ci.yml", "ci.yml"),
        ("octo-org/site/.github/workflows/ci.yml@refs/heads/main", "ci.yml"),
        (".github/workflows/a/b.yml", None),
        (".github/workflows/", None),
        ("dynamic/dependabot/dependabot-updates", None),
        (".github/workflows/" + "x" * 256, None),
        (None, None),
    ],
)
def test_the_name_of_a_workflow(path: str | None, name: str | None) -> None:
    assert workflow_name(path) == name


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=3,
)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(raw())), JUNK), JUNK)
def test_whatever_is_in_a_row_it_is_read_or_refused(changes: JsonObject, junk: Any) -> None:
    runs = Runs("main", NAMES)
    for row in (raw() | changes, junk):
        run = runs.add(row)
        if run is not None:
            assert json.loads(json.dumps(run, allow_nan=False)) == run
            json.dumps(run, ensure_ascii=False).encode()
        read_workflow(row)
    assert len(json.dumps(runs.grouped())) < 50_000


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z", "9999999-01-01", "x" * 10_000, 7, None])
def test_an_instant_that_is_none(text: Any) -> None:
    assert moment(text) is None


def test_a_workflow_is_read() -> None:
    row = {"id": 7, "state": "active", "path": "p", "created_at": iso(NOW), "updated_at": iso(NOW), "html_url": 5}
    read = read_workflow(row)
    assert read is not None
    assert (read["id"], read["created_at"], read["url"]) == (7, NOW, None)
    for key in ("id", "state", "path", "created_at", "updated_at"):
        assert read_workflow({**row, key: None}) is None


def test_a_workflow_is_shown_by_the_page_of_its_runs() -> None:
    file = "https://git.example/o/r/blob/main/.github/workflows/ci.yml"
    assert page_of(file) == "https://git.example/o/r/actions/workflows/ci.yml"
    assert page_of("https://git.example/elsewhere") == "https://git.example/elsewhere"
    assert page_of(None) is None


@pytest.mark.parametrize("spread", [1, 7])
def test_what_is_kept_does_not_grow_with_the_number_of_runs(spread: int) -> None:
    def size(count: int) -> int:
        runs = Runs("main", NAMES)
        for number in range(count):
            name = f".github/workflows/w{number % spread}.yml"
            runs.add(raw(1_000_000 - number, ago=float(number), path=name, workflow_id=99, event="schedule"))
        return len(json.dumps(runs.grouped()))

    assert size(50_000) <= size(500) * 1.01


def test_workflows_that_only_a_hostile_server_knows_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zionr.subsystems.actions.github.runs.MOST_WORKFLOWS", 10)
    runs = Runs("main", NAMES)
    for number in range(100):
        runs.add(raw(number, workflow_id=99, path=f".github/workflows/w{number}.yml"))
    assert len(runs.grouped()) == 10
    assert runs.scheduled("w99.yml") is None
