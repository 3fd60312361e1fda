from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zionr.subsystems.actions.files.own.script import commands


def _words(script: str) -> list[str]:
    return [" ".join(words) for _, words in commands(script)]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("npm ci", ["npm ci"]),
        ("npm ci\n\n  node a.js  \n", ["npm ci", "node a.js"]),
        ("# npm ci\nls # npm test", ["ls"]),
        ("echo a#b", ["echo a#b"]),
        ("A=1 B='x y' npm ci", ["npm ci"]),
        ("A=1\nnpm ci", ["npm ci"]),
        ("cd web && npm ci || exit 1; ls", ["cd web", "npm ci", "exit 1", "ls"]),
        ("sudo -E timeout 60 npm ci", ["npm ci"]),
        ("env CI=1 npm ci", ["npm ci"]),
        ("if ! npm ci; then exit 1; fi", ["npm ci", "exit 1", "fi"]),
        ("npm ci > log.txt 2>&1", ["npm ci"]),
        ("> log.txt npm ci", ["npm ci"]),
        ("npm \\\n  ci", ["npm ci"]),
        ("(cd web; npm ci)", ["cd web", "npm ci"]),
        ("out=$(npm ci)", ["npm ci"]),
        ('echo "$(npm ci)"', ["echo $(npm ci)", "npm ci"]),
        ("echo `npm ci`", ["echo", "npm ci"]),
        ('echo "npm ci; ls"', ["echo npm ci; ls"]),
        ("echo 'npm ci\nnpm test'", ["echo npm ci\nnpm test"]),
        ("bash -c 'npm ci && ls'", ["bash -c npm ci && ls", "npm ci", "ls"]),
        ("cat <<EOF\nnpm ci\nEOF\nls", ["cat", "ls"]),
        ("cat > a <<-'A B'\n\tnpm ci\n\tA B\nls", ["cat", "ls"]),
        ("cat <<A <<B\nnpm\nA\nci\nB\nls", ["cat", "ls"]),
        ("cat <<EOF\nnpm ci", ["cat"]),
        ("x=$((1<<2))\nls", ["ls"]),
        ("cat <<< word\nls", ["cat", "ls"]),
        ("push() {\n  npm ci\n}", ["push", "npm ci", "}"]),
        ("a ${{ github.ref || 'x }}; b' }} c", ["a ${{ github.ref || 'x }}; b' }} c"]),
        ("a ${{ never ends", ["a ${{ never ends"]),
        ("", []),
    ],
)
def test_the_simple_commands_of_a_script(script: str, words: list[str]) -> None:
    assert _words(script) == words


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("ls\nnpm ci", 1),
        ("\n\nnpm ci", 2),
        ("cat <<EOF\na\nb\nEOF\nnpm ci", 4),
        ("echo 'a\nb'\nnpm ci", 2),
        ("echo ${{ a\n }}\nnpm ci", 2),
        ("# a\nif true; then\n  npm \\\n    ci\nfi", 2),
    ],
)
def test_the_line_of_a_command(script: str, line: int) -> None:
    assert (line, ["npm", "ci"]) in list(commands(script))


@pytest.mark.parametrize(
    "script",
    [
        "${{" * 60_000,
        '"\\"' * 60_000,
        "<<A\n" * 60_000,
        "<<A " * 60_000,
        "$((" * 60_000,
        '"$("' * 60_000,
        "1" * 200_000,
    ],
)
def test_a_hostile_script_costs_no_more_than_its_length(script: str) -> None:
    assert sum(1 for _ in commands(script)) <= len(script)


@given(st.text(alphabet="ab '\"\\$({})`<>&|;#\n!=-", max_size=60))
def test_any_script_is_read(script: str) -> None:
    for line, words in commands(script):
        assert 0 <= line <= script.count("\n")
        assert words
