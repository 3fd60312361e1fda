"""`zionr recover`: check, plan the repair, do what the policy permits, verify."""

from __future__ import annotations

import click

from .. import runs
from ..options import common_options, format_option, only_option, output_option
from ..session import current


@click.command("recover")
@click.argument("subsystem")
@common_options
@only_option
@format_option("table", "json", "nagios", "github")
@output_option
@click.option("--plan", "plan_only", is_flag=True, help="Show what would be done, and touch nothing.")
@click.option("--now", "hurry", is_flag=True, help="Do not wait for streak, back-off and cooldown.")
@click.option("--fail-if-held", is_flag=True, help="Exit 75 where somebody else holds the lease.")
@click.pass_context
def command(
    ctx: click.Context,
    subsystem: str,
    only: tuple[str, ...],
    shape: str,
    output: str | None,
    plan_only: bool,
    hurry: bool,
    fail_if_held: bool,
) -> int:
    """Repair SUBSYSTEM, or `all`, causes first. Exit 0: done or nothing to do; 1: a person is needed."""
    order = runs.Order(
        subsystem, only, shape, output, recover=True, plan_only=plan_only, hurry=hurry, fail_if_held=fail_if_held
    )
    return runs.recover(current(ctx), order)
