"""What the documentation names exists, and what exists is documented. The pages are read when the test runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import pytest

from zionr.cli import boundary
from zionr.cli.main import zionr
from zionr.model import State

from .fake_daemon import FakeDaemon, row
from .project import Project

TOP = Path(__file__).parents[2]
PAGES = [
    TOP / "README.md",
    *sorted((TOP / "docs").glob("*.md")),
    *sorted((TOP / "zionr/subsystems").glob("*/README.md")),
]
SUBSYSTEMS = sorted(path.parent.name for path in (TOP / "zionr/subsystems").glob("*/schema.json"))
OF_ALL = {"policy/invalid"} | {f"{name}/{rule}" for name in SUBSYSTEMS for rule in ("mass-failure", "not-watched")}
CODES = {state.exit_code for state in State} | {
    value for name, value in vars(boundary).items() if name.isupper() and isinstance(value, int)
}


def commands(group: click.Group = zionr, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below a group, by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


COMMANDS = dict(commands())
FLAGS = {
    flag
    for command in (zionr, *COMMANDS.values())
    for option in command.params
    if isinstance(option, click.Option)
    for flag in (*option.opts, *option.secondary_opts)
} | {"--help", "-h"}


def pieces(text: str) -> list[str]:
    """The code on a page: each inline span, and each line of the blocks."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return [*lines, *re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))]


def code() -> list[tuple[str, str]]:
    """All code on all pages, with the page's name."""
    return [(str(page.relative_to(TOP)), piece) for page in PAGES for piece in pieces(page.read_text())]


def rules() -> dict[str, set[str]]:
    """The rules of each subsystem, as its part of the policy's schema lists them."""
    files = {name: TOP / "zionr/subsystems" / name / "schema.json" for name in SUBSYSTEMS}
    return {name: set(json.loads(path.read_text())["x-rules"]) for name, path in files.items()}


def remedies() -> dict[str, set[str]]:
    """The remedies of each subsystem."""
    return {name: set(import_module(f"zionr.subsystems.{name}.plan").REMEDIES) for name in SUBSYSTEMS}


def test_commands_that_are_named_exist() -> None:
    named = [(page, piece.split()[1:]) for page, piece in code() if re.match(r"zionr [a-z]", piece)]
    assert len(named) > 10
    for page, words in named:
        path = (words[0],)
        assert path in COMMANDS, f"{page}: zionr {words[0]}"
        if isinstance(COMMANDS[path], click.Group) and len(words) > 1 and words[1].isalpha() and words[1].islower():
            assert (words[0], words[1]) in COMMANDS, f"{page}: zionr {words[0]} {words[1]}"


def test_commands_are_documented_and_have_help() -> None:
    told = "\n".join(piece for _, piece in code())
    for path, command in COMMANDS.items():
        assert command.help, path
        assert " ".join(path) in told, f"zionr {' '.join(path)} is on no page"
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{' '.join(path)} {option.opts}"


def test_flags() -> None:
    ours = [(page, piece) for page, piece in code() if piece.startswith(("zionr ", "-"))]
    for page, piece in ours:
        for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", piece):
            assert flag in FLAGS, f"{page}: {flag}"
    told = " ".join(piece for _, piece in code())
    for flag in FLAGS - {"-h", "--verbose"}:
        assert re.search(rf"(?<![\w-]){re.escape(flag)}(?![\w-])", told), f"{flag} is on no page"


def test_rules_and_remedies_that_are_named_exist() -> None:
    known = OF_ALL.union(*rules().values(), *remedies().values())
    for page, piece in code():
        # What is used by `uses:` is somebody's action.
        told = re.sub(r"uses: \S+", "", piece)
        for name in re.findall(rf"(?<![\w/.-])(?:{'|'.join(SUBSYSTEMS)}|policy)/[a-z][a-z-]+(?![\w/.@-])", told):
            assert name in known, f"{page}: {name}"


@pytest.mark.parametrize("subsystem", SUBSYSTEMS)
def test_every_rule_and_remedy_has_its_section(subsystem: str) -> None:
    page = (TOP / "zionr/subsystems" / subsystem / "README.md").read_text()
    sections = re.findall(r"^### `([^`]+)`", page, re.MULTILINE)
    assert len(sections) == len(set(sections))
    assert set(sections) - OF_ALL == rules()[subsystem] | remedies()[subsystem]
    parts = re.split(r"^### ", page, flags=re.MULTILINE)[1:]
    for part in parts:
        name = part.partition("`: ")[0].strip("`")
        if name in rules()[subsystem]:
            assert "Example: " in part, name
            assert "Fix: " in part, name


@pytest.mark.parametrize("subsystem", SUBSYSTEMS)
def test_rules_that_are_judged_are_in_the_schema(subsystem: str) -> None:
    """And the other way round: read from the source, since a rule's name always stands where its finding is made."""
    sources = [path.read_text() for path in (TOP / "zionr/subsystems" / subsystem).rglob("*.py")]
    made = {
        name if "/" in name else f"{subsystem}/{name}"
        for source in sources
        for name in re.findall(r'"((?:[a-z0-9]+/)?[a-z]+(?:-[a-z]+)*)"', source)
    }
    listed = rules()[subsystem]
    assert listed <= made
    literal = {name for source in sources for name in re.findall(rf'"({subsystem}/[a-z-]+)"', source)}
    literal |= {
        f"{subsystem}/{name}" for source in sources for name in re.findall(r'(?:finding|make)\(\s*"([a-z-]+)"', source)
    }
    assert literal - remedies()[subsystem] - OF_ALL <= listed


def test_exit_codes() -> None:
    page = (TOP / "docs/commands.md").read_text().split("## Exit codes")[1].split("\n## ")[0]
    told = {int(number) for cell in re.findall(r"^\| ([\d, ]+) \|", page, re.MULTILINE) for number in cell.split(",")}
    assert told == CODES
    for name in PAGES:
        for number in re.findall(r"\[exit (\d+)\]|exit code (\d+)", name.read_text()):
            text = name.read_text()
            if "last exit code" not in text:
                assert int(number[0] or number[1]) in CODES, name


def test_environment_variables_are_read() -> None:
    page = (TOP / "docs/commands.md").read_text().split("## Environment")[1].split("\n## ")[0]
    source = "\n".join(path.read_text() for path in (TOP / "zionr").rglob("*.py"))
    named = set(re.findall(r"`([A-Z][A-Z_]{4,})`", page))
    assert len(named) > 5
    for name in named:
        assert name in source, name


def test_gates_are_those_of_the_page(project: Project, daemon: FakeDaemon) -> None:
    daemon.rows = [row("api", 0, "errored")]
    project.policy({"home": str(daemon.home), "processes": {"api": {}}}, recovery={"mode": "apply", "fail_streak": 1})
    page = (TOP / "docs/recovery.md").read_text()
    told = re.findall(r"^\| ([a-z -]+?) \|", page, re.MULTILINE)[1:]

    (step,) = project.recover("--plan").document["steps"]

    assert [gate["gate"] for gate in step["gates"]] == told[:-1]
    assert told[-1] == "fresh look"


def test_links_lead_somewhere() -> None:
    for page in [*PAGES, TOP / "ARCHITECTURE.md", TOP / "CONTRIBUTING.md", TOP / "CHANGELOG.md"]:
        for target in re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_policies_on_the_pages_are_valid(bare: Project) -> None:
    blocks = [block for page in PAGES for block in re.findall(r"^```yaml\n(.*?)^```", page.read_text(), re.M | re.S)]
    assert blocks
    for block in blocks:
        text = block if block.startswith("version:") else f"version: 1\n{block}"
        bare.write("policies/zionr.yaml", text)
        done = bare.zionr("policy", "validate")
        assert done.code == 0, f"{text}\n{done.told}"
    samples = [TOP / "policies/zionr.yaml", *sorted((TOP / "policies/examples").glob("*.yaml"))]
    for sample in samples:
        assert bare.zionr("policy", "validate", "--policy", str(sample)).code == 0, sample
