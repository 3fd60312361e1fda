from __future__ import annotations

import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.actions.files.own_sources import action, job, workflow
from zionr.model import JsonObject
from zionr.subsystems.actions.files.shell_blocks import LONGEST, block_facts, blocks, is_plain, neutral
from zionr.subsystems.actions.files.source import Source

UNCLEAR = 'echo "never closed'


def _texts(source: Source) -> list[str]:
    return [block["text"] for block in blocks(source)]


def _one(body: str, top: str = "") -> list[JsonObject]:
    return blocks(workflow(f"on: push\n{top}\njobs:\n  build:\n    {body}"))


def _accepts(script: str, *options: str) -> bool:
    done = subprocess.run(
        ["bash", *options, "-n"], input=script, text=True, capture_output=True, timeout=10, check=False
    )
    return done.returncode == 0


@pytest.mark.parametrize(
    "script",
    [
        "npm ci",
        "npm ci --no-audit\n\n  npm run build -- --depth 2\n",
        "# a comment with 'quotes and (brackets\nmake",
        "cd web && make all || true",
        "make 2>&1 | tee make.log",
        'echo "built $NAME in ${DIR}" >> $GITHUB_OUTPUT',
        "git commit -m 'a (b) `c`; if'",
        "A=1 B=$C make; ls",
        "echo done fi then",
        "rm -rf dist/*.js",
        "npm ci > /dev/null 2>&1 || true",
        "",
    ],
)
def test_a_plain_script_needs_no_shell(script: str) -> None:
    assert is_plain(script)
    assert _accepts(script)


@pytest.mark.parametrize(
    "script",
    [
        "echo 'never closed",
        'echo "never closed\nmake',
        "if [ -f a ]; then\n  make",
        "done",
        "make &&",
        "make | | ls",
        "( make",
        "make )",
        "echo $(date",
        "echo `date",
        "case x in",
        "{ make",
        "for i in 1 2; do\nmake",
        "fi; make",
        "make; then",
        "function",
        "make ;; ls",
        "echo > > a",
        "&& make",
        "# ok \\\nif",
        "while",
        "! ! (",
        "a=(1 2",
        "[[ a == b",
        "cat <<EOF )",
        "until",
        "select x",
        "make &\n&& ls",
    ],
)
def test_nothing_that_a_shell_refuses_is_plain(script: str) -> None:
    assert not _accepts(script)
    assert not is_plain(script)


_PIECES = (
    "if then elif else fi case esac for select while until do done in function time coproc"
    " ! { } [[ ]] [ ] ( ) (( )) ; ;; & && | || |& > >> < << <<< >| >& 2>&1 &> <( `  $( ${ $(( )) $ \" ' \\ # = += a b"
    ' a=b -x $A ${A} \'q\' "w" "$A" *.js a() a[ ]= EOF <<EOF <<-E 1 2 ~ ? @( !( :'
)
_GLUE = st.sampled_from(["", " ", "  ", "\n", "\t", "\\\n", ";", " && ", "\n  "])
_SCRIPTS = st.lists(st.tuples(st.sampled_from(_PIECES.split()), _GLUE), max_size=8).map(
    lambda parts: "".join(map("".join, parts))
)
_WORDS = "a b done if then fi in for time -x $A ${A} 'q r' \"w $A\" a=b *.js # 2>&1 > >> | || && ; \n"
_LIKELY = st.lists(st.sampled_from(_WORDS.split(" ")), max_size=10).map(" ".join)


_TAME = "a b -x $A ${A} 'q' \"w $A\" a=b *.js 2>&1 >f && || | ; \n \n if done"
_MOSTLY_PLAIN = st.lists(st.sampled_from(_TAME.split(" ")), max_size=7).map(" ".join)


@settings(max_examples=100, deadline=None)
@given(_SCRIPTS | _LIKELY | _MOSTLY_PLAIN | st.text(alphabet="ab$'\"# \n;|&>=\\", max_size=12))
@example("a=b if")
@example("> if")
@example("a > if b")
@example('if""')
@example("a=b\nin")
@example("time -p")
@example("a #b'\n")
@example("a#'b'")
@example("'a\nb' if")
@example("$A if; b")
def test_what_is_cleared_is_what_bash_accepts(script: str) -> None:
    if is_plain(script):
        assert _accepts(script)
        assert _accepts(script, "--posix")


@pytest.mark.parametrize(
    "script",
    ["a " * 100_000 + "(", "$A" * 100_000 + "(", "'a'" * 60_000 + "(", "a;" * 60_000 + "(", "\n" * 99_999 + "("],
)
def test_a_hostile_script_costs_no_more_than_its_length(script: str) -> None:
    assert not is_plain(script)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo ${{ github.ref }}", "echo x"),
        ("a${{ x }}b ${{y}}", "axb x"),
        ("echo ${{ format('}}') }} '", "echo x '"),
        ("echo ${{ a &&\n  b\n }} c\nd", "echo x\\\n\\\n c\nd"),
        ("echo $A", "echo $A"),
        ("echo ${{ never", None),
        ("echo ${{ 'never }}", None),
    ],
)
def test_expressions_become_words(script: str, expected: str | None) -> None:
    assert neutral(script) == expected
    if expected is not None:
        assert expected.count("\n") == script.count("\n")


@pytest.mark.parametrize(
    ("shell", "count"),
    [
        ("bash", 1),
        ("sh", 1),
        ("pwsh", 0),
        ("python", 0),
        ("cmd", 0),
        ("'bash -l {0}'", 0),
        ("'${{ matrix.shell }}'", 0),
        ("5", 0),
        ("[bash]", 0),
        ("", 0),
    ],
)
def test_only_blocks_for_a_known_shell(shell: str, count: int) -> None:
    assert len(_texts(job(f"steps:\n- run: '{UNCLEAR}'\n  shell: {shell}"))) == count


@pytest.mark.parametrize(
    ("body", "top", "shells"),
    [
        ("{{steps: [{step}]}}", "", ["bash"]),
        ("{{runs-on: ubuntu-latest, steps: [{step}]}}", "", ["bash"]),
        ("{{runs-on: macos-14, steps: [{step}]}}", "", ["bash"]),
        ("{{runs-on: darwin-arm, steps: [{step}]}}", "", ["bash"]),
        ("{{runs-on: windows-latest, steps: [{step}]}}", "", []),
        ("{{runs-on: [self-hosted, Windows], steps: [{step}]}}", "", []),
        ("{{runs-on: [self-hosted, win11], steps: [{step}]}}", "", []),
        ("{{runs-on: {{group: g, labels: [win]}}, steps: [{step}]}}", "", []),
        ("{{runs-on: windows-latest, defaults: {{run: {{shell: bash}}}}, steps: [{step}]}}", "", ["bash"]),
        ("{{runs-on: windows-latest, steps: [{step}]}}", "defaults: {run: {shell: sh}}", ["sh"]),
        ("{{defaults: {{run: {{shell: pwsh}}}}, steps: [{step}]}}", "defaults: {run: {shell: sh}}", []),
        ("{{defaults: {{run: {{working-directory: a}}}}, steps: [{step}]}}", "defaults: {run: {shell: sh}}", ["sh"]),
        ("{{defaults: 5, steps: [{step}]}}", "defaults: [x]", ["bash"]),
        ("{{runs-on: windows-2022, container: node:20, steps: [{step}]}}", "", ["bash"]),
        ("{{runs-on: '${{{{ matrix.os }}}}', strategy: {{matrix: {{os: [a, b]}}}}, steps: [{step}]}}", "", ["bash"]),
        (
            "{{runs-on: '${{{{ matrix.os }}}}', strategy: {{matrix: {{os: [a, windows-latest]}}}}, steps: [{step}]}}",
            "",
            [],
        ),
        ("{{runs-on: '${{{{ matrix.os }}}}', strategy: {{matrix: '${{{{ x }}}}'}}, steps: [{step}]}}", "", []),
        ("{{runs-on: '${{{{ inputs.runner }}}}', steps: [{step}]}}", "", []),
        ("{{runs-on: '${{{{ vars.RUNNER || ''ubuntu-latest'' }}}}', steps: [{step}]}}", "", ["bash"]),
    ],
)
def test_the_shell_of_a_step_that_names_none(body: str, top: str, shells: list[str]) -> None:
    step = "{run: 'echo \"never closed'}"
    assert [block["shell"] for block in _one(body.format(step=step), top)] == shells


@pytest.mark.parametrize(
    "script",
    ["shopt -s extglob\nrm !(a)", "echo ${{ never", "Write-Host 'x", "$env:A = 'x\n", "npm ci", "make ${{ inputs.x }}"],
)
def test_blocks_that_are_left_out(script: str) -> None:
    block = script.replace("\n", "\n    ")
    assert _texts(job(f"steps:\n- run: |\n    {block}")) == []


def test_where_a_block_stands() -> None:
    source = workflow(
        """
        on: push
        jobs:
          a:
            steps:
              - run: 'x "'
              - run: |

                  x "
                  y
              - run: >-
                  x "
              - run: &b |  # c
                  x "
              - run: *b
              - run: 5
              - uses: x/y@v1
        """
    )
    found = [(block["line"], block["anchor"], block["text"]) for block in blocks(source)]
    assert found == [
        (5, "jobs.a.steps.0.run", 'x "'),
        (7, "jobs.a.steps.1.run", '\nx "\ny\n'),
        (11, "jobs.a.steps.2.run", 'x "'),
        (13, "jobs.a.steps.3.run", 'x "\n'),
        (13, "jobs.a.steps.4.run", 'x "\n'),
    ]


def test_the_steps_of_a_composite_action() -> None:
    source = action(
        """
        runs:
          using: composite
          steps:
            - run: |
                echo "x
              shell: bash
            - run: |
                echo "x
              shell: pwsh
            - run: echo "x
        """
    )
    assert [(block["line"], block["anchor"]) for block in blocks(source)] == [(5, "runs.steps.0.run")]


def test_blocks_that_no_shell_can_be_asked_about() -> None:
    text = "if true; then " + "é" * (LONGEST // 2)
    facts = block_facts(job(f"steps: [{{run: '{text}'}}, {{run: 'if'}}]"))
    assert [block["text"] for block in facts["blocks"]] == ["if"]
    assert facts["large_blocks"] == 1


class _Counting(str):
    """A text that knows how often it was split."""

    __slots__ = ("split_up",)
    split_up: int

    def splitlines(self, keepends: bool = False) -> list[str]:
        self.split_up += 1
        return super().splitlines(keepends)


def test_a_file_is_split_once_for_all_its_blocks() -> None:
    steps = "".join(f"      - run: |\n          echo 'never {number}\n" for number in range(50))
    source = workflow(f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n{steps}")
    text = _Counting(source.text)
    text.split_up = 0
    assert len({block["line"] for block in blocks(source._replace(text=text))}) == 50
    assert text.split_up == 1
