"""`zionr report`: the history."""

from __future__ import annotations

import click

from .. import history
from ..options import common_options, format_option
from ..session import current


@click.group("report")
@common_options
def command() -> None:
    """The reports on file."""


@command.command("list")
@common_options
@format_option("table", "json")
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=20, show_default=True, help="So many, newest first."
)
@click.option("--subsystem", metavar="NAME", help="Only of this subsystem.")
@click.option("--state", type=click.Choice(["ok", "warning", "unknown", "critical"]), help="Only in this state.")
@click.pass_context
def list_(ctx: click.Context, shape: str, limit: int, subsystem: str | None, state: str | None) -> None:
    """The newest reports, a line each."""
    history.list_reports(current(ctx), shape, limit, subsystem, state)


@command.command("show")
@common_options
@format_option("table", "json")
@click.argument("report", default="latest")
@click.option("--patch", is_flag=True, help="Only the patches that its steps propose, for `git apply`.")
@click.pass_context
def show(ctx: click.Context, shape: str, report: str, patch: bool) -> None:
    """One REPORT, by its id, the beginning of it, or `latest`."""
    if patch:
        history.show_patch(current(ctx), report)
    else:
        history.show_report(current(ctx), shape, report)


@command.command("diff")
@common_options
@format_option("table", "json")
@click.argument("before")
@click.argument("after", default="latest")
@click.pass_context
def diff(ctx: click.Context, shape: str, before: str, after: str) -> None:
    """What changed from report BEFORE to report AFTER."""
    history.diff_reports(current(ctx), shape, before, after)


@command.command("prune")
@common_options
@format_option("table", "json")
@click.option("--older-than", metavar="AGE", help="Another age than the policy's store.retention: 30d, 12h.")
@click.pass_context
def prune(ctx: click.Context, shape: str, older_than: str | None) -> None:
    """Delete reports that are older than the policy's store.retention."""
    history.prune_reports(current(ctx), shape, older_than)
