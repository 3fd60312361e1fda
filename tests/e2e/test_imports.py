"""What a quick command must not import: the list of modules is tested, not the time."""

from __future__ import annotations

import sys

import pytest

from .project import Project

HEAVY = {"requests", "git", "jsonschema", "yaml", "tabulate", "cronsim", "urllib3", "sqlalchemy"}


def modules_of(project: Project, *words: str) -> set[str]:
    """The modules that this command had imported at its end."""
    done = project.run([sys.executable, "-X", "importtime", *project.command(*words)])
    assert done.code == 0, done.told
    return {line.rpartition("|")[2].strip() for line in done.err.splitlines() if line.startswith("import time:")}


@pytest.mark.parametrize("words", ["check pm2 --format json", "check pm2", "check pm2 --format nagios", "--version"])
def test_quick_commands_import_little(project: Project, words: str) -> None:
    assert project.zionr(*words.split()).code == 0
    assert project.zionr(*words.split()).code == 0

    found = modules_of(project, *words.split())

    assert {name.partition(".")[0] for name in found} & HEAVY == set()
    subsystems = {name.split(".")[2] for name in found if name.startswith("zionr.subsystems.")}
    assert subsystems <= {"pm2"}
    if words == "--version":
        assert not [name for name in found if name.startswith(("zionr.engine", "zionr.store", "zionr.policy"))]
    else:
        assert "zionr.policy.compiled" in found
        assert not [name for name in found if name.startswith("zionr.strict_yaml")], "a warm policy is not parsed"
