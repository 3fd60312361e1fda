"""What the tests of GitHub Actions share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.github import FakeGitHub


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """A fake GitHub; it fails the test for a request that nobody would expect."""
    with FakeGitHub() as fake:
        yield fake
