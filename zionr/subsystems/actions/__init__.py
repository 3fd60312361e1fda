"""GitHub Actions: workflow files as GitHub reads them, and whether the workflows are alive."""

SUMMARY = "GitHub Actions: the workflow files, and whether the workflows run"
SCOPE = "repository"
API = "api"
"""The target that stands for GitHub's API itself."""
KEPT_METRICS = ()
DELIBERATE = ("actions/disabled-manually", "actions/disabled-fork")
"""Rules that tell of a person's own doing: they are no part of a mass failure."""
