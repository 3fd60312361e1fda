from __future__ import annotations

import pytest

from tests.unit.actions.files.own_sources import faults, job, run, workflow
from zionr.subsystems.actions.files.source import Fault, Source

RULE = "push-without-permission"
CHECKOUT = "- uses: actions/checkout@v4"


def _found(source: Source) -> list[Fault]:
    return faults(source, RULE)


@pytest.mark.parametrize(
    "script",
    [
        "git push",
        "git push origin HEAD:main",
        "git push --force-with-lease origin main",
        "git push -u origin main",
        "git -C site push",
        "git -c user.name=bot push",
        "git commit -am x && git push || echo 'nothing to push'",
        "if ! git push; then exit 1; fi",
        "git push 2>&1 | tee push.log",
        "for i in 1 2 3; do git push && break; sleep 2; done",
        "(cd site && git push)",
        "out=$(git push 2>&1)",
        "bash -c 'git push'",
        "sudo git push",
        "git push origin HEAD:$(git rev-parse --abbrev-ref HEAD)",
        "git push origin HEAD:${{ github.ref_name }}",
        "git push --tags",
        "cat <<EOF > note\na push\nEOF\ngit push",
        "save() {\n  git add -A\n  git push\n}\nsave",
        "git push https://x-access-token:${{ secrets.GITHUB_TOKEN }}@github.com/o/r HEAD:main",
        "git remote set-url origin https://x-access-token:${{ github.token }}@github.com/o/r\ngit push",
    ],
)
def test_a_push_with_the_jobs_own_token(script: str) -> None:
    assert len(_found(run(script))) == 1


@pytest.mark.parametrize(
    "script",
    [
        'echo "git push"',
        "echo git push",
        "# git push",
        "ls # then git push",
        "grep -q 'git push' docs/release.md",
        'if grep -rn "git push" scripts; then exit 1; fi',
        "cat <<EOF >> notes.md\ngit push\nEOF",
        "git push --dry-run",
        "git push -n origin main",
        "git stash push -m wip",
        "git config push.default current",
        "git log --grep=push",
        "docker push registry.example.org/app",
        "npm run push",
        "./scripts/git-push.sh",
        "sed -i 's/git push/git pull/' a",
        "printf 'run: git push\\n'",
        # another remote, or another right
        "git push backup main",
        'git push "$REMOTE" main',
        "git push https://x-access-token:${{ secrets.BOT_TOKEN }}@github.com/o/r HEAD:main",
        "git push https://bot:$BOT_TOKEN@github.com/o/r HEAD:main",
        "git push git@github.com:o/r main",
        "git remote set-url origin https://x:${{ secrets.BOT_TOKEN || github.token }}@github.com/o/r\ngit push",
        "git remote set-url origin https://$BOT@github.com/o/r\ngit push",
        "git config --global url.https://x:$T@github.com/.insteadOf https://github.com/\ngit push",
        "git config http.extraheader 'AUTHORIZATION: basic x'\ngit push",
        "gh auth setup-git\ngit push",
        "mkdir -p ~/.ssh/\ngit push",
        "git clone ../bare other && cd other && git push",
        "git init --bare /tmp/r.git\ngit push",
    ],
)
def test_no_push_or_not_with_that_token(script: str) -> None:
    assert _found(run(script)) == []


@pytest.mark.parametrize(
    ("permissions", "actual"),
    [
        ("permissions: read-all", "read-all"),
        ("permissions: {}", "contents: none"),
        ("permissions:\n  contents: read", "contents: read"),
        ("permissions:\n  contents: none", "contents: none"),
        ("permissions:\n  pull-requests: write", "contents: none"),
    ],
)
def test_rights_that_are_too_little(permissions: str, actual: str) -> None:
    (fault,) = _found(run("git push", top=permissions))
    assert (fault.expected, fault.actual) == ("contents: write", actual)


@pytest.mark.parametrize(
    "permissions",
    [
        "",
        "permissions:",
        "permissions: write-all",
        "permissions:\n  contents: write",
        "permissions: ${{ inputs.all }}",
        "permissions: [contents]",
        "permissions:\n  contents: ${{ inputs.right }}",
        "permissions:\n  contents: [write]",
    ],
)
def test_rights_that_are_enough_or_not_told(permissions: str) -> None:
    assert _found(run("git push", top=permissions)) == []


def test_the_jobs_own_rights_come_before_the_workflows() -> None:
    steps = f"steps:\n{CHECKOUT}\n- run: git push"
    read, write = "permissions: {contents: read}", "permissions: {contents: write}"
    assert _found(job(f"{write}\n{steps}", read)) == []
    assert _found(job(f"{write}\n{steps}", "permissions: {}")) == []
    assert len(_found(job(f"{read}\n{steps}", write))) == 1
    assert _found(job(f"permissions:\n{steps}", read)) == []


@pytest.mark.parametrize(
    "checkout",
    [
        "- uses: actions/checkout@v4\n  with: {token: '${{ secrets.BOT_TOKEN }}'}",
        "- uses: actions/checkout@v4\n  with: {token: '${{ steps.app.outputs.token }}'}",
        "- uses: actions/checkout@v4\n  with: {token: '${{ secrets.BOT_TOKEN || github.token }}'}",
        "- uses: actions/checkout@v4\n  with: {ssh-key: '${{ secrets.DEPLOY_KEY }}'}",
        "- uses: actions/checkout@v4\n  with: {persist-credentials: false}",
        "- uses: actions/checkout@v4\n  with: {persist-credentials: 'false'}",
        "- uses: webfactory/ssh-agent@v0.9.0\n  with: {ssh-private-key: '${{ secrets.KEY }}'}",
    ],
)
def test_a_checkout_with_another_right(checkout: str) -> None:
    assert _found(run("git push", more=checkout)) == []


@pytest.mark.parametrize(
    "checkout",
    [
        "- uses: actions/checkout@v4\n  with: {token: '${{ secrets.GITHUB_TOKEN }}'}",
        "- uses: actions/checkout@v4\n  with: {token: '${{github.token}}', fetch-depth: 0}",
        "- uses: actions/checkout@v4\n  with: {persist-credentials: true}",
        "- uses: actions/checkout@v4\n  with: {repository: o/other, path: other}",
        "- uses: actions/setup-node@v4\n  with: {token: x}",
    ],
)
def test_a_checkout_with_the_jobs_own_right(checkout: str) -> None:
    assert len(_found(run("git push", more=checkout))) == 1


@pytest.mark.parametrize(("given", "count"), [("${{ secrets.GITHUB_TOKEN }}", 1), ("${{ secrets.BOT_TOKEN }}", 0)])
def test_a_token_that_comes_by_a_variable(given: str, count: int) -> None:
    script = "git remote set-url origin https://x-access-token:${TOKEN}@github.com/o/r\ngit push"
    assert len(_found(run(script, top=f"permissions: {{}}\nenv:\n  TOKEN: {given}"))) == count


def test_an_environment_that_changes_how_git_speaks() -> None:
    assert _found(run("git push", top="permissions: {}\nenv:\n  GIT_SSH_COMMAND: ssh -i key")) == []


@pytest.mark.parametrize(
    "step",
    [
        "- uses: stefanzweifel/git-auto-commit-action@v5",
        "- uses: EndBug/add-and-commit@v9\n  with: {message: x}",
        "- uses: peaceiris/actions-gh-pages@v4\n  with: {github_token: '${{ secrets.GITHUB_TOKEN }}'}",
        "- uses: JamesIves/github-pages-deploy-action@v4\n  with: {folder: out}",
        "- uses: peter-evans/create-pull-request@v6",
        "- uses: crazy-max/ghaction-github-pages@v4\n  env: {GITHUB_TOKEN: '${{ github.token }}'}",
    ],
)
def test_an_action_that_pushes(step: str) -> None:
    (fault,) = _found(job(f"steps:\n{CHECKOUT}\n{step}", "permissions: read-all"))
    assert step.split()[2].partition("@")[0] in fault.message


@pytest.mark.parametrize(
    "step",
    [
        "- uses: peaceiris/actions-gh-pages@v4\n  with: {deploy_key: '${{ secrets.KEY }}'}",
        "- uses: peaceiris/actions-gh-pages@v4\n  with: {external_repository: o/site}",
        "- uses: peter-evans/create-pull-request@v6\n  with: {token: '${{ secrets.BOT_TOKEN }}'}",
        "- uses: crazy-max/ghaction-github-pages@v4\n  env: {GH_PAT: '${{ secrets.BOT }}'}",
        "- uses: EndBug/add-and-commit@v9\n  with: {push: false}",
        "- uses: stefanzweifel/git-auto-commit-action@v5\n  with: {skip_push: true}",
        "- uses: docker/build-push-action@v6\n  with: {push: true}",
        "- uses: stefanzweifel/git-auto-commit-action@v5\n  if: false",
    ],
)
def test_an_action_that_does_not_push_with_the_jobs_token(step: str) -> None:
    assert _found(job(f"steps:\n{CHECKOUT}\n{step}", "permissions: read-all")) == []


def test_one_fault_for_each_job_at_its_first_push() -> None:
    source = workflow(
        """
        on: push
        permissions:
          contents: read
        jobs:
          first:
            steps:
              - uses: actions/checkout@v4
              - name: Save
                run: |
                  git add -A

                  if true; then
                      git push
                  fi
                  git push --tags
          second:
            steps:
              - run: "git add -A;
                  git push"
          third:
            if: ${{ false }}
            steps:
              - run: git push
          fourth:
            uses: ./.github/workflows/push.yml
        """
    )
    found = [(fault.anchor, fault.line, fault.column) for fault in _found(source)]
    assert found == [("jobs.first", 13, 15), ("jobs.second", 18, 14)]
    assert len({fault.like for fault in _found(source)}) == 1
