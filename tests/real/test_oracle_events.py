"""Every event with every activity and filter that any event has: both say the same of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from zionr.model import JsonObject
from zionr.subsystems.actions.checkout.schema_data import load_grammars
from zionr.subsystems.actions.files.inspect import inspect
from zionr.subsystems.actions.judging.file_rules import REFUSED

from .oracle.peer import Oracle

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("oracle")]


def _words(text: str) -> list[str]:
    return text.split()


EVENTS = _words(
    "branch_protection_rule check_run check_suite create delete deployment deployment_status discussion "
    "discussion_comment fork gollum image_version issue_comment issue_dependencies issues label member merge_group "
    "milestone page_build project project_card project_column public pull_request pull_request_comment "
    "pull_request_review pull_request_review_comment pull_request_target push registry_package release "
    "repository_dispatch schedule status sub_issues watch workflow_call workflow_dispatch workflow_run"
)
ACTIVITIES = _words(
    "added answered assigned auto_merge_disabled auto_merge_enabled category_changed checks_requested closed "
    "completed converted converted_to_draft created deleted demilestoned dequeued destroyed dismissed edited enqueued "
    "in_progress labeled locked milestoned moved opened pinned prereleased published ready ready_for_review released "
    "reopened requested requested_action rerequested review_request_removed review_requested stacked started submitted "
    "synchronize transferred typed unanswered unassigned unlabeled unlocked unpinned unpublished untyped updated"
)
FILTERS = _words("branches branches-ignore inputs names paths paths-ignore tags tags-ignore types versions workflows")
JOBS = "jobs:\n  a:\n    runs-on: x\n    steps:\n      - run: x\n"
SINGLE = 1500
"""So many of the files with one activity or filter are drawn, always the same ones: all of them take half a minute."""
OF_THE_PARSER = ("repository_dispatch alone", "repository_dispatch in a list")
"""A slip of its own: it takes this event only as a key, and the server takes it everywhere."""


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle() as running:
        yield running


def _theirs(oracle: Oracle, text: str) -> set[tuple[int, int]]:
    return {_place(error) for error in oracle.ask(text)}


def _place(error: str) -> tuple[int, int]:
    found = re.search(r"Line: (\d+), Col: (\d+)", error)
    assert found is not None, error
    return int(found[1]), int(found[2])


def _ours(text: str) -> set[tuple[int, int]]:
    faults: list[JsonObject] = inspect(text.encode(), "workflow", load_grammars())["faults"]
    return {(fault["line"], fault["column"]) for fault in faults if fault["rule"] in REFUSED}


def _of_event(event: str, inside: str) -> str:
    return f"on:\n  {event}:{inside}\n{JOBS}"


def test_of_every_event_both_know_the_same_activities(oracle: Oracle) -> None:
    """GitHub names each activity in a list that it does not know: one file tells of many."""
    half = len(ACTIVITIES) // 2
    lists = [", ".join(words) for words in (ACTIVITIES[:half], ACTIVITIES[half:])]
    files = [_of_event(event, f"\n    types: [{words}]") for event, words in product(EVENTS, lists)]
    assert [text for text in files if _ours(text) != _theirs(oracle, text)] == []


def test_of_every_form_of_an_event_both_say_the_same(oracle: Oracle) -> None:
    files = {}
    for event in EVENTS:
        files[f"{event} alone"] = f"on: {event}\n{JOBS}"
        files[f"{event} in a list"] = f"on: [{event}]\n{JOBS}"
        files |= {f"{event}: {value}": _of_event(event, f" {value}") for value in ("", "{}", "[]", "x")}
    different = [name for name, text in files.items() if bool(_ours(text)) != bool(_theirs(oracle, text))]
    assert different == list(OF_THE_PARSER)


def test_of_every_key_of_an_event_both_say_the_same(oracle: Oracle) -> None:
    values = ("x", "[x]", "", "[]", "{a: b}", "['!x']")
    inside = [f"types: {word}" for word in ACTIVITIES] + [f"{key}: {value}" for key, value in product(FILTERS, values)]
    files = [_of_event(event, f"\n    {line}") for event, line in product(EVENTS, inside)]
    files = Random(1).sample(files, SINGLE)
    assert [text for text in files if bool(_ours(text)) != bool(_theirs(oracle, text))] == []
