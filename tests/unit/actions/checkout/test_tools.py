from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import context
from zionr.model import JsonObject
from zionr.subsystems.actions.checkout import tool_findings, tools
from zionr.subsystems.actions.checkout.tools import run_tools

CI = ".github/workflows/ci.yml"


class Bin:
    """A folder on PATH whose programs are small shell scripts. Each writes down how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def program(self, name: str, body: str) -> None:
        path = self.folder / name
        path.write_text(f'#!/bin/sh\nfor a; do echo "$a"; done >> {self.folder}/{name}.calls\n{body}\n')
        path.chmod(0o755)

    def answer(self, name: str, answer: Any, code: int = 0) -> None:
        (self.folder / f"{name}.json").write_text(json.dumps(answer))
        self.program(name, f"/bin/cat {self.folder}/{name}.json; exit {code}")

    def calls(self, name: str) -> list[str]:
        return (self.folder / f"{name}.calls").read_text().splitlines()

    def run(self, name: str, actions: tuple[str, ...] = (), **environ: str) -> JsonObject:
        around = context(str(self.folder), {"PATH": str(self.folder), **environ})
        found = run_tools([name], around, top=str(self.folder), workflows=[CI], actions=actions)
        assert list(found) == [name]
        return dict(found[name])


@pytest.fixture
def programs(tmp_path: Path) -> Bin:
    return Bin(tmp_path)


def _zizmor(**changes: Any) -> JsonObject:
    """One finding as zizmor 1.32 writes it in json-v1, less what is not read."""

    def place(kind: str, row: int, note: str) -> JsonObject:
        symbolic = {"key": {"Local": {"verbatim_path": f"./{CI}"}}, "annotation": note, "kind": kind}
        return {"symbolic": symbolic, "concrete": {"location": {"start_point": {"row": row, "column": 8}}}}

    return {
        "ident": "unpinned-uses",
        "desc": "unpinned action reference",
        "determinations": {"confidence": "High", "severity": "High", "persona": "Regular"},
        "locations": [place("Related", 1, "this job"), place("Primary", 6, "action is not pinned")],
        "ignored": False,
        **changes,
    }


def _actionlint(**changes: Any) -> JsonObject:
    found = {"message": "bad", "filepath": f"./{CI}", "line": 8, "column": 24, "kind": "syntax-check"}
    return {**found, "snippet": "x", "end_column": 47, **changes}


def test_a_finding_of_zizmor(programs: Bin) -> None:
    programs.answer("zizmor", [_zizmor()])
    assert programs.run("zizmor") == {
        "status": "ok",
        "reason": None,
        "findings": [
            {
                "rule": "zizmor/unpinned-uses",
                "state": "warning",
                "file": CI,
                "line": 7,
                "column": 9,
                "message": "unpinned action reference: action is not pinned",
                "like": "unpinned action reference",
            }
        ],
    }


@pytest.mark.parametrize(
    ("severity", "state"),
    [("High", "warning"), ("Medium", "warning"), ("Low", "ok"), ("Informational", "ok"), ("Unknown", "ok")],
)
def test_the_severity_of_zizmor(severity: str, state: str) -> None:
    found = _zizmor(determinations={"severity": severity})
    assert [one["state"] for one in tool_findings.of_zizmor([found])] == [state]


def test_what_a_file_tells_zizmor_to_ignore_is_left_out() -> None:
    assert tool_findings.of_zizmor([_zizmor(ignored=True)]) == []


def test_a_finding_of_actionlint(programs: Bin) -> None:
    programs.answer("actionlint", [_actionlint()], code=1)
    assert programs.run("actionlint")["findings"] == [
        {
            "rule": "actionlint/syntax-check",
            "state": "warning",
            "file": CI,
            "line": 8,
            "column": 24,
            "message": "bad",
            "like": "bad",
        }
    ]


@pytest.mark.parametrize("kind", ["Odd Kind", "odd_kind", "--odd kind--"])
def test_the_name_of_a_rule_is_one(kind: str) -> None:
    assert tool_findings.of_actionlint([_actionlint(kind=kind)])[0]["rule"] == "actionlint/odd-kind"


def test_zizmor_that_could_read_no_file_has_nothing_to_say(programs: Bin) -> None:
    programs.program("zizmor", "echo 'error: no inputs collected' >&2; exit 3")
    assert programs.run("zizmor") == {"status": "ok", "reason": None, "findings": []}


def test_a_tool_that_is_not_there(programs: Bin) -> None:
    assert programs.run("zizmor") == {
        "status": "missing",
        "reason": "there is no zizmor on PATH",
        "findings": [],
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("echo 'fatal: oh no' >&2; exit 1", "ended with code 1: fatal: oh no"),
        ("exit 2", "ended with code 2: it said nothing"),
        ("echo no json", "zizmor answered in another form than this zionr reads"),
        ("echo '{}'; exit 0", None),
        ("echo '[{}]'", "zizmor answered in another form than this zionr reads"),
        ("echo '[[]]'", "zizmor answered in another form than this zionr reads"),
        ("echo 7", "zizmor answered in another form than this zionr reads"),
        ("kill -9 $$", "ended with code -9: it said nothing"),
    ],
)
def test_a_tool_that_fails(programs: Bin, body: str, reason: str | None) -> None:
    programs.program("zizmor", body)
    found = programs.run("zizmor")
    assert (found["status"], found["reason"]) == ("ok" if reason is None else "failed", reason)
    assert found["findings"] == []


def test_a_tool_that_hangs(programs: Bin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "TIMEOUT_S", 0.05)
    programs.program("zizmor", "exec /bin/sleep 30")
    assert programs.run("zizmor")["reason"] == "took longer than 0.05 s and was ended"


def test_a_tool_that_never_stops_talking(programs: Bin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "MOST_OUTPUT", 1 << 20)
    programs.program("zizmor", "while :; do echo '[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[['; done")
    assert programs.run("zizmor")["reason"] == "said more than 1 MB and was ended"


def test_zizmor_reads_actions_and_actionlint_does_not(programs: Bin) -> None:
    for name in ("zizmor", "actionlint"):
        programs.answer(name, [])
        programs.run(name, actions=("action.yml",))
    assert programs.calls("zizmor")[-2:] == [f"./{CI}", "./action.yml"]
    assert programs.calls("actionlint")[-2:] == ["--", f"./{CI}"]


def test_zizmor_stays_off_the_network_and_gets_no_token(programs: Bin) -> None:
    programs.program("zizmor", f"set > {programs.folder}/environ; echo '[]'")
    programs.run("zizmor", ZIZMOR_GITHUB_TOKEN="canary-one", GH_TOKEN="canary-two", ZIZMOR_CONFIG="zizmor.yml")
    assert "--offline" in programs.calls("zizmor")
    environ = (programs.folder / "environ").read_text()
    assert "ZIZMOR_CONFIG='zizmor.yml'" in environ
    assert "canary" not in environ


def test_no_files_no_call(programs: Bin) -> None:
    programs.program("zizmor", "exit 9")
    around = context(str(programs.folder), {"PATH": str(programs.folder)})
    found = run_tools(["zizmor"], around, top=str(programs.folder), workflows=[], actions=[])
    assert found == {"zizmor": {"status": "ok", "reason": None, "findings": []}}
    assert not (programs.folder / "zizmor.calls").exists()


def test_very_many_files_take_several_calls(programs: Bin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "MOST_ARGUMENTS", 100)
    programs.answer("actionlint", [_actionlint()], code=1)
    around = context(str(programs.folder), {"PATH": str(programs.folder)})
    names = [f"{number:030}.yml" for number in range(5)]
    found = run_tools(["actionlint"], around, top=str(programs.folder), workflows=names, actions=[])["actionlint"]
    assert [call for call in programs.calls("actionlint") if call.endswith(".yml")] == [f"./{name}" for name in names]
    assert len(found["findings"]) == 3
