from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tools import schema as published
from zionr.model import JsonObject
from zionr.policy import schema_files
from zionr.policy.defaults import complete
from zionr.policy.schema import compose, publish

SCHEMA = compose(schema_files.built_in())
TOP = Path(__file__).parents[2]


def keys(schema: JsonObject, path: str = "") -> Iterator[tuple[str, JsonObject]]:
    """Every key that a policy can have, by its dotted path, with its schema."""
    entries = {**schema.get("properties", {}), **schema.get("patternProperties", {})}
    if "items" in schema:
        entries["[]"] = schema["items"]
    for name, part in entries.items():
        here = f"{path}.{name}" if path else name
        yield here, part
        yield from keys(part, here)


KEYS = dict(keys(SCHEMA))


def check(part: JsonObject, value: Any) -> None:
    """Whether the published form takes the value."""
    jsonschema.Draft202012Validator(publish(part)).validate(value)


def is_of(part: JsonObject, kind: str) -> bool:
    wanted = part.get("type")
    return wanted == kind or (isinstance(wanted, list) and kind in wanted)


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_described_with_examples(key: str) -> None:
    part = KEYS[key]
    assert part["description"].endswith(".")
    assert part["examples"]
    for example in part["examples"]:
        check(part, example)


@pytest.mark.parametrize("key", ["", *KEYS])
def test_each_object_is_closed(key: str) -> None:
    part = KEYS[key] if key else SCHEMA
    if is_of(part, "object"):
        assert part["additionalProperties"] is False
        assert "properties" in part or "patternProperties" in part
    assert not {"anyOf", "oneOf", "allOf", "$ref"} & set(part)


@pytest.mark.parametrize("key", [key for key, part in KEYS.items() if "default" in part])
def test_each_default_is_a_good_value(key: str) -> None:
    part = KEYS[key]
    check(part, part["default"])
    assert complete(part["default"], part) is not None


def test_rules_belong_to_their_subsystem() -> None:
    for name, part in SCHEMA["properties"]["subsystems"]["properties"].items():
        rules = part["properties"]["rules"]
        assert all(re.fullmatch(f"{name}/[a-z0-9-]+", rule) for rule in rules.get("properties", {}))


def test_the_published_schemas_are_those_of_the_package() -> None:
    """`make schema` writes them."""
    for path, text in published.published().items():
        assert (TOP / path).read_text() == text, path
        if path.endswith(".json"):
            jsonschema.Draft202012Validator.check_schema(json.loads(text))


def test_the_published_schema_takes_the_samples() -> None:
    import yaml

    validator = jsonschema.Draft202012Validator(json.loads((TOP / "schema" / "policy.schema.json").read_text()))
    samples = [TOP / "policies" / "zionr.yaml", *(TOP / "policies" / "examples").glob("*.yaml")]
    for sample in samples:
        assert "yaml-language-server: $schema=" in sample.read_text().splitlines()[0]
        validator.validate(yaml.safe_load(sample.read_text()))
