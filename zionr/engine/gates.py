"""The ordered list of what must hold before a repair runs. Pure; the lease, which is asked last, is the pipeline's.

Each gate says what it needs and what it had, in words that a report keeps, so that any past run can be explained.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ..instants import clock, limit, span
from ..model import Candidate, Finding, Gate, PastReport, PastStep, State
from ..policy.model import Policy

TRIED = ("succeeded", "failed", "rolled_back")
WAITING = frozenset({"streak", "mode", "back-off", "cooldown", "lease", "steps"})
"""Gates that open by themselves or by the policy's own word: a step behind them waits, it has not failed."""
USED_UP = "attempts used up"


class Situation(NamedTuple):
    """What the gates look at. `acts` are earlier reports, newest first, back to the start of this incident at least.

    `hurry` is `--now`: streak, back-off and cooldown are not waited for.
    """

    finding: Finding
    candidate: Candidate | None
    policy: Policy
    acts: Sequence[PastReport]
    mass: Finding | None
    now: float
    hurry: bool


def judge_gates(situation: Situation) -> tuple[Gate, ...]:
    """State, streak, cause, remedy, mode, mass, attempts, back-off, cooldown, precondition, in this order.

    Steps for each run, the lease and the fresh look follow where all of these are open.
    """
    asked = [_state, _streak, _cause, _remedy]
    if situation.candidate is not None:
        asked += [_mode, _mass, _attempts, _backoff, _cooldown, _precondition]
    return tuple(gate(situation) for gate in asked)


def first_shut(gates: Sequence[Gate]) -> Gate | None:
    """The gate that stops the step, None where all are open or not asked."""
    return next((gate for gate in gates if gate.passed is False), None)


def mode_of(candidate: Candidate, policy: Policy) -> str:
    """off, propose or apply. AUTO_HEALING=false stops everything; true applies where the policy names no mode."""
    rules = policy.recovery
    if rules.automatic is False:
        return "off"
    named = rules.remedies.get(candidate.remedy)
    if named is not None:
        return named
    if rules.automatic and not rules.mode_named and not candidate.edits_files:
        return "apply"
    return "propose" if candidate.edits_files and rules.mode == "apply" else rules.mode


def only_tries(report: PastReport) -> PastReport:
    """The report with only those of its steps that used up an attempt: a check keeps one for every finding."""
    return report._replace(steps=tuple(step for step in report.steps if step.outcome in TRIED))


def attempts(situation: Situation) -> list[PastStep]:
    """Repairs tried on the finding's targets within the window, newest first, since the last re-arming."""
    since = situation.now - situation.policy.recovery.window_s
    return [step for step in _tries(situation) if step.finished_at > since]


def _tries(situation: Situation) -> list[PastStep]:
    found: list[PastStep] = []
    for report in situation.acts:
        if _rearmed(report, situation.finding):
            break
        found += [step for step in report.steps if step.outcome in TRIED and _concerns(step, situation)]
    return found


def _rearmed(report: PastReport, finding: Finding) -> bool:
    event = report.event or {}
    return event.get("kind") == "rearmed" and event.get("finding") == finding.id


def _concerns(step: PastStep, situation: Situation) -> bool:
    return bool(set(step.targets) & set(situation.finding.covers)) or situation.finding.id in step.findings


def _state(situation: Situation) -> Gate:
    least, state = situation.policy.recovery.from_state, situation.finding.state
    needs = "critical" if least is State.CRITICAL else "warning or worse, and known"
    return Gate("state", needs, state.word, state >= least and state is not State.UNKNOWN)


def _streak(situation: Situation) -> Gate:
    streak = situation.finding.streak
    if streak is None:
        return Gate("streak", "a state that counts", situation.finding.state.word, False)
    passed = streak.checks >= streak.needed
    return _hurried("streak", f"{streak.needed} bad checks in a row", str(streak.checks), passed, situation)


def _hurried(name: str, needs: str, had: str, passed: bool, situation: Situation) -> Gate:
    if passed or not situation.hurry:
        return Gate(name, needs, had, passed)
    return Gate(name, needs, f"{had}, not waited for (--now)", True)


def _cause(situation: Situation) -> Gate:
    cause = situation.finding.caused_by
    return Gate("cause", "none open", cause or "none", cause is None)


def _remedy(situation: Situation) -> Gate:
    candidate = situation.candidate
    had = f"none for {situation.finding.rule}" if candidate is None else candidate.remedy
    return Gate("remedy", "one that zionr may use", had, candidate is not None)


def _candidate(situation: Situation) -> Candidate:
    assert situation.candidate is not None, "these gates are only asked of a candidate"
    return situation.candidate


def _mode(situation: Situation) -> Gate:
    candidate, policy = _candidate(situation), situation.policy
    mode = mode_of(candidate, policy)
    keys = (f"recovery.remedies.{candidate.remedy}", "recovery.mode")
    origin = next((policy.origins[key] for key in keys if key in policy.origins), "default")
    if policy.recovery.automatic is False:
        origin = "AUTO_HEALING=false"
    elif mode == "apply" and origin == "default":
        origin = "AUTO_HEALING=true"
    if candidate.edits_files:  # what it makes is a proposal in either mode
        return Gate("mode", "propose or apply", f"{mode}, {origin}", mode != "off")
    return Gate("mode", "apply", f"{mode}, {origin}", mode == "apply")


def _mass(situation: Situation) -> Gate:
    if situation.mass is None:
        return Gate("mass", "no mass failure", "none", True)
    had = situation.mass.message
    if _candidate(situation).edits_files:
        return Gate("mass", "no mass failure, or one proposal", f"{had}; one proposal for all", True)
    return Gate("mass", "no mass failure", had, False)


def _attempts(situation: Situation) -> Gate:
    rules = situation.policy.recovery
    needs = f"fewer than {rules.attempts} in {limit(rules.window_s)}"
    tried = attempts(situation)
    if len(tried) >= rules.attempts:
        return Gate("attempts", needs, f"{len(tried)}: {USED_UP}", False)
    if _used_up_before(situation):
        return Gate("attempts", needs, f"{len(tried)}, but {USED_UP} earlier in this incident", False)
    return Gate("attempts", needs, str(len(tried)), True)


def _used_up_before(situation: Situation) -> bool:
    """Whether the budget ran out during this incident: then it is a person's, even when the window has moved on."""
    rules = situation.policy.recovery
    began = situation.finding.first_seen or situation.now
    ends = [step.finished_at for step in _tries(situation)]
    for newest, oldest in zip(ends, ends[rules.attempts - 1 :], strict=False):
        if newest >= began and newest - oldest < rules.window_s:
            return True
    return False


def _backoff(situation: Situation) -> Gate:
    rules = situation.policy.recovery
    tried = [step for step in attempts(situation) if situation.finding.id in step.findings]
    if not tried:
        return Gate("back-off", "none yet", "no attempt before", True)
    pause = min(rules.backoff_first_s * rules.backoff_factor ** (len(tried) - 1), rules.backoff_max_s)
    return _waited("back-off", pause, tried[0], situation)


def _cooldown(situation: Situation) -> Gate:
    pause = situation.policy.recovery.cooldown_s
    tried = _tries(situation)
    if not tried or not pause:
        return Gate("cooldown", "none set" if not pause else limit(pause), "no attempt before", True)
    return _waited("cooldown", pause, tried[0], situation)


def _waited(name: str, pause: float, last: PastStep, situation: Situation) -> Gate:
    gone = situation.now - last.finished_at
    until = clock(last.finished_at + pause, situation.now)
    had = span(max(0.0, gone)) if gone >= pause else f"{span(max(0.0, gone))}, until {until}"
    return _hurried(name, f"{limit(pause)} since the last", had, gone >= pause, situation)


def _precondition(situation: Situation) -> Gate:
    candidate = _candidate(situation)
    return Gate("precondition", candidate.needs, candidate.refusal or "as needed", candidate.refusal is None)
