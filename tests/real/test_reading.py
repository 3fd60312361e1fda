"""A look leaves PM2 as it was: one call over the socket, no program, no trace."""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from .world import World, processes_of

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("reading")]


class Ear:
    """A socket that hands everything on to PM2's and keeps the names of the methods that were called."""

    def __init__(self, home: Path, behind: Path) -> None:
        self.methods: list[str] = []
        self._behind = str(behind / "rpc.sock")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(home / "rpc.sock"))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as daemon:
                daemon.connect(self._behind)
                answers = threading.Thread(target=self._answer, args=(daemon, client))
                answers.start()
                asked = bytearray()
                while chunk := client.recv(65536):
                    asked += chunk
                    daemon.sendall(chunk)
                daemon.shutdown(socket.SHUT_RDWR)
                answers.join()
                self.methods += [found.decode() for found in re.findall(rb'"method":"(\w+)"', asked)]

    @staticmethod
    def _answer(daemon: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while chunk := daemon.recv(65536):
                client.sendall(chunk)

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()


@pytest.fixture
def ear(world: World) -> Iterator[tuple[Ear, Path]]:
    """An ear before the world's daemon, and the PM2 home that leads to it."""
    home = Path(tempfile.mkdtemp(prefix="zr-", dir="/tmp"))
    ear = Ear(home, world.home)
    try:
        yield ear, home
    finally:
        ear.close()
        shutil.rmtree(home)


def test_one_call_for_one_check(world: World, ear: tuple[Ear, Path]) -> None:
    world.start({"name": "api", "script": str(world.top / "alive.js")})
    heard, home = ear
    project = world.project({"home": str(home), "processes": {"api": {}}})

    assert project.check().code == 0
    assert heard.methods == ["getMonitorData"]
    assert project.recover("--plan").code == 0
    assert heard.methods == ["getMonitorData"] * 2


def test_no_program_and_no_trace(world: World) -> None:
    world.start(
        {"name": "api", "script": str(world.top / "alive.js")}, {"name": "off", "script": str(world.top / "alive.js")}
    )
    assert world.pm2("stop", "off").code == 0
    project = world.project({"processes": {"api": {}, "off": {}}})
    files = {path: path.stat().st_mtime_ns for path in world.home.rglob("*") if path.is_file()}
    processes = sorted(processes_of(world.home))
    rows = [(row["pid"], row["pm2_env"]["status"], row["pm2_env"]["restart_time"]) for row in world.rows()]

    for _ in range(2):
        done = project.check(env={"PATH": "/nonexistent"})
        assert (done.code, done.err) == (1, ""), done.told

    assert {path: path.stat().st_mtime_ns for path in world.home.rglob("*") if path.is_file()} == files
    assert sorted(processes_of(world.home)) == processes
    assert [(row["pid"], row["pm2_env"]["status"], row["pm2_env"]["restart_time"]) for row in world.rows()] == rows


def test_home_by_environment_and_by_tilde(world: World) -> None:
    """PM2_HOME, and ~/.pm2, are found as PM2 itself finds them."""
    world.start({"name": "api", "script": str(world.top / "alive.js")})
    project = world.project()
    project.policy({})

    assert project.check(env={"PM2_HOME": str(world.home)}).code == 0
    os.symlink(world.home, project.home / ".pm2")
    assert project.check().code == 0
    project.policy({"home": "~/.pm2", "processes": {"api": {}}})
    assert project.check(env={"PM2_HOME": "/nonexistent"}).code == 0
