"""The validator against GitHub's own parser: it misses nothing, and calls nothing wrong that the parser accepts."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pytest

from zionr.model import JsonObject
from zionr.subsystems.actions.checkout.schema_data import load_grammars
from zionr.subsystems.actions.files.inspect import inspect
from zionr.subsystems.actions.files.reading import read
from zionr.subsystems.actions.judging.file_rules import REFUSED

from .oracle.corpus import Case, cases, server_cases
from .oracle.mutants import mutate, reshape
from .oracle.peer import Oracle
from .oracle.workflows import ACTIONS, WORKFLOWS

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("oracle")]

MUTANTS = 1000
"""So many files of each kind of accident; their seeds are fixed, so that every run sees the same ones."""


class Difference(NamedTuple):
    """A fault of this rule, with this in its message, that the parser lets pass; and why zionr does not."""

    rule: str
    part: str
    reason: str


LET_PASS = (
    Difference("uses-invalid", "", "the parser takes any text; the server finds no action without a ref"),
    Difference("timezone-unknown", "", "the parser takes any text"),
    Difference("markers", "", "a conflict within a block is a text like any other to it"),
    Difference("too-large", "", "it has no limits of its own"),
    Difference("cron-invalid", "4 fields in place of five", "a space at an end is an empty field to it, and that is 0"),
    Difference("type", "exclude each other", "the server refuses a filter beside its opposite"),
    Difference("type", "a tag", "its YAML library only warns; the runner's reader refuses tags that it does not know"),
    Difference("type", "the id `", "it does not look at the ids of an action's steps; the runner does"),
    Difference("unreadable", "`&`", "its YAML library takes more characters in an anchor's name than libyaml"),
    Difference("unreadable", "has no anchor before it", "within a list of texts it drops an alias without an anchor"),
)
CRASHES = "is not a function"
"""What the parser says of a key that is no text (`1:`): its own error, no verdict."""


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle() as running:
        yield running


def _faults(content: str, kind: str) -> list[JsonObject]:
    """What zionr says that GitHub refuses."""
    found = inspect(content.encode("utf-8", "surrogateescape"), kind, load_grammars())["faults"]
    return [fault for fault in found if fault["rule"] in REFUSED]


def _let_pass(fault: JsonObject) -> bool:
    return any(fault["rule"] == each.rule and each.part in fault["message"] for each in LET_PASS)


def _difference(oracle: Oracle, content: str, kind: str) -> str | None:
    """In what way the two differ about a file, in words; None where they do not."""
    theirs = oracle.ask(content, kind)
    if any(CRASHES in error for error in theirs):
        return None
    ours = _faults(content, kind)
    if theirs and not ours:
        return f"missed: {theirs[0]}\n{content}"
    alarms = [fault for fault in ours if not _let_pass(fault)]
    if alarms and not theirs:
        return f"false alarm: {alarms[0]['rule']}, line {alarms[0]['line']}: {alarms[0]['message']}\n{content}"
    return None


def test_on_the_corpus_both_say_the_same(oracle: Oracle) -> None:
    told = [case for case in cases() if "\udcff" not in case.content]
    different = [f"{case.name}: {found}" for case in told if (found := _difference(oracle, case.content, case.kind))]
    assert len(told) > 1000
    assert different == []


@pytest.mark.parametrize("healthy", [True, False])
def test_the_corpus_is_what_it_claims_to_be(oracle: Oracle, healthy: bool) -> None:
    """A broken file that the parser accepts, or a twin that it refuses, would prove nothing."""
    told = [case for case in cases() if (case.rule is None) is healthy and "\udcff" not in case.content]
    wrong = [case.name for case in told if bool(oracle.ask(case.content, case.kind)) is healthy]
    assert wrong == []


def _rules(case: Case) -> set[str]:
    return {fault["rule"] for fault in _faults(case.content, case.kind)}


def test_each_way_to_break_a_file_has_its_rule() -> None:
    wrong = [(case.name, case.rule, _rules(case)) for case in cases() if case.rule and case.rule not in _rules(case)]
    assert wrong == []


def test_what_only_the_server_refuses_is_refused_too(oracle: Oracle) -> None:
    for case in server_cases():
        assert _rules(case) == ({case.rule} if case.rule else set()), case.name
        assert oracle.ask(case.content, case.kind) == [], case.name
    assert {case.rule for case in server_cases()} >= {"uses-invalid", "timezone-unknown", "markers", "too-large"}


def _bases() -> list[tuple[str, str]]:
    workflows = [("workflow", text) for text in WORKFLOWS.values()]
    return [*workflows, *(("action", text) for text in ACTIONS.values())]


def test_after_accidents_both_say_the_same(oracle: Oracle) -> None:
    bases = _bases()
    files = [(kind, mutate(text, Random(seed))) for seed in range(MUTANTS) for kind, text in [bases[seed % len(bases)]]]
    different = [found for kind, text in files if (found := _difference(oracle, text, kind))]
    # One file in five hundred: two YAML libraries read some nonsense differently.
    assert len(different) <= MUTANTS // 500, "\n\n".join(different)


def test_with_values_of_all_types_both_say_the_same(oracle: Oracle) -> None:
    bases = [(kind, read(text.encode(), kind).source) for kind, text in _bases()]
    files = [
        (kind, reshape(source.value, Random(seed)))
        for seed in range(MUTANTS)
        for kind, source in [bases[seed % len(bases)]]
        if source is not None
    ]
    different = [found for kind, text in files if (found := _difference(oracle, text, kind))]
    assert len(files) == MUTANTS
    assert different == []
