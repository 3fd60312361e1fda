"""The subsystems: one folder each, found by name, imported only when they are asked for.

A third-party package joins by the entry-point group `zionr.subsystems`; its entry names a package of the same shape.
"""

import os
from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple

from ..context import Context
from ..errors import UsageError
from ..model import Candidate, Finding, JsonObject, Judgement, Observation, Outcome, PastReport, Verdict

ENTRY_POINTS = "zionr.subsystems"


class Need(NamedTuple):
    """Something a subsystem needs on this machine, for `zionr doctor`. `met` is None where it could not be told."""

    name: str
    met: bool | None
    had: str
    remedy: str | None = None


class Subsystem(NamedTuple):
    """One subsystem's package. Its modules are imported when a property is first used, so a check imports no repair."""

    name: str
    package: ModuleType

    @property
    def summary(self) -> str:
        """One line for people."""
        return str(self.package.SUMMARY)

    @property
    def scope(self) -> str:
        """`host` or `repository`: where its history, budgets and leases belong."""
        return str(self.package.SCOPE)

    @property
    def kept_metrics(self) -> Collection[str]:
        """Metrics that its rules compare with the past, kept in reports even where metrics are off."""
        return tuple(self.package.KEPT_METRICS)

    @property
    def no_mass(self) -> Collection[str]:
        """Rules whose findings are no part of a mass failure: a person's own doing, or advice."""
        return tuple(self.package.NO_MASS)

    def _module(self, name: str) -> ModuleType:
        return import_module(f"{self.package.__name__}.{name}")

    def read_settings(self, rules: JsonObject) -> Any:
        """Its part of the compiled policy as its own value."""
        return self._module("settings").read_settings(rules)

    def reach_s(self, settings: Any) -> float:
        """Seconds of history that its rules compare with."""
        return float(self._module("settings").reach_s(settings))

    def observe(self, settings: Any, context: Context) -> Observation:
        """The only look at the world."""
        observation: Observation = self._module("observe").observe(settings, context)
        return observation

    def observe_files(self, path: str, settings: Any, context: Context) -> Observation:
        """A look at the files at `path` and at nothing else. UsageError where there are none, or it judges no files."""
        module = self._module("observe")
        if not hasattr(module, "observe_only_files"):
            raise UsageError(f"--files: {self.name} judges no files")
        observation: Observation = module.observe_only_files(path, settings, context)
        return observation

    @property
    def judge(self) -> Callable[[Observation, Any, Sequence[PastReport], float], Judgement]:
        """The pure judge."""
        judge: Callable[[Observation, Any, Sequence[PastReport], float], Judgement] = self._module("judge").judge
        return judge

    def candidates(self, findings: Sequence[Finding], observation: Observation, settings: Any) -> tuple[Candidate, ...]:
        """What might mend the findings."""
        offered: tuple[Candidate, ...] = self._module("plan").candidates(findings, observation, settings)
        return offered

    @property
    def remedies(self) -> dict[str, str]:
        """Each remedy it has, with one line on what it does."""
        return dict(self._module("plan").REMEDIES)

    def perform(self, candidate: Candidate, settings: Any, context: Context) -> Outcome:
        """The only change of the world."""
        outcome: Outcome = self._module("act").perform(candidate, settings, context)
        return outcome

    @property
    def proving_looks(self) -> int:
        """How many looks prove a repair."""
        return int(self._module("verify").LOOKS)

    @property
    def settle_s(self) -> tuple[float, float]:
        """Seconds before the first look after a repair, and between two of them."""
        verify = self._module("verify")
        return float(verify.SETTLE_S), float(verify.BETWEEN_S)

    def patience_s(self, candidate: Candidate, settings: Any) -> float:
        """Seconds after a repair for which what is settling is waited for, at most."""
        return float(self._module("verify").settle_s(candidate, settings))

    def is_settling(self, candidate: Candidate, sample: Observation, settings: Any) -> bool:
        """Whether what was repaired is up and only needs more time before it can be proven."""
        return bool(self._module("verify").is_settling(candidate, sample, settings))

    def verdict(self, candidate: Candidate, samples: Sequence[Observation], settings: Any) -> Verdict:
        """Whether the repair is proven."""
        found: Verdict = self._module("verify").verdict(candidate, samples, settings)
        return found

    def needs(self, settings: Any, context: Context) -> list[Need]:
        """What it needs on this machine, looked at now."""
        found: list[Need] = self._module("needs").needs(settings, context)
        return found


def folder_names() -> list[str]:
    """The built-in subsystems, by their folders, without importing them."""
    here = os.path.dirname(__file__)
    return sorted(name for name in os.listdir(here) if os.path.isfile(os.path.join(here, name, "schema.json")))


def load(name: str) -> Subsystem:
    """The subsystem of that name. UsageError where there is none."""
    if name in folder_names():
        return Subsystem(name, import_module(f"{__name__}.{name}"))
    from importlib.metadata import entry_points

    for entry in entry_points(group=ENTRY_POINTS, name=name):
        return Subsystem(name, entry.load())
    known = ", ".join(folder_names())
    raise UsageError(f"there is no subsystem {name!r}; there are: {known}")
