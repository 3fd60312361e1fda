"""The rule `expression` against GitHub's own parser: the same files are refused, and the same are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.actions.files import expression_files as files
from tests.unit.actions.files.test_expressions_language import INVALID, VALID
from zionr.model import JsonObject
from zionr.strict_yaml.values import Path
from zionr.subsystems.actions.files.expressions.availability import FUNCTIONS, KNOWN_CONTEXTS, PLACED_FUNCTIONS

from .oracle.peer import Oracle

pytestmark = pytest.mark.real

ODD = [
    # A plain object of JavaScript is its table of functions, so what every object inherits is a function too.
    ("workflow", files.spelled(files.in_step("${{ constructor() }}")), "refused"),
    ("workflow", files.spelled(files.in_step("${{ __proto__() }}")), "refused"),
    # It reads a scalar of several lines as it is spelled, with quotes and escapes; GitHub's server reads its value.
    ("workflow", "on: push\njobs: {a: {runs-on: x, steps: [{run: 'echo\n  ${{ github.ref == ''x'' }}'}]}}", "accepted"),
    ("workflow", 'on: push\njobs: {a: {runs-on: x, steps: [{run: "echo\n  ${{ 1 ==\\t1 }}"}]}}', "accepted"),
    # For the same reason a text in braces, alone in a block, is no text for it but an expression.
    ("workflow", "on: push\nname: |-\n  ${{ 'CI' }}\njobs: {a: {runs-on: x, steps: [{run: x}]}}", "accepted"),
    (
        "workflow",
        "on: push\njobs:\n  a:\n    if: |-\n      ${{ 'foo' }}\n    runs-on: x\n    steps: [{run: x}]",
        "refused",
    ),
    # Its conversion of an action ends at a computed key, which its grammar and the runner allow.
    ("action", files.spelled(files.keyed(files.CONTAINER, ("runs", "env"), "${{ inputs.a }}")), "accepted"),
]
"""Where it is the parser that errs, and what zionr says instead."""


@pytest.fixture(scope="module")
def oracle() -> Iterator[Oracle]:
    with Oracle() as running:
        yield running


def _differences(oracle: Oracle, cases: Iterable[tuple[str, JsonObject]]) -> tuple[int, int, list[str]]:
    """How many files both refuse, how many both accept, and every file on which they differ."""
    refused = accepted = 0
    different: list[str] = []
    for kind, document in cases:
        text = files.spelled(document)
        ours, theirs = files.faults_of(document, kind), oracle.ask(text, kind)
        if bool(ours) != bool(theirs):
            different.append(f"{text}\n  ours: {[fault.message for fault in ours]}\n  theirs: {theirs}")
        refused += bool(ours and theirs)
        accepted += not ours and not theirs
    return refused, accepted, different


def _calls() -> list[str]:
    """Every function with as many arguments as it takes, and the others with none."""
    functions = [*FUNCTIONS.values(), *PLACED_FUNCTIONS.values()]
    return [f"{function.name}({', '.join(['1'] * function.least)})" for function in functions]


ASKED = [*sorted(KNOWN_CONTEXTS), "foo", "Secrets", "foo()", "success(1)", "1 == 1", *_calls()]


def _everywhere(base: JsonObject) -> Iterator[tuple[Path, str]]:
    for path in files.scalars(base):
        for asked in ASKED:
            yield path, f"${{{{ {asked} }}}}"
            if path[-1] in ("if", "pre-if", "post-if"):
                yield path, asked


@pytest.mark.parametrize("name", files.BASES)
def test_every_context_and_function_in_every_place(oracle: Oracle, name: str) -> None:
    kind, base = files.BASES[name]
    cases = ((kind, files.changed(base, path, text)) for path, text in _everywhere(base))
    refused, accepted, different = _differences(oracle, cases)
    assert different == []
    assert refused > 50
    assert accepted > 10


@pytest.mark.parametrize("name", files.BASES)
def test_an_expression_for_a_whole_mapping_or_list(oracle: Oracle, name: str) -> None:
    kind, base = files.BASES[name]
    asked = ("${{ github }}", "${{ needs }}", "${{ inputs.a }}", "${{ 1 == 1 }}", "${{ insert }}")
    cases = [(kind, files.changed(base, path, text)) for path in files.wholes(base) for text in asked]
    assert _differences(oracle, cases)[2] == []


@pytest.mark.parametrize("name", ["workflow", "composite", "node"])
def test_an_expression_as_a_key(oracle: Oracle, name: str) -> None:
    kind, base = files.BASES[name]
    asked = ("${{ github }}", "${{ insert }}", "a ${{ github }}", "a ${{ insert }}", "${{ foo }}", "${{ secrets }}")
    mappings = [path for path in files.wholes(base) if isinstance(files.at(base, path), dict)]
    cases = [(kind, files.keyed(base, path, key)) for path in mappings for key in asked]
    assert _differences(oracle, cases)[2] == []


def test_functions_with_any_number_of_arguments(oracle: Oracle) -> None:
    names = [*FUNCTIONS, *PLACED_FUNCTIONS]
    calls = [f"{name}({', '.join(['1'] * given)})" for name in names for given in range(7)]
    calls += [f"format(1{', 1' * more})" for more in (253, 254, 255)]
    cases = [("workflow", files.in_step(call, "if")) for call in calls]
    cases += [("workflow", files.in_job(call)) for call in calls]
    assert _differences(oracle, cases)[2] == []


def _spellings(expression: str) -> Iterator[JsonObject]:
    """A step with this expression: in braces, in a text, without braces, and where none can stand."""
    braces = "${{" + expression + "}}"
    yield files.in_step(braces)
    yield files.in_step(f"a {braces} b ${{{{ {expression} }}}}", "name")
    yield files.in_step(expression, "if")
    yield files.in_step(f"x {braces}", "if")
    yield files.in_step(braces, "if")
    yield files.in_step(braces, "shell")
    yield files.in_step(braces, "timeout-minutes")


def test_the_tables_of_the_language(oracle: Oracle) -> None:
    expressions = [*VALID, *(expression for expression, _ in INVALID)]
    cases = [("workflow", document) for expression in expressions for document in _spellings(expression)]
    assert _differences(oracle, cases)[2] == []


@pytest.mark.parametrize("levels", range(44, 54))
def test_depth(oracle: Oracle, levels: int) -> None:
    inner = ["(" * levels + "1" + ")" * levels, "!" * levels + "1", "github" + ".a" * levels, "github" + "[0]" * levels]
    inner += [f"1 {sign} {one}" for sign in ("||", "&&", "==", "<") for one in inner[:2]]
    inner += ["toJSON(" * levels + "1" + ")" * levels, "github[" * levels + "1" + "]" * levels]
    inner += [f"success() || {one}" for one in inner[:4]]
    cases = [("workflow", document) for expression in inner for document in _spellings(expression)]
    assert _differences(oracle, cases)[2] == []


def test_length(oracle: Oracle) -> None:
    texts = [f"'{'x' * size}'" for size in (20_900, 20_983, 20_984, 20_985, 20_998, 20_999)]
    texts += [f"'{character * 10_499}x'" for character in ("\U0001f600", "\xe9\xe9")]
    cases = [("workflow", files.in_step(text, key)) for key in ("if", "run") for text in texts]
    cases += [("workflow", files.in_step("${{ " + text + " }}", key)) for key in ("if", "run") for text in texts]
    refused, accepted, different = _differences(oracle, cases)
    assert different == []
    assert min(refused, accepted) > 5


PIECES = [
    *("github", "github.event", "env.X", "secrets", "foo", "a-b", "_x", "insert", "case(", "contains(", "format("),
    *("always()", "Success()", "hashFiles('x')", "toJSON(", "foo(", "'a'", "'it''s'", "''", "'", '"', "1", "0x1F"),
    *("-0x1", "1e5", "1e+5", "-1.5", "+.5", ".5", "5.", "1_0", "0b1", "0o7", "0b2", "NaN", "Infinity", "-Infinity"),
    *("-NaN", "true", "TRUE", "null", "false", "(", ")", "[", "]", ",", ".", "..", ".*", "*", "!", "!=", "==", "="),
    *("<", ">", "<=", ">=", "&&", "&", "||", "|", " ", "  ", "\t", "\n", "\xa0", "\xe9", "\U0001f600"),
    *("-", "+", "/", "%", "{", "}", "}}", "${{", "$", "#", "\\", "`", "@", "\u2028", ".a", "['x']", "[*]", "[0]"),
]
_soup = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
_leaf = st.sampled_from(["github.ref", "'x'", "1", "true", "env.A", "steps.*.x", "github[0]", "success()", "null"])
_valid = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([" && ", "||", "==", " != ", "<", ">="]), inner).map("".join),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"!{one}"),
        st.tuples(
            st.sampled_from(["contains", "join", "case", "format", "hashFiles"]), st.lists(inner, max_size=4)
        ).map(lambda call: f"{call[0]}({', '.join(call[1])})"),
        inner.map(lambda one: f"github[{one}].a"),
    ),
    max_leaves=8,
)


@st.composite
def _broken(draw: st.DrawFn) -> str:
    """A valid expression with something put in or left out."""
    expression = draw(_valid)
    at = draw(st.integers(0, len(expression)))
    return expression[:at] + draw(st.sampled_from(["", *PIECES])) + expression[at + draw(st.booleans()) :]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(_soup, _valid, _broken()))
def test_any_expression(oracle: Oracle, expression: str) -> None:
    assert _differences(oracle, [("workflow", document) for document in _spellings(expression)])[2] == []


@pytest.mark.parametrize(("kind", "text", "verdict"), ODD)
def test_where_the_parser_errs(oracle: Oracle, kind: str, text: str, verdict: str) -> None:
    assert bool(files.faults(text, kind)) == (verdict == "refused")
    assert bool(oracle.ask(text, kind)) == (verdict == "accepted")
