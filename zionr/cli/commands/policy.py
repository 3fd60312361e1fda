"""`zionr policy`: whether the policy is good, what it says, where each value came from, and its schema."""

from __future__ import annotations

import click

from ..options import common_options, format_option
from ..session import current


@click.group("policy")
@common_options
def command() -> None:
    """The policy."""


@command.command("validate")
@common_options
@format_option("table", "json")
@click.pass_context
def validate(ctx: click.Context, shape: str) -> None:
    """Load the policy and say whether it is good; every error is one line."""
    from ...render.policy import validate_text

    session = current(ctx)
    session.emit(validate_text(session.policy, shape))


@command.command("show")
@common_options
@format_option("table", "json")
@click.pass_context
def show(ctx: click.Context, shape: str) -> None:
    """The whole policy with overlay, environment and defaults, as a policy."""
    from ...policy.explain import as_written
    from ...redaction.nested import redacted
    from ...render.policy import show_text

    session = current(ctx)
    session.emit(show_text(session.policy, redacted(as_written(session.policy), session.redact), shape))


@command.command("explain")
@common_options
@format_option("table", "json")
@click.argument("key", required=False)
@click.pass_context
def explain(ctx: click.Context, shape: str, key: str | None) -> None:
    """Where each value came from: the file, the overlay, the environment or the default. KEY: only at or below it."""
    from ...errors import UsageError
    from ...policy import explain as reasons
    from ...redaction.nested import redacted
    from ...render.policy import explain_text

    session = current(ctx)
    rows = reasons.explain(session.policy, key)
    if key and not rows:
        raise UsageError(f"the policy has no key {key!r}")
    session.emit(explain_text(session.policy, redacted(rows, session.redact), shape))


@command.command("schema")
@common_options
@click.pass_context
def schema(ctx: click.Context) -> None:
    """The JSON Schema of policies, for editors."""
    from ...policy.schema import compose, publish
    from ...render.policy import schema_text

    current(ctx).emit(schema_text(publish(compose())))
