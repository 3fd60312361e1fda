from __future__ import annotations

import json
import time
from typing import Any

import pytest

from zionr.model import Finding, JsonObject, Location, State, Target
from zionr.subsystems.actions.judging.faults import GROUP_FROM
from zionr.subsystems.actions.judging.file_findings import judge_files, notes_of
from zionr.subsystems.actions.judging.file_rules import OPINIONS, REFUSED, STATES

from ..file_facts import facts, fault, file, history, told
from ..rules import WORKFLOWS, settings

LOST = "github.workflow-${{ github.ref }}"


def _judge(files: JsonObject, /, **rules: Any) -> list[Finding]:
    found = judge_files(files, settings(**rules))[1]
    ids = [one.id for one in found]
    assert len(set(ids)) == len(ids), "two findings have one id"
    return found


def _one(files: JsonObject, /, **rules: Any) -> Finding:
    (found,) = _judge(files, **rules)
    return found


def _with(*faults: JsonObject, names: tuple[str, ...] = ("ci.yml",), **changes: Any) -> JsonObject:
    return facts({name: {"faults": list(faults)} for name in names}, **changes)


def _cron(text: str, **changes: Any) -> JsonObject:
    return {"cron": text, "timezone": None, "line": 4, "column": 13, "valid": True, "interval_s": None, **changes}


def _group(text: str, cancel: bool = True, line: int = 9) -> JsonObject:
    return {"text": text, "cancel": cancel, "line": line, "column": 3, "anchor": "concurrency"}


def _spread(count: int, **content: Any) -> dict[str, JsonObject]:
    return {f"w{number}.yml": dict(content) for number in range(count)}


def test_the_table_has_a_state_for_every_rule_of_files() -> None:
    assert {STATES[rule] for rule in REFUSED} == {State.CRITICAL}
    assert {rule for rule in OPINIONS if STATES[rule] is State.OK} == {"no-timeout", "litter", "unpinned"}
    assert {STATES[rule] for rule in OPINIONS} == {State.OK, State.WARNING}
    assert not REFUSED & OPINIONS


def test_every_file_is_a_target() -> None:
    files = facts(
        {"ci.yml": {}, "action.yml": {}, "odd\n\x1b[31m.yml": {}},
        actions={
            "action.yml": file("action.yml"),
            ".github/actions/a/action.yml": file(".github/actions/a/action.yml"),
        },
    )
    workflows = {"ci.yml": {"weight": 0.5, "required": False}}
    targets, findings = judge_files(files, settings(workflows=workflows))
    assert findings == []
    assert targets == [
        Target("ci.yml", "workflow", weight=0.5, required=False),
        Target("action.yml", "workflow"),
        Target("odd\n\x1b[31m.yml", "workflow"),
        Target("./action.yml", "action"),
        Target(".github/actions/a/action.yml", "action"),
    ]


def test_a_fault_is_a_finding_at_its_place() -> None:
    wrong = fault("needs-unknown", message="no job x", anchor="jobs.a.needs", hint="add it", expected=["a"], actual="x")
    assert _one(_with(wrong)) == Finding(
        rule="actions/needs-unknown",
        state=State.CRITICAL,
        target="ci.yml",
        message="no job x",
        expected=["a"],
        actual="x",
        hint="add it",
        anchor="jobs.a.needs",
        locations=(Location(f"{WORKFLOWS}/ci.yml", 3, 5),),
    )


@pytest.mark.parametrize("rule", sorted(OPINIONS - {"gutted", "litter", "schedule-herd", "shared-concurrency"}))
def test_an_opinion_says_that_it_is_one(rule: str) -> None:
    found = _one(_with(fault(rule)))
    assert (found.state, found.evidence) == (STATES[rule], {"own": True})


@pytest.mark.parametrize("rule", sorted(REFUSED))
def test_what_github_refuses_is_no_opinion(rule: str) -> None:
    found = _one(_with(fault(rule)))
    assert (found.state, found.evidence) == (State.CRITICAL, {})


def test_the_fault_of_an_action_is_its_own() -> None:
    path = ".github/actions/a/action.yml"
    found = _one(facts(actions={path: file(path, faults=[fault("type")])}))
    assert (found.target, found.locations) == (path, (Location(path, 3, 5),))


def test_equal_anchors_are_told_apart_the_same_way_every_time() -> None:
    files = _with(fault(line=3), fault(line=9), fault(line=4, anchor="on"), fault(line=5, anchor="on"))
    found = _judge(files)
    assert [one.id for one in found] == [
        "actions/type:ci.yml",
        "actions/type:ci.yml:#2",
        "actions/type:ci.yml:on",
        "actions/type:ci.yml:on#2",
    ]
    assert [one.locations[0].line for one in found] == [3, 9, 4, 5]


def test_a_made_up_anchor_takes_nobody_elses_id() -> None:
    assert len(_judge(_with(fault(anchor="on"), fault(anchor="on#2"), fault(anchor="on")))) == 3


def test_what_github_refuses_comes_first() -> None:
    files = facts(
        {"a.yml": {"faults": [fault("no-timeout")]}, "b.yml": {"faults": [fault("placeholder"), fault("type")]}}
    )
    assert [one.rule for one in _judge(files)] == ["actions/type", "actions/no-timeout", "actions/placeholder"]


def test_like_faults_of_many_files_are_one_finding() -> None:
    names = tuple(f"agent-{number}.yml" for number in range(69))
    wrong = fault("unreadable", message="a colon in a plain text", like="a colon in a plain text", hint="quote it")
    found = _one(_with(wrong, names=names))
    assert found.message == "69 files: a colon in a plain text"
    assert (found.target, found.targets, found.anchor) == (None, names, None)
    assert found.locations == tuple(Location(f"{WORKFLOWS}/{name}", 3, 5) for name in names)
    assert (found.hint, found.evidence, len(found.group or "")) == ("quote it", {}, 8)
    assert found.id == f"actions/unreadable:group:{found.group}"


def test_what_helps_only_one_of_a_group_says_which() -> None:
    files = facts({name: {"faults": [fault(like="a colon", hint=f'quote "{name}"')]} for name in "abc"})
    assert _one(files).hint == 'a: quote "a"'


def test_a_group_speaks_in_general_where_its_members_name_names() -> None:
    files = facts({name: {"faults": [fault(message=f"wrong {name}", like="wrong")]} for name in "abc"})
    assert _one(files).message == "3 files: wrong"


@pytest.mark.parametrize("count", [1, GROUP_FROM - 1])
def test_a_few_like_faults_stay_single(count: int) -> None:
    names = tuple(f"{number}.yml" for number in range(count))
    assert [one.target for one in _judge(_with(fault(like="x"), names=names))] == list(names)


def test_many_like_faults_of_one_file_are_no_group() -> None:
    found = _judge(_with(*(fault(like="x", anchor=str(number)) for number in range(9))))
    assert {one.target for one in found} == {"ci.yml"}
    assert len(found) == 9


def test_every_place_of_a_group_is_told() -> None:
    found = _one(_with(fault(like="x", line=1), fault(like="x", line=2), names=("a.yml", "b.yml", "c.yml")))
    assert found.message.startswith("3 files: ")
    assert (len(found.locations), found.targets) == (6, ("a.yml", "b.yml", "c.yml"))


def test_faults_without_likeness_are_never_grouped() -> None:
    assert len(_judge(_with(fault(), names=("a.yml", "b.yml", "c.yml")))) == 3


def test_faults_of_two_rules_or_kinds_are_not_alike() -> None:
    files = facts(
        {
            **{f"a{number}.yml": {"faults": [fault("type", like="x")]} for number in range(3)},
            **{f"b{number}.yml": {"faults": [fault("expression", like="x")]} for number in range(3)},
            **{f"c{number}.yml": {"faults": [fault("type", like="y")]} for number in range(3)},
        }
    )
    assert len({one.group for one in _judge(files)}) == 3


def test_a_group_names_the_commit_that_broke_it() -> None:
    names = tuple(f"{number}.yml" for number in range(31))
    past = {"reach": "whole", "reason": None, "of": {name: history("c0ffee") for name in names}}
    assert _one(_with(fault(like="x"), names=names, history=past)).evidence == told()


def test_a_group_tells_whom_each_of_several_commits_broke() -> None:
    of = {f"{number}.yml": history("two" if number < 3 else "one") for number in (4, 3, 2, 1, 0)}
    of |= {"5.yml": history(), "6.yml": history("first", good=None)}
    found = _one(_with(fault(like="x"), names=tuple(of), history={"reach": "whole", "reason": None, "of": of}))
    assert found.evidence == {
        "commits": {"one": ["3.yml", "4.yml"], "two": ["0.yml", "1.yml", "2.yml"]},
        "subjects": {"one": "fix all", "two": "fix all"},
    }


@pytest.mark.parametrize("count", [1, 3])
def test_who_made_a_file_that_never_was_good_broke_nothing(count: int) -> None:
    of = {f"{number}.yml": history("first", good=None) for number in range(count)}
    found = _judge(_with(fault(like="x"), names=tuple(of), history={"reach": "whole", "reason": None, "of": of}))
    assert [one.evidence for one in found] == [{"since": told("first")}]


def test_where_nothing_is_known_to_have_been_good_no_commit_is_named() -> None:
    of = {"0.yml": history("first", good=None), "1.yml": history(), "2.yml": history()}
    found = _one(_with(fault(like="x"), names=tuple(of), history={"reach": "whole", "reason": None, "of": of}))
    assert found.evidence == {}


def test_ids_are_the_same_however_much_of_the_history_a_runner_has() -> None:
    names = tuple(f"{number}.yml" for number in range(7))
    whole = {name: history("one" if name < "3" else "two") for name in names}
    some = {**whole, "0.yml": history(), "1.yml": history("first", good=None)}
    seen = [{"reach": "x", "reason": None, "of": of} for of in (whole, some, dict.fromkeys(names, history()), {})]
    ids = [[one.id for one in _judge(_with(fault(like="x"), fault(), names=names, history=past))] for past in seen]
    assert len(ids[0]) == 8
    assert ids == [ids[0]] * 4


def test_an_opinion_is_grouped_whoever_broke_the_file() -> None:
    of = {f"{number}.yml": history(str(number)) for number in range(3)}
    past = {"reach": "whole", "reason": None, "of": of}
    found = _one(_with(fault("no-timeout", like="x"), names=tuple(of), history=past))
    assert (found.targets, found.evidence) == (tuple(of), {"own": True})


def test_a_single_fault_names_its_commit_too() -> None:
    past = {"reach": "whole", "reason": None, "of": {"ci.yml": history("c0ffee")}}
    assert _one(_with(fault(), history=past)).evidence == told()


# gutted


def _idle(past: JsonObject | None, **content: Any) -> JsonObject:
    of = {} if past is None else {"ci.yml": past}
    idle = {"jobs": 1, "steps": 4, "real_steps": 0, **content}
    return facts({"ci.yml": idle}, history={"reach": "whole", "reason": None, "of": of})


def test_gutted() -> None:
    found = _one(_idle(history("c0ffee", most_real_steps=3)))
    assert (found.rule, found.state) == ("actions/gutted", State.WARNING)
    assert found.message == "no step does anything but set up and echo; it once had 3 steps that did more"
    assert (found.expected, found.actual) == (3, 0)
    assert found.evidence == {"own": True, **told()}


@pytest.mark.parametrize(
    "files",
    [
        _idle(None),
        _idle(history(most_real_steps=0)),
        _idle(history(), steps=0),
        _idle(history(), real_steps=1),
        _idle(history(), readable=False),
    ],
)
def test_not_gutted(files: JsonObject) -> None:
    assert _judge(files) == []


def test_many_gutted_by_one_commit() -> None:
    names = _spread(3, steps=4, real_steps=0)
    past = {"reach": "whole", "reason": None, "of": {name: history("c0ffee") for name in names}}
    found = _one(facts(names, history=past))
    assert found.message == "3 files: no step does anything but set up and echo; it once had 4 steps that did more"
    assert found.evidence["commit"] == "c0ffee"


# cadence


def test_a_name_that_promises_another_cadence() -> None:
    crons = [_cron("7 4 * * *", interval_s=86400)]
    found = _one(facts({"x.yml": {"name": "Hourly scan", "crons": crons}}))
    assert (found.rule, found.state, found.evidence) == ("actions/cadence-name", State.WARNING, {"own": True})
    assert found.locations[0].file == f"{WORKFLOWS}/x.yml"


# shared groups


def test_the_group_that_lost_its_brackets() -> None:
    found = _one(facts(_spread(17, groups=[_group(LOST)])))
    assert (found.rule, found.state, len(found.targets)) == ("actions/shared-concurrency", State.WARNING, 17)
    assert found.message == f"17 workflows share the concurrency group {LOST!r}, so their runs cancel each other"
    assert (found.evidence, found.actual) == ({"own": True}, LOST)
    assert found.locations[0] == Location(f"{WORKFLOWS}/w0.yml", 9, 3)


@pytest.mark.parametrize(
    ("one", "two", "shared"),
    [
        (_group("deploy"), _group("deploy"), True),
        (_group("deploy"), _group("deploy", cancel=False), True),
        (_group("deploy", cancel=False), _group("deploy", cancel=False), False),
        (_group("deploy"), _group("Deploy"), True),
        (_group("deploy"), _group("other"), False),
        (_group("x-${{ github.ref }}"), _group("x-${{github.ref}}"), True),
        (_group("${{ github.workflow }}"), _group("${{ github.workflow }}"), False),
        (_group("${{ github.workflow_ref }}"), _group("${{ github.workflow_ref }}"), False),
        (_group("${{ github['workflow'] }}-x"), _group("${{ github['workflow'] }}-x"), False),
        (_group("${{ github.run_id }}"), _group("${{ github.run_id }}"), False),
        (_group("${{ inputs.name }}"), _group("${{ inputs.name }}"), False),
        (_group("deploy-${{ github.wor…"), _group("deploy-${{ github.wor…"), False),
        (_group("${{ github.head_ref || github.ref }}"), _group("${{ github.head_ref || github.ref }}"), True),
    ],
)
def test_which_groups_are_shared(one: JsonObject, two: JsonObject, shared: bool) -> None:
    found = _judge(facts({"a.yml": {"groups": [one]}, "b.yml": {"groups": [two]}}))
    assert bool(found) == shared


def test_a_group_that_jobs_of_one_workflow_share_is_its_own_affair() -> None:
    assert _judge(facts({"a.yml": {"groups": [_group("x", line=1), _group("x", line=5)]}})) == []


def test_every_shared_group_is_a_finding() -> None:
    files = facts({name: {"groups": [_group("x"), _group("y")]} for name in ("a.yml", "b.yml")})
    assert len(_judge(files)) == 2


# herds


def test_a_herd() -> None:
    files = facts({**_spread(20, crons=[_cron("0 0 * * *")]), "apart.yml": {"crons": [_cron("13 0 * * *")]}})
    found = _one(files)
    assert (found.rule, found.state) == ("actions/schedule-herd", State.WARNING)
    assert found.message == "20 workflows start at 00:00 UTC, limit 5"
    assert (len(found.targets), len(found.locations)) == (20, 20)
    assert (found.expected, found.actual) == (5, 20)
    assert found.evidence == {"own": True, "starts": {"00:00 UTC": 20}}


def test_several_crowded_minutes_are_one_finding() -> None:
    assert _one(facts(_spread(6, crons=[_cron("0 0,12 * * *")]))).message == (
        "6 workflows start at 00:00 UTC, limit 5; 1 more minute is over it"
    )
    found = _one(facts(_spread(6, crons=[_cron("0 * * * *")])))
    assert found.message.endswith("; 23 more minutes are over it")
    assert len(found.evidence["starts"]) == 10


def test_the_policy_says_what_a_herd_is() -> None:
    files = facts(_spread(6, crons=[_cron("0 0 * * *")]))
    assert _judge(files, files={"herd": 6}) == []


def test_a_cron_that_is_not_valid_starts_nothing() -> None:
    assert _judge(facts(_spread(9, crons=[_cron("nonsense", valid=False)]))) == []


# litter


def test_litter() -> None:
    paths = [f"{WORKFLOWS}/a.bak", f"{WORKFLOWS}/b.bak"]
    found = _one(facts(litter=paths))
    assert (found.rule, found.state, found.target, found.targets) == ("actions/litter", State.OK, None, ())
    assert (found.message, found.actual) == ("2 backup files lie beside the workflows", 2)
    assert found.locations == tuple(Location(path) for path in paths)
    assert _one(facts(litter=paths[:1])).message == "1 backup file lies beside the workflows"


# nothing seen, and missing


def test_no_folder_is_no_good_news() -> None:
    found = _one(facts({}, problem="is not there"))
    assert (found.rule, found.state, found.target) == ("actions/files-unseen", State.UNKNOWN, None)
    assert found.message == ".github/workflows is not there"


def test_an_empty_folder_is_no_good_news() -> None:
    assert _one(facts({})).message == ".github/workflows holds no workflow"
    assert _one(facts({}, folder=".")).message == "the folder holds no workflow"


def test_files_that_were_not_looked_at_are_unknown() -> None:
    unseen = fault("files-unseen", message="was not looked at", like="was not looked at")
    names = {f"{name}.yml": {"readable": False, "faults": [unseen]} for name in "abc"}
    found = _one(facts({**names, "well.yml": {}}))
    assert (found.state, found.message) == (State.UNKNOWN, "3 files: was not looked at")
    assert found.targets == ("a.yml", "b.yml", "c.yml")


def test_one_action_that_was_asked_for_is_enough() -> None:
    assert _judge(facts({}, only="action.yml", actions={"action.yml": file("action.yml")})) == []


def test_a_critical_workflow_that_is_gone() -> None:
    files = facts({"ci.yml": {}, "Deploy.yaml": {}})
    targets, (found,) = judge_files(files, settings(critical=["ci.yml", "deploy.yml"]))
    assert (found.rule, found.state, found.target) == ("actions/missing", State.CRITICAL, "deploy.yml")
    assert (found.hint, found.evidence) == ("did you mean Deploy.yaml?", {})
    assert Target("deploy.yml", "workflow") in targets


def test_the_commit_that_deleted_it() -> None:
    for past, evidence in ((history("c0ffee"), told()), (history("first", good=None), {})):
        files = facts(history={"reach": "whole", "reason": None, "of": {"deploy.yml": past}})
        assert _one(files, critical=["deploy.yml"]).evidence == evidence


@pytest.mark.parametrize(("versions", "rules"), [(0, ["files-unseen"]), (2, ["files-unseen", "missing"])])
def test_without_a_folder_only_the_past_proves_that_it_was_there(versions: int, rules: list[str]) -> None:
    past = {"reach": "whole", "reason": None, "of": {"deploy.yml": history(versions=versions)}}
    found = _judge(facts({}, problem="is not there", history=past), critical=["deploy.yml"])
    assert [one.rule.partition("/")[2] for one in found] == rules


def test_where_somebody_points_at_files_none_is_missed() -> None:
    assert _judge(facts(pointed_at=True), critical=["deploy.yml"]) == []


def test_what_the_policy_ignores_is_not_missed() -> None:
    assert _judge(facts(), critical=["deploy.yml"], files={"ignore": ["dep*"]}) == []


# tools


def _tool(*findings: JsonObject, status: str = "ok", reason: str | None = None) -> JsonObject:
    return {"status": status, "reason": reason, "findings": list(findings)}


def _advice(file: str = f"{WORKFLOWS}/ci.yml", **changes: Any) -> JsonObject:
    found = {"rule": "zizmor/unpinned-uses", "state": "warning", "file": file, "line": 7, "column": 9}
    return {**found, "message": "unpinned: x", "like": "unpinned", **changes}


def test_what_a_tool_found() -> None:
    found = _one(facts(tools={"zizmor": _tool(_advice())}))
    assert (found.rule, found.state, found.target) == ("zizmor/unpinned-uses", State.WARNING, "ci.yml")
    assert (found.message, found.evidence) == ("unpinned: x", {})
    assert found.locations == (Location(f"{WORKFLOWS}/ci.yml", 7, 9),)


def test_what_a_tool_found_everywhere_is_one_finding_for_each_state() -> None:
    names = _spread(4)
    places = [f"{WORKFLOWS}/{name}" for name in names]
    advice = [_advice(place, state=state) for place in places for state in ("warning", "ok")]
    found = _judge(facts(names, tools={"zizmor": _tool(*advice)}))
    assert [(one.message, one.state) for one in found] == [
        ("4 files: unpinned: x", State.WARNING),
        ("4 files: unpinned: x", State.OK),
    ]


def test_what_a_tool_found_in_a_file_that_is_no_target() -> None:
    found = _one(facts(tools={"zizmor": _tool(_advice(".github/dependabot.yml"))}))
    assert (found.target, found.locations[0].file) == (None, ".github/dependabot.yml")


@pytest.mark.parametrize("status", ["missing", "failed"])
def test_a_tool_that_did_not_look(status: str) -> None:
    found = _one(facts(tools={"zizmor": _tool(status=status, reason="there is no zizmor on PATH")}))
    assert (found.id, found.state) == ("actions/tool-unavailable:zizmor", State.UNKNOWN)
    assert found.message == "zizmor: there is no zizmor on PATH"


# notes, purity, speed


@pytest.mark.parametrize(
    ("shell", "left", "notes"),
    [
        ("checked", 0, []),
        ("no bash", 1, ["1 block of shell code was not checked: there is no bash on PATH"]),
        ("checked", 7, ["7 blocks of shell code were not checked: this run's time for that was used up"]),
    ],
)
def test_notes(shell: str, left: int, notes: list[str]) -> None:
    assert notes_of(facts(shell=shell, shell_left=left)) == notes


def test_notes_of_blocks_that_are_too_long() -> None:
    one = "1 block of shell code is larger than 100 KB and was not checked"
    more = "3 blocks of shell code are larger than 100 KB and were not checked"
    assert notes_of(facts(shell_large=1)) == [one]
    assert notes_of(facts(shell="no bash", shell_left=1, shell_large=3))[1:] == [more]


def _large() -> JsonObject:
    faults = [fault("type", like="x"), fault("no-timeout", like="y"), fault("unpinned", anchor="jobs.a.steps.0")]
    crons = [_cron("0 0 * * *", interval_s=86400)]
    names = {
        f"w{number}.yml": {"faults": faults, "groups": [_group(LOST)], "crons": crons, "name": f"Job {number}"}
        for number in range(1400)
    }
    return facts(names, litter=[f"{WORKFLOWS}/{number}.bak" for number in range(500)])


def test_recorded_facts_judge_alike() -> None:
    files = _large()
    again = json.loads(json.dumps(files))
    assert judge_files(files, settings()) == judge_files(again, settings())


def test_many_files_take_little_time() -> None:
    """A tenth of a second is the aim; ten times as much is a fault on any machine."""
    files, rules = _large(), settings()
    judge_files(files, rules)
    started = time.process_time()
    targets, findings = judge_files(files, rules)
    assert time.process_time() - started < 1.0
    assert (len(targets), len(findings)) == (1400, 1400 + 2 + 3)
