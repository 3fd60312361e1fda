"""Judge and plan a recorded observation again: what `tools/golden.py` writes down and the conformance suite compares.

`observations/SUBSYSTEM/NAME.json` holds {policy, observation}: the subsystem's compiled part of a policy, and what was
observed under it. `NAME.expected.json` beside it is the golden report.
"""

from __future__ import annotations

import json
import os
from typing import NamedTuple

from tests.support import policy, recovery
from zionr.engine.assess import Assessment, assess
from zionr.engine.planning import Planned, plan
from zionr.engine.report import finding_to_json, health_to_json, step_to_json, target_to_json
from zionr.model import Candidate, JsonObject, Judgement, Observation
from zionr.subsystems import Subsystem, load

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "observations")
EXPECTED = ".expected.json"


class Recording(NamedTuple):
    """One observation on file, and where its golden report is."""

    subsystem: str
    name: str
    rules: JsonObject
    observation: Observation

    @property
    def golden(self) -> str:
        """The path of the golden report."""
        return os.path.join(FOLDER, self.subsystem, self.name + EXPECTED)


def recordings(subsystem: str) -> list[Recording]:
    """All that is on file of one subsystem, by name."""
    folder = os.path.join(FOLDER, subsystem)
    files = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [_read(subsystem, file[:-5]) for file in files if file.endswith(".json") and not file.endswith(EXPECTED)]


def _read(subsystem: str, name: str) -> Recording:
    with open(os.path.join(FOLDER, subsystem, f"{name}.json"), encoding="utf-8") as file:
        document = json.load(file)
    return Recording(subsystem, name, document["policy"], Observation(**document["observation"]))


class Replay:
    """One recording, judged and planned under a policy that applies every remedy at once."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.subsystem: Subsystem = load(recording.subsystem)
        self.settings = self.subsystem.read_settings(recording.rules)
        self.now = recording.observation.taken_at
        applied = recovery(remedies=dict.fromkeys(self.subsystem.remedies, "apply"))
        self.policy = policy(subsystems={recording.subsystem: recording.rules}, recovery=applied)

    def judge(self) -> Judgement:
        return self.subsystem.judge(self.recording.observation, self.settings, [], self.now)

    def assess(self) -> Assessment:
        name, no_mass = self.recording.subsystem, self.subsystem.no_mass
        return assess(name, self.judge(), self.policy, [], self.now, no_mass=no_mass)

    def candidates(self) -> tuple[Candidate, ...]:
        return self.subsystem.candidates(self.assess().findings, self.recording.observation, self.settings)

    def plan(self) -> tuple[Planned, ...]:
        judged = self.assess()
        return plan(judged.findings, self.candidates(), self.policy, [], self.now, mass=judged.mass)

    def report(self) -> str:
        """The golden report: state, score, targets, findings and steps, as text."""
        found = self.assess()
        document = {
            "state": found.state.word,
            "health": health_to_json(found.health),
            "targets": [target_to_json(target) for target in found.targets],
            "findings": [finding_to_json(finding) for finding in found.findings],
            "steps": [step_to_json(planned.step) for planned in self.plan()],
            "notes": list(found.notes),
        }
        return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=True) + "\n"
