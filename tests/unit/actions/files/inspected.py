"""What tests of the validator share: a small workflow to break, and what is said of it."""

from __future__ import annotations

import json

from zionr.model import JsonObject
from zionr.subsystems.actions.checkout.schema_data import load_grammars
from zionr.subsystems.actions.files.inspect import inspect
from zionr.subsystems.actions.judging.file_rules import REFUSED

HEALTHY = """\
name: Checks
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@v4
      - name: Test
        id: test
        run: make test
"""
JOBS = "jobs:\n  a:\n    runs-on: x\n    steps: []\n"


def look(content: str | bytes, kind: str = "workflow") -> JsonObject:
    """The file as `inspect` gives it: plain JSON, since it is kept and read back."""
    file = inspect(content.encode() if isinstance(content, str) else content, kind, load_grammars())
    assert json.loads(json.dumps(file)) == file
    return file


def refused(content: str | bytes, kind: str = "workflow") -> list[JsonObject]:
    """The faults that GitHub refuses, by place."""
    return [fault for fault in look(content, kind)["faults"] if fault["rule"] in REFUSED]


def only(content: str | bytes, kind: str = "workflow") -> JsonObject:
    """The one fault that GitHub refuses."""
    (fault,) = refused(content, kind)
    return fault


def change(old: str, new: str) -> str:
    """The healthy workflow with one change."""
    assert old in HEALTHY
    return HEALTHY.replace(old, new, 1)
