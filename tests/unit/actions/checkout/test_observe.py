from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import context
from zionr.context import Context
from zionr.model import JsonObject
from zionr.subsystems.actions.checkout.inspection_cache import NAME, Inspections
from zionr.subsystems.actions.checkout.observe import LARGEST, MOST_S, observe_files
from zionr.subsystems.actions.judging.soundness import is_unseen, suspects

from ..file_facts import Inspector, block, uses
from ..rules import WORKFLOWS, settings

BASH = shutil.which("bash")
ODD = b"odd\xff\n\x1b[31m.yml"


class Checkout:
    """A repository of a test's own, with a state folder that is only ours."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.inspector = Inspector()
        top.chmod(0o700)
        (top / ".git").mkdir()
        (top / ".zionr").mkdir(0o700)

    def write(self, path: str, content: JsonObject | bytes | None = None) -> Path:
        place = self.top / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else json.dumps(content or {}).encode())
        return place

    def workflow(self, name: str, /, **content: Any) -> Path:
        return self.write(f"{WORKFLOWS}/{name}", content)

    def look(self, only: str | None = None, programs: str = "", **files: Any) -> JsonObject:
        """One look; `programs` is the PATH, `files` are keys of the policy."""
        self.inspector = Inspector()
        around = context(str(self.top), {"PATH": programs})
        kept = Inspections(around.state_dir)
        seen = observe_files(settings(files), around, kept, top=str(self.top), only=only, inspect=self.inspector)
        kept.save()
        return seen


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def _only_fault(file: JsonObject) -> tuple[str, str]:
    (fault,) = file["faults"]
    assert not file["readable"]
    assert file["digest"] is None
    return fault["rule"], fault["message"]


def test_a_file_is_told_with_its_path_its_size_and_the_name_that_git_gives_its_content(checkout: Checkout) -> None:
    place = checkout.workflow("ci.yml", name="CI")
    subprocess.run(["git", "init", "-q", checkout.top], check=True)
    by_git = subprocess.run(["git", "hash-object", place], check=True, capture_output=True, text=True).stdout.strip()
    seen = checkout.look()["workflows"]["ci.yml"]
    assert seen["path"] == f"{WORKFLOWS}/ci.yml"
    assert seen["size"] == place.stat().st_size
    assert seen["digest"] == by_git
    assert (seen["name"], seen["readable"]) == ("CI", True)


def test_workflows_are_what_github_counts_as_such(checkout: Checkout) -> None:
    for name in ("ci.yml", "b.yaml", "c.json", "ci.yml.bak", "sub/d.yml", "notes.yml.disabled", "UPPER.YML"):
        checkout.workflow(name)
    (checkout.top / WORKFLOWS / "folder.yml").mkdir()
    seen = checkout.look()
    assert list(seen["workflows"]) == ["b.yaml", "ci.yml"]
    assert seen["problem"] is None
    assert [kind for _, kind in checkout.inspector.asked] == ["workflow"]  # all have the same content


def test_names_in_ignore_are_neither_workflows_nor_litter(checkout: Checkout) -> None:
    for name in ("ci.yml", "old-ci.yml", "ci.yml.backup1", "ci.yml.bak", "backups/x.bak", "more/y.bak"):
        checkout.workflow(name)
    seen = checkout.look(ignore=["old-*", "*.backup*", "backups/**"])
    assert list(seen["workflows"]) == ["ci.yml"]
    assert seen["litter"] == [f"{WORKFLOWS}/ci.yml.bak", f"{WORKFLOWS}/more/y.bak"]


@pytest.mark.parametrize(
    ("name", "is_litter"),
    [
        ("ci.yml.backup", True),
        ("ci.yml.backup_targeted", True),
        ("ci.yml.backup.1755991529.backup.1755991589", True),
        ("ci.yml.bak", True),
        ("ci.yml.orig", True),
        ("ci.yml.old", True),
        ("ci.yml~", True),
        ("x.backup/ci.yml", True),
        ("deep/er/ci.yml.bak", True),
        ("ci.yml.disabled", False),
        ("README.md", False),
        ("ci.backup.yml", False),
        ("deep/ci.yml", False),
    ],
)
def test_litter(checkout: Checkout, name: str, is_litter: bool) -> None:
    checkout.workflow(name)
    assert checkout.look()["litter"] == ([f"{WORKFLOWS}/{name}"] if is_litter else [])


def test_litter_below_a_symlink_is_not_looked_for(checkout: Checkout, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "a.bak").touch()
    checkout.workflow("ci.yml")
    (checkout.top / WORKFLOWS / "link").symlink_to(elsewhere)
    assert checkout.look()["litter"] == []


def test_a_name_that_is_no_text_survives_as_one(checkout: Checkout) -> None:
    checkout.workflow("plain.yml")
    with open(os.path.join(os.fsencode(checkout.top / WORKFLOWS), ODD), "wb") as file:
        file.write(b'{"name": "odd"}')
    with open(os.path.join(os.fsencode(checkout.top / WORKFLOWS), b"odd\\xff\n\x1b[31m.yml"), "wb") as file:
        file.write(b'{"name": "its twin"}')
    seen = checkout.look()
    twins = {name: file["name"] for name, file in seen["workflows"].items() if name != "plain.yml"}
    assert sorted(twins.values()) == ["its twin", "odd"]
    assert set(twins) == {"odd\\xff\n\x1b[31m.yml", "odd\\xff\n\x1b[31m.yml'"}
    json.dumps(seen, ensure_ascii=False).encode()  # nothing in it that is no UTF-8


def test_a_symlink_is_no_workflow(checkout: Checkout) -> None:
    checkout.workflow("ci.yml")
    (checkout.top / WORKFLOWS / "link.yml").symlink_to("ci.yml")
    (checkout.top / WORKFLOWS / "broken.yml").symlink_to("nowhere")
    seen = checkout.look()["workflows"]
    wanted = ("unreadable", "is a symlink, which GitHub does not follow")
    assert _only_fault(seen["link.yml"]) == wanted
    assert _only_fault(seen["broken.yml"]) == wanted


def test_a_fifo_is_not_waited_for(checkout: Checkout) -> None:
    checkout.workflow("ci.yml")
    os.mkfifo(checkout.top / WORKFLOWS / "pipe.yml")
    seen = checkout.look()["workflows"]["pipe.yml"]
    assert _only_fault(seen) == ("unreadable", "is a device, FIFO or socket, no file")


def test_the_largest_file_is_read_and_one_byte_more_is_not(checkout: Checkout) -> None:
    checkout.write(f"{WORKFLOWS}/fits.yml", b"{}".ljust(LARGEST))
    checkout.write(f"{WORKFLOWS}/large.yml", b"{}".ljust(LARGEST + 1))
    seen = checkout.look()["workflows"]
    assert seen["fits.yml"]["faults"] == []
    assert _only_fault(seen["large.yml"]) == ("too-large", "is larger than 512 KB")
    assert seen["large.yml"]["size"] == LARGEST + 1
    assert len(checkout.inspector.asked) == 1


@pytest.fixture
def nobody() -> Iterator[None]:
    """Another user's rights where we are root, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_without_the_right_to_read_it(nobody: None) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as top:
        checkout = Checkout(Path(top))
        checkout.workflow("ci.yml").chmod(0)
        seen = checkout.look()["workflows"]["ci.yml"]
    assert _only_fault(seen) == ("unreadable", "cannot be read: Permission denied")


def test_a_folder_without_the_right_to_list_it(nobody: None) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as top:
        checkout = Checkout(Path(top))
        checkout.workflow("ci.yml").parent.chmod(0)
        seen = checkout.look()
        (checkout.top / WORKFLOWS).chmod(0o700)
    assert seen["problem"] == "cannot be read: Permission denied"
    assert seen["workflows"] == {}


def test_no_folder(checkout: Checkout) -> None:
    seen = checkout.look()
    assert (seen["problem"], seen["workflows"], seen["litter"]) == ("is not there", {}, [])


def test_a_file_where_the_folder_should_be(checkout: Checkout) -> None:
    checkout.write(WORKFLOWS)
    assert checkout.look()["problem"] == "is no folder"


@pytest.mark.parametrize("link", [".github", WORKFLOWS])
def test_a_symlink_where_the_folder_should_be(checkout: Checkout, link: str) -> None:
    checkout.write("real/workflows/ci.yml")
    (checkout.top / link).parent.mkdir(exist_ok=True)
    (checkout.top / link).symlink_to(checkout.top / "real" / ("workflows" if link == WORKFLOWS else ""))
    seen = checkout.look()
    assert seen["problem"] == f"{link.rpartition('/')[2]} is a symlink, which GitHub does not follow"


def test_actions_are_found_where_they_are_used_or_usual(checkout: Checkout) -> None:
    checkout.write("action.yml")
    checkout.write(".github/actions/a/action.yaml")
    checkout.write(".github/actions/deep/b/action.yml", {"locals": [uses("./tools/c")]})
    checkout.write(".github/actions/node_modules/d/action.yml")
    checkout.write("tools/c/action.yml", {"locals": [uses("./tools/e/")]})
    checkout.write("tools/e/action.yml", {"locals": [uses("./tools/c")]})
    checkout.write("tools/unused/action.yml")
    checkout.write("own/action.yml")
    checkout.workflow("ci.yml", locals=[uses("./own"), uses("./")])
    seen = checkout.look()
    assert list(seen["actions"]) == [
        ".github/actions/a/action.yaml",
        ".github/actions/deep/b/action.yml",
        "action.yml",
        "own/action.yml",
        "tools/c/action.yml",
        "tools/e/action.yml",
    ]
    assert not any(file["faults"] for file in seen["actions"].values())


def test_the_same_content_is_inspected_once_for_each_kind(checkout: Checkout) -> None:
    checkout.write("action.yml")
    checkout.workflow("a.yml")
    checkout.workflow("b.yml")
    checkout.look()
    assert sorted(checkout.inspector.asked) == [(b"{}", "action"), (b"{}", "workflow")]


def test_an_action_may_be_a_link_within_the_repository_and_not_out_of_it(
    checkout: Checkout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "action.yml").write_text('{"name": "not ours"}')
    checkout.write("shared.yml", {"name": "ours"})
    for name, leads_to in {"in": checkout.top / "shared.yml", "out": elsewhere / "action.yml"}.items():
        (checkout.top / ".github/actions" / name).mkdir(parents=True)
        (checkout.top / ".github/actions" / name / "action.yml").symlink_to(leads_to)
    seen = checkout.look()["actions"]
    assert seen[".github/actions/in/action.yml"]["name"] == "ours"
    assert _only_fault(seen[".github/actions/out/action.yml"]) == ("unreadable", "is a link out of the repository")


def test_a_folder_of_actions_that_leads_out_is_not_entered(
    checkout: Checkout, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "action.yml").write_text("{}")
    checkout.workflow("ci.yml")
    (checkout.top / ".github/actions").symlink_to(elsewhere)
    assert checkout.look()["actions"] == {}


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (uses("./.github/actions/a"), None),
        (uses("./.github/actions/docker"), None),
        (uses("./.github/workflows/other.yml", "workflow"), None),
        (uses("./.github/actions/none"), "is not there"),
        (uses("./.github/workflows/none.yml", "workflow"), "is not there"),
        (uses("./.github/actions/empty"), "holds no action.yml, action.yaml or Dockerfile"),
        (uses("./.github/actions/a/action.yml"), "is no folder; an action is one"),
        (uses("./../outside"), "leads out of the repository"),
        (uses("./" + "x" * 5000), "is not there"),
        (uses("$/.github/actions/a"), None),
        (uses("$/.github/actions/none"), "is not there"),
        (uses("$/.github/workflows/other.yml", "workflow"), None),
        (uses("$/.github/workflows/none.yml", "workflow"), "is not there"),
        (uses("./shared/x", brought=True), None),
        (uses("./modules/one/x"), None),
        (uses("./modules/two"), None),
        (uses("./modules/three/x"), "is not there"),
        (uses("./modules/one/.github/workflows/x.yml", "workflow"), "is not there"),
    ],
)
def test_what_a_workflow_uses_of_its_repository(checkout: Checkout, use: JsonObject, reason: str | None) -> None:
    checkout.write(".github/actions/a/action.yml")
    checkout.write(".github/actions/docker/Dockerfile", b"FROM scratch\n")
    (checkout.top / ".github/actions/empty").mkdir()
    checkout.write(
        ".gitmodules", b'[submodule "one"]\n\tpath = modules/one\n[submodule "two"]\n  path = "modules/two"\r\n'
    )
    checkout.workflow("other.yml")
    checkout.workflow("ci.yml", locals=[use])
    faults = checkout.look()["workflows"]["ci.yml"]["faults"]
    if reason is None:
        assert faults == []
        return
    (fault,) = faults
    assert (fault["rule"], fault["message"]) == ("local-missing", f"{use['uses']} {reason}")
    assert (fault["line"], fault["column"], fault["anchor"]) == (7, 9, "jobs.build.steps.0.uses")


def test_what_is_missing_is_no_part_of_the_cache(checkout: Checkout) -> None:
    checkout.workflow("ci.yml", locals=[uses("./own")])
    assert len(checkout.look()["workflows"]["ci.yml"]["faults"]) == 1
    checkout.write("own/action.yml")
    assert checkout.look()["workflows"]["ci.yml"]["faults"] == []


def test_nothing_is_missing_where_there_is_no_checkout(checkout: Checkout) -> None:
    shutil.rmtree(checkout.top / ".git")
    checkout.write("ci.yml", {"locals": [uses("./own")]})
    assert checkout.look(path=".")["workflows"]["ci.yml"]["faults"] == []


def test_an_action_alone_in_a_folder_is_no_workflow(checkout: Checkout) -> None:
    checkout.write("own/action.yml")
    seen = checkout.look(path="own")
    assert (list(seen["workflows"]), list(seen["actions"])) == ([], ["own/action.yml"])


def test_one_file_only(checkout: Checkout) -> None:
    checkout.workflow("ci.yml", locals=[uses("./own")], blocks=[])
    checkout.workflow("other.yml.bak")
    checkout.write("own/action.yml")
    seen = checkout.look(only=f"{WORKFLOWS}/ci.yml")
    assert (list(seen["workflows"]), seen["actions"], seen["litter"]) == (["ci.yml"], {}, [])
    assert seen["only"] == f"{WORKFLOWS}/ci.yml"
    assert list(checkout.look(only="own/action.yml")["actions"]) == ["own/action.yml"]
    assert list(checkout.look(only=f"{WORKFLOWS}/other.yml.bak")["workflows"]) == ["other.yml.bak"]
    gone = checkout.look(only=f"{WORKFLOWS}/gone.yml")["workflows"]["gone.yml"]
    assert _only_fault(gone) == ("unreadable", "cannot be read: No such file or directory")


def test_files_for_which_there_is_no_time_are_told_and_come_next(checkout: Checkout) -> None:
    for number in range(100):
        checkout.workflow(f"{number:02}.yml", name=f"{number}")
    kept, around = Inspections(f"{checkout.top}/.zionr"), context(str(checkout.top), {"PATH": ""})
    asked = []

    def slow(content: bytes, kind: str) -> JsonObject:
        asked.append(content)
        around.clock.sleep(1.0)
        return checkout.inspector(content, kind)

    first = observe_files(settings({}), around, kept, top=around.top, inspect=slow)["workflows"]
    assert len(asked) == MOST_S
    assert [is_unseen(file) for file in first.values()] == [False] * 60 + [True] * 40
    assert suspects({"workflows": first, "actions": {}}, settings({})) == []
    again = observe_files(settings({}), around, kept, top=around.top, inspect=slow)["workflows"]
    assert len(asked) == len(set(asked)) == 100
    assert [file["name"] for file in again.values()] == [str(number) for number in range(100)]


def test_blocks_are_checked_by_bash_and_the_verdict_is_kept(checkout: Checkout) -> None:
    assert BASH is not None
    checkout.workflow("ci.yml", blocks=[block('echo "never closed\n', line=12), block("echo fine\n")])
    first = checkout.look(programs=os.path.dirname(BASH))
    assert (first["shell"], first["shell_left"]) == ("checked", 0)
    seen = first["workflows"]["ci.yml"]
    (fault,) = seen["faults"]
    assert (fault["rule"], fault["line"], seen["blocks"]) == ("shell-syntax", 12, [])
    again = checkout.look()  # no bash any more: nothing is left to check
    assert (again["shell"], again["workflows"]["ci.yml"]) == ("checked", seen)
    assert checkout.inspector.asked == []


def test_without_bash_blocks_wait_until_there_is_one(checkout: Checkout) -> None:
    assert BASH is not None
    checkout.workflow("ci.yml", blocks=[block('echo "never closed\n')])
    seen = checkout.look()
    assert (seen["shell"], seen["shell_left"]) == ("no bash", 1)
    assert (seen["workflows"]["ci.yml"]["faults"], seen["workflows"]["ci.yml"]["blocks"]) == ([], [])
    later = checkout.look(programs=os.path.dirname(BASH))
    assert (later["shell"], later["shell_left"]) == ("checked", 0)
    assert [fault["rule"] for fault in later["workflows"]["ci.yml"]["faults"]] == ["shell-syntax"]
    assert checkout.inspector.asked == []


def test_blocks_that_are_too_long_are_counted_and_wait_for_nothing(checkout: Checkout) -> None:
    long = "if true; then\n  echo " + "x" * 100_000
    workflow = GOOD + b"      - run: " + json.dumps(long).encode() + b"\n"
    checkout.write(f"{WORKFLOWS}/ci.yml", workflow.replace(b"./.github/actions/gone", b"./own"))
    checkout.write("own/action.yml", ACTION + b"    - {shell: bash, run: " + json.dumps(long).encode() + b"}\n")
    around = context(str(checkout.top), {"PATH": os.path.dirname(BASH or "")})
    seen = _look_and_keep(around)
    assert (seen["shell"], seen["shell_left"], seen["shell_large"]) == ("checked", 0, 2)
    cache = Path(around.state_dir, "cache", NAME)
    written = cache.stat().st_mtime_ns
    kept = Inspections(around.state_dir)
    assert observe_files(settings(), around, kept, top=around.top) == seen
    assert kept.unfinished() == []
    kept.save()
    assert cache.stat().st_mtime_ns == written


def test_a_tool_that_is_not_there(checkout: Checkout) -> None:
    checkout.workflow("ci.yml")
    seen = checkout.look(tools=["zizmor"])["tools"]
    assert seen == {"zizmor": {"status": "missing", "reason": "there is no zizmor on PATH", "findings": []}}


GOOD = b"""\
name: CI
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - uses: ./.github/actions/gone
      - name: a quote that is never closed
        run: |
          echo "this
          echo and that
"""


ACTION = b"name: Own\ndescription: Own\nruns:\n  using: composite\n  steps:\n"


@pytest.mark.parametrize(
    ("content", "rules"),
    [
        (GOOD, {"local-missing", "shell-syntax"}),
        (b"", {"unreadable"}),
        (b"\0\1\2" * 100, {"unreadable"}),
        (b"\xff\xfe\xfd", {"unreadable"}),
        (b"[" * 100_000, {"too-large"}),
        (GOOD.replace(b"on: push", b"true: push"), {"on-missing", "local-missing", "shell-syntax"}),
    ],
)
def test_with_the_real_inspection_and_the_real_bash(checkout: Checkout, content: bytes, rules: set[str]) -> None:
    assert BASH is not None
    checkout.write(f"{WORKFLOWS}/ci.yml", content)
    around = context(str(checkout.top), {"PATH": os.path.dirname(BASH)})
    cold, warm = (_look_and_keep(around) for _ in range(2))
    seen = cold["workflows"]["ci.yml"]
    assert warm == cold
    assert rules <= {fault["rule"] for fault in seen["faults"]}
    assert not seen["blocks"]
    lines = {fault["rule"]: fault["line"] for fault in seen["faults"]}
    assert lines.get("shell-syntax", 11) == 11
    json.dumps(cold, ensure_ascii=False).encode()


def _look_and_keep(around: Context) -> JsonObject:
    kept = Inspections(around.state_dir)
    seen = observe_files(settings(), around, kept, top=around.top)
    kept.save()
    return seen


WARM = """
import sys
from tests.support import context
from tests.unit.actions.rules import settings
from zionr.subsystems.actions.checkout.inspection_cache import NAME, Inspections
from zionr.subsystems.actions.checkout.observe import observe_files
from zionr.subsystems.actions.judging.file_findings import judge_files
kept = Inspections(context(sys.argv[1]).state_dir)
files = observe_files(settings(), context(sys.argv[1]), kept, top=sys.argv[1])
kept.save()
judge_files(files, settings())
print(len(files["workflows"]), sorted({"yaml", "jsonschema_rs", "cronsim", "check_jsonschema"} & set(sys.modules)))
"""


def test_where_nothing_changed_nothing_heavy_is_imported(checkout: Checkout) -> None:
    checkout.workflow(
        "ci.yml",
        crons=[{"cron": "5 4 * * *", "timezone": None, "line": 4, "column": 5, "valid": True, "interval_s": 86400}],
    )
    checkout.look()
    done = subprocess.run(
        [sys.executable, "-c", WARM, checkout.top], capture_output=True, text=True, env={"PYTHONPATH": os.getcwd()}
    )
    assert (done.stdout, done.stderr) == ("1 []\n", "")
