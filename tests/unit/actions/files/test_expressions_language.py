"""The language of one expression: what is valid, and what is said of what is not."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zionr.subsystems.actions.files.expressions import MOST

from .expression_files import faults_of, in_step, messages

VALID = [
    *("null", "true", "false", "NaN", "Infinity", "-Infinity", "1", "-1.5", "+.5", "5.", "1e5", "1.5E-3"),
    *("0x1F", "0o17", "0b11", "''", "'a'", "'it''s'", "'}}'", "'${{'", "'é \U0001f600'"),
    *("github", "GitHub.Event", "github.event.head_commit.message", "github . ref", "github.true", "github.null"),
    *("github['event'].x", "github[0]", "github[env.NAME]", "github.*", "github.*.name", "github[*].x", "steps.a-b._c"),
    *("(github).ref", "fromJSON('{}').a", "toJSON(github)[0]", "!true", "!!!github.ref", "! (true)"),
    *("1 == 1", "1==1", "1 != 2 == true", "1 < 2 <= 3 > 4 >= 5", "true && false || null", "true||false&&null"),
    *("\ttrue\r\n&&\n false ", "((1))", "contains('a', 'b')", "CONTAINS('a','b')", "startsWith(1,2)", "endsWith(1,2)"),
    *("format('x')", "format('{0} {9}', 1)", "join(github)", "join(github, ',')", "tojson(1)", "fromJson('1')"),
    *("case(true, 1, 2)", "case(true, 1, false, 2, 3)", "hashFiles('**/x')", "hashFiles('a', 'b', 'c')"),
    *("contains('a', 'b',)", "format('x', 1, 2, 3, 4, 5)"),
]

INVALID = [
    ("", "an empty expression"),
    ("   ", "an empty expression"),
    ("foo", "unknown context `foo`"),
    ("githb.ref", "unknown context `githb`, did you mean `github`?"),
    ("main", "unknown context `main`"),
    ("True", "`True` is written `true`"),
    ("contain('a', 'b')", "unknown function `contain`, did you mean `contains`?"),
    ("hashfile('a')", "unknown function `hashfile`, did you mean `hashFiles`?"),
    ("frobnicate()", "unknown function `frobnicate`"),
    ("contains", "`contains` is a function and needs ()"),
    ("success", "`success` is a function and needs ()"),
    ("github()", "unknown function `github`"),
    ("contains('a')", "`contains` takes 2 arguments, not 1"),
    ("contains(1,2,3)", "`contains` takes 2 arguments, not 3"),
    ("toJSON()", "`toJSON` takes 1 argument, not 0"),
    ("join()", "`join` takes 1 to 2 arguments, not 0"),
    ("format()", "`format` takes 1 to 255 arguments, not 0"),
    ("case(true, 1)", "`case` takes at least 3 arguments, not 2"),
    ("case(true, 1, true, 2)", "`case` takes an odd number of arguments, not 4"),
    ("success()", "`success` cannot be used in a step's `run`"),
    ("jobs.a.result", "`jobs` cannot be used in a step's `run`"),
    ('github.ref == "x"', 'a " cannot stand in an expression'),
    ("github.ref = 'x'", "a single `=`"),
    ("true & false", "a single `&`"),
    ("true | false", "a single `|`"),
    ("github.ref === 'x'", "a single `=`"),
    ("-github", "`-github` is neither a number nor a name"),
    ("1 + 2", "`+` is neither a number nor a name"),
    ("1_000", "`1_000` is neither a number nor a name"),
    ("1.2.3", "`1.2.3` is neither a number nor a name"),
    ("-0x1", "`-0x1` is neither a number nor a name"),
    ("'a'.b", "`.b` is neither a number nor a name"),
    ("github..ref", "`.ref` is neither a number nor a name"),
    ("github.5", "`5` cannot stand here: a name or `*` expected"),
    ("github.'x'", "`'x'` cannot stand here: a name or `*` expected"),
    ("github.", "the expression ends too early: a name or `*` expected"),
    ("github[0", "the expression ends too early: `]` expected"),
    ("github[]", "`]` cannot stand here"),
    ("(github", "the expression ends too early: `)` expected"),
    ("github)", "`)` cannot stand here"),
    ("()", "`)` cannot stand here"),
    ("contains('a', 'b'", "the expression ends too early: `,` expected"),
    ("contains('a' 'b')", "`'b'` cannot stand here: `,` expected"),
    ("contains(, 'b')", "`,` cannot stand here"),
    ("true &&", "the expression ends too early"),
    ("|| true", "`||` cannot stand here"),
    ("1 2", "`2` cannot stand here"),
    ("'a'[0]", "`[` cannot stand here"),
    ("*", "`*` cannot stand here"),
    ("github.ref ? 1 : 2", "`?` cannot be read"),
    ("github.ref % 2", "`%` cannot be read"),
    ("é", "`é` cannot be read"),
    ("\x1bgithub", "`?github` cannot be read"),
    ("git\x0bhub", "`?hub` cannot be read"),
    ("insert x", "nothing can stand behind `insert`"),
    ("insert", "`insert` can only be a key"),
    ("a" * 90, f"unknown context `{'a' * 40}…`"),
]


@pytest.mark.parametrize("expression", VALID)
def test_a_valid_expression(expression: str) -> None:
    assert messages("${{ " + expression + " }}") == []
    assert messages("a ${{" + expression + "}} b") == []


@pytest.mark.parametrize(("expression", "says"), INVALID)
def test_an_invalid_expression(expression: str, says: str) -> None:
    (found,) = messages("${{ " + expression + " }}")
    assert found == says


def test_a_closing_brace_belongs_to_a_text_within_quotes() -> None:
    assert messages("${{ '}}' }} and ${{ 'it''s }}' }}") == []
    assert messages("${{ 'open }}") == ["`${{` is never closed by `}}`"]
    assert messages("${{ github.ref }") == ["`${{` is never closed by `}}`"]
    assert messages("${{}}}}") == ["an empty expression"]
    assert messages("$ {{ foo }} $${ {{ foo }}") == []


def test_a_condition_needs_no_braces() -> None:
    assert messages("github.ref == 'a }} b'", "if") == []
    assert messages("github.ref == 'it''s", "if") == ["a text that begins here has no closing '"]
    assert messages("  'x", "if") == ["a text that begins here has no closing '"]
    for value in (None, True, 5, 1.5, "", " "):
        assert messages(value, "if") == []


def test_every_expression_of_a_scalar_is_judged() -> None:
    found = faults_of(in_step("${{ foo }} ${{ github.ref }} ${{ bar() }} ${{ x"))
    assert [(fault.message, fault.anchor) for fault in found] == [
        ("unknown context `foo`", "jobs.a.steps.0.run"),
        ("unknown function `bar`", "jobs.a.steps.0.run#2"),
        ("`${{` is never closed by `}}`", "jobs.a.steps.0.run#3"),
    ]


def test_what_is_alike_in_many_files() -> None:
    (first,), (second,) = faults_of(in_step("${{ foo.a }}")), faults_of(in_step("${{ x || bar }}", "name"))[:1]
    assert first.like == second.like == "an unknown context"
    (third,) = faults_of(in_step("${{ secrets.A }}", "if"))
    assert third.like == third.message == "`secrets` cannot be used in a step's `if`"
    assert third.hint == "put the secret into `env` of the job and ask for it there"


def _nested(levels: int) -> str:
    return "(" * levels + "1" + ")" * levels


@pytest.mark.parametrize(
    ("just", "over"),
    [
        (_nested(49), _nested(50)),
        ("!" * 49 + "1", "!" * 50 + "1"),
        ("github" + ".a" * 49, "github" + ".a" * 50),
        ("github" + "[0]" * 49, "github" + "[0]" * 50),
        ("1 || " + _nested(48), "1 || " + _nested(49)),
        ("1 && " + "!" * 48 + "1", "1 && " + "!" * 49 + "1"),
        ("toJSON(" * 49 + "1" + ")" * 49, "toJSON(" * 50 + "1" + ")" * 50),
        ("'" + "x" * 20_998 + "'", "'" + "x" * 20_999 + "'"),
        ("'" + "\U0001f600" * 10_499 + "'", "'" + "\U0001f600" * 10_500 + "'"),
    ],
)
def test_length_and_depth_have_limits(just: str, over: str) -> None:
    assert messages("${{ " + just + " }}") == []
    (found,) = messages("${{ " + over + " }}")
    assert found in ("an expression nested deeper than 50 levels", "an expression of more than 21,000 characters")


def test_long_flat_expressions_are_not_deep() -> None:
    assert messages("${{ " + " || ".join(["true"] * 2000) + " }}") == []
    assert messages("${{ " + " == ".join(["1"] * 2000) + " }}") == []
    assert messages("${{ format('x'" + ", 1" * 254 + ") }}") == []
    assert messages("${{ format('x'" + ", 1" * 255 + ") }}") == ["`format` takes 1 to 255 arguments, not 256"]


@pytest.mark.parametrize(
    "text", ["${{" * 100_000, "${{ '" * 60_000, "${{ }" * 90_000, "${{ " + " " * 400_000, "${{ " + "(" * 400_000 + "}}"]
)
def test_hostile_texts_cost_little(text: str) -> None:
    before = time.process_time()
    assert messages(text)
    assert time.process_time() - before < 2


def test_of_a_heap_of_faults_only_so_many_are_told() -> None:
    assert len(messages("${{ foo }}" * 50_000)) == MOST


@given(
    st.text(st.sampled_from("${}'\"()[].,!=<>&|*-+ \n\té0x1aA_\\é#"), max_size=40),
    st.sampled_from(["run", "if", "uses"]),
)
def test_no_text_breaks_it(text: str, key: str) -> None:
    for spelling in (text, "${{" + text + "}}"):
        assert all(isinstance(message, str) and message for message in messages(spelling, key))


_junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["${{ github }}", "${{ foo }}", "x", "${{"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["on", "jobs", "a", "steps", "if", "env", "${{ x }}", "runs", "inputs"]), inner
        )
    ),
    max_leaves=20,
)


@given(_junk, st.sampled_from(["workflow", "action"]))
def test_no_document_breaks_it(document: Any, kind: str) -> None:
    for fault in faults_of(document, kind):
        assert fault.rule == "expression"
        assert fault.anchor
