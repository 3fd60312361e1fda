from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zionr.errors import PolicyError
from zionr.policy import schema_files
from zionr.policy.load import load
from zionr.policy.schema import compose, publish

from .policy_files import Desk

PART = {
    "description": "Another package's subsystem.",
    "type": "object",
    "additionalProperties": False,
    "examples": [{"age": "5m"}],
    "$defs": {"age": {"description": "An age.", "type": "string", "format": "duration", "examples": ["5m"]}},
    "properties": {"age": {"$ref": "#/$defs/age", "default": "7m"}},
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages on the path, with none in it."""
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def install(site: Path, part: Any = PART, module: str = "acme_zionr.watch") -> None:
    """A package that joins by the entry-point group, and that must not be imported for its schema."""
    package = site / "acme_zionr" / "watch"
    package.mkdir(parents=True)
    (site / "acme_zionr" / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "schema.json").write_text(json.dumps(part))
    facts = site / "acme_zionr-1.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-zionr\nVersion: 1\n")
    (facts / "entry_points.txt").write_text(f"[zionr.subsystems]\nacme = {module}\n")


POLICY = "version: 1\nsubsystems: {acme: {rules: {acme/gone: off}}}\n"


def test_another_package_joins(site: Path, tmp_path: Path) -> None:
    install(site)
    desk = Desk(tmp_path)
    expected = {"enabled": True, "rules": {"acme/gone": "off"}, "age": 420}
    assert desk.load(POLICY).subsystems == {"acme": expected}
    assert desk.load().subsystems == {"acme": expected}
    assert "acme_zionr" not in sys.modules


def test_rules_of_another_package_keep_its_name(site: Path, tmp_path: Path) -> None:
    install(site)
    assert Desk(tmp_path).problems("version: 1\nsubsystems: {acme: {rules: {pm2/launching: off}}}\n") == [
        "policies/zionr.yaml:2:29: subsystems.acme.rules.pm2/launching: "
        "not a name that can stand here; write one like acme/mass-failure"
    ]


def test_a_changed_schema_elsewhere_is_noticed(site: Path, tmp_path: Path) -> None:
    install(site)
    desk = Desk(tmp_path)
    desk.load(POLICY)
    changed = {**PART, "properties": {"age": {"$ref": "#/$defs/age", "default": "10m"}}}
    (site / "acme_zionr" / "watch" / "schema.json").write_text(json.dumps(changed))
    assert desk.load().subsystems["acme"]["age"] == 600


def test_a_package_that_leaves_is_noticed(site: Path, tmp_path: Path) -> None:
    install(site)
    desk = Desk(tmp_path)
    desk.load(POLICY)
    (site / "acme_zionr-1.dist-info").rename(tmp_path / "gone")
    assert desk.problems() == ["policies/zionr.yaml:2:14: subsystems.acme: unknown key"]


def test_a_package_without_its_schema(site: Path, tmp_path: Path) -> None:
    install(site)
    (site / "acme_zionr" / "watch" / "schema.json").unlink()
    desk = Desk(tmp_path)
    (problem,) = desk.problems(POLICY)
    assert problem.startswith("policies/zionr.yaml:2:14: subsystems.acme: its schema ")
    assert desk.load("version: 1\nsubsystems: {pm2: {}}\n").subsystems.keys() == {"pm2"}


@pytest.mark.parametrize(
    "part",
    [{}, [], 7, "x", {"properties": 5}, {"properties": {"age": {"$ref": "#/$defs/none"}}},
     {"properties": {"age": {"type": "nonsense"}}}, {"properties": {"age": {"pattern": "("}}}, {"$defs": []},
     {"$defs": {"a": {"$ref": "#/$defs/a"}}, "properties": {"a": {"$ref": "#/$defs/a"}}}],
)  # fmt: skip
def test_a_broken_schema_elsewhere_concerns_only_those_who_name_it(site: Path, tmp_path: Path, part: Any) -> None:
    install(site, part)
    desk = Desk(tmp_path)
    (problem,) = desk.problems(POLICY)
    assert "subsystems.acme: its schema " in problem
    assert problem.isprintable()
    assert desk.load("version: 1\nsubsystems: {pm2: {}}\n").subsystems.keys() == {"pm2"}
    publish(compose())


def test_a_schema_without_examples_still_explains(site: Path, tmp_path: Path) -> None:
    keys = {"a": {"type": "string", "format": "duration"}, "b": {"type": "string", "pattern": "^x$"},
            "c": {"type": "array", "maxItems": 1}, "d": {"not": {}}, "e": {"type": ["string", "null"]}}  # fmt: skip
    install(site, {"type": "object", "additionalProperties": False, "required": ["f"], "properties": keys})
    text = json.dumps({"version": 1, "subsystems": {"acme": {"a": "x", "b": "y", "c": [1, 2], "d": 1, "e": 1, "g": 1}}})
    assert len(Desk(tmp_path).problems(text)) == 7


def test_an_entry_point_to_nothing(site: Path, tmp_path: Path) -> None:
    install(site, module="nothing_there.watch")
    assert Desk(tmp_path).problems(POLICY) == [
        "policies/zionr.yaml:2:14: subsystems.acme: the package of its entry point is not there"
    ]


def test_publishing_leaves_out_our_own_words() -> None:
    text = json.dumps(publish(compose(schema_files.built_in())))
    assert '"x-' not in text
    assert '"format"' not in text
    assert '"pattern"' in text


def words(part: Any) -> set[str]:
    """Every key that the schema knows."""
    if isinstance(part, list):
        return set().union(*map(words, part))
    if not isinstance(part, dict):
        return set()
    return set(part.get("properties", {})).union(*map(words, part.values()))


WORDS = sorted(words(compose(schema_files.built_in())))
SCALARS = st.sampled_from([None, True, 0, -1, 3, 0.5, "", "5m", "1", "10MB", "5 per 1h", "apply", "off", "pm2"])
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=25,
)
TOPS = st.dictionaries(st.sampled_from(["version", "health", "store", "recovery", "runners", "subsystems"]), TREES)
VARIABLES = st.dictionaries(
    st.sampled_from(["ZIONR_DEBUG", "MONITORING_INTERVAL", "HEALTH_SCORE_THRESHOLD", "MAX_FAILURE_THRESHOLD"]),
    st.sampled_from(["1", "60000", "85", "x"]),
)


@given(base=TOPS, over=TOPS, environ=VARIABLES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_policy_loads_or_is_refused_in_lines(tmp_path: Path, base: Any, over: Any, environ: dict[str, str]) -> None:
    (tmp_path / "zionr.yaml").write_text(json.dumps(base))
    (tmp_path / "zionr.over.yaml").write_text(json.dumps(over))
    problems: list[str] = []
    try:
        load(
            str(tmp_path / "zionr.yaml"),
            environment="over",
            environ=environ,
            runner="pm2",
            cache_dir=None,
            top=str(tmp_path),
        )
    except PolicyError as error:
        problems = error.problems
    assert all(line.isprintable() for line in problems)
    assert len(set(problems)) == len(problems)
