"""`zionr incidents`: open and past incidents; `rearm` lets zionr try again."""

from __future__ import annotations

import click

from .. import history
from ..options import common_options, format_option
from ..session import current


@click.group("incidents", invoke_without_command=True)
@common_options
@format_option("table", "json")
@click.pass_context
def command(ctx: click.Context, shape: str) -> None:
    """Open and past incidents, with attempts, times to detect and to repair."""
    if ctx.invoked_subcommand is None:
        history.list_incidents(current(ctx), shape)


@command.command("rearm")
@common_options
@click.argument("finding", metavar="ID")
@click.pass_context
def rearm(ctx: click.Context, finding: str) -> None:
    """Let zionr try again to repair the open incident ID, though its attempts are used up."""
    history.rearm_incident(current(ctx), finding)
