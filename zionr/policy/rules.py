"""What a policy's `rules` make of findings. Pure."""

from collections.abc import Iterable, Mapping

from ..model import Finding, State


def apply_rules(findings: Iterable[Finding], rules: Mapping[str, str]) -> list[Finding]:
    """The findings with the states that `rules` (`pm2/daemon-down: warning`) give them, less those turned `off`."""
    kept = [finding for finding in findings if rules.get(finding.rule) != "off"]
    return [
        finding._replace(state=State.parse(rules[finding.rule])) if finding.rule in rules else finding
        for finding in kept
    ]
