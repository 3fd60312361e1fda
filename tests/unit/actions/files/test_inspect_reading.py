"""What cannot be read, by the accident that it comes from, each beside a healthy twin."""

from __future__ import annotations

from typing import Any

import pytest

from zionr.subsystems.actions.files.markers import find_markers

from .inspected import HEALTHY, JOBS, change, look, only, refused

# What breaks, its rule, line and column, how it is grouped, and the twin.
ACCIDENTS = [
    (
        change("name: Checks", "name: Agent: front"),
        *("unreadable", 1, 7, "unquoted colon in name"),
        change("name: Checks", "name: 'Agent: front'"),
    ),
    (
        change("name: Checks", 'name: ""Agent: front"'),
        *("unreadable", 1, 7, "text behind the quote of name"),
        change("name: Checks", 'name: "Agent: front"'),
    ),
    (
        change("    timeout-minutes", "      timeout-minutes"),
        *("unreadable", 6, 7, "timeout-minutes indented below runs-on"),
        change("timeout-minutes: 5", "timeout-minutes:   5"),
    ),
    (
        change("        run: make", "  if: always()\n        run: make"),
        *("unreadable", 11, 3, "dedented if"),
        change("        run: make", "        if: always()\n        run: make"),
    ),
    (
        change("run: make test", 'run: "npm ci\n      - run: echo'),
        *("unreadable", 11, 14, "unclosed quote in run"),
        change("run: make test", 'run: "npm ci"\n      - run: echo'),
    ),
    (
        change("on: push", 'on: push\nconcurrency: "x-y\nenv:\n  A: "b"'),
        *("unreadable", 3, 14, "unclosed quote in concurrency"),
        change("on: push", 'on: push\nconcurrency: "x\n  y"\nenv:\n  A: "b"'),
    ),
    (
        change("      - uses: actions/checkout@v4", "      - uses: actions/checkout@v4\n          fetch-depth: 0"),
        *("unreadable", 9, 11, "fetch-depth indented below uses"),
        change("@v4", "@v4\n        with:\n          fetch-depth: 0"),
    ),
    (
        change("    timeout-minutes", "\ttimeout-minutes"),
        *("unreadable", 6, 1, "tab"),
        change("timeout-minutes: 5", "timeout-minutes:\t5"),
    ),
    (
        change("name: Test", "name: {{ x }}"),
        *("unreadable", 9, 15, "unquoted {{"),
        change("name: Test", "name: '{{ x }}'"),
    ),
    (
        change("on: push", "on:\n  schedule:\n    - cron: * * * * *"),
        *("unreadable", 4, 13, "unquoted * in cron"),
        change("on: push", "on:\n  schedule:\n    - cron: 0 * * * *"),
    ),
    (
        change("      - name: Test", "       - name: Test"),
        *("unreadable", 9, 8, "an item indented alone"),
        change("      - name: Test", "      -   name: Test\n          if: true")
        .replace("        id", "          id")
        .replace("        run", "          run"),
    ),
    (
        change("jobs:", "=======\njobs:"),
        *("unreadable", 3, 1, "conflict residue"),
        change("jobs:", "# =======\njobs:"),
    ),
    (HEALTHY + "---\nname: x\n", "unreadable", 12, 1, "documents", "---\n" + HEALTHY),
    ("", "unreadable", 1, 1, "empty", HEALTHY),
    ("# nothing\n", "unreadable", 1, 1, "empty", "# nothing\n" + HEALTHY),
    (b"\xff\xfeo\x00n\x00", "unreadable", 1, 1, "encoding", b"\xef\xbb\xbf" + HEALTHY.encode()),
    (HEALTHY.encode() + b"# \xff", "unreadable", 12, 3, "encoding", HEALTHY.encode() + "# é".encode()),
    (HEALTHY + "# \0", "unreadable", 12, 3, "binary", HEALTHY + "# \t"),
    ("- a\n- b\n", "type", 1, 1, "no mapping at the top", HEALTHY),
    (change("name: Checks", "name: Checks\nName: x"), "duplicate-key", 2, 1, "duplicate Name", HEALTHY),
    (change("on: push", "on: push\nenv:\n  <<: {A: b}"), "merge-key", 4, 3, "merge-key", HEALTHY),
    (
        change("id: test", "id: test\n        if: !cancelled()"),
        *("type", 11, 13, "tag if"),
        change("id: test", "id: test\n        if: ${{ !cancelled() }}"),
    ),
    (HEALTHY + "#" * (512 * 1024), "too-large", 1, 1, "too-large", HEALTHY + "#" * 1024),
    ("[" * 101 + "]" * 101, "too-large", 1, 101, "too-large", HEALTHY),
    (change("name: Checks", "name: &a [" + "&b x," * 3 + "]\nenv: *c"), "unreadable", 2, 6, None, HEALTHY),
]


@pytest.mark.parametrize(("broken", "rule", "line", "column", "like", "twin"), ACCIDENTS)
def test_accidents_are_known_by_name(
    broken: str | bytes, rule: str, line: int, column: int, like: str | None, twin: str | bytes
) -> None:
    fault = only(broken)
    assert (fault["rule"], fault["line"], fault["column"]) == (rule, line, column)
    assert like is None or fault["like"] == like
    assert refused(twin) == []


@pytest.mark.parametrize(
    ("broken", "hint"),
    [
        (change("name: Checks", "name: Agent: x"), 'put it in quotes: name: "Agent: x"'),
        (change("    timeout-minutes", "      timeout-minutes"), "indent it as far as `runs-on`, by 4 spaces"),
        (change("@v4", "@v4\n          fetch-depth: 0"), "did `with:` get lost between them?"),
        (change("run: make test", "run: make test\n          DEPTH: 1"), "did `env:` get lost between them?"),
        (
            change("id: test", "id: test\n        if: !x"),
            "a value that begins with ! is a tag; write the condition as ${{ !… }}",
        ),
    ],
)
def test_hints_say_what_to_do(broken: str, hint: str) -> None:
    assert only(broken)["hint"] == hint


def test_the_same_accident_in_files_of_other_names_is_alike() -> None:
    faults = [only(change("name: Checks", f"name: Agent: number {number}")) for number in range(3)]
    assert len({fault["like"] for fault in faults}) == 1
    assert len({fault["message"] for fault in faults}) == 1


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (change("on: push", "<<<<<<< HEAD\non: push\n=======\non: pull_request\n>>>>>>> theirs"), 2),
        (change("on: push", "<<<<<<<< HEAD\non: push\n========\non: pull_request\n>>>>>>>> theirs"), 2),
        (change("on: push", "on: push\n>>>>>>> 1787c195"), 3),
        (change("on: push", "on: push\n||||||| base"), 3),
        (change("on: push", "<<<<<<< a\n<<<<<<< b\non: push\n=======\n>>>>>>> b\n=======\n>>>>>>> a"), 2),
        (
            change(
                "run: make test", "run: |\n          <<<<<<< HEAD\n          a\n          =======\n          >>>>>>> b"
            ),
            12,
        ),
        (change("on: push", "<<<<<<< HEAD\r\non: push\r\n=======\r\n>>>>>>> theirs"), 2),
    ],
)
def test_conflict_markers_are_the_one_fault(broken: str, line: int) -> None:
    fault = only(broken)
    assert (fault["rule"], fault["line"], fault["like"]) == ("markers", line, "conflict markers")


class _Counting(str):
    """A text that knows how many of its characters were counted through."""

    __slots__ = ("read",)
    read: int

    def count(self, sub: str, start: Any = 0, end: Any = None) -> int:
        self.read += end - start
        return super().count(sub, start, end)


def test_many_markers_are_found_in_one_pass() -> None:
    text = _Counting("a\n" + "<<<<<<< b\n" * 5_000)
    text.read = 0
    fault = find_markers(text)
    assert fault is not None
    assert fault.message.endswith("begin on lines 2, 3, 4, 5, 6, 7, …")
    assert text.read <= len(text)


@pytest.mark.parametrize(
    "run",
    [
        "cat <<END\n          =======\n          END",
        "grep -q '<<<<<<< ' file",
        "cat > file <<'END'\n          <<<<<<< HEAD\n          =======\n          >>>>>>> x\n          END",
        "<<<<<<<\n          echo one kind alone",
        "echo ======= >>>>>>>",
    ],
)
def test_what_only_looks_like_markers_is_none(run: str) -> None:
    assert refused(change("run: make test", f"run: |\n          {run}")) == []


def test_keys_are_texts_as_they_are_written() -> None:
    assert look("on: push\n" + JOBS)["triggers"] == ["push"]
    assert look("'on': push\n" + JOBS)["triggers"] == ["push"]
    assert look("true: push\n" + JOBS)["triggers"] == []


def test_a_conflict_does_not_hide_what_the_rest_says() -> None:
    text = change("run: make test", "run: |\n          <<<<<<< a\n          =======\n          >>>>>>> b")
    assert look(text)["name"] == "Checks"
