"""This repository's own workflows and its action: what zizmor and GitHub's own parser say, and how they are pinned."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from .project import BIN

TOP = Path(__file__).parents[2]
ORACLE = TOP / ".cache" / "github" / "oracle.cjs"
WORKFLOWS = sorted((TOP / ".github" / "workflows").glob("*"))
FILES = [*WORKFLOWS, TOP / "action.yml"]


@pytest.fixture(params=FILES, ids=[path.name for path in FILES])
def file(request: pytest.FixtureRequest) -> Path:
    """Each of the files."""
    path: Path = request.param
    return path


def jobs(workflow: Path) -> dict[str, Any]:
    """The jobs of a workflow, by id."""
    read: dict[str, Any] = yaml.safe_load(workflow.read_text())["jobs"]
    return read


def test_zionr_has_nothing_to_say(file: Path) -> None:
    words = [str(BIN / "zionr"), "check", "actions", "--files", str(file), "--format", "json"]
    done = subprocess.run(words, cwd=TOP, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [finding["id"] for finding in json.loads(done.stdout)["findings"]] == []


def test_zizmor_has_nothing_to_say() -> None:
    words = [str(BIN / "zizmor"), "--offline", "--strict-collection", "--persona", "auditor", "--format", "json", "."]
    done = subprocess.run(words, cwd=TOP, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout) == []
    for path in FILES:
        assert f"completed ./{path.relative_to(TOP)}" in done.stderr, path


def test_what_zizmor_may_not_say_has_its_reason_above(file: Path) -> None:
    lines = file.read_text().splitlines()
    for number, line in enumerate(lines):
        if "zizmor: ignore" in line:
            step = next(above for above in reversed(range(number)) if lines[above].lstrip().startswith("- "))
            assert lines[step - 1].lstrip().startswith("# "), f"{file.name}:{number + 1}"


def test_githubs_parser_accepts_it(file: Path) -> None:
    assert ORACLE.exists(), "GitHub's parser is not there: run `make .cache/github/.ready`"
    node = shutil.which("node")
    assert node is not None, "there is no node on PATH"
    kind = "action" if file.name == "action.yml" else "workflow"
    request = json.dumps({"kind": kind, "name": file.name, "content": file.read_text()}) + "\n"
    done = subprocess.run([node, str(ORACLE)], input=request, capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == {"errors": []}


def test_what_it_uses_is_pinned(file: Path) -> None:
    used = re.findall(r"^\s*(?:- )?uses: (.*)$", file.read_text(), re.MULTILINE)
    assert used or file.name == "action.yml"
    for line in used:
        assert line.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=[path.name for path in WORKFLOWS])
def test_its_jobs_end_and_may_only_read(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text())["permissions"] == {}
    for name, job in jobs(workflow).items():
        assert job["timeout-minutes"] <= 30, name
        assert set(job["permissions"].values()) == {"read"}, name


def test_ci_runs_what_a_developer_runs() -> None:
    (job,) = jobs(TOP / ".github/workflows/ci.yml").values()
    assert job["steps"][-1]["run"] == "bash .ci/run"
    assert "make lint\nmake test" in (TOP / ".ci/run").read_text()


def test_zionr_watches_off_the_hour() -> None:
    text = (TOP / ".github/workflows/zionr.yml").read_text()
    (cron,) = re.findall(r'- cron: "(.*)"', text)
    minutes = [int(minute) for minute in cron.split()[0].split(",")]
    assert all(minute % 5 for minute in minutes)
    assert "workflow_dispatch:" in text
