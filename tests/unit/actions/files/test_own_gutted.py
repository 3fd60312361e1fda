from __future__ import annotations

import pytest

from tests.unit.actions.files.own_sources import action, job, run, workflow
from zionr.model import JsonObject
from zionr.subsystems.actions.files.own import is_gutted_suspect, step_counts


def _real(step: str) -> int:
    return step_counts(job(f"steps:\n{step}"))[2]


@pytest.mark.parametrize(
    "uses",
    [
        "actions/checkout@v4",
        "actions/setup-node@v4",
        "actions/cache@v4",
        "actions/cache/restore@v4",
        "actions/download-artifact@v4",
        "pnpm/action-setup@v4",
        "ruby/setup-ruby@v1",
        "gradle/actions/setup-gradle@v4",
        "Swatinem/rust-cache@v2",
        "dtolnay/rust-toolchain@stable",
        "docker/login-action@v3",
        "step-security/harden-runner@v2",
        "aws-actions/configure-aws-credentials@v4",
        "google-github-actions/auth@v2",
        "bahmutov/npm-install@v1",
    ],
)
def test_an_action_that_only_sets_up(uses: str) -> None:
    assert _real(f"- uses: {uses}") == 0


@pytest.mark.parametrize(
    "uses",
    [
        "actions/upload-artifact@v4",
        "actions/github-script@v7",
        "actions/deploy-pages@v4",
        "github/codeql-action/analyze@v3",
        "docker/build-push-action@v6",
        "peaceiris/actions-gh-pages@v4",
        "owner/purge-cache@v1",
        "owner/setupwizard-deploy@v1",
        "./.github/actions/setup",
        "docker://alpine:3",
    ],
)
def test_an_action_that_does_something(uses: str) -> None:
    assert _real(f"- uses: {uses}") == 1


@pytest.mark.parametrize(
    "script",
    [
        "echo 'Workflow completed successfully'",
        "echo done && true",
        "echo a\necho b\n\n# npm test\n",
        ":",
        "sleep 5; date; pwd; ls -la",
        'echo "Date: $(date)"',
        "echo built >> $GITHUB_STEP_SUMMARY",
        "if [ -f package.json ]; then\n  echo yes\nelse\n  echo no\nfi",
        "for i in 1 2; do echo $i; done",
        "npm ci --no-audit --no-fund",
        "npm ci || npm install",
        "npm install",
        "yarn",
        "yarn install --frozen-lockfile",
        "pnpm i",
        "pip install -r requirements.txt",
        "python -m pip install --upgrade pip",
        "uv pip install .",
        "poetry install",
        "bundle install",
        "sudo apt-get update && sudo apt-get install -y jq",
        "npx playwright install --with-deps",
        "go mod download",
        "git config user.name bot\ngit status",
        "node --version\nnpm -v",
        "set -euo pipefail\nexport A=1\necho ok\nexit 0",
        "cat <<EOF\nnpm run build\nEOF",
        "A=1",
    ],
)
def test_a_script_that_only_sets_up_or_talks(script: str) -> None:
    assert step_counts(run(script)) == (1, 2, 0)


@pytest.mark.parametrize(
    "script",
    [
        "npm test",
        "npm run build || true",
        "set -e\nnode report.cjs",
        "echo hello | mail -s x ops@example.org",
        'echo "$(npm run build)"',
        "echo `./report.sh`",
        "npx prettier --check .",
        "python -m pytest",
        "python build.py",
        "uv run pytest",
        "poetry run app",
        "yarn build",
        "go build ./...",
        "git push",
        "git commit -am x",
        "./scripts/deploy.sh",
        "curl -fsS https://example.org/hook",
        "make",
        "$TOOL --all",
        "exit 1",
        "if [ -f a ]; then ./a; fi",
        "npm ci\nnpm run build",
        "sudo systemctl restart app",
        "${{ inputs.command }}",
        "bash -c 'make all'",
    ],
)
def test_a_script_that_does_something(script: str) -> None:
    assert step_counts(run(script)) == (1, 2, 1)


def test_a_whole_workflow_that_was_gutted() -> None:
    source = workflow(
        """
        on: {schedule: [{cron: '0 0 * * *'}]}
        jobs:
          main:
            name: Main Job
            runs-on: ubuntu-latest
            steps:
              - uses: actions/checkout@v4
              - uses: actions/setup-node@v4
              - run: npm ci
              - name: Nothing
              - run: echo "Workflow completed successfully"
        """
    )
    assert step_counts(source) == (1, 5, 0)


def test_a_job_that_calls_a_workflow_does_something() -> None:
    assert step_counts(workflow("on: push\njobs: {a: {uses: ./.github/workflows/b.yml}, b: {steps: []}}")) == (2, 1, 1)


@pytest.mark.parametrize(
    "body",
    [
        "if: false\nsteps:\n- run: make",
        "if: ${{ false }}\nsteps:\n- run: make",
        "steps:\n- run: make\n  if: false",
        "steps:\n- run: make\n  if: '${{ false }}'",
        "steps:\n- run: ''",
    ],
)
def test_what_never_runs_does_nothing(body: str) -> None:
    assert step_counts(job(body)) == (1, 1, 0)


def test_a_condition_that_may_hold() -> None:
    assert step_counts(job("steps:\n- run: make\n  if: github.ref == 'false'")) == (1, 1, 1)


def test_an_action_has_no_jobs() -> None:
    assert step_counts(action("runs: {using: composite, steps: [{run: make, shell: bash}]}")) == (0, 0, 0)


@pytest.mark.parametrize(
    ("facts", "suspect"),
    [
        ({"readable": True, "steps": 3, "real_steps": 0}, True),
        ({"readable": True, "steps": 3, "real_steps": 1}, False),
        ({"readable": True, "steps": 0, "real_steps": 0}, False),
        ({"readable": False, "steps": 3, "real_steps": 0}, False),
        ({}, False),
    ],
)
def test_who_is_suspected(facts: JsonObject, suspect: bool) -> None:
    assert is_gutted_suspect(facts) is suspect
