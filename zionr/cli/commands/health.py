"""`zionr health`: how each score came about."""

from __future__ import annotations

import click

from .. import history
from ..options import common_options, format_option
from ..session import current


@click.command("health")
@common_options
@format_option("table", "json")
@click.pass_context
def command(ctx: click.Context, shape: str) -> None:
    """The overall score as a sum that can be done by hand, from the newest reports on file."""
    history.show_health(current(ctx), shape)
