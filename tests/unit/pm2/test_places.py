"""Where relative paths and `~` of the policy lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import context, settings
from zionr.subsystems.pm2.needs import needs
from zionr.subsystems.pm2.places import home_of, node_program, pm2_program


@pytest.mark.parametrize(
    ("home", "environ", "expected"),
    [
        ("/srv/pm2", {"PM2_HOME": "/x"}, "/srv/pm2"),
        (None, {"PM2_HOME": "/x/../y"}, "/y"),
        (None, {"HOME": "/home/deploy"}, "/home/deploy/.pm2"),
        ("~/.pm2", {"HOME": "/home/deploy", "PM2_HOME": "/x"}, "/home/deploy/.pm2"),
        ("~", {"HOME": "/home/deploy"}, "/home/deploy"),
        ("run/pm2", {}, "/srv/app/run/pm2"),
    ],
)
def test_where_the_home_of_pm2_is(home: str | None, environ: dict[str, str], expected: str) -> None:
    rules = {} if home is None else {"home": home}
    assert home_of(settings(**rules), context(environ=environ)) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("/opt/pm2", "/opt/pm2"),
        ("node_modules/.bin/pm2", "/srv/app/node_modules/.bin/pm2"),
        ("~/bin/pm2", "/home/deploy/bin/pm2"),
        ("pm2-not-there", None),
    ],
)
def test_where_a_named_program_is(named: str, expected: str | None) -> None:
    under, around = settings(program=named, node=named), context(environ={"HOME": "/home/deploy", "PATH": "/nowhere"})
    assert pm2_program(under, around) == node_program(under, around) == expected


def test_a_program_that_is_not_named_is_looked_up_on_the_path(tmp_path: Path) -> None:
    _program(tmp_path / "pm2")
    around = context(environ={"PATH": str(tmp_path)})
    assert pm2_program(settings(), around) == pm2_program(settings(program="pm2"), around) == str(tmp_path / "pm2")
    assert node_program(settings(), around) is None


def test_the_doctor_looks_where_a_start_would(tmp_path: Path) -> None:
    _program(tmp_path / "pm2")
    around = context(str(tmp_path), {"PATH": "/nowhere"})
    told = {need.name: need for need in needs(settings(home="pm2-home", program="./pm2", node="./node"), around)}
    assert (told["pm2"].met, told["pm2"].had) == (True, f"{tmp_path}/pm2")
    assert (told["node"].met, told["node"].remedy) == (False, "mend subsystems.pm2.node")


def _program(path: Path) -> None:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
