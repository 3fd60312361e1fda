"""Record what the subsystem of GitHub Actions sees, anew: real looks at scratch repositories and a fake GitHub.

`tests/conformance/observations/actions/NAME.json` is made of each scene; `tools/golden.py` then makes what is expected
of them. Clock, commits and GitHub stand still, so that nothing changes but what zionr sees.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TOP)

from tests.fakes.github import FakeGitHub  # noqa: E402
from tests.fakes.github_world import Repository  # noqa: E402
from tests.support import NOW, context  # noqa: E402
from tests.unit.actions.repositories import GUTTED, Project, workflow  # noqa: E402
from tests.unit.actions.rules import RULES  # noqa: E402
from zionr.model import JsonObject, Observation  # noqa: E402
from zionr.subsystems.actions.observe import observe  # noqa: E402
from zionr.subsystems.actions.settings import read_settings  # noqa: E402

FOLDER = os.path.join(TOP, "tests", "conformance", "observations", "actions")
HOUR, DAY = 3600.0, 86_400.0
PINNED = "uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"


class Scene(NamedTuple):
    """What was seen under which rules."""

    rules: JsonObject
    seen: Observation


class Stage:
    """A scratch repository, and a fake GitHub that knows it."""

    def __init__(self, top: Path, github: FakeGitHub) -> None:
        self.project = Project(top)
        self.project.now = NOW - 40 * DAY
        self.github = github
        self.site: Repository = github.add_repository()

    def look(self, *, token: bool = True, online: bool = True, **rules: Any) -> Scene:
        """One whole look at both; without `online` at the files alone."""
        whole = {**RULES, **rules}
        environ = {"PATH": os.environ["PATH"]}
        if online:
            environ |= self.github.environ()
        if not token:
            del environ["GITHUB_TOKEN"]
        return Scene(whole, observe(read_settings(whole), context(str(self.project.top), environ)))

    def on_github(self, *names: str, **changes: Any) -> None:
        """Let GitHub have these workflows."""
        for name in names:
            self.site.add_workflow(name, **changes)


def good(name: str, on: str = "push", *steps: str) -> str:
    """A workflow that nothing is said of: pinned, and with a time limit."""
    text = workflow(name, PINNED, *(steps or ("run: npm ci", "run: npm test")), on=on)
    return text.replace("    runs-on: ubuntu-latest\n", "    runs-on: ubuntu-latest\n    timeout-minutes: 10\n")


def daily(minute: int, hour: int) -> str:
    """Triggers of a workflow that runs each day and can be started by hand."""
    return f"{{schedule: [{{cron: '{minute} {hour} * * *'}}], workflow_dispatch: {{}}}}"


def healthy(stage: Stage) -> Scene:
    """Files, an action, and runs that succeed."""
    action = "name: Set up\ndescription: Node and what is installed\nruns:\n  using: composite\n  steps:\n"
    stage.project.commit(
        "begin",
        {
            ".github/workflows/ci.yml": good("CI", "[push, pull_request]", "uses: ./.github/actions/setup"),
            ".github/workflows/nightly.yml": good("Nightly", daily(17, 1)),
            ".github/actions/setup/action.yml": f"{action}    - run: npm ci\n      shell: bash\n",
        },
    )
    stage.on_github("ci.yml", "nightly.yml")
    stage.site.add_run("nightly.yml", event="schedule", ago=1.5 * HOUR)
    stage.site.add_run("ci.yml", ago=HOUR)
    return stage.look(critical=["ci.yml"])


def damaged_by_one_commit(stage: Stage) -> Scene:
    """A commit of a script breaks twelve of fourteen workflows, guts one, and deletes one that is critical."""
    names = [f"service-{number:02}.yml" for number in range(1, 13)]
    head = "permissions:\n  contents: read\nconcurrency:\n  group: ${{ github.workflow }}\n"
    sound = {name: good(name[:-4]).replace("jobs:\n", f"{head}jobs:\n", 1) for name in names}
    stage.project.workflows("begin", {**sound, "release.yml": good("Release"), "deploy.yml": good("Deploy")})
    lost = {name: text.replace("permissions:\n", "").replace("concurrency:\n", "", 1) for name, text in sound.items()}
    lost = {name: text.replace("  contents: read\n", "concurrency:\n  contents: read\n") for name, text in lost.items()}
    stage.project.workflows(
        "Normalize all workflows", {**lost, "release.yml": workflow("Release", *GUTTED), "deploy.yml": None}
    )
    edited = lost[names[0]].replace("npm ci", "npm ci --no-audit")
    stage.project.workflows("Install less", {names[0]: edited})
    return stage.look(online=False, critical=["deploy.yml"])


def like_faults(stage: Stage) -> Scene:
    """Names with a second colon, in files that never were valid; other faults and advice of one file each."""
    agents = {
        f"agent-{name}.yml": good("X").replace("name: X", f"name: Agent: {name}") for name in ("a", "b", "c", "d")
    }
    stage.project.workflows(
        "begin",
        {
            **agents,
            "bad-cron.yml": good("Report", "{schedule: [{cron: '0 25 * * *'}]}"),
            "no-job.yml": "name: Nothing\non: push\njobs: {}\n",
            "push.yml": good("Publish", "push", "run: git push").replace(
                "jobs:\n", "permissions: read-all\njobs:\n", 1
            ),
            "typo.yml": good("Typo").replace("runs-on", "run-on"),
            "loose.yml": workflow("Loose"),
            "ci.yml.bak": "name: old\n",
        },
    )
    return stage.look(online=False)


def night(stage: Stage) -> Scene:
    """All that may have happened to runs overnight; the files are well but one, and most workflows sleep."""
    names = ("late", "covered", "off")
    triggers = {f"{name}.yml": daily(minute, 1) for minute, name in enumerate(names, 5)}
    others = (
        "spare",
        "ci",
        "deploy",
        "slow",
        "empty",
        "by-hand",
        "new",
        *(f"quiet-{number:02}" for number in range(30)),
    )
    triggers |= {f"{name}.yml": "[push, workflow_dispatch]" for name in others}
    files = {name: good(name[:-4].capitalize(), on) for name, on in triggers.items()}
    files["deploy.yml"] = files["deploy.yml"].replace("    steps:", "    environment: production\n    steps:")
    files["empty.yml"] = files["empty.yml"].replace("    steps:", "    step:")
    stage.project.workflows("begin", files)
    states = {"off.yml": "disabled_inactivity", "by-hand.yml": "disabled_manually", "new.yml": "asleep"}
    for name in files:
        stage.on_github(name, state=states.get(name, "active"))
    _runs_of_a_night(stage.site)
    return stage.look(critical=["late.yml", "gone.yml"], workflows={"covered.yml": {"backup": "spare.yml"}})


def _runs_of_a_night(site: Repository) -> None:
    site.add_run("late.yml", event="schedule", ago=3 * DAY)
    site.add_run("covered.yml", event="schedule", ago=3 * DAY)
    site.add_run("spare.yml", event="workflow_dispatch", ago=8 * HOUR)
    for ago in (5 * HOUR, 4 * HOUR, 3 * HOUR):
        site.add_run("ci.yml", "failure", ago=ago)
        site.add_run("deploy.yml", "failure", ago=ago)
    site.add_run("slow.yml", None, ago=9 * HOUR)
    site.add_run("slow.yml", None, ago=8 * HOUR, status="in_progress")
    site.add_run("empty.yml", "failure", ago=2 * HOUR, jobs=0, title=".github/workflows/empty.yml")


def branch_moved(stage: Stage) -> Scene:
    """The policy's branch is not the default one any more."""
    stage.project.workflows("begin", {"ci.yml": good("CI")})
    stage.on_github("ci.yml")
    return stage.look(branch="master")


def no_token(stage: Stage) -> Scene:
    """The files are judged, and GitHub cannot be asked."""
    stage.project.workflows("begin", {"ci.yml": good("CI"), "nightly.yml": good("Nightly", daily(17, 1))})
    return stage.look(token=False, critical=["ci.yml"])


def unseen(stage: Stage) -> Scene:
    """GitHub fails in the middle: the workflows are known, and no run."""
    stage.project.workflows("begin", {"ci.yml": good("CI"), "nightly.yml": good("Nightly", daily(17, 1))})
    stage.on_github("ci.yml")
    stage.on_github("nightly.yml", state="disabled_inactivity")
    stage.github.fail("status", status=502, path="/actions/runs$", times=3)
    return stage.look(critical=["ci.yml"])


def hostile_names(stage: Stage) -> Scene:
    """Names and texts that would break a line, a table, a terminal or a page."""
    esc = "\x1b[31m"
    names = {
        f"{esc}red.yml": good("Red").replace("name: Red", 'name: "\\e[31m<script>alert(1)</script>"'),
        "two\nlines.yml": good("Lines").replace("run: npm test", 'run: npm test\n        "a | b\\n::error::x": 1'),
        "<b>&amp;.yml": good("B").replace("push", '"pu|sh`"'),
        "--help.yml": good("Help").replace(
            "runs-on: ubuntu-latest", 'needs: ["a\\u202eb"]\n    runs-on: ubuntu-latest'
        ),
        "ünïcödé 名.yml": good("Names").replace("actions/checkout@", "actions/check out@"),
        "*.yml": "a: &a [*a, *a]\n",
        "empty.yml": "",
        "binary.yml": "\0\1\2",
    }
    stage.project.workflows("fix: `all` <of> it\x1b[0m | now", names)
    odd = os.fsencode(stage.project.top) + b"/.github/workflows/odd-\xff.yml"
    with open(odd, "wb") as file:
        file.write(b"on: \xff\n")
    stage.on_github("--help.yml", "two\nlines.yml")
    stage.site.add_run("two\nlines.yml", "failure", title="::error::x", jobs=0)
    return stage.look()


SCENES = {
    "healthy": healthy,
    "damaged-by-one-commit": damaged_by_one_commit,
    "like-faults": like_faults,
    "night": night,
    "branch-moved": branch_moved,
    "no-token": no_token,
    "unseen": unseen,
    "hostile-names": hostile_names,
}


def record(name: str) -> str:
    """The text of one recording."""
    scratch = tempfile.mkdtemp()
    try:
        with FakeGitHub(now=NOW) as github:
            rules, seen = SCENES[name](Stage(Path(scratch) / "site", github))
    finally:
        shutil.rmtree(scratch)
    text = json.dumps({"policy": rules, "observation": seen._asdict()}, indent=1, sort_keys=True)
    assert scratch not in text
    assert github.url not in text
    return text + "\n"


def main(arguments: list[str]) -> int:
    """Write the scenes that are named, or all."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    for name in arguments or SCENES:
        text = record(name)
        with open(os.path.join(FOLDER, f"{name}.json"), "w", encoding="utf-8") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
