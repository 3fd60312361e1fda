"""The `needs` of jobs: each must be there, and none may wait for itself. Pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from .source import Fault, Source, anchor_of
from .words import listing, plain, quoted

_SHOWN = 6


class _Need(NamedTuple):
    """One job that another waits for, and where that is said."""

    name: str
    path: tuple[str | int, ...]


def check_needs(source: Source, jobs: dict[str, Any]) -> list[Fault]:
    """needs-unknown for each need that is no job, and one needs-cycle for each circle, at its first job."""
    needs = {name: _needs(name, job) for name, job in jobs.items()}
    # GitHub compares these names to the letter, though two jobs may not differ by case alone.
    unknown = [
        _unknown(source, name, need, jobs) for name, those in needs.items() for need in those if need.name not in jobs
    ]
    graph = {name: [need.name for need in those if need.name in jobs] for name, those in needs.items()}
    return [*unknown, *(_cycle(source, circle, needs) for circle in _circles(graph))]


def _needs(name: str, job: Any) -> list[_Need]:
    needs = job.get("needs") if isinstance(job, dict) else None
    if isinstance(needs, str) and needs and "${{" not in needs:
        return [_Need(needs, ("jobs", name, "needs"))]
    if not isinstance(needs, list):
        return []
    texts = [(number, need) for number, need in enumerate(needs) if isinstance(need, str | int | float)]
    return [_Need(str(need), ("jobs", name, "needs", number)) for number, need in texts if "${{" not in str(need)]


def _circles(graph: dict[str, list[str]]) -> list[list[str]]:
    """Each circle once, as the jobs on it in order. Without recursion: a file may hold thousands of jobs."""
    done: set[str] = set()
    found = []
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
                found.append(trail[trail.index(name) :])
            elif name not in done:
                trail.append(name)
                on_trail.add(name)
                stack.append((name, True))
                stack += [(need, False) for need in reversed(graph[name])]
    return found


def _unknown(source: Source, name: str, need: _Need, jobs: dict[str, Any]) -> Fault:
    line, column = source.at(need.path)
    other_case = next((job for job in jobs if job.upper() == need.name.upper()), None)
    known = listing([quoted(job) for job in list(jobs)[:_SHOWN]] + (["…"] if len(jobs) > _SHOWN else []), "and")
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
