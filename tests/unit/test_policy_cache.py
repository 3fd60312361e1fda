from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from zionr.model import JsonObject
from zionr.policy import compiled

from .policy_files import NOBODY, Desk

POLICY = "version: 1\nproject: zion\nrunners: {web-1: {every: 1h}}\n"
WARM = """
import json, os, sys
from zionr.policy.load import load
path, cache, top = sys.argv[1:]
policy = load(path, environment=None, environ={}, runner="web-1", cache_dir=cache, top=top)
print(json.dumps([policy.project, sorted(sys.modules)]))
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    made.write(POLICY)
    made.load()
    return made


def forge(path: Path, project: str, **changes: object) -> None:
    """Change the compiled project, so that a warm load tells itself apart, with a right checksum."""
    content: JsonObject = json.loads(path.read_bytes().partition(b"\n")[2])
    content["document"]["project"] = project
    content.update(changes)
    body = json.dumps(content).encode()
    path.write_bytes(b"%08x\n%b" % (zlib.crc32(body), body))


def test_a_warm_start_takes_the_compiled_form(desk: Desk) -> None:
    forge(desk.compiled, "from the cache")
    assert desk.load().project == "from the cache"


def test_modes(desk: Desk) -> None:
    assert stat.S_IMODE(desk.cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(desk.compiled.stat().st_mode) == 0o600


def test_a_warm_start_imports_little(desk: Desk) -> None:
    run = subprocess.run(
        [sys.executable, "-I", "-c", WARM, str(desk.path), str(desk.cache), str(desk.top)],
        capture_output=True,
        check=True,
        timeout=30,
    )
    project, modules = json.loads(run.stdout)
    assert project == "zion"
    banned = {"yaml", "jsonschema", "hashlib", "pathlib", "difflib", "tempfile", "importlib.metadata"}
    banned |= {"zionr.policy.compiler", "zionr.policy.schema", "zionr.policy.validate", "zionr.strict_yaml"}
    assert banned.isdisjoint(modules)


@pytest.mark.parametrize("change", ["text", "runner", "override", "environment"])
def test_what_changes_is_compiled_again(desk: Desk, change: str) -> None:
    forge(desk.compiled, "stale")
    desk.write("project: zion\n", overlay="staging")
    policy = {
        "text": lambda: desk.load(POLICY + "# more\n"),
        "runner": lambda: desk.load(runner="web-2"),
        "override": lambda: desk.load(environ={"DEBUG": "1"}),
        "environment": lambda: desk.load(environment="staging"),
    }[change]()
    assert policy.project == "zion"


def test_a_changed_overlay_is_compiled_again(desk: Desk) -> None:
    desk.write("project: one\n", overlay="staging")
    assert desk.load(environment="staging").project == "one"
    desk.write("project: two\n", overlay="staging")
    assert desk.load(environment="staging").project == "two"


@pytest.mark.parametrize(
    "changes",
    [{"key": {}}, {"schema": []}, {"elsewhere": ["/nowhere/schema.json"]}, {"key": None}, {"document": {"project": 1}}],
)
def test_another_version_schema_or_shape_is_compiled_again(desk: Desk, changes: JsonObject) -> None:
    forge(desk.compiled, "stale", **changes)
    assert desk.load().project == "zion"


@pytest.mark.parametrize("content", [b"", b"{}", b"00000000\n{}", b"\xff\xfe", b"[" * 5000, b"9d3ee8c4\nnull"])
def test_a_damaged_file_is_written_anew(desk: Desk, content: bytes) -> None:
    desk.compiled.write_bytes(content)
    assert desk.load().project == "zion"
    assert compiled.read(str(desk.compiled)) is not None


@pytest.mark.parametrize("body", [b"null", b"[]", b"3", b"[" * 100_000])
def test_junk_with_a_right_checksum(desk: Desk, body: bytes) -> None:
    desk.compiled.write_bytes(b"%08x\n%b" % (zlib.crc32(body), body))
    assert desk.load().project == "zion"


def test_a_flipped_bit_is_seen(desk: Desk) -> None:
    content = desk.compiled.read_bytes()
    desk.compiled.write_bytes(content.replace(b'"attempts":3', b'"attempts":9'))
    assert desk.load().recovery.attempts == 3


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_is_not_trusted(desk: Desk, mode: int) -> None:
    forge(desk.compiled, "forged")
    desk.compiled.chmod(mode)
    assert desk.load().project == "zion"


@pytest.mark.parametrize("folder", ["cache", "state"])
def test_a_folder_that_others_may_write_is_not_trusted(desk: Desk, folder: str) -> None:
    forge(desk.compiled, "forged")
    (desk.cache if folder == "cache" else desk.state).chmod(0o777)
    assert desk.load().project == "zion"


@pytest.mark.parametrize("thing", ["file", "cache", "state"])
def test_what_another_user_owns_is_not_trusted(desk: Desk, thing: str) -> None:
    forge(desk.compiled, "forged")
    path = {"file": desk.compiled, "cache": desk.cache, "state": desk.state}[thing]
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(path, NOBODY, NOBODY)
    assert desk.load().project == "zion"


def test_a_symlink_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    forge(desk.compiled, "forged")
    elsewhere = tmp_path / "elsewhere.json"
    path = desk.compiled
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    assert desk.load().project == "zion"
    assert b"forged" in elsewhere.read_bytes()
    assert not path.is_symlink()


def test_a_linked_folder_is_not_used(desk: Desk, tmp_path: Path) -> None:
    forge(desk.compiled, "forged")
    desk.cache.rename(tmp_path / "elsewhere")
    desk.cache.symlink_to(tmp_path / "elsewhere")
    assert desk.load().project == "zion"


def test_without_a_state_folder_nothing_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.state.rmdir()
    assert desk.load(POLICY).project == "zion"
    assert not desk.state.exists()


def test_a_cache_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.cache.write_text("in the way")
    assert desk.load(POLICY).project == "zion"


def test_many_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.write(POLICY)
    with ThreadPoolExecutor(8) as pool:
        policies = list(pool.map(lambda _: desk.load(), range(16)))
    assert all(policy == policies[0] for policy in policies)
    assert len(list(desk.cache.iterdir())) == 1
