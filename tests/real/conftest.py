"""PM2 daemons for tests: one for a module, or a fresh one for a test, and none left at the end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from .world import STARTED, World, processes_of


@pytest.fixture(scope="session", autouse=True)
def _nothing_left() -> Iterator[None]:
    """No daemon of ours, and nothing it started, outlives the session."""
    yield
    left = {str(top): processes_of(top / "pm2") for top in STARTED}
    assert not any(left.values()), f"still running, by folder: {left}"
    for top in STARTED:
        shutil.rmtree(top, ignore_errors=True)


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    """A running daemon with an empty list, for all tests of a module."""
    world = World()
    try:
        started = world.pm2("ping")
        assert started.code == 0, started.told
        yield world
    finally:
        world.close()


@pytest.fixture
def world(shared: World) -> Iterator[World]:
    """The module's daemon; whatever the test put into its list is taken out again."""
    yield shared
    shared.clear()


@pytest.fixture
def fresh() -> Iterator[World]:
    """A PM2 home without a daemon, for one test."""
    world = World()
    try:
        yield world
    finally:
        world.close()
