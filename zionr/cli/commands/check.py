"""`zionr check`: observe, judge, score, report; with --recover also repair and verify."""

from __future__ import annotations

import click

from .. import runs
from ..options import common_options, format_option, only_option, output_option
from ..session import current


@click.command("check")
@click.argument("subsystem")
@common_options
@only_option
@format_option("table", "json", "nagios", "github")
@output_option
@click.option("--recover", is_flag=True, help="Repair what the policy permits, and verify.")
@click.option(
    "--fail-on",
    type=click.Choice(["warning", "critical", "never"]),
    default="warning",
    show_default=True,
    help="From which state on the exit code is not 0.",
)
@click.option("--record", metavar="FILE", help="Keep what was observed.")
@click.option("--replay", metavar="FILE", help="Judge what was kept, without a look at the world.")
@click.option("--files", metavar="PATH", help="Judge only the files of a checkout, a folder, or one file; no network.")
@click.pass_context
def command(
    ctx: click.Context,
    subsystem: str,
    only: tuple[str, ...],
    shape: str,
    output: str | None,
    recover: bool,
    fail_on: str,
    record: str | None,
    replay: str | None,
    files: str | None,
) -> int:
    """Look at SUBSYSTEM, or at `all`, and say how well it is: 0 ok, 1 warning, 2 critical, 3 unknown."""
    order = runs.Order(subsystem, only, shape, output, recover=recover, record=record, replay=replay, files=files)
    return runs.check(current(ctx), order, fail_on)
