from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import context, settings
from zionr.model import JsonObject
from zionr.subsystems.pm2.ecosystem import LARGEST, read_all

NODE = shutil.which("node")
API = '{"apps": [{"name": "api", "script": "api.js", "instances": 2}]}'


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A folder that nobody else may write."""
    tmp_path.chmod(0o700)
    return tmp_path


def _read(top: Path, *names: str, within_s: float = 30.0, **rules: Any) -> JsonObject:
    under = settings(ecosystems=list(names), **{"node": NODE, **rules})
    return read_all(under, context(str(top), {"PATH": "", "CANARY": "canary"}), node_timeout_s=within_s)


def _write(top: Path, name: str, text: str) -> str:
    (top / name).write_text(text)
    (top / name).chmod(0o644)
    return name


def _names(top: Path, name: str, text: str) -> list[str]:
    read = _read(top, _write(top, name, text))
    assert read["refused"] == []
    return sorted(read["declared"])


def _refusal(top: Path, name: str, **more: Any) -> str:
    read = _read(top, name, **more)
    assert read["declared"] == {}
    (refused,) = read["refused"]
    assert refused["file"] == name
    return str(refused["reason"])


def test_what_a_file_declares(top: Path) -> None:
    (top / "a.json").write_text(API)
    assert _read(top, "a.json") == {
        "declared": {
            "api": {
                "file": "a.json",
                "path": str(top / "a.json"),
                "trusted": True,
                "instances": 2,
                "cron": None,
                "autorestart": True,
                "script": "api.js",
                "script_exists": False,
            }
        },
        "refused": [],
    }


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"name": "api", "script": "x.js"}', ["api"]),
        ('[{"name": "a"}, {"script": "./bin/b.js"}]', ["a", "b"]),
        ('{"apps": {"name": "api"}}', ["api"]),
        ('{"apps": []}', []),
    ],
)
def test_the_shapes_that_pm2_takes(top: Path, text: str, names: list[str]) -> None:
    assert _names(top, "a.json", text) == names


@pytest.mark.parametrize(
    ("app", "field", "value"),
    [
        ('"instances": "max"', "instances", None),
        ('"instances": 0', "instances", None),
        ('"instances": -1', "instances", None),
        ('"instances": true', "instances", None),
        ('"cron_restart": "0 3 * * *"', "cron", "0 3 * * *"),
        ('"cron_restart": 7', "cron", None),
        ('"autorestart": false', "autorestart", False),
        ('"autorestart": "false"', "autorestart", True),
        ('"script": ["x"]', "script", None),
    ],
)
def test_each_field_of_a_declaration(top: Path, app: str, field: str, value: Any) -> None:
    (top / "a.json").write_text(f'{{"name": "api", {app}}}')
    assert _read(top, "a.json")["declared"]["api"][field] == value


@pytest.mark.parametrize(
    ("app", "there"),
    [
        ('"script": "./api.js"', True),
        ('"script": "api.js", "cwd": "."', True),
        ('"script": "api.js", "cwd": "bin"', False),
        ('"script": "run.js", "cwd": "bin"', True),
        ('"script": "top.js"', False),
        ('"script": "../top.js"', True),
        ('"script": "bin"', False),
    ],
)
def test_a_script_is_looked_for_from_the_folder_of_its_file(top: Path, app: str, there: bool) -> None:
    (top / "apps" / "bin").mkdir(parents=True)
    for name in ("top.js", "apps/api.js", "apps/bin/run.js"):
        (top / name).write_text("")
    (top / "apps" / "a.json").write_text(f'{{"name": "api", {app}}}')
    assert _read(top, "apps/a.json")["declared"]["api"]["script_exists"] is there


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is not strict JSON"),
        ('{"apps": [],}', "is not strict JSON"),
        ('// a comment\n{"apps": []}', "is not strict JSON"),
        ('{"name": "a", "name": "b"}', "key 'name' stands twice"),
        ('{"name": "a", "x": NaN}', "NaN is no JSON"),
        ("require('fs').writeFileSync('/tmp/owned', '')", "is not strict JSON"),
        ("[" * 100_000, "is nested too deep"),
        ("[7]", "lists something that is no app"),
        ('[{"name": "ok"}, {"instances": 2}]', "lists an app with neither name nor script"),
        ('{"name": 7}', "lists an app with neither name nor script"),
        (" " * (LARGEST + 1), "cannot be read"),
    ],
)
def test_json_is_read_strictly_and_all_or_nothing(top: Path, text: str, says: str) -> None:
    assert says in _refusal(top, _write(top, "a.json", text))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"apps": [\n  {"name": "api",}\n]}', 2, 18),
        ("", 1, 1),
        ("[" * 100_000, None, None),
        ('{"name": 7}', None, None),
    ],
)
def test_where_a_file_is_wrong(top: Path, text: str, line: int | None, column: int | None) -> None:
    (top / "apps").mkdir()
    _write(top, "apps/a.json", text)
    (refused,) = _read(top, f"{top}/apps/a.json")["refused"]
    assert refused["location"] == {"file": "apps/a.json", "line": line, "column": column}


def test_a_file_outside_of_the_repository_has_no_place_in_it(top: Path) -> None:
    (refused,) = _read(top, "../a.json")["refused"]
    assert refused["location"] is None


def test_what_is_no_file(top: Path) -> None:
    (top / "folder.json").mkdir()
    os.mkfifo(top / "fifo.json")
    assert "No such file" in _refusal(top, "gone.json")
    assert "cannot be read" in _refusal(top, "folder.json")
    assert "cannot be read" in _refusal(top, "fifo.json")
    assert _refusal(top, "gone.config.js") == "is not there"


def test_the_first_file_that_names_a_process_counts(top: Path) -> None:
    _write(top, "a.json", API)
    _write(top, "b.json", API.replace("2", "9"))
    declared = _read(top, "a.json", "b.json", "gone.json")["declared"]
    assert (declared["api"]["file"], declared["api"]["instances"]) == ("a.json", 2)


def test_a_json_file_that_others_may_write_is_read_and_not_trusted(top: Path) -> None:
    (top / "a.json").write_text(API)
    (top / "a.json").chmod(0o666)
    assert _read(top, "a.json")["declared"]["api"]["trusted"] is False


def _distrusted_mode(path: Path) -> None:
    path.chmod(0o664)


def _distrusted_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def _distrusted_owner(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give a file away")
    os.chown(path, 54321, -1)


@pytest.mark.parametrize("distrust", [_distrusted_mode, _distrusted_folder, _distrusted_owner])
def test_code_that_another_could_have_written_is_not_run(top: Path, distrust: Any) -> None:
    mark = top / "ran"
    _write(top, "a.config.js", f"require('fs').writeFileSync('{mark}', '')")
    distrust(top / "a.config.js")
    assert "is code that another user owns or may write" in _refusal(top, "a.config.js")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.config.js", "module.exports = {apps: [{name: 'api', script: 'x.js'}]}"),
        ("a.config.cjs", "module.exports = {apps: [{name: 'api', run: () => 1, env: {X: 'y'}}]}"),
        ("a.config.mjs", "export default {apps: [{name: 'api'}]}"),
        ("b.config.mjs", "export const apps = [{name: 'api'}]"),
        ("c.config.js", "module.exports = () => ({apps: [{name: 'api'}]})"),
        ("d.config.js", "console.log('noise {\"api\": 1}'); console.error('more'); module.exports = [{name: 'api'}]"),
        ("e.config.js", "setInterval(() => {}, 1000); module.exports = {name: 'api'}"),
        ("f.config.js", "process.stdout.write('no end of line'); module.exports = {name: 'api'}"),
    ],
)
def test_javascript_is_evaluated(top: Path, name: str, text: str) -> None:
    assert _names(top, name, text) == ["api"]


def test_it_is_evaluated_with_an_empty_environment(top: Path) -> None:
    _write(top, "a.config.js", "module.exports = {name: Object.keys(process.env).join(',') || 'empty'}")
    assert list(_read(top, "a.config.js")["declared"]) == ["empty"]


def test_it_is_evaluated_in_its_own_folder(top: Path) -> None:
    for name in ("a", "b"):
        (top / name).mkdir()
        _write(top, f"{name}/x.config.js", "module.exports = {name: require('path').basename(process.cwd())}")
    assert sorted(_read(top, "a/x.config.js", "b/x.config.js")["declared"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("throw new Error('not today')", "cannot be evaluated: not today"),
        ("module.exports = {", "cannot be evaluated: Unexpected"),
        ("process.exit(3)", "cannot be evaluated: node ended with code 3"),
        ("process.exit(0)", "cannot be evaluated: node gave no answer for it"),
        ("module.exports = null", "lists an app with neither name nor script"),
        ("module.exports = [null]", "cannot be evaluated: "),
        ("module.exports = {apps: [{}]}", "lists an app with neither name nor script"),
    ],
)
def test_javascript_that_declares_nothing(top: Path, text: str, says: str) -> None:
    assert _refusal(top, _write(top, "a.config.js", text)).startswith(says)


def test_javascript_that_never_ends(top: Path) -> None:
    _write(top, "a.config.js", "for (;;) {}")
    assert _refusal(top, "a.config.js", within_s=0.5) == "cannot be evaluated: took longer than 0.5 s"


def test_one_child_for_all_and_each_answers_for_itself(top: Path) -> None:
    _write(top, "a.config.js", "module.exports = {name: 'a' + process.pid}")
    _write(top, "b.config.js", "throw new Error('x')")
    _write(top, "c.config.js", "module.exports = {name: 'c' + process.pid}")
    read = _read(top, "a.config.js", "b.config.js", "c.config.js")
    assert len({name[1:] for name in read["declared"]}) == 1
    assert [refused["file"] for refused in read["refused"]] == ["b.config.js"]


def test_without_node_nobody_knows(top: Path) -> None:
    _write(top, "a.config.js", "module.exports = {name: 'api'}")
    assert "there is no node on PATH" in _refusal(top, "a.config.js", node=None)
    assert "cannot be run" in _refusal(top, "a.config.js", node="/nowhere/node")
