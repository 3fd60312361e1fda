"""What the flags and the environment of one invocation mean: policy, runner, store, context, and where output goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import click

from .. import __version__
from ..context import Context
from ..errors import OutputError, PolicyError, UsageError
from ..model import Runner
from ..policy.model import Policy
from ..ports import files
from ..ports.clock import SystemClock
from ..redaction import Redactor
from ..render.text import View, printable

if TYPE_CHECKING:
    from ..store.lease import HostLease
    from ..store.local import LocalStore

POLICY_PATHS = (os.path.join("policies", "zionr.yaml"), "zionr.yaml")


class Session:
    """One invocation. Everything is found when it is first asked for, so that help costs nothing."""

    def __init__(self, flags: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self.flags = flags
        self.environ = environ
        self.clock = SystemClock()
        self.redact = Redactor.from_environ(environ)
        self.notes: list[str] = []

    @cached_property
    def here(self) -> str:
        """The current folder. UsageError where it was deleted under our feet."""
        try:
            return os.getcwd()
        except FileNotFoundError:
            raise UsageError("the current folder was deleted; change into one that is there") from None

    @cached_property
    def top(self) -> str:
        """The repository's top; without git the folder of the policy that is named, else the current folder."""
        found = files.find_repository_top(self.here)
        if found is not None:
            return found
        named = self._named("policy", "ZIONR_POLICY")
        return os.path.dirname(os.path.abspath(named)) if named else self.here

    @cached_property
    def state_dir(self) -> str:
        """Where reports, locks and caches are."""
        named = self._named("state_dir", "ZIONR_STATE_DIR")
        return os.path.abspath(named) if named else os.path.join(self.top, ".zionr")

    @cached_property
    def found_policy(self) -> str | None:
        """The absolute path of the policy that is named, or else found; None where there is none."""
        named = self._named("policy", "ZIONR_POLICY")
        if named:
            return os.path.abspath(named)
        places = [os.path.join(self.top, path) for path in POLICY_PATHS]
        return next((place for place in places if os.path.lexists(place)), None)

    @cached_property
    def policy_path(self) -> str:
        """The absolute path of the policy. PolicyError where none is named and none is found."""
        if self.found_policy is not None:
            return self.found_policy
        places = " or ".join(POLICY_PATHS)
        raise PolicyError([f"zionr: there is no policy: no {places} in {self.top}; name one with --policy"])

    @cached_property
    def host(self) -> str:
        """This machine's name, as scopes carry it."""
        return os.uname().nodename

    @cached_property
    def runner_id(self) -> str:
        """Stable per host, or per workflow and job: named, else of the environment, else detected."""
        named = self._named("runner", "ZIONR_RUNNER", "ZIONR_REDUNDANCY_TYPE")
        if named:
            return _checked_id(named)
        shared = self.environ.get("REDUNDANCY_TYPE")
        if shared and _slug(shared) == shared:
            return shared
        if shared:
            self.notes.append(f"environment: REDUNDANCY_TYPE: {shared!r} cannot be a runner's id; it is ignored")
        if self.environ.get("GITHUB_ACTIONS") == "true":
            parts = [self.environ.get(name, "") for name in ("GITHUB_WORKFLOW", "GITHUB_JOB")]
            return _slug("-".join(part for part in parts if part)) or "github-actions"
        return _slug(self.host) or "localhost"

    @cached_property
    def policy(self) -> Policy:
        """The policy, with overlay and environment; its notes include our own. PolicyError with all its errors."""
        from ..policy import load

        loaded = load.load(
            self.policy_path,
            environment=self.flags.get("environment"),
            environ=self.environ,
            runner=self.runner_id,
            cache_dir=os.path.join(self.state_dir, "cache"),
            top=self.top,
        )
        return loaded._replace(notes=(*loaded.notes, *self.notes)) if self.notes else loaded

    def runner(self, policy: Policy | None) -> Runner:
        """Who runs this; its kind is the policy's word, else what the surroundings look like."""
        rules = policy.runners.get(self.runner_id) if policy else None
        return Runner(
            id=self.runner_id,
            kind=rules.kind if rules else self._kind(),
            host=self.host,
            version=__version__,
            url=self._run_url(),
        )

    def _kind(self) -> str:
        if self.environ.get("GITHUB_ACTIONS") == "true":
            return "github-actions"
        return "manual" if sys.stdin is not None and sys.stdin.isatty() else "cron"

    def _run_url(self) -> str | None:
        server, repository, run = (
            self.environ.get(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")
        )
        return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else None

    @cached_property
    def store(self) -> LocalStore:
        """The reports on file. Imported here: by then PM2 or whoever was asked is at work on the answer."""
        from ..store.local import LocalStore

        return LocalStore(self.state_dir, version=__version__, redact=self.redact, notes=[])

    @cached_property
    def context(self) -> Context:
        """What the engine and the subsystems know of this machine."""
        return Context(
            top=self.top,
            state_dir=self.state_dir,
            host=self.host,
            environ=self.environ,
            clock=self.clock,
            progress=self.show_progress,
            redact=self.redact,
        )

    def take_lease(self, name: str) -> HostLease:
        """Ask for a lease of this host."""
        from ..store.lease import HostLease

        return HostLease(self.state_dir, name, self.runner_id, self.clock.now())

    def view(self) -> View:
        """How screens look here."""
        color = sys.stdout.isatty() and not self.flags.get("no_color") and not self.environ.get("NO_COLOR")
        loaded = self.__dict__.get("policy")
        verbose = bool(self.flags.get("verbose")) or (loaded is not None and loaded.debug)
        return View(color=color, verbose=verbose, now=self.clock.now())

    def emit(self, text: str, output: str | None = None) -> None:
        """The chosen format and nothing else, to standard output or whole into a file. OutputError where that fails."""
        clean = self.redact(text).rstrip("\n") + "\n"
        self.clear_progress()
        try:
            if output is None:
                click.echo(clean, nl=False, color=True)
                return
            files.write_output(output, clean)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise OutputError(f"{output or 'standard output'}: cannot be written: {error.strerror}") from error

    def say(self, text: str) -> None:
        """A note to standard error."""
        self.clear_progress()
        click.echo(printable(self.redact(text)), err=True)

    def show_progress(self, text: str) -> None:
        """One line that the next one overwrites, on a terminal only."""
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{printable(self.redact(text))[:79]}", nl=False, err=True, color=True)

    def clear_progress(self) -> None:
        """Take the progress line away."""
        if sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True, color=True)

    def _named(self, flag: str, *variables: str) -> str | None:
        value = self.flags.get(flag) or next((self.environ[name] for name in variables if self.environ.get(name)), None)
        return str(value) if value else None


def current(ctx: click.Context) -> Session:
    """The session of this invocation."""
    return Session(ctx.find_root().ensure_object(dict), os.environ)


def _slug(text: str) -> str:
    kept = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "-" for letter in text)
    return kept.strip("-.")[:64]


def _checked_id(named: str) -> str:
    """A runner's id becomes part of a ref and of file names."""
    if _slug(named) != named:
        raise UsageError(f"{named!r} cannot be a runner's id: letters, digits, '.', '_' and '-' only, at most 64")
    return named
