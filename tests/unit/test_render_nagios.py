from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import HEALTH, finding, report, target
from zionr.engine.summary import summarise
from zionr.model import Health, JsonObject, State
from zionr.render import nagios

FIGURE = re.compile(r"(?:'[^'=|]*'|[a-z0-9_]+)=-?[0-9.]+(?:B|%|s)?(?:;[0-9.]*:?){0,2}(?:;[0-9.]+){0,2}")


def _figures(metrics: JsonObject, name: str = "api") -> str:
    line = nagios.render(report(targets=(target(name, metrics=metrics),), health=Health(None, 0.0)))
    return line.partition(" | ")[2]


def test_the_line_of_a_healthy_report() -> None:
    assert nagios.render(report()) == "PM2 OK - 1 targets | score=100.00;80:;50:;0;100"


def test_findings_are_told_worst_first_and_at_most_five() -> None:
    few = nagios.render(report(finding("a"), finding("b", State.OK), finding("c")._replace(resolved=True)))
    assert few.startswith("PM2 CRITICAL - a: something about a | ")
    many = nagios.render(report(*(finding(f"p{number}") for number in range(8))))
    assert "p4: something about p4; 3 more |" in many


def test_a_score_that_is_not_known_is_no_figure() -> None:
    blind = report(state=State.UNKNOWN, subsystem=None, health=Health(None, 0.0))
    assert nagios.render(blind) == "ZIONR UNKNOWN - 1 targets"


@pytest.mark.parametrize(
    ("metrics", "figures"),
    [
        ({"memory_bytes": 52_428_800}, "'api_memory_bytes'=52428800B"),
        ({"cpu_percent": 1.5, "uptime_s": 3600.0}, "'api_cpu_percent'=1.5% 'api_uptime_s'=3600s"),
        ({"probe_s": 0.00001}, "'api_probe_s'=0s"),
        ({"uptime_s": 1e15}, "'api_uptime_s'=1000000000000000s"),
        ({"a": None, "b": True, "c": "x", "d": {"0": 1}, "e": float("nan"), "f": float("inf")}, ""),
        ({"instances_online": 2}, "'api_instances_online'=2"),
    ],
)
def test_figures_without_exponents(metrics: JsonObject, figures: str) -> None:
    assert _figures(metrics) == figures


@given(st.text(max_size=40))
def test_any_name_leaves_one_line_and_readable_figures(name: str) -> None:
    named = report(
        finding(name), targets=(target(name, metrics={"memory_bytes": 7}),), subsystem="pm2", state=State.CRITICAL
    )
    line = nagios.render(named)
    assert line.isprintable()
    text, bar, figures = line.partition(" | ")
    assert bar
    assert "|" not in text
    assert FIGURE.sub("", figures).strip() == ""


def test_several_reports_in_one_line() -> None:
    reports = [report(finding(), health=Health(50.0, 1.0)), report(subsystem="git", health=Health(None, 0.0))]
    assert nagios.render_summary(summarise(reports, HEALTH)) == (
        "ZIONR CRITICAL - pm2 critical, git ok | score=50.00;80:;50:;0;100 pm2_score=50.00;80:;50:;0;100"
    )
