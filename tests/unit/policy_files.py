"""A folder with a policy in it, and the shortest way to load it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from zionr.errors import PolicyError
from zionr.policy.load import load
from zionr.policy.model import Policy

NOBODY = 65_534


class Desk:
    """A repository of its own with `policies/zionr.yaml` and a state folder."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.path = top / "policies" / "zionr.yaml"
        self.state = top / "state"
        self.cache = self.state / "cache"
        self.path.parent.mkdir()
        self.state.mkdir(mode=0o700)

    def write(self, text: str, overlay: str | None = None) -> None:
        """Write the policy, or the overlay of that name."""
        path = self.path if overlay is None else self.path.with_name(f"zionr.{overlay}.yaml")
        path.write_text(text)

    def load(
        self,
        text: str | None = None,
        *,
        environment: str | None = None,
        environ: Mapping[str, str] | None = None,
        runner: str = "web-1",
        cached: bool = True,
    ) -> Policy:
        """Load the policy, after writing `text` where it is given."""
        if text is not None:
            self.write(text)
        return load(
            str(self.path),
            environment=environment,
            environ=environ or {},
            runner=runner,
            cache_dir=str(self.cache) if cached else None,
            top=str(self.top),
        )

    def problems(
        self, text: str | None = None, *, environment: str | None = None, environ: Mapping[str, str] | None = None
    ) -> list[str]:
        """The lines of the PolicyError that loading raises."""
        with pytest.raises(PolicyError) as caught:
            self.load(text, environment=environment, environ=environ)
        return caught.value.problems

    @property
    def compiled(self) -> Path:
        """The one file in the cache."""
        (found,) = self.cache.iterdir()
        return found


@contextmanager
def without_rights(path: Path) -> Iterator[None]:
    """Nobody may read it meanwhile; root, whom no mode stops, becomes nobody."""
    path.chmod(0)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        path.chmod(0o600)
