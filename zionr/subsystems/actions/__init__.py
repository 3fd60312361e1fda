"""GitHub Actions: workflow files as GitHub reads them, and whether the workflows are alive."""

from .judging.file_rules import ADVICE

SUMMARY = "GitHub Actions: the workflow files, and whether the workflows run"
SCOPE = "repository"
API = "api"
"""The target that stands for GitHub's API itself."""
KEPT_METRICS = ()
NO_MASS = ("actions/disabled-manually", "actions/disabled-fork", *(f"actions/{rule}" for rule in sorted(ADVICE)))
"""Rules that are no part of a mass failure: a person's own doing, and advice that no remedy follows."""
