"""No file can make zionr's own opinions raise, whatever stands where GitHub wants something else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zionr.strict_yaml import Document, load
from zionr.strict_yaml.values import Marks
from zionr.subsystems.actions.files import own, shell_blocks
from zionr.subsystems.actions.files.facts import read_facts
from zionr.subsystems.actions.files.source import Source

KEYS = (
    "name on jobs steps uses run with env if shell defaults permissions contents concurrency group cancel-in-progress"
    " schedule cron workflow_dispatch inputs required default runs-on strategy matrix container environment"
    " timeout-minutes token persist-credentials runs description build"
)
TEXTS = (
    "push",
    "git push",
    "bash",
    "false",
    "hourly",
    "write-all",
    "actions/checkout@v4",
    "peaceiris/actions-gh-pages@v4",
    "${{ matrix.os }}",
    "${{",
    "CRON_SCHEDULE_PLACEHOLDER",
    "{{ github.ref }}",
    "echo 'x\ngit push",
    "https://x:${A}@b\ngit push",
)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(TEXTS)
    | st.text(st.characters(max_codepoint=126), max_size=8)
)


def _tree(keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=5
    )


@st.composite
def _workflows(draw: st.DrawFn, *odd_keys: Any) -> Any:
    """Mostly a workflow: jobs with steps in them, and anything at any place of it."""
    keys = st.sampled_from([*KEYS.split(" "), *odd_keys])
    part = _tree(keys)

    def some(**inner: st.SearchStrategy[Any]) -> Any:
        if draw(st.integers(0, 9)) == 0:
            return draw(part)
        return draw(st.dictionaries(keys, part, max_size=4)) | {key: draw(value) for key, value in inner.items()}

    steps = [some() for _ in range(draw(st.integers(0, 3)))]
    jobs = {draw(keys): some(steps=st.just(steps)) for _ in range(draw(st.integers(0, 2)))}
    return some(jobs=st.just(jobs), runs=st.just({"steps": steps}))


def _judge(source: Source) -> None:
    faults = own.own_faults(source)
    assert all(fault.line >= 1 and fault.column >= 1 and len(fault.message) < 700 for fault in faults)
    jobs, steps, real = own.step_counts(source)
    assert 0 <= real <= steps
    assert (jobs == 0) <= (steps == 0)
    facts = read_facts(source) if isinstance(source.value, dict) else None
    kept = [facts, shell_blocks.blocks(source), [fault._asdict() for fault in faults]]
    assert json.loads(json.dumps(kept)) == kept


@settings(deadline=None, max_examples=30)
@given(_workflows(), st.sampled_from(["workflow", "action"]))
def test_any_file_that_is_yaml(value: Any, kind: str) -> None:
    text = json.dumps(value, indent=2).replace("\\u0000", " ")
    _judge(Source(kind, text, load(text)))


@settings(deadline=None, max_examples=30)
@given(_workflows("", 0, 5, None, True))
def test_keys_of_any_type_and_no_places(value: Any) -> None:
    text = "push cron: $ PLACEHOLDER <your-x> {{"
    _judge(Source("workflow", text, Document(value, Marks(None))))


def test_a_file_full_of_pushes_costs_no_more_than_its_length() -> None:
    variables = "".join(f"  A{number}: x\n" for number in range(2_000))
    jobs = "".join(f" j{number}:\n  steps:\n  - run: |\n     git push origin main 'x\n" for number in range(2_000))
    text = f"env:\n{variables}permissions: {{}}\njobs:\n{jobs}"
    source = Source("workflow", text, load(text))
    assert sum(fault.rule == "push-without-permission" for fault in own.own_faults(source)) == 2_000
    assert shell_blocks.blocks(source)[-1]["line"] == text.count("\n")


def test_patterns_that_meet_what_they_look_for_again_and_again() -> None:
    script = "git push\nhttps://" + "${{" * 20_000 + " @" + "cron:" * 20_000 + "<your" * 10_000
    source = Source(
        "workflow", script, Document({"permissions": {}, "jobs": {"a": {"steps": [{"run": script}]}}}, Marks(None))
    )
    assert [fault.rule for fault in own.own_faults(source)] == ["no-timeout", "push-without-permission"]
