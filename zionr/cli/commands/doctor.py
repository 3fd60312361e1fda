"""`zionr doctor`: what is missing or wrong on this machine."""

from __future__ import annotations

import click

from .. import diagnosis
from ..options import common_options, format_option
from ..session import current


@click.command("doctor")
@common_options
@format_option("table", "json")
@click.pass_context
def command(ctx: click.Context, shape: str) -> int:
    """What this machine lacks for the policy to be watched and repaired. Exit 1 where something is missing."""
    return diagnosis.examine(current(ctx), shape)
