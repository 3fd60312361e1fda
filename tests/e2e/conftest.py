"""Projects with a policy, and a small daemon for their checks to look at."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .actions_site import Site
from .fake_daemon import FakeDaemon, row
from .project import Project


@pytest.fixture
def bare(tmp_path: Path) -> Project:
    """A folder without a policy."""
    return Project(tmp_path / "project")


@pytest.fixture
def pm2_home() -> Iterator[Path]:
    """An empty PM2 home under a short path: a Unix socket's path holds 108 bytes."""
    home = Path(tempfile.mkdtemp(prefix="zr-", dir="/tmp"))
    yield home
    shutil.rmtree(home)


@pytest.fixture
def daemon(pm2_home: Path) -> Iterator[FakeDaemon]:
    """A daemon with one healthy process, `api`."""
    daemon = FakeDaemon(pm2_home, [row("api", 0)])
    yield daemon
    daemon.close()


@pytest.fixture
def project(bare: Project, daemon: FakeDaemon) -> Project:
    """A project whose policy watches the small daemon."""
    bare.policy({"home": str(daemon.home), "processes": {"api": {}}})
    return bare


@pytest.fixture
def down(bare: Project, pm2_home: Path) -> Project:
    """A project whose PM2 has no daemon."""
    bare.policy({"home": str(pm2_home), "processes": {"api": {}}})
    return bare


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A git repository without a commit, a workflow or a policy."""
    made = Site(tmp_path / "site")
    made.begin()
    return made
