"""Where in the file a fault stands: line and column, from 1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .expression_files import faults

HEAD = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - "


def _rests(scalar: str) -> list[str]:
    """What stands in the file from each fault on, to the end of its line."""
    text = HEAD + scalar + "\n"
    lines = text.splitlines()
    return [lines[fault.line - 1][fault.column - 1 :] for fault in faults(text)]


@pytest.mark.parametrize(
    ("scalar", "rests"),
    [
        ("run: ${{ foo }}", ["foo }}"]),
        ("run: a ${{ github.ref }} ${{github.x && foo}} b", ["foo}} b"]),
        ("run: &here a ${{ foo }}", ["foo }}"]),
        ("run: '${{ foo }}'", ["foo }}'"]),
        ("run: 'it''s ${{ contains(''a'', foo) }}'", ["foo) }}'"]),
        ('run: "a\\"b\\u0041\\x41\\n ${{ foo }}"', ['foo }}"']),
        ('run: "${{ github.ref == \\"x\\" }}"', ['\\"x\\" }}"']),
        ("run: ${{ foo", ["${{ foo"]),
        ("run: ${{ 'x }}", ["${{ 'x }}"]),
        ("run: ${{ }} x", ["${{ }} x"]),
        ("run: ${{ github. }} x", [" }} x"]),
        ("uses: a/b@${{ github.ref }}", ["${{ github.ref }}"]),
        ("run: ${{ foo }} ${{ bar }} ${{ x }}", ["foo }} ${{ bar }} ${{ x }}", "bar }} ${{ x }}", "x }}"]),
        ("if: github.ref == 'x' && foo", ["foo"]),
        ("if: '  foo'", ["foo'"]),
        ("run: |\n          one\n          echo ${{ foo }}\n\n            deeper ${{ bar }}", ["foo }}", "bar }}"]),
        ("run: |\n\n\n          ${{ foo }}", ["foo }}"]),
        ("run: |2-  # why\n          ${{ foo }}", ["foo }}"]),
        ("run: |\n          a ${{ github.x &&\n              foo }}", ["foo }}"]),
        ("run: >\n          one\n          two ${{ foo }}\n\n          three ${{ bar }}", ["foo }}", "bar }}"]),
        ("if: |\n          github.ref &&\n          foo", ["foo"]),
        ("run: one\n          two ${{ foo }}\n\n          three ${{ bar }}", ["foo }}", "bar }}"]),
        ('run: "one\n          two \\\n          ${{ foo }}"', ['foo }}"']),
        ("run: 'one\n\n\n          two ''x'' ${{ foo }}'", ["foo }}'"]),
        ("run: x\n        env:\n          ${{ foo }}: ${{ bar }}", ["foo }}: ${{ bar }}", "bar }}"]),
        ("run: x\n        env: {'${{ foo }}': x, B: \"${{ bar }}\"}", ['foo }}\': x, B: "${{ bar }}"}', 'bar }}"}']),
    ],
)
def test_the_place_of_a_fault(scalar: str, rests: list[str]) -> None:
    assert _rests(scalar) == rests


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_ends(ending: str) -> None:
    text = (HEAD + "run: |\n          one\n          echo ${{ foo }}\n").replace("\n", ending)
    (fault,) = faults(text)
    assert (fault.line, fault.column) == (8, 20)


def test_where_the_spelling_is_not_followed_the_scalar_has_to_do() -> None:
    far = "x " * 15_000
    (fault,) = faults(HEAD + "run: |\n          " + far + "\n          ${{ foo }}\n")
    assert (fault.line, fault.column) == (6, 14)


def test_what_an_alias_repeats_stands_where_it_is_written() -> None:
    text = HEAD + "run: &it ${{ foo }}\n      - run: *it\n"
    first, second = faults(text)
    assert (first.line, first.column) == (second.line, second.column) == (6, 22)
    assert (first.anchor, second.anchor) == ("jobs.a.steps.0.run", "jobs.a.steps.1.run")


_texts = st.text(st.sampled_from("ab '\"\\\n\té#:-"), max_size=12)


@given(_texts, _texts, st.sampled_from(["literal", "double"]))
def test_the_place_is_exact_or_the_scalar_s_own(before: str, behind: str, style: str) -> None:
    value = f"x{before}${{{{ foo }}}}{behind}x"
    if style == "double":
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
        scalar = f'run: "{escaped}"'
    else:
        scalar = "run: |-\n          " + value.replace("\n", "\n          ")
    (rest,) = _rests(scalar)
    assert rest.startswith("foo }}")
