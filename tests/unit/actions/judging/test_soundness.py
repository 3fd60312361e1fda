from __future__ import annotations

import pytest

from zionr.model import JsonObject
from zionr.subsystems.actions.judging.soundness import is_empty


@pytest.mark.parametrize(
    ("facts", "empty"),
    [
        ({"readable": True, "steps": 3, "real_steps": 0}, True),
        ({"readable": True, "steps": 3, "real_steps": 1}, False),
        ({"readable": True, "steps": 0, "real_steps": 0}, False),
        ({"readable": False, "steps": 3, "real_steps": 0}, False),
    ],
)
def test_steps_of_which_none_does_anything(facts: JsonObject, empty: bool) -> None:
    assert is_empty(facts) is empty
