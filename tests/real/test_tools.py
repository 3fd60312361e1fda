"""The real zizmor and actionlint: what they say of real files joins the findings."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.support import context
from tests.unit.actions.rules import settings
from zionr.context import Context
from zionr.model import Finding, JsonObject, State
from zionr.subsystems.actions.checkout.inspection_cache import Inspections
from zionr.subsystems.actions.checkout.observe import observe_files
from zionr.subsystems.actions.judging.file_findings import judge_files

pytestmark = [pytest.mark.real]
PATH = os.pathsep.join((os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)))
FOLDER = Path(".github/workflows")
ODD = b"odd\xff.yml"

INJECTION = """\
name: Injection
on: pull_request_target
jobs:
  greet:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@v4
      - run: echo "${{ github.event.issue.title }}"
"""
ACTION = """\
name: Greet
description: Greets.
runs:
  using: composite
  steps:
    - uses: actions/checkout@v4
"""
FAULTY = """\
name: Faulty
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - run: echo ${{ nonsense.value }}
"""


@pytest.fixture(autouse=True)
def _tools_there() -> None:
    for tool in ("zizmor", "actionlint"):
        assert shutil.which(tool, path=PATH), f"{tool} is not installed: run `make`"


@pytest.fixture
def top(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    (tmp_path / ".git").mkdir()
    (tmp_path / FOLDER).mkdir(parents=True)
    return tmp_path


def _around(top: Path) -> Context:
    return context(str(top), {"PATH": PATH, "HOME": str(top)})


def _look(top: Path, *tools: str) -> JsonObject:
    around = _around(top)
    return observe_files(settings({"tools": list(tools)}), around, Inspections(around.state_dir), top=str(top))


def _findings(files: JsonObject, tool: str) -> list[Finding]:
    assert files["tools"][tool]["status"] == "ok", files["tools"][tool]
    return [found for found in judge_files(files, settings())[1] if found.rule.startswith(f"{tool}/")]


def test_zizmor_tells_of_workflows_and_actions(top: Path) -> None:
    (top / FOLDER / "injection.yml").write_text(INJECTION)
    (top / "action.yml").write_text(ACTION)
    found = _findings(_look(top, "zizmor"), "zizmor")
    places = {(one.rule, one.target, one.locations[0].line) for one in found}
    assert ("zizmor/template-injection", "injection.yml", 9) in places
    assert ("zizmor/dangerous-triggers", "injection.yml", 2) in places
    assert ("zizmor/unpinned-uses", "action.yml", 6) in places
    assert {one.state for one in found if one.rule == "zizmor/template-injection"} == {State.WARNING}


def test_actionlint_tells_of_workflows(top: Path) -> None:
    (top / FOLDER / "faulty.yml").write_text(FAULTY)
    found = _findings(_look(top, "actionlint"), "actionlint")
    (wrong,) = [one for one in found if one.rule == "actionlint/expression"]
    assert (wrong.target, wrong.state, wrong.locations[0].line) == ("faulty.yml", State.WARNING, 7)


@pytest.mark.parametrize("tool", ["zizmor", "actionlint"])
def test_files_that_are_well_give_no_finding(top: Path, tool: str) -> None:
    well = "name: Well\non: push\npermissions: {}\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
    (top / FOLDER / "well.yml").write_text(well + "    timeout-minutes: 5\n    steps:\n      - run: echo\n")
    graves = [one for one in _findings(_look(top, tool), tool) if one.state is not State.OK]
    assert graves == []


@pytest.mark.parametrize("tool", ["zizmor", "actionlint"])
def test_one_hostile_name_or_broken_file_hides_no_other(top: Path, tool: str) -> None:
    (top / FOLDER / "injection.yml").write_text(INJECTION)
    (top / FOLDER / "broken.yml").write_text("name: [\n")
    (top / FOLDER / "-rf\n\x1b[31m.yml").write_text(INJECTION)
    with open(os.path.join(os.fsencode(top / FOLDER), ODD), "wb") as file:
        file.write(INJECTION.encode())
    files = _look(top, tool)
    assert {"odd\\xff.yml", "-rf\n\x1b[31m.yml"} < set(files["workflows"])
    told = {name for one in _findings(files, tool) for name in one.covers}
    assert {"injection.yml", "-rf\n\x1b[31m.yml"} <= told


@pytest.mark.parametrize("tool", ["zizmor", "actionlint"])
def test_where_no_file_can_be_read_the_tool_did_not_fail(top: Path, tool: str) -> None:
    (top / FOLDER / "broken.yml").write_text("name: [\n")
    files = _look(top, tool)
    assert files["tools"][tool]["status"] == "ok", files["tools"][tool]


def test_both_together_stay_apart(top: Path) -> None:
    for number in range(4):
        (top / FOLDER / f"{number}.yml").write_text(INJECTION)
    files = _look(top, "zizmor", "actionlint")
    (group,) = [one for one in _findings(files, "zizmor") if one.rule == "zizmor/template-injection"]
    assert (len(group.targets), group.message.partition(":")[0]) == (4, "4 files")
    assert _findings(files, "actionlint")
