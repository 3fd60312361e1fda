"""The entry point: one lazy group, so that a command imports only what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from . import boundary
from .options import common_options

COMMANDS = {
    "check": "observe, judge, score and report one subsystem, or all",
    "doctor": "say what is missing or wrong on this machine",
    "health": "show how each score came about, as arithmetic",
    "incidents": "list open and past incidents; let zionr try again",
    "policy": "validate, show or explain the policy",
    "recover": "check, plan the repair, do what the policy permits, verify",
    "report": "list, show, compare or prune the reports on file",
}


class LazyGroup(click.Group):
    """A group whose commands are modules, imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"zionr.cli.commands.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command. click makes exit code 1 of a broken pipe, which `check` would mean as a warning.

        It also prints an empty line where it is interrupted.
        """
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise boundary.NoReader from None
        except KeyboardInterrupt:
            raise boundary.Interrupted from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from the table above: help must not import them all."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@common_options
@click.pass_context
def zionr(ctx: click.Context) -> None:
    """Watch everything that automates a repository, and repair what is safe to repair, once."""


def run(arguments: Sequence[str]) -> NoReturn:
    """Run one command line and end the process."""
    boundary.open_streams()
    boundary.leave(boundary.run(zionr, arguments))
