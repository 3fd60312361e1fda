"""What the tests of GitHub Actions share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github import FakeGitHub
from tests.unit.actions.repositories import Project


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A fake GitHub; it fails the test for a request that nobody would expect."""
    with FakeGitHub() as fake:
        yield fake


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A git repository without a commit."""
    return Project(tmp_path / "project")
