"""The `needs` of jobs: each must be there, and none may wait for itself. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from .source import Fault, Source, anchor_of
from .words import as_text, listing, plain, quoted

_SHOWN = 6
_MOST = 50
"""So many needs that are not there, and circles, are told of one file."""


class _Need(NamedTuple):
    """One job that another waits for, and where that is said."""

    name: str
    path: tuple[str | int, ...]


def check_needs(source: Source, jobs: dict[str, Any]) -> list[Fault]:
    """needs-unknown for each need that is no job, and one needs-cycle for each circle, at its first job."""
    needs = {name: _needs(name, job) for name, job in jobs.items()}
    # GitHub compares these names to the letter, though two jobs may not differ by case alone.
    by_upper = {job.upper(): job for job in jobs}
    missing = ((name, need) for name, those in needs.items() for need in those if need.name not in jobs)
    unknown = [_unknown(source, name, need, by_upper) for name, need in islice(missing, _MOST)]
    graph = {name: [need.name for need in those if need.name in jobs] for name, those in needs.items()}
    return [*unknown, *(_cycle(source, circle, needs) for circle in islice(_circles(graph), _MOST))]


def _needs(name: str, job: Any) -> list[_Need]:
    needs = job.get("needs") if isinstance(job, dict) else None
    path = ("jobs", name, "needs")
    if isinstance(needs, list):
        return [_Need(as_text(need), (*path, number)) for number, need in enumerate(needs) if _is_name(need)]
    return [_Need(as_text(needs), path)] if _is_name(needs) else []


def _is_name(need: Any) -> bool:
    """What is empty, no scalar, or an expression is told by other rules."""
    return isinstance(need, str | int | float) and need != "" and "${{" not in str(need)


def _circles(graph: dict[str, list[str]]) -> Iterator[list[str]]:
    """Each circle once, as the jobs on it in order. Without recursion: a file may hold thousands of jobs."""
    done: set[str] = set()
    for start in graph:
        trail: list[str] = []
        on_trail: set[str] = set()
        stack = [(start, False)]
        while stack:
            name, leaving = stack.pop()
            if leaving:
                trail.pop()
                on_trail.discard(name)
                done.add(name)
            elif name in on_trail:
                yield trail[trail.index(name) :]
            elif name not in done:
                trail.append(name)
                on_trail.add(name)
                stack.append((name, True))
                stack += [(need, False) for need in reversed(graph[name])]


def _unknown(source: Source, name: str, need: _Need, by_upper: dict[str, str]) -> Fault:
    line, column = source.at(need.path)
    other_case, jobs = by_upper.get(need.name.upper()), by_upper.values()
    known = listing([quoted(job) for job in islice(jobs, _SHOWN)] + (["…"] if len(jobs) > _SHOWN else []), "and")
    return Fault(
        rule="needs-unknown",
        line=line,
        column=column,
        message=f"{quoted(name)} needs {quoted(need.name)}, and there is no such job",
        anchor=plain(anchor_of(need.path), 200),
        hint=f"did you mean {quoted(other_case)}?" if other_case else f"the jobs are {known}",
        like=f"needs {plain(need.name)}",
        actual=plain(need.name),
    )


def _cycle(source: Source, circle: list[str], needs: dict[str, list[_Need]]) -> Fault:
    follows = circle[1] if len(circle) > 1 else circle[0]
    need = next(need for need in needs[circle[0]] if need.name == follows)
    line, column = source.at(need.path)
    shown = [plain(name) for name in circle[:_SHOWN]] + (["…"] if len(circle) > _SHOWN else [])
    return Fault(
        rule="needs-cycle",
        line=line,
        column=column,
        message=f"these jobs wait for one another, so none ever starts: {' → '.join([*shown, plain(circle[0])])}",
        anchor=plain(f"jobs.{circle[0]}.needs", 200),
        hint="take one of the needs out",
        like="a circle of needs",
    )
