"""GitHub Actions: workflow files as GitHub reads them, and whether the workflows are alive."""

SUMMARY = "GitHub Actions: the workflow files, and whether the workflows run"
SCOPE = "repository"
API = "api"
"""The target that stands for GitHub's API itself."""
KEPT_METRICS = ()
NO_MASS = (
    *("actions/disabled-manually", "actions/disabled-fork"),
    *("actions/push-without-permission", "actions/shared-concurrency", "actions/placeholder", "actions/cadence-name"),
    *("actions/schedule-herd", "actions/cron-too-quick", "actions/shell-syntax", "actions/no-timeout"),
    *("actions/litter", "actions/unpinned"),
)
"""Rules that are no part of a mass failure: a person's own doing, and advice that no remedy follows."""
