"""A secret that is too long for its column is not printed around the gap."""

from __future__ import annotations

import pytest

from .fake_daemon import FakeDaemon, row
from .project import Project

SECRET = "Zq7" + "-_*".join(f"part{number}" for number in range(12))


def pieces() -> set[str]:
    """Every eight characters of the secret in a row."""
    return {SECRET[at : at + 8] for at in range(len(SECRET) - 8)}


@pytest.fixture
def telling(project: Project, daemon: FakeDaemon) -> Project:
    """A project with a process that is called like a secret of the environment, and a report of it."""
    daemon.rows = [row(SECRET, 0, "errored")]
    assert project.check().code == 2
    project.environ["MY_PASSWORD"] = SECRET
    return project


@pytest.mark.parametrize(
    "words",
    ["check pm2", "check pm2 -v", "check pm2 --format nagios", "check pm2 --format github", "check all",
     "recover pm2 --plan -v", "report show", "report show -v", "report list", "report diff latest", "incidents",
     "health", "doctor"],
)  # fmt: skip
def test_no_piece_of_a_secret_is_printed(telling: Project, words: str) -> None:
    files = {"GITHUB_STEP_SUMMARY": str(telling.top / "summary.md"), "GITHUB_OUTPUT": str(telling.top / "output")}

    done = telling.zionr(*words.split(), env=files)

    said = done.out + done.err + "".join(path.read_text() for path in telling.top.glob("[so]u*") if path.is_file())
    assert not [piece for piece in pieces() if piece in said], said


@pytest.mark.parametrize("policy", [f"version: {SECRET}", f"{SECRET}: 1", f"version: 1\nproject: {SECRET}"])
def test_no_piece_of_a_secret_in_what_is_said_of_a_policy(bare: Project, policy: str) -> None:
    bare.write("policies/zionr.yaml", policy)
    for words in ("policy validate", "policy show", "policy explain", "check pm2"):
        done = bare.zionr(*words.split(), env={"MY_PASSWORD": SECRET})
        assert not [piece for piece in pieces() if piece in done.out + done.err], done.told
