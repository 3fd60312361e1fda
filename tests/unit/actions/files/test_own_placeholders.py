from __future__ import annotations

import pytest

from tests.unit.actions.files.own_sources import action, faults, job, workflow
from zionr.subsystems.actions.files.source import Source

RULE = "placeholder"


def _left(source: Source) -> list[object]:
    return [fault.actual for fault in faults(source, RULE)]


def _on(cron: str) -> Source:
    return workflow(f"on:\n  schedule:\n    - cron: {cron}\njobs: {{}}")


@pytest.mark.parametrize(
    ("cron", "left"),
    [
        ("'CRON_SCHEDULE_PLACEHOLDER'", "CRON_SCHEDULE_PLACEHOLDER"),
        ("$cron-daily", "$cron-daily"),
        ("'${CRON}'", "${CRON}"),
        ("'{{ cron }}'", "{{ cron }}"),
        ("'<your-cron-here>'", "<your-cron-here>"),
    ],
)
def test_a_cron_that_nobody_filled_in(cron: str, left: str) -> None:
    assert _left(_on(cron)) == [left]


@pytest.mark.parametrize("cron", ["'0 0 * * *'  # CRON_SCHEDULE_PLACEHOLDER", "'*/5 * * * *'", "0 0 1 1 *"])
def test_a_cron_that_is_one(cron: str) -> None:
    assert _left(_on(cron)) == []


@pytest.mark.parametrize(
    ("step", "left"),
    [
        ("env: {API_URL: 'https://<YOUR_HOST>/api'}", "<YOUR_HOST>"),
        ("env: {API_URL: <insert-url-here>}", "<insert-url-here>"),
        ("env: {PROJECT: REPLACE_ME}", "REPLACE_ME"),
        ("env: {PROJECT: 'my-REPLACEME-x'}", "REPLACEME"),
        ("env: {PROJECT: CHANGEME}", "CHANGEME"),
        ("with: {project: TODO_REPLACE_PROJECT}", "TODO_REPLACE_PROJECT"),
        ("with: {project: REPLACE_WITH_PROJECT}", "REPLACE_WITH_PROJECT"),
        ("working-directory: PLACEHOLDER_DIR", "PLACEHOLDER_DIR"),
        ("if: \"{{ github.ref == 'x' }}\"", "{{ github.ref == 'x' }}"),
        ("env: {TOKEN: '{{ secrets.TOKEN }}'}", "{{ secrets.TOKEN }}"),
        ("with: {ref: '{{ github.head_ref }}'}", "{{ github.head_ref }}"),
        ("with: {version: '${{ matrix.v }}-{{matrix.os}}'}", "{{matrix.os}}"),
    ],
)
def test_a_value_that_nobody_filled_in(step: str, left: str) -> None:
    assert _left(job(f"steps:\n- uses: a/b@v1\n  {step}")) == [left]


@pytest.mark.parametrize(
    "step",
    [
        "env: {REF: '${{ github.ref }}'}",
        "env: {REF: '${{github.ref}}', A: '$${{ x }}'}",
        "with: {tags: 'type=semver,pattern={{version}}'}",
        "with: {context: '{{defaultContext}}:app'}",
        "with: {args: '--template {{ .Env.TAG }}'}",
        "env: {FORMAT: '{{.Names}}'}",
        "name: Fill {{ mustache }} templates",
        "name: Change me",
        "name: Replace placeholders",
        "env: {PLACEHOLDER: VERSION_PLACEHOLDER}",
        "with: {find: VERSION_PLACEHOLDER, replace: '1.2'}",
        "with: {search: REPLACE_ME}",
        "with: {placeholder: CHANGEME}",
        "with: {mail: 'Bot <bot@example.org>'}",
        "with: {mail: 'Your Name <you@example.org>'}",
        "with: {html: '<b>your</b>'}",
        "env: {MODE: replace_me_not, KIND: changeme}",
        "env: {A: MY_PLACEHOLDERS}",
        "with: {script: 'const a = {{}}'}",
        'with: {body: "x\\n{{ github.ref }} <your-name>\\ny"}',
        "env: {PRICE: $5, HOME_DIR: $HOME}",
    ],
)
def test_a_value_that_is_one(step: str) -> None:
    assert _left(job(f"steps:\n- uses: a/b@v1\n  {step}")) == []


@pytest.mark.parametrize(
    ("script", "left"),
    [
        ("API_URL=<YOUR_API_URL>", ["<YOUR_API_URL>"]),
        ("set -e\n  export KEY='REPLACE_ME'\nmake", ["REPLACE_ME"]),
        ('PROJECT="CHANGEME"', ["CHANGEME"]),
        ("sed -i 's/VERSION_PLACEHOLDER/1.2/' a", []),
        ("sed -i s/REPLACE_ME/$V/ a", []),
        ("grep -q CHANGEME .env && exit 1", []),
        ('if [ "$KEY" = "REPLACE_ME" ]; then exit 1; fi', []),
        ("echo 'Usage: tool <your-token>'", []),
        ("docker inspect -f '{{ .State }}' app", []),
        ("echo '{{ github.ref }}'", []),
        ("# KEY=REPLACE_ME", []),
        ("KEY=REPLACE_ME make", []),
    ],
)
def test_in_a_script_only_the_unmistakable(script: str, left: list[str]) -> None:
    block = script.replace("\n", "\n    ")
    assert _left(job(f"steps:\n- run: |\n    {block}")) == left


def test_what_a_starter_workflow_leaves() -> None:
    source = workflow("on:\n  push:\n    branches: [$default-branch, $protected-branches]\njobs: {}")
    assert _left(source) == ["$default-branch", "$protected-branches"]
    assert _left(workflow("on:\n  push:\n    branches: [main, 'release/$x']\njobs: {}")) == []


def test_prose_of_inputs_and_throw_away_services() -> None:
    source = workflow(
        """
        on:
          workflow_dispatch:
            inputs:
              repo: {description: 'As <your-org>/<your-repo>', default: o/r}
        jobs:
          test:
            services:
              db: {image: postgres, env: {POSTGRES_PASSWORD: CHANGEME}}
            steps: []
        """
    )
    assert _left(source) == []


def test_each_text_once_at_its_first_place() -> None:
    source = job(
        "steps:\n- run: |\n    make\n    KEY=REPLACE_ME\n- run: KEY=REPLACE_ME\n- env: {A: REPLACE_ME, B: CHANGEME}"
    )
    found = [(fault.line, fault.column, fault.anchor) for fault in faults(source, RULE)]
    assert found == [(9, 9, "jobs.build.steps.0.run"), (11, 31, "jobs.build.steps.2.env.B")]


def test_no_more_than_anybody_reads() -> None:
    env = "\n".join(f"    K{number}: V{number}_PLACEHOLDER" for number in range(500))
    assert len(_left(job(f"steps:\n- run: make\n  env:\n{env}"))) == 10


def test_an_action_file() -> None:
    source = action(
        """
        name: x
        inputs:
          project: {description: REPLACE_ME, default: CHANGEME}
        runs: {using: composite, steps: []}
        """
    )
    assert _left(source) == ["CHANGEME"]
