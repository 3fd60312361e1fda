"""action.yml at work: its steps run in order under bash, with the environment that GitHub's runner gives them.

Only setup-python is stood in for, by the Python of this test. The installation is a real one from this checkout, into a
venv of its own; it sees what is installed here and asks no index.
"""

from __future__ import annotations

import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from .fake_daemon import FakeDaemon, row
from .project import BIN, Project

TOP = Path(__file__).parents[2]
ACTION = yaml.safe_load((TOP / "action.yml").read_text())
# pip reads this variable as if it were the flag's opposite: 0 builds with what is installed.
OFFLINE = {"PIP_NO_INDEX": "1", "PIP_NO_BUILD_ISOLATION": "0", "PYTHONPATH": sysconfig.get_path("purelib")}
pytestmark = pytest.mark.xdist_group("action")


class Done(NamedTuple):
    """One use of the action: the exit code of the step that ended it, its outputs, and all that it printed."""

    code: int
    outputs: dict[str, str]
    told: str


class Runner:
    """What GitHub's runner does with a composite action, as far as this one asks for it."""

    def __init__(self, project: Project, temp: Path) -> None:
        self.project = project
        self.temp = temp
        self.installs = False
        self.outputs: dict[str, dict[str, str]] = {}

    @property
    def installed(self) -> bool:
        """Whether an earlier use has installed zionr."""
        return (self.temp / "zionr" / "bin" / "zionr").exists()

    def use(self, **inputs: str) -> Done:
        """Run its steps until one fails. What is installed is installed again only where a test asks for it."""
        given = {name: declared["default"] for name, declared in ACTION["inputs"].items()} | {"token": "canary"}
        assert set(inputs) <= set(given)
        code, told = 0, ""
        for step in ACTION["runs"]["steps"]:
            if "uses" in step:
                self.outputs[step["id"]] = {"python-path": str(BIN / "python")}
                continue
            if step["name"] == "Install zionr" and self.installed and not self.installs:
                continue
            code, said = self.run(step, given | inputs)
            told += said
            if code:
                break
        results = {name: self.value(output["value"], {}) for name, output in ACTION["outputs"].items()}
        return Done(code, results, told)

    def run(self, step: Any, inputs: dict[str, str]) -> tuple[int, str]:
        """One `run` step: its script in a file, for the shell that it names."""
        assert step["shell"] == "bash"
        script, output = self.temp / "script.sh", self.temp / "output"
        script.write_text(step["run"])
        output.write_text("")
        environ = {name: self.value(text, inputs) for name, text in step["env"].items()}
        told = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            env=self.project.environ | self.given(output) | OFFLINE | environ,
            cwd=self.project.top,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )
        if "id" in step:
            self.outputs[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return told.returncode, told.stdout

    def given(self, output: Path) -> dict[str, str]:
        """The variables that GitHub sets by itself."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(TOP),
            "GITHUB_JOB": "watch",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_WORKFLOW": "zionr",
            "RUNNER_TEMP": str(self.temp),
        }

    def value(self, text: str, inputs: dict[str, str]) -> str:
        """An expression of the two kinds that the action has; a step that did not run has no outputs."""
        found = re.fullmatch(r"\$\{\{ (inputs|steps)\.([\w-]+)(?:\.outputs\.([\w-]+))? \}\}", text)
        assert found is not None, text
        if found[1] == "inputs":
            return inputs[found[2]]
        return self.outputs.get(found[2], {}).get(found[3], "")


@pytest.fixture(scope="module")
def temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The runner's folder for temporary files, kept between the tests: an installation takes seconds."""
    return tmp_path_factory.mktemp("runner")


@pytest.fixture
def runner(project: Project, temp: Path) -> Runner:
    """A runner whose checkout is a project with one healthy process."""
    return Runner(project, temp)


def test_nothing_is_put_into_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_check(runner: Runner, temp: Path) -> None:
    done = runner.use(command="check", subsystem="pm2")

    assert done.code == 0, done.told
    assert done.outputs["state"] == "ok"
    assert done.outputs["score"] == "100.0"
    (report,) = runner.project.reports()
    assert done.outputs["report"] == report["id"]
    assert report["runner"]["kind"] == "github-actions"
    assert "pm2: score 100.0" in (temp / "summary.md").read_text()
    assert "canary" not in done.told


def test_check_that_finds(runner: Runner, daemon: FakeDaemon) -> None:
    daemon.rows = [row("api", 0, "errored")]

    done = runner.use(command="check", subsystem="pm2")

    assert done.code == 2, done.told
    assert done.outputs["state"] == "critical"
    assert "::error title=pm2/process-errored" in done.told


def test_flags_and_policy(runner: Runner, daemon: FakeDaemon) -> None:
    daemon.rows = [row("api", 0, "errored")]
    (runner.project.top / "policies/zionr.yaml").rename(runner.project.top / "another.yaml")

    done = runner.use(subsystem="pm2", policy="another.yaml", args="--fail-on\n  never --target api")

    assert (done.code, done.outputs["state"]) == (0, "critical"), done.told


def test_recover(runner: Runner) -> None:
    runner.use(subsystem="pm2")
    runner.installs = True

    done = runner.use(command="recover", subsystem="pm2")

    assert (done.code, done.outputs["state"]) == (0, "ok"), done.told
    assert runner.project.reports()[-1]["kind"] == "recover"


@pytest.mark.parametrize("command", ["sync", "", "check\n::warning::x"])
def test_another_command_is_refused_before_anything_is_installed(
    command: str, project: Project, tmp_path: Path
) -> None:
    runner = Runner(project, tmp_path)

    done = runner.use(command=command)

    assert done.code == 64
    assert done.told.splitlines() == [
        "::error title=zionr::the input command must be check or recover: this version knows no other"
    ]
    assert done.outputs == {"state": "", "score": "", "report": ""}
    assert not runner.installed


@pytest.mark.parametrize("text", ["$(touch pwned)", '"; touch pwned; "', "`touch pwned`", "--output pwned"])
def test_inputs_are_words_and_no_code(runner: Runner, text: str) -> None:
    for inputs in ({"subsystem": text}, {"subsystem": "pm2", "policy": text}):
        assert runner.use(**inputs).code != 0
    runner.use(subsystem="pm2", args=f"--target {text.replace('--output ', '')}")
    assert not (runner.project.top / "pwned").exists()


def test_its_page_names_what_it_has() -> None:
    page = (TOP / "docs" / "action.md").read_text()
    inputs, outputs = re.split(r"^\| output ", page, flags=re.MULTILINE)
    assert re.findall(r"^\| `([\w-]+)`", inputs, re.MULTILINE) == list(ACTION["inputs"])
    assert re.findall(r"^\| `([\w-]+)`", outputs, re.MULTILINE) == list(ACTION["outputs"])
    for name, declared in ACTION["inputs"].items():
        shown = "that of the job" if name == "token" else declared["default"] and f"`{declared['default']}`"
        assert f"| `{name}` | {shown} |" in inputs, name
