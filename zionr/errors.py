"""What can go wrong, by what a person must do about it. The command line maps each class to one exit code."""

from __future__ import annotations


class ZionrError(Exception):
    """An expected failure; its text is one line that a person can act on."""


class UsageError(ZionrError):
    """The command was called wrongly: an unknown target, subsystem, report or option value."""


class PolicyError(ZionrError):
    """The policy is missing or wrong. `problems` holds every one of its errors, one line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StoreError(ZionrError):
    """Reports cannot be read or written here; the text says which path and why."""


class HeldError(ZionrError):
    """Somebody else holds the lease, and the caller asked to be told by exit code."""


class OutputError(ZionrError):
    """The file named by `--output` cannot be written."""
