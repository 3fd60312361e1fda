"""The notes of a judgement: what limits it, said once."""

from __future__ import annotations

import pytest

from tests.support import NOW
from tests.unit.actions.file_facts import facts, history
from tests.unit.actions.rules import settings
from zionr.model import JsonObject, Observation
from zionr.subsystems.actions.judge import judge

EMPTY: JsonObject = {"steps": 3, "real_steps": 0}
UNSEEN = history(most_real_steps=0, whole=False)
ONE = "1 workflow does nothing but set up and echo; whether that is gutted is not known without the whole history"
BEYOND = "git's history was not seen whole (a shallow clone): good versions may lie beyond"


def _notes(files: JsonObject) -> tuple[str, ...]:
    seen = {"now": NOW, "branch": None, "files": files, "api": None}
    return judge(Observation("actions", "repository", NOW, seen), settings(), (), NOW).notes


@pytest.mark.parametrize(
    ("reach", "past", "notes"),
    [
        ("shallow", UNSEEN, (BEYOND, ONE)),
        ("none", UNSEEN, (ONE,)),
        ("whole", history(most_real_steps=0, whole=True), ()),
        ("shallow", history(most_real_steps=0, whole=True), (BEYOND,)),
        ("shallow", history(most_real_steps=2, whole=False), (BEYOND,)),
    ],
)
def test_what_may_be_gutted_and_was_not_judged_is_told(reach: str, past: JsonObject, notes: tuple[str, ...]) -> None:
    files = facts({"ci.yml": EMPTY}, history={"reach": reach, "reason": None, "of": {"ci.yml": past}})
    assert _notes(files) == notes


def test_several_are_counted_and_only_those_that_do_nothing() -> None:
    of = dict.fromkeys(("a.yml", "b.yml", "c.yml"), UNSEEN)
    files = facts({"a.yml": EMPTY, "b.yml": EMPTY, "c.yml": {}}, history={"reach": "none", "reason": None, "of": of})
    assert [note[:14] for note in _notes(files)] == ["2 workflows do"]
