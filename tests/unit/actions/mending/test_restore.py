"""From damaged files to candidates, over real git repositories: what is offered, and in how many proposals."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tests.support import NOW, context
from tests.unit.actions.repositories import FOLDER, GUTTED, Project, Remembering, inspect, workflow
from tests.unit.actions.rules import settings as actions_settings
from zionr.model import Candidate, Finding, JsonObject, Location, Observation, State
from zionr.subsystems.actions.history.observe import observe_history
from zionr.subsystems.actions.judging.soundness import suspects
from zionr.subsystems.actions.mending.restore import RULES, branch_of, restore_candidates

GOOD = workflow()
ORPHANED = "concurrency:\n  group: x\n  contents: write\n"


def observed(project: Project, critical: Sequence[str] = ()) -> Observation:
    """An observation with the files of the work tree and the history of its suspects."""
    settings, files = actions_settings(critical=critical), project.files()
    around = context(str(project.top), {"PATH": os.environ["PATH"]})
    files["history"] = observe_history(
        suspects(files, settings),
        files,
        settings,
        around,
        top=str(project.top),
        inspect=inspect,
        cache=Remembering(),
    )
    return Observation("actions", "repository", NOW, {"now": NOW, "branch": "main", "files": files, "api": None})


def found(rule: str, *names: str, group: str | None = None) -> Finding:
    """A finding of a critical rule about these workflows."""
    target = None if group else names[0]
    places = tuple(Location(f"{FOLDER}/{name}", 1, 1) for name in names)
    many = names if group else ()
    return Finding(f"actions/{rule}", State.CRITICAL, target, rule, group=group, targets=many, locations=places)


def offers(
    observation: Observation, *findings: Finding, critical: Sequence[str] = ()
) -> tuple[list[Candidate], dict[str, str]]:
    """The candidates that nothing speaks against, and the refusal for each other finding."""
    made = restore_candidates(findings, observation, actions_settings(critical=critical))
    assert {one.remedy for one in made} <= {"actions/restore"}
    assert all(one.edits_files for one in made)
    ids = [finding for one in made for finding in one.findings]
    assert len(ids) == len(set(ids)), "a finding has one candidate"
    refused = {one.findings[0]: str(one.refusal) for one in made if one.refusal is not None}
    return [one for one in made if one.refusal is None], refused


def mass_break(project: Project) -> tuple[str, dict[str, str], dict[str, str]]:
    """31 of 40 workflows broken by one commit; 3 were edited since, 1 was never valid. (commit, good, broken)."""
    good = {f"w{number:02}.yml": workflow(f"Workflow {number}") for number in range(30)}
    well = {f"well{number}.yml": workflow(f"Well {number}") for number in range(9)}
    never = {"sync-health.yml": workflow("Sync", head=ORPHANED)}
    project.workflows("write them", {**good, **well, **never})
    broken = {name: text.replace("jobs:\n", f"{ORPHANED}jobs:\n") for name, text in good.items()}
    commit = project.workflows("fix: normalize all workflows", {**broken, "sync-health.yml": never["sync-health.yml"]})
    edited = ["w03.yml", "w11.yml", "w29.yml"]
    project.workflows("later", {name: "# kept\n" + broken[name] for name in edited})
    return commit, good, broken


def test_scenario_1_one_commit_broke_31_files(project: Project) -> None:
    commit, good, _ = mass_break(project)
    observation = observed(project)
    names = [*good, "sync-health.yml"]
    first = found("unknown-key", *names[:15], group="0000000b")
    second = found("unknown-key", *names[15:], group="0000000a")
    (offer,), refused = offers(observation, first, second)
    assert refused == {}
    assert offer.findings == (second.id, first.id)
    assert offer.targets == tuple(good)
    assert offer.action["left"] == {"sync-health.yml": "no valid version in its history"}
    assert offer.action["summary"] == [
        f"27 files as before {commit[:7]}, byte for byte",
        "3 files edited since: those edits are kept, 3 lines",
        "1 file left alone: no valid version in its history",
        "every result was judged again: 30 valid, 0 gutted, 0 with markers",
    ]
    assert offer.action["base"] == "main"
    assert offer.action["branch"] == branch_of(("commit", commit))
    assert offer.command == f"pull request from {offer.action['branch']}: 30 files"
    assert {plan["broken_by"]["commit"] for plan in offer.action["files"].values()} == {commit}


def test_scenario_3_one_bad_name_in_69_files(project: Project) -> None:
    """Each came with a commit of its own, and none was ever valid: what joins them is how they are patched."""
    names = [f"agent-{number:02}.yml" for number in range(69)]
    for start in range(0, 69, 23):
        texts = {name: workflow(f"Agent: {name}") for name in names[start : start + 23]}
        project.workflows(f"generate {start}", {**texts})
    groups = [found("unreadable", *names[start : start + 23], group=f"0000000{start // 23}") for start in (0, 23, 46)]
    (offer,), refused = offers(observed(project), *groups)
    assert refused == {}
    assert (len(offer.findings), len(offer.targets)) == (3, 69)
    assert offer.action["summary"][0] == "69 files with one line changed: `name:` is quoted as a whole"
    assert all(plan["mend"]["changed_lines"] == 1 for plan in offer.action["files"].values())


def test_scenario_5_gutted_files_of_two_commits_are_two_proposals(project: Project) -> None:
    project.workflows("good", {"sync.yml": workflow("Sync"), "scan.yml": workflow("Scan")})
    first = project.workflows("normalize", {"sync.yml": workflow("Sync", *GUTTED)})
    second = project.workflows("again", {"scan.yml": workflow("Scan", *GUTTED)})
    made, _ = offers(observed(project), found("gutted", "sync.yml"), found("gutted", "scan.yml"))
    assert [one.action["summary"][0] for one in made] == [
        f"1 file as before {first[:7]}, byte for byte",
        f"1 file as before {second[:7]}, byte for byte",
    ]
    assert [one.targets for one in made] == [("sync.yml",), ("scan.yml",)]
    assert [one.command.rpartition(" ")[2] for one in made] == ["sync.yml", "scan.yml"]


def test_a_missing_file_is_offered_where_it_was_deleted(project: Project) -> None:
    project.workflows("good", {"deploy.yml": GOOD, "ci.yml": GOOD + "# x\n"})
    project.workflows("clean", {"deploy.yml": None})
    critical = ["deploy.yml", "nowhere.yml"]
    observation = observed(project, critical)
    (offer,), refused = offers(
        observation, found("missing", "deploy.yml"), found("missing", "nowhere.yml"), critical=critical
    )
    plan = offer.action["files"]["deploy.yml"]
    assert (plan["path"], plan["digest"], plan["kind"]) == (f"{FOLDER}/deploy.yml", None, "workflow")
    assert refused == {"actions/missing:nowhere.yml": "git's history knows no such file"}


def test_an_action_that_is_named_like_a_workflow_is_mended_by_itself(project: Project) -> None:
    action = "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n    - {run: make, shell: bash}\n"
    project.commit("good", {"action.yml": action, f"{FOLDER}/action.yml": GOOD})
    broken = {"action.yml": action + "jobs: {}\n", f"{FOLDER}/action.yml": GOOD.replace("jobs:", f"{ORPHANED}jobs:")}
    project.commit("bad", broken)
    observation = observed(project)
    assert set(observation.facts["files"]["history"]["of"]) == {"action.yml", "./action.yml"}
    (offer,), refused = offers(observation, found("unknown-key", "action.yml"), found("unknown-key", "./action.yml"))
    assert refused == {}
    told = {name: (plan["path"], plan["kind"], plan["mend"]["how"]) for name, plan in offer.action["files"].items()}
    assert told == {
        "action.yml": (f"{FOLDER}/action.yml", "workflow", "version"),
        "./action.yml": ("action.yml", "action", "version"),
    }
    project.commit("workflow mended", {f"{FOLDER}/action.yml": GOOD})
    (alone,), _ = offers(observed(project), found("unknown-key", "./action.yml"))
    assert list(alone.action["files"]) == ["./action.yml"]


def test_other_rules_and_healthy_files_have_no_offer(project: Project) -> None:
    project.workflows("good", {"a.yml": GOOD, "b.yml": workflow(head=ORPHANED)})
    observation = observed(project)
    others = ("local-missing", "timezone-unknown", "too-large", "failing", "shared-concurrency", "placeholder")
    assert {f"actions/{rule}" for rule in others} & RULES == set()
    assert offers(observation, *(found(rule, "b.yml") for rule in others)) == ([], {})
    made, refused = offers(observation, found("markers", "a.yml"), found("type", "b.yml"))
    assert made == []
    assert refused == {
        "actions/markers:a.yml": "its history was not looked at",
        "actions/type:b.yml": "no valid version in its history",
    }


def test_a_refused_group_counts_its_reasons(project: Project) -> None:
    never = workflow(head=ORPHANED)
    project.workflows("bad", {"a.yml": never, "b.yml": never + "# b\n", "c.yml": never + "# c\n"})
    project.write(f"{FOLDER}/c.yml", never + "# changed\n")
    made, refused = offers(observed(project), found("unknown-key", "a.yml", "b.yml", "c.yml", group="00000001"))
    assert made == []
    (reason,) = refused.values()
    assert reason.startswith("no valid version in its history (2 files); it was changed here since the last commit")


def test_several_faults_of_one_file_are_one_proposal(project: Project) -> None:
    project.workflows("good", {"a.yml": GOOD})
    project.workflows("bad", {"a.yml": workflow(head=ORPHANED)})
    (offer,), _ = offers(observed(project), found("unknown-key", "a.yml"), found("type", "a.yml"))
    assert offer.findings == ("actions/type:a.yml", "actions/unknown-key:a.yml")
    assert offer.targets == ("a.yml",)


def test_the_branch_hangs_on_the_cause_alone() -> None:
    name = branch_of(("finding", "actions/missing:deploy.yml"))
    assert name == branch_of(("finding", "actions/missing:deploy.yml"))
    assert name not in (branch_of(("finding", "actions/missing:ci.yml")), branch_of(("patch", "name")))
    prefix, _, digest = name.rpartition("-")
    assert prefix == "zionr/actions/restore"
    assert len(digest) == 8
    assert int(digest, 16) >= 0
    assert branch_of(("finding", "actions/missing:\udcff.yml")).startswith("zionr/actions/restore-")


def test_who_mends_a_file_by_hand_does_not_move_the_branch(project: Project) -> None:
    names = ("a.yml", "b.yml", "c.yml")
    project.workflows("good", dict.fromkeys(names, GOOD))
    commit = project.workflows("bad", dict.fromkeys(names, workflow(head=ORPHANED)))
    project.workflows("bad name", {"d.yml": workflow("Agent: d"), "e.yml": workflow("Agent: e")})
    found_at = [found("unknown-key", "a.yml"), *(found("type", name) for name in names[1:])]
    found_at += [found("unreadable", "d.yml"), found("unreadable", "e.yml")]
    before, _ = offers(observed(project), *found_at)
    project.workflows("by hand", {"a.yml": GOOD, "d.yml": workflow("d")})
    after, _ = offers(observed(project), *found_at[1:3], found_at[4])
    assert [len(one.targets) for one in before + after] == [3, 2, 2, 1]
    branches = [branch_of(("commit", commit)), branch_of(("patch", "name"))]
    assert [one.action["branch"] for one in before + after] == branches * 2


def test_of_several_causes_the_least_names_the_branch(project: Project) -> None:
    project.workflows("good", {"a.yml": GOOD, "b.yml": GOOD})
    commits = [project.workflows(name, {name: workflow(head=ORPHANED)}) for name in ("a.yml", "b.yml")]
    project.workflows("bad name", {"c.yml": workflow("Agent: c")})
    (offer,), _ = offers(observed(project), found("unknown-key", "a.yml", "b.yml", "c.yml", group="0000000a"))
    assert offer.action["branch"] == branch_of(("commit", min(commits)))


def test_without_files_there_is_nothing_to_offer() -> None:
    facts: JsonObject = {"now": NOW, "branch": None, "files": None, "api": None}
    observation = Observation("actions", "repository", NOW, facts)
    assert offers(observation, found("missing", "a.yml")) == ([], {})
