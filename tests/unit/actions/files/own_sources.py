"""Sources for the tests of zionr's own opinions: whole files, and jobs written in a few lines."""

from __future__ import annotations

from textwrap import dedent, indent

from zionr.strict_yaml import load
from zionr.subsystems.actions.files.own import own_faults
from zionr.subsystems.actions.files.source import Fault, Source


def workflow(written: str) -> Source:
    text = dedent(written).lstrip("\n")
    return Source("workflow", text, load(text))


def action(written: str) -> Source:
    return workflow(written)._replace(kind="action")


def job(body: str, top: str = "") -> Source:
    """A workflow with one job `build` of these lines; `top` stands above its jobs."""
    lines = indent(dedent(body).strip("\n"), "    ")
    return workflow(f"on: push\n{dedent(top).strip()}\njobs:\n  build:\n    runs-on: ubuntu-latest\n{lines}\n")


def run(script: str, *, more: str = "", top: str = "permissions:\n  contents: read") -> Source:
    """A job that checks out and runs a script, without the right to write."""
    block = indent(dedent(script).strip("\n"), "    ")
    body = f"timeout-minutes: 5\nsteps:\n- uses: actions/checkout@v4\n{dedent(more).strip()}\n- run: |\n{block}"
    return job(body, top)


def faults(source: Source, rule: str) -> list[Fault]:
    return [fault for fault in own_faults(source) if fault.rule == rule]
