"""Flags that every command knows, before or after its name; the later one wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from .. import __version__

Command = TypeVar("Command", bound=Callable[..., Any])


def keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Put the flag where `Session` finds it; a flag that was not given changes nothing."""
    if value is not None and param.name is not None:
        ctx.find_root().ensure_object(dict)[param.name] = value


def common_options(command: Command) -> Command:
    """Add --policy, --env, --state-dir, --runner, -v, --no-color and --version."""
    for option in reversed(_common()):
        command = option(command)
    return command


def _common() -> list[Callable[[Command], Command]]:
    shared: dict[str, Any] = {"expose_value": False, "callback": keep}
    return [
        click.option("--policy", metavar="PATH", help="The policy [policies/zionr.yaml, zionr.yaml].", **shared),
        click.option("--env", "environment", metavar="NAME", help="Lay policies/zionr.NAME.yaml over it.", **shared),
        click.option("--state-dir", metavar="DIR", help="Where reports and caches are [.zionr].", **shared),
        click.option("--runner", metavar="ID", help="Who runs this [this host, or workflow and job].", **shared),
        click.option("-v", "--verbose", is_flag=True, default=None, help="Say more.", **shared),
        click.option("--no-color", is_flag=True, default=None, help="No colour (also NO_COLOR).", **shared),
        click.version_option(__version__, prog_name="zionr", message="%(prog)s %(version)s"),
    ]


def format_option(*formats: str) -> Callable[[Command], Command]:
    """`--format` with the formats of this command; the first one is the default."""
    return click.option(
        "--format", "shape", type=click.Choice(formats), default=formats[0], show_default=True, help="The format."
    )


output_option = click.option("--output", metavar="FILE", help="Write there instead of to standard output.")
only_option = click.option(
    "--target", "only", multiple=True, metavar="NAME", help="Only this target; may be given again and again."
)
