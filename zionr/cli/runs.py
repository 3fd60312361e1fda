"""Run checks and recoveries from the command line: one subsystem or all, rendered, with the contract's exit codes."""

import os
from typing import TYPE_CHECKING, NamedTuple

from ..engine import pipeline
from ..engine.summary import Summary, summarise
from ..errors import HeldError, PolicyError, StoreError, UsageError, ZionrError
from ..model import PolicyRef, Report, State
from ..policy.model import Policy
from ..store.nowhere import Nowhere
from ..subsystems import Subsystem, load
from . import presentation
from .observed import observed, recorder
from .session import POLICY_PATHS, Session

if TYPE_CHECKING:
    from ..engine.blank import Heading

CAUSES_FIRST = ("runners", "git", "build", "pm2", "actions", "netlify")
"""The order of `recover all`: what may cause others' trouble is mended before them."""


class Order(NamedTuple):
    """What one `check` or `recover` was asked for."""

    name: str
    only: tuple[str, ...]
    shape: str
    output: str | None
    recover: bool = False
    plan_only: bool = False
    hurry: bool = False
    fail_if_held: bool = False
    record: str | None = None
    replay: str | None = None
    files: str | None = None

    @property
    def kind(self) -> str:
        """The kind of report it makes."""
        return "recover" if self.recover else "check"


def check(session: Session, order: Order, fail_on: str) -> int:
    """Check, show, and return the exit code of the state (Nagios' codes, as `--fail-on` narrows them)."""
    try:
        policy = _policy_for_files(session, order) if order.files is not None else session.policy
    except PolicyError as error:
        return _report_invalid(session, order, error)
    state = _run_and_show(session, order, policy).state
    return 0 if _is_forgiven(state, fail_on) else state.exit_code


def _policy_for_files(session: Session, order: Order) -> Policy:
    """The policy that is here, where it says something of the subsystem, else none."""
    if order.name == "all" or order.recover or order.record or order.replay:
        raise UsageError("--files needs one subsystem, and neither --recover, --record nor --replay")
    load(order.name)
    if session.found_policy is not None and order.name in session.policy.subsystems:
        return session.policy
    from ..policy.load import without_policy

    return without_policy(order.name, runner=session.runner_id, top=session.top)


def recover(session: Session, order: Order) -> int:
    """Recover, show, and return 0 where nothing is left for a person, else 1."""
    from ..engine.repair import unfinished

    summary = _run_and_show(session, order, session.policy)
    if order.shape == "nagios":
        return summary.state.exit_code
    held = [report for report in summary.reports if report.lease and not report.lease.acquired]
    if held and order.fail_if_held:
        raise HeldError(f"{held[0].subsystem}: the lease is held by {held[0].lease.holder}" if held[0].lease else "")
    return 1 if any(unfinished(report) for report in summary.reports) else 0


def _is_forgiven(state: State, fail_on: str) -> bool:
    if fail_on == "never":
        return True
    return fail_on == "critical" and state is State.WARNING


def _run_and_show(session: Session, order: Order, policy: Policy) -> Summary:
    names = _names(session, order, policy)
    run = _run_beside_others if order.name == "all" else _run_one
    reports = [run(session, order, policy, name) for name in names]
    summary = summarise(reports, policy.health)
    if order.name == "all":
        presentation.show_summary(session, summary, order.shape, order.output)
    else:
        presentation.show_report(session, reports[0], order.shape, order.output)
    return summary


def _names(session: Session, order: Order, policy: Policy) -> list[str]:
    """The subsystems to walk. UsageError where there is none, or the one named is unknown or not enabled."""
    if order.name != "all":
        load(order.name)
        if order.name not in policy.subsystems:
            raise UsageError(f"{order.name} is not enabled: {policy.path} has no subsystems.{order.name}")
        return [order.name]
    if order.only or order.record or order.replay:
        raise UsageError("--target, --record and --replay need one subsystem, not `all`")
    names = [name for name in policy.subsystems if _watches(session, policy, name)]
    if not names:
        raise UsageError(f"nothing to look at: {policy.path} enables no subsystem for runner {session.runner_id}")
    ranks = {name: rank for rank, name in enumerate(CAUSES_FIRST)}
    return sorted(names, key=lambda name: ranks.get(name, len(ranks)))


def _watches(session: Session, policy: Policy, name: str) -> bool:
    rules = policy.runners.get(session.runner_id)
    return rules is None or rules.watches is None or name in rules.watches


def _run_one(session: Session, order: Order, policy: Policy, name: str) -> Report:
    subsystem = load(name)
    if order.files is None and not _watches(session, policy, name):
        return _not_watched(session, order, policy, subsystem)
    began = session.clock.now() if order.files is not None else None
    request = pipeline.Request(
        subsystem=subsystem,
        recover=order.recover,
        plan_only=order.plan_only or order.replay is not None,
        hurry=order.hurry,
        only=order.only,
        observed=observed(session, order, policy, subsystem),
        began=began,
        on_observation=recorder(session, order.record),
    )
    around = pipeline.Surroundings(
        policy=policy,
        runner=session.runner(policy),
        context=session.context,
        open_store=(lambda: session.store) if order.files is None else Nowhere,
        take_lease=session.take_lease,
    )
    try:
        return pipeline.run(request, around)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # What zionr records holds every fact: where one is missing or odd, the file was not made by --record.
        if order.replay is None:
            raise
        raise UsageError(f"{order.replay}: is no recorded observation: {type(error).__name__}: {error}") from error


def _run_beside_others(session: Session, order: Order, policy: Policy, name: str) -> Report:
    """One of several: what goes wrong in it is its own report, and hides no other one's."""
    try:
        return _run_one(session, order, policy, name)
    except Exception as error:  # noqa: BLE001  # nothing is swallowed: the report says it, and the log holds all of it
        from ..engine import blank
        from . import boundary

        why = str(error)
        if not isinstance(error, ZionrError):
            why = f"{type(error).__name__}: {error} ({boundary.keep_log(error)})"
        session.say(f"zionr: {name}: {why}")
        # What failed may be the subsystem itself, so it is not asked for its scope.
        heading = _heading(session, order, policy, name, "repository")
        return _kept(session, blank.failed_to_look(heading, session.redact(why)))


def _not_watched(session: Session, order: Order, policy: Policy, subsystem: Subsystem) -> Report:
    from ..engine import blank

    scope = f"host:{session.host}" if subsystem.scope == "host" else "repository"
    return _kept(session, blank.not_watched(_heading(session, order, policy, subsystem.name, scope)))


def _heading(session: Session, order: Order, policy: Policy | None, name: str | None, scope: str) -> "Heading":
    """What a report of a run that could not look begins with; `policy` is None where it cannot be read."""
    from ..engine.blank import Heading

    now = session.clock.now()
    return Heading(
        id=session.store.new_id(now),
        kind=order.kind,
        project=policy.project if policy else None,
        subsystem=name,
        scope=scope,
        runner=session.runner(policy),
        policy=_reference(session, policy),
        at=now,
    )


def _reference(session: Session, policy: Policy | None) -> PolicyRef:
    if policy is not None:
        return PolicyRef(policy.path, policy.digest, policy.environment)
    path = session.found_policy or os.path.join(session.top, POLICY_PATHS[0])
    return PolicyRef(os.path.relpath(path, session.top), None, session.flags.get("environment"))


def _report_invalid(session: Session, order: Order, error: PolicyError) -> int:
    """A wrong policy is a report as well: unknown, on file, and every error on standard error."""
    from ..engine import blank

    for problem in error.problems:
        session.say(problem)
    report = blank.invalid_policy(_heading(session, order, None, None, "repository"), error.problems)
    report = report._replace(notes=(*session.notes, *_last_good(session)))
    # Where there is neither a policy nor a history, this is no place of ours to leave files in.
    if session.found_policy is not None or os.path.isdir(session.state_dir):
        report = _kept(session, report)
    presentation.show_report(session, report, order.shape, order.output)
    return State.UNKNOWN.exit_code


def _last_good(session: Session) -> tuple[str, ...]:
    try:
        last = session.store.last_good_policy()
    except StoreError:
        return ()
    if last is None:
        return ()
    from ..instants import iso

    digest = (last.policy_digest or "").removeprefix("sha256:")[:7]
    return (f"last good policy: {iso(last.finished_at)}, digest {digest}",)


def _kept(session: Session, report: Report) -> Report:
    from ..engine.report import to_json

    try:
        session.store.prepare()
        session.store.write(to_json(report))
    except StoreError as error:
        return report._replace(notes=(*report.notes, f"this report is not on file: {error}"), kept=False)
    return report
