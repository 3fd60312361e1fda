"""`zionr check actions --files PATH`: whatever PATH is, the truth about the files, and nothing else happens."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from .actions_site import CLOSED, LOST_PERMISSIONS, UNREADABLE, Site, workflow
from .project import Project, Run
from .test_formats import valid

UNKNOWN_KEY = "actions/unknown-key:ci.yml:concurrency.contents"
ACTION = "name: A\ndescription: B\nruns: {using: composite, steps: [{run: make, shell: bash}]}\n"


def judge(project: Project, path: str, *words: str, cwd: Path | None = None) -> Run:
    """The look at files, which must leave everything as it was."""
    before = snapshot(project.top)
    done = project.zionr("check", "actions", "--files", path, *words, cwd=cwd)
    assert "Traceback" not in done.err, done.told
    assert snapshot(project.top) == before, "something was left behind"
    return done


def snapshot(top: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its size and time of change."""
    found = {}
    for folder, _, names in os.walk(os.fsencode(top)):
        for name in [b".", *names]:
            seen = os.lstat(os.path.join(folder, name))
            found[os.fsdecode(os.path.join(folder, name))] = (seen.st_size, seen.st_mtime_ns)
    return found


@pytest.fixture
def checkout(site: Site) -> Site:
    """One good workflow and one bad one, committed as they are."""
    site.workflows(ci=LOST_PERMISSIONS, fine=workflow("Fine"))
    site.commit()
    return site


@pytest.mark.parametrize(
    ("path", "targets"),
    [
        (".", {"ci.yml", "fine.yml"}),
        (".github", {"ci.yml", "fine.yml"}),
        (".github/workflows", {"ci.yml", "fine.yml"}),
        (".github/workflows/", {"ci.yml", "fine.yml"}),
        (".github/workflows/ci.yml", {"ci.yml"}),
        ("../site/.github/workflows/ci.yml", {"ci.yml"}),
    ],
)
def test_a_checkout_a_folder_and_a_file(checkout: Site, path: str, targets: set[str]) -> None:
    done = judge(checkout, path, "--format", "json")

    assert done.code == 2, done.told
    valid(done.document)
    assert set(done.targets()) == targets
    assert done.findings()[UNKNOWN_KEY]["locations"] == [{"file": ".github/workflows/ci.yml", "line": 5, "column": 3}]
    assert (done.document["policy"]["path"], done.document["api"], done.document["steps"][0]["outcome"]) == (
        "no policy",
        None,
        "skipped",
    )


def test_from_another_folder_and_with_blanks_and_unicode(bare: Project, site: Site) -> None:
    site.write("mit Leer zeichen/prüfung ✓.yml", UNREADABLE)
    elsewhere = bare.top

    done = judge(site, str(site.top / "mit Leer zeichen"), cwd=elsewhere)

    assert done.code == 2, done.told
    assert "\n          mit Leer zeichen/prüfung ✓.yml:1:7\n" in done.out
    assert done.out.startswith("CRITICAL  actions: prüfung ✓.yml: not YAML: ")
    assert os.listdir(elsewhere) == ["home"]


def test_a_good_file_is_one_line(checkout: Site) -> None:
    done = judge(checkout, ".github/workflows/fine.yml")

    assert (done.code, done.err) == (0, ""), done.told
    assert re.fullmatch(r"ok        actions: 1 target, score 100\.0, \d\.\d\d s\n", done.out)


class Case(NamedTuple):
    """A path that is no checkout, what is in it, and what is said of it."""

    path: str
    content: bytes | None
    code: int
    said: str


CASES = {
    "gone": Case("gone", None, 3, "zionr: gone: is not there\n"),
    "empty path": Case("", None, 3, "zionr: --files needs a path, and was given an empty one\n"),
    "device": Case("/dev/null", None, 3, "zionr: /dev/null: is neither a file nor a folder\n"),
    "binary": Case("ci.yml", bytes(range(256)) * 9, 2, "CRITICAL  actions: ci.yml: "),
    "empty file": Case("ci.yml", b"", 2, "CRITICAL  actions: ci.yml: "),
    "utf-16": Case("ci.yml", workflow().encode("utf-16"), 2, "CRITICAL  actions: ci.yml: "),
    "huge": Case("ci.yml", b"# " + b"x" * (600 << 10), 2, "CRITICAL  actions: ci.yml: is larger than 512 KB\n"),
    "deep": Case("ci.yml", b"on: " + b"[" * 60_000, 2, "CRITICAL  actions: ci.yml: "),
    "another name": Case("notes.txt", workflow().encode(), 0, "ok        actions: 1 target, score 100.0, "),
    "action": Case("action.yml", ACTION.encode(), 0, "ok        actions: 1 target, score 100.0, "),
    "bad action": Case("action.yaml", b"name: A\n", 2, "CRITICAL  actions: action.yaml: "),
    "folder without workflows": Case("docs/page.md", b"# A page\n", 3, "UNKNOWN   actions: docs holds no workflow\n"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_no_workflow(site: Site, case: Case) -> None:
    if case.content is not None:
        site.write(case.path, case.content)

    done = judge(site, "docs" if case.path.startswith("docs") else case.path)

    assert done.code == case.code, done.told
    assert (done.out + done.err).startswith(case.said), done.told
    assert all(line.isprintable() for line in (done.out + done.err).splitlines())


def test_no_git_is_no_trouble(bare: Project) -> None:
    bare.write("empty/.keep", "")
    bare.write("w/ci.yml", LOST_PERMISSIONS)

    assert judge(bare, "empty").out.startswith("UNKNOWN   actions: the folder holds no workflow\n")
    done = judge(bare, "w")

    assert done.code == 2, done.told
    assert "\n          ci.yml:5:3\n" in done.out
    assert "git said" not in done.out


def test_a_policy_that_is_here_counts_and_stays_as_it_was(checkout: Site) -> None:
    checkout.watch({"rules": {"actions/unknown-key": "warning"}, "critical": ["gone.yml"]})

    done = judge(checkout, ".", "--format", "json")

    assert done.code == 1, done.told
    assert done.findings().keys() == {UNKNOWN_KEY}, "what the policy calls critical is no matter of these files"
    assert not checkout.state.exists()
    assert judge(checkout, ".", "--fail-on", "critical").code == 0
    # Of another subsystem's policy it takes nothing.
    checkout.policy({"home": "/nonexistent"})
    assert judge(checkout, ".").code == 2


def test_a_broken_policy_is_said_and_nothing_is_kept(checkout: Site) -> None:
    checkout.write("policies/zionr.yaml", "version: 1\nsubsytems: {}\n")

    done = judge(checkout, ".")

    assert done.code == 3, done.told
    assert done.err == "policies/zionr.yaml:2:1: subsytems: unknown key, did you mean 'subsystems'?\n"
    assert done.out == "UNKNOWN   policy: 1 error in the policy, so nothing was looked at\n"
    assert not checkout.state.exists()
    # Another one can be named.
    good = checkout.write("good.yaml", "version: 1\nsubsystems: {actions: {}}\n")
    assert judge(checkout, ".", "--policy", str(good)).code == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("check actions --files . --recover", 3),
        ("check actions --files . --record kept.json", 3),
        ("check actions --files . --replay kept.json", 3),
        ("check all --files .", 3),
        ("check pm2 --files .", 3),
        ("check actions --files", 3),
        ("check actions --files . --target gone.yml", 3),
        ("recover actions --files .", 64),
    ],
)
def test_wrong_usage_is_one_line(checkout: Site, words: str, code: int) -> None:
    before = snapshot(checkout.top)
    done = checkout.zionr(*words.split())

    assert (done.code, done.out) == (code, ""), done.told
    assert len(done.err.splitlines()) == 1
    assert snapshot(checkout.top) == before


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that nobody is to connect to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def test_no_network_whatever_the_environment_says(checkout: Site, listener: socket.socket) -> None:
    here = f"http://127.0.0.1:{listener.getsockname()[1]}"
    checkout.environ |= {"GITHUB_API_URL": here, "GITHUB_TOKEN": "a-token", "GITHUB_REPOSITORY": "octo-org/site"}
    checkout.environ |= {"HTTPS_PROXY": here, "HTTP_PROXY": here}

    done = judge(checkout, ".", "--format", "json")

    assert (done.code, done.document["api"]) == (2, None), done.told
    with pytest.raises(BlockingIOError):
        listener.accept()
    checkout.environ["GITHUB_API_URL"] = CLOSED
    assert judge(checkout, ".", "--format", "json").findings().keys() == done.findings().keys()


HOSTILE = [
    b"line\nbreak.yml",
    b"\x1b[2J\x1b]0;title\x07.yml",
    b"::error::pwned.yml",
    b"\n::set-output name=state::ok.yml",
    b"a|b=1;2;3.yml",
    b"<script>alert(1)< @everyone [x](y).yml",
    "\u202egnp.exe\u2066.yml".encode(),
    b"not-utf-8-\xff\xfe.yml",
    b"%0A::warning::x.yml",
    b"a,file=b,line=9.yml",
    b"'; DROP TABLE; --.yml",
    b" .yml",
]


@pytest.fixture
def hostile(site: Site) -> Site:
    """Workflows with hostile names and hostile contents."""
    folder = site.top / ".github/workflows"
    folder.mkdir(parents=True)
    for name in HOSTILE:
        with open(os.path.join(os.fsencode(folder), name), "w") as file:
            file.write('name: "\\e[31m\\n::error::x"\non: push\n\'a\\x1b[0m\\n::error::y\': 1\n"::error::\\u001b": 2\n')
    return site


@pytest.mark.parametrize("shape", ["table", "json", "nagios", "github"])
def test_no_name_steers_a_terminal_or_a_runner(hostile: Site, shape: str) -> None:
    done = judge(hostile, ".", "--format", shape, "-v")

    assert done.code == 2, done.told
    assert all(line.isprintable() for line in done.out.splitlines()), done.out
    if shape == "json":
        valid(done.document)
        assert len(done.targets()) == len(HOSTILE)
    elif shape == "nagios":
        assert (done.out.count("\n"), done.out.count("|")) == (1, 1)
    elif shape == "github":
        said, _, _ = done.out.partition("::stop-commands::")
        assert all(
            re.match(r"::(error|warning|notice) title=actions%2F|::(error|warning) title=actions/", line)
            for line in said.splitlines()
        ), said
        assert ",file=b," not in done.out


def test_a_place_is_never_cut(site: Site) -> None:
    name = "a-very-long-name-of-a-workflow-" * 6
    site.workflows(**{name: UNREADABLE})

    done = judge(site, ".")

    assert f"\n          .github/workflows/{name}.yml:1:7\n" in done.out
    assert max(len(line) for line in done.out.splitlines() if ".yml:1:7" not in line) <= 80


def test_what_helps_is_said_with_file_line_and_column(site: Site) -> None:
    site.workflows(
        a=workflow(on="{schedule: [{cron: '0 25 * * *'}]}"),
        b=workflow(run="'echo \"half'"),
        c=workflow().replace("push", "psuh"),
        d="name: D\ntrue: push\njobs: {a: {runs-on: x, steps: [{run: make}]}}\n",
    )
    found = judge(site, ".", "--format", "json").findings()

    places = {name: tuple(one["locations"][0].values()) for name, one in found.items() if one["state"] != "ok"}
    assert {name.split(":")[0].removeprefix("actions/") + ":" + name.split(":")[1] for name in places} == {
        "cron-invalid:a.yml",
        "shell-syntax:b.yml",
        "type:c.yml",
        "on-missing:d.yml",
    }
    assert all(one["hint"] for name, one in found.items() if one["state"] != "ok"), found


def test_output_goes_where_it_is_told(checkout: Site) -> None:
    done = checkout.zionr("check", "actions", "--files", ".", "--format", "github", "--output", "said.txt")

    assert (done.code, done.out, done.err) == (2, "", ""), done.told
    assert ",file=.github/workflows/ci.yml,line=5,col=3::" in (checkout.top / "said.txt").read_text()
