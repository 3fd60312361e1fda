from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support import context
from zionr.model import JsonObject
from zionr.ports import kept
from zionr.subsystems.actions.checkout import inspection_cache
from zionr.subsystems.actions.checkout.inspection_cache import Inspections
from zionr.subsystems.actions.checkout.observe import observe_files
from zionr.subsystems.actions.checkout.schema_files import schema_files

from ..file_facts import Inspector, fault, inspected
from ..rules import WORKFLOWS, settings

DIGEST = "0" * 40


@pytest.fixture
def state(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    made = tmp_path / ".zionr"
    made.mkdir(0o700)
    return made


def _cache(state: Path) -> Path:
    return state / "cache" / "actions-files.json"


def _kept(state: Path, **found: JsonObject) -> None:
    """A run that looked at files with these digests."""
    inspections = Inspections(str(state))
    for digest, result in found.items():
        inspections.put("workflow", digest, result)
    inspections.save()


def _look(top: Path) -> tuple[JsonObject, int]:
    """The facts, and how many files had to be inspected for them."""
    inspector = Inspector()
    known = Inspections(context(str(top)).state_dir)
    seen = observe_files(settings(), context(str(top)), known, top=str(top), inspect=inspector)
    known.save()
    return seen, len(inspector.asked)


def _workflow(top: Path, name: str, /, **content: Any) -> Path:
    (top / WORKFLOWS).mkdir(parents=True, exist_ok=True)
    (top / WORKFLOWS / name).write_text(json.dumps(content))
    return top / WORKFLOWS / name


def test_a_result_comes_back_for_its_kind_only(state: Path) -> None:
    _kept(state, **{DIGEST: inspected(name="CI")})
    assert Inspections(str(state)).get("workflow", DIGEST) == inspected(name="CI")
    assert Inspections(str(state)).get("action", DIGEST) is None


def test_what_is_put_in_is_as_it_comes_back(state: Path) -> None:
    inspections = Inspections(str(state))
    inspections.put("workflow", DIGEST, inspected(faults=[fault(expected=["a", "b"])]))
    fresh = inspections.get("workflow", DIGEST)
    inspections.save()
    assert fresh == Inspections(str(state)).get("workflow", DIGEST)
    assert fresh is not None
    assert fresh["faults"][0]["expected"] == ["a", "b"]


def test_cold_and_warm_give_the_same(state: Path) -> None:
    top = state.parent
    for number in range(5):
        _workflow(top, f"{number}.yml", name=f"workflow {number}", faults=[fault(expected=[number])])
    cold, inspected_cold = _look(top)
    warm, inspected_warm = _look(top)
    assert (cold, inspected_cold, inspected_warm) == (warm, 5, 0)


def test_only_what_changed_is_inspected_again(state: Path) -> None:
    top = state.parent
    for name in ("a.yml", "b.yml"):
        _workflow(top, name, name=name)
    _look(top)
    _workflow(top, "b.yml", name="another")
    seen, count = _look(top)
    assert count == 1
    assert seen["workflows"]["b.yml"]["name"] == "another"


def test_it_holds_only_what_the_last_run_used(state: Path) -> None:
    top = state.parent
    gone = _workflow(top, "gone.yml", name="gone")
    _workflow(top, "stays.yml", name="stays")
    _look(top)
    gone.unlink()
    _look(top)
    found = kept.read(str(_cache(state)), 1 << 20)
    assert found is not None
    assert [one["name"] for one in found["found"].values()] == ["stays"]


def test_it_is_written_only_where_something_changed(state: Path) -> None:
    top = state.parent
    _workflow(top, "a.yml")
    _look(top)
    before = _cache(state).stat()
    _look(top)
    after = _cache(state).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert after.st_mode & 0o777 == 0o600


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-10])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _foreign(path: Path) -> None:
    kept.write(str(path), {"something": "else"})


def _other_shape(path: Path) -> None:
    content = kept.read(str(path), 1 << 20)
    assert content is not None
    kept.write(str(path), {**content, "found": ["no", "mapping"]})


def _link(path: Path) -> None:
    path.rename(path.with_suffix(".real"))
    path.symlink_to(path.with_suffix(".real"))


def _writable(path: Path) -> None:
    path.chmod(0o666)


def _open_folder(path: Path) -> None:
    path.parent.chmod(0o777)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _huge(path: Path) -> None:
    os.truncate(path, inspection_cache.LARGEST + 1)


@pytest.mark.parametrize(
    "harm", [_damage, _cut, _empty, _foreign, _other_shape, _link, _writable, _open_folder, _folder, _huge]
)
def test_a_cache_that_cannot_be_trusted_is_as_none(state: Path, harm: Any) -> None:
    top = state.parent
    _workflow(top, "a.yml", name="A")
    whole, _ = _look(top)
    harm(_cache(state))
    assert _look(top) == (whole, 1)


@pytest.mark.parametrize("harm", [_damage, _cut, _empty, _foreign, _other_shape, _link, _writable, _huge])
def test_and_it_is_written_anew(state: Path, harm: Any) -> None:
    top = state.parent
    _workflow(top, "a.yml", name="A")
    whole, _ = _look(top)
    harm(_cache(state))
    _look(top)
    assert _look(top) == (whole, 0)
    assert not _cache(state).is_symlink()


def test_results_of_other_rules_are_not_taken(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _kept(state, **{DIGEST: inspected()})
    monkeypatch.setattr(inspection_cache, "FORMAT", 0)
    assert Inspections(str(state)).get("workflow", DIGEST) is None


def test_a_changed_rule_or_schema_changes_the_key(tmp_path: Path) -> None:
    rule = tmp_path / "rule.py"
    rule.write_text("a")
    first = inspection_cache.stamp([str(rule)])
    os.utime(rule, ns=(1, 1))
    assert inspection_cache.stamp([str(rule)]) != first
    assert inspection_cache.stamp([str(rule), str(rule)]) != inspection_cache.stamp([str(rule)])


def test_the_rules_and_the_schemas_are_found() -> None:
    rules = {os.path.basename(path) for path in inspection_cache.rule_files()}
    assert {"source.py", "composer.py"} <= rules
    assert [os.path.basename(path) for path in schema_files()] == [
        "github-workflows.json",
        "github-actions.json",
    ]


def test_no_state_folder_is_no_error_and_none_is_made(tmp_path: Path) -> None:
    _workflow(tmp_path, "a.yml")
    assert [_look(tmp_path)[1] for _ in range(2)] == [1, 1]
    assert not (tmp_path / ".zionr").exists()


def test_a_state_folder_that_is_a_file_is_no_error(tmp_path: Path) -> None:
    _workflow(tmp_path, "a.yml")
    (tmp_path / ".zionr").touch()
    assert [_look(tmp_path)[1] for _ in range(2)] == [1, 1]


def test_two_runs_at_once_leave_a_whole_cache(state: Path) -> None:
    """Each writes its own; whoever reads meanwhile sees one of them, whole."""
    results = [{f"{run}-{number}": inspected(name="x" * 500) for number in range(40)} for run in range(2)]
    read: list[JsonObject | None] = []

    def write(found: JsonObject) -> None:
        for _ in range(10):
            (state / "cache").mkdir(0o700, exist_ok=True)
            _kept(state, **found)

    _kept(state, **results[0])
    writers = [threading.Thread(target=write, args=(found,)) for found in results]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        read.append(kept.read(str(_cache(state)), 1 << 20))
    for writer in writers:
        writer.join()
    names = [{name.partition(":")[2] for name in one["found"]} for one in read if one is not None]
    assert len(names) == len(read)
    assert all(seen in [set(found) for found in results] for seen in names)
    assert os.listdir(state / "cache") == ["actions-files.json"]
