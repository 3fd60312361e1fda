"""A process that is called like the daemon's target keeps a name of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import NOW, declared, down, observation, past, row, settings
from zionr.subsystems.pm2.judge import judge
from zionr.subsystems.pm2.names import name_of, target_of
from zionr.subsystems.pm2.plan import candidates
from zionr.subsystems.pm2.verify import verdict

ODD = "daemon (process)"
_NAMES = st.sampled_from(["daemon", ODD, f"{ODD} (process)", "api", "api (process)"]) | st.text()


@pytest.mark.parametrize(("name", "target"), [("daemon", ODD), (ODD, f"{ODD} (process)"), ("api", "api"), ("", "")])
def test_what_its_target_is_called(name: str, target: str) -> None:
    assert target_of(name) == target
    assert target_of(name) != "daemon"


@given(_NAMES)
def test_the_name_can_be_told_from_the_target(name: str) -> None:
    assert name_of(target_of(name)) == name


def test_it_is_judged_repaired_and_proven_apart_from_the_daemon() -> None:
    under = settings(processes={"daemon": {"weight": 3.0}})
    seen = observation(down("daemon", 4))
    judged = judge(seen, under, [], NOW)
    assert [(target.name, target.weight) for target in judged.targets] == [("daemon", 1.0), (ODD, 3.0)]
    assert [found.id for found in judged.findings] == [f"pm2/process-dead:{ODD}"]
    (offered,) = candidates(judged.findings, seen, under)
    assert (offered.targets, offered.action["name"], offered.action["ids"]) == ((ODD,), "daemon", [4])
    assert offered.refusal is None
    well = observation(row("daemon", 4))
    assert verdict(offered, [well, well], under).verified


def test_its_start_names_it_as_pm2_does() -> None:
    seen, under = observation(declared={"daemon": declared()}), settings()
    (offered,) = candidates(judge(seen, under, [], NOW).findings, seen, under)
    assert (offered.command, offered.refusal) == ("pm2 start ecosystem.config.json --only daemon", None)


def test_its_restarts_are_counted_under_its_own_name() -> None:
    before = past(60, metrics={ODD: {"restarts_by_id": {"0": 1}}})
    looping = observation(row("daemon", restarts=9, started_at=NOW - 3))
    assert [found.id for found in judge(looping, settings(), [before], NOW).findings] == [f"pm2/restart-loop:{ODD}"]
