"""Every known way to break a workflow or action, times several files, each beside a healthy twin.

A way is a change of text: the first place that fits is changed, and a file without such a place is left out. The twin
is the nearest change that GitHub accepts, so that a rule which only looks at the neighbourhood is found out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from .workflows import ACTIONS, WORKFLOWS

Edit = Callable[[str], str]


class Way(NamedTuple):
    """One class of faults. `rule` is zionr's name for it; `twin` is a healthy change of the same place."""

    name: str
    rule: str
    breaks: Edit
    twin: Edit


class Case(NamedTuple):
    """One file. `rule` is None for a healthy one."""

    name: str
    kind: str
    content: str
    rule: str | None


def swap(old: str, new: str) -> Edit:
    """The first place of `old` (a pattern, from the beginning of a line) becomes `new`."""
    pattern = re.compile(rf"^{old}", re.MULTILINE)
    return lambda text: pattern.sub(new, text, count=1)


def add(more: str) -> Edit:
    """`more` behind the end."""
    return lambda text: text + more


def whole(content: str) -> Edit:
    """Another file in place of it."""
    return lambda _: content


def both(*edits: Edit) -> Edit:
    """One change after the other; nothing where one of them finds no place."""

    def edit(text: str) -> str:
        for each in edits:
            changed = each(text)
            if changed == text:
                return text
            text = changed
        return text

    return edit


def _where(part: str, more: str) -> Edit:
    """`more` behind the end of the files that hold `part`."""
    return lambda text: text + more if part in text else text


def mark_block(text: str) -> str:
    """A conflict committed at the line `env:`, as git writes it."""
    return re.sub(r"^(env:.*\n)", r"<<<<<<< HEAD\n\1=======\nenv:\n>>>>>>> theirs\n", text, count=1, flags=re.MULTILINE)


KEEP: Edit = lambda text: text + "\n# the end\n"  # noqa: E731 - the twin of what has no nearer one
EXTRA = "  extra:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo\n"
LIST = swap(r"    needs: \[(\w+)\]$", r"    needs: \1")

WAYS = (
    # Parse faults: what mass edits and quick repairs have left behind.
    Way(
        "unquoted colon",
        "unreadable",
        swap(r"name: .*$", "name: Agent: front"),
        swap("name: .*$", "name: 'Agent: front'"),
    ),
    Way("doubled quote", "unreadable", swap(r"name: .*$", 'name: ""Agent: front"'), swap("name: .*$", 'name: "Agent"')),
    Way(
        "over-indented timeout",
        "unreadable",
        swap(r"    (runs-on: .+)\n    (timeout-minutes: .*)$", r"    \1\n      \2"),
        swap(r"    (runs-on: .+)\n    (timeout-minutes: .*)$", r"    \2\n    \1"),
    ),
    Way("dedented if", "unreadable", swap(r"        run: (\S.*)$", r"  if: always()\n        run: \1"), KEEP),
    Way("dedented with", "unreadable", swap(r"        with:\n", "    with:\n"), KEEP),
    Way("with at column 0", "unreadable", swap(r"        with:\n", "with:\n\n- name\n"), KEEP),
    Way(
        "unclosed quote in a group",
        "unreadable",
        swap(r"  group: .*$", '  group: "x'),
        swap("  group: .*$", '  group: "x"'),
    ),
    Way(
        "unclosed quote in run",
        "unreadable",
        swap(r"        run: \S.*$", '        run: "npm ci'),
        swap("        run: [^|>].*$", '        run: "npm ci"'),
    ),
    Way(
        "unclosed single quote",
        "unreadable",
        swap(r"    runs-on: .+$", "    runs-on: 'ubuntu-latest"),
        swap("    runs-on: .+$", "    runs-on: 'ubuntu-latest'"),
    ),
    Way("stray quote", "unreadable", swap(r"name: .*$", 'name: "Front""'), swap("name: .*$", 'name: Front"')),
    Way("lost with, deeper", "unreadable", both(swap("        with:\n          fetch", "          fetch")), KEEP),
    Way(
        "tab",
        "unreadable",
        swap(r"    (timeout-minutes: .*)$", r"\t\1"),
        swap(r"    timeout-minutes: (.*)$", r"    timeout-minutes:   \1  # \t"),
    ),
    Way("crooked step", "unreadable", swap(r"      - name: (\w+)$", r"       - name: \1"), KEEP),
    Way("crooked key", "unreadable", swap(r"        run: ", "       run: "), KEEP),
    Way(
        "template braces",
        "unreadable",
        swap(r"      - name: .*$", "      - name: {{ x }}"),
        swap("      - name: .*$", "      - name: '{{ x }}'"),
    ),
    Way(
        "cron without quotes",
        "unreadable",
        swap(r"    - cron: .*$", "    - cron: * * * * *"),
        swap("    - cron: .*$", "    - cron: 5 * * * *"),
    ),
    Way(
        "at sign",
        "unreadable",
        swap(r"        run: \S.*$", "        run: @x"),
        swap("        run: [^|>].*$", "        run: x@y"),
    ),
    Way("two documents", "unreadable", add("---\nname: another\n"), lambda text: "---\n" + text),
    Way(
        "alias without anchor",
        "unreadable",
        swap(r"    timeout-minutes: .*$", "    timeout-minutes: *nothing"),
        swap("    timeout-minutes: .*$", "    timeout-minutes: &x 5"),
    ),
    Way(
        "list as a key",
        "unreadable",
        swap(r"env:\n", "env:\n  ? [a]\n  : b\n"),
        swap("env:\n", "env:\n  ? a\n  : b\n"),
    ),
    Way(
        "truncated",
        "unreadable",
        swap(r"      - name: (\w+)[\s\S]*\Z", r'      - name: \1\n        run: "echo'),
        swap(r"      - name: (\w+)[\s\S]*\Z", r"      - name: \1\n        run: 'echo'"),
    ),
    Way("empty", "unreadable", whole(""), KEEP),
    Way("only comments", "unreadable", whole("# nothing\n# here\n"), lambda text: "# nothing\n" + text),
    Way("a text", "type", whole("nothing but a text\n"), KEEP),
    Way("a list", "type", whole("- name: x\n- on: push\n"), KEEP),
    Way("not UTF-8", "unreadable", lambda text: "\udcff" + text, lambda text: "\ufeff" + text),
    Way("markers", "markers", mark_block, add("# =======\n")),
    Way(
        "long markers", "markers", lambda text: mark_block(text).replace("<<<<<<<", "<<<<<<<<"), add("# <<<<<<< HEAD\n")
    ),
    Way("half a conflict", "markers", add(">>>>>>> 1787c195\n"), add("# >>>>>>>\n")),
    Way("left over divider", "unreadable", swap("jobs:", "=======\njobs:"), KEEP),
    # Keys.
    Way(
        "permissions lost",
        "unknown-key",
        swap(r"concurrency:\n  group: (.*)$", r"concurrency:\n  group: \1\n  contents: write\n  issues: write"),
        KEEP,
    ),
    Way(
        "permissions lost, whole",
        "unknown-key",
        both(
            swap(r"permissions:.*\n(?:  .*\n)*", ""),
            swap("  cancel-in-progress: (.*)$", r"  cancel-in-progress: \1\n  contents: write"),
        ),
        swap(r"permissions:.*\n(?:  .*\n)*", ""),
    ),
    Way(
        "permissions under on",
        "unknown-key",
        swap(r"on:\n", "on:\n  contents: write\n"),
        swap(r"on:\n", "on:\n  release:\n    types: published\n"),
    ),
    Way(
        "invented permission",
        "unknown-key",
        swap(r"permissions:\n", "permissions:\n  branch_protection_rules: write\n"),
        swap(r"permissions:\n", "permissions:\n  checks: none\n"),
    ),
    Way("runs_on", "unknown-key", swap(r"    runs-on: ", "    runs_on: "), KEEP),
    Way(
        "key of a step",
        "unknown-key",
        swap(r"        run: ", "        command: x\n        run: "),
        swap("        run: ", "        shell: bash -e {0}\n        run: "),
    ),
    Way(
        "key of a job",
        "unknown-key",
        swap(r"    runs-on: ", "    retries: 3\n    runs-on: "),
        swap("    runs-on: ", "    continue-on-error: true\n    runs-on: "),
    ),
    Way("key at the top", "unknown-key", swap("jobs:", "author: x\njobs:"), swap("jobs:", "description: x\njobs:")),
    Way("key of upper case", "unknown-key", swap("jobs:", "Description: x\njobs:"), KEEP),
    Way(
        "lost with",
        "unknown-key",
        swap(r"        with:\n          (fetch.*\n      -)", r"        \1"),
        swap(r"        with:\n          (fetch.*\n      -)", r"        with: {}\n        # \1"),
    ),
    Way(
        "lost env",
        "unknown-key",
        swap(r"        env:\n          (\w+): .*$", r"        \1: 2"),
        swap(r"        env:\n          (\w+): .*$", r"        env: {\1: 2}"),
    ),
    Way("unknown event", "unknown-key", swap("on:\n", "on:\n  pushes:\n"), swap("on:\n", "on:\n  fork:\n")),
    Way(
        "key of an event",
        "unknown-key",
        swap("on:\n", "on:\n  issues:\n    branches: [main]\n"),
        swap("on:\n", "on:\n  issues:\n    types: opened\n"),
    ),
    Way(
        "tags of a pull request",
        "unknown-key",
        swap("on:\n", "on:\n  pull_request_target:\n    tags: [v1]\n"),
        swap("on:\n", "on:\n  pull_request_target:\n    branches: v1\n"),
    ),
    Way(
        "timeout of a call",
        "unknown-key",
        swap("    secrets: inherit", "    secrets: inherit\n    timeout-minutes: 5"),
        swap("    secrets: inherit", "    secrets: {token: x}"),
    ),
    Way(
        "a call with steps",
        "unknown-key",
        swap("    secrets: inherit", "    steps: []"),
        swap("    secrets: inherit", "    permissions: {}"),
    ),
    Way("run and uses", "unknown-key", swap(r"        uses: (.*)$", r"        uses: \1\n        run: echo"), KEEP),
    Way(
        "shell with uses",
        "unknown-key",
        swap(r"        uses: (.*)$", r"        uses: \1\n        shell: bash"),
        swap(r"        uses: (.*)$", r"        uses: \1\n        timeout-minutes: 5"),
    ),
    Way(
        "with of a run",
        "unknown-key",
        swap(r"        run: ", "        with: {a: b}\n        run: "),
        swap("        run: ", "        shell: sh\n        run: "),
    ),
    Way(
        "key of a schedule",
        "unknown-key",
        swap(r"    - cron: (.*)$", r"    - cron: \1\n      zone: UTC"),
        swap(r"    - cron: (['\"].*)$(?!\n      t)", r"    - cron: \1\n      timezone: UTC"),
    ),
    Way(
        "key of an input",
        "unknown-key",
        swap(r"      depth:\n", "      depth:\n        deprecationMessage: old\n"),
        swap("      depth:\n", "      depth:\n        type: string\n"),
    ),
    Way("options without choice", "unknown-key", swap(r"        type: choice\n", "        type: string\n"), KEEP),
    Way(
        "key of an environment",
        "unknown-key",
        swap("      url: https://example.org", "      link: https://example.org"),
        swap("      url: https://example.org", "      deployment: false"),
    ),
    Way(
        "key of a container",
        "unknown-key",
        swap("      image: node:20", "      image: node:20\n      entrypoint: x"),
        swap("      image: node:20", "      image: node:20\n      options: --cpus 1"),
    ),
    Way(
        "key of runs-on",
        "unknown-key",
        swap("      group: large", "      groups: large"),
        swap("      group: large", "      group: org/large"),
    ),
    Way(
        "key of concurrency",
        "unknown-key",
        swap("  cancel-in-progress: ", "  cancel_in_progress: "),
        swap("  cancel-in-progress: .*$", "  queue: max"),
    ),
    # What a workflow must have.
    Way("no on", "on-missing", swap(r"on:(?: .*)?\n(?:  .*\n)*", ""), swap(r"on:(?: .*)?\n(?:  .*\n)*", "on: push\n")),
    Way("on is true", "on-missing", swap("on:", "true:"), swap("on:", '"on":')),
    Way(
        "on without a value",
        "on-missing",
        swap(r"on:(?: .*)?\n(?:  .*\n)*", "on:\n"),
        swap(r"on:(?: .*)?\n(?:  .*\n)*", "on:\n  push:\n"),
    ),
    Way("no jobs", "no-jobs", swap(r"jobs:[\s\S]*\Z", ""), KEEP),
    Way("empty jobs", "no-jobs", swap(r"jobs:[\s\S]*\Z", "jobs: {}\n"), KEEP),
    Way("jobs without a value", "no-jobs", swap(r"jobs:[\s\S]*\Z", "jobs:\n"), KEEP),
    Way("jobs as a list", "no-jobs", swap(r"jobs:[\s\S]*\Z", "jobs:\n  - runs-on: x\n"), KEEP),
    Way("no runs-on", "type", swap(r"    runs-on: .+\n", ""), KEEP),
    Way(
        "a step that does nothing",
        "type",
        swap(r"    steps:\n", "    steps:\n      - name: nothing\n"),
        swap("    steps:\n", "    steps:\n      - run: true\n"),
    ),
    Way("no group", "type", swap(r"  group: .*\n", ""), KEEP),
    Way(
        "no image",
        "type",
        swap("      image: node:20", "      options: --cpus 1"),
        swap("    container:\n      image: node:20", "    container: node:20"),
    ),
    Way(
        "no type",
        "type",
        swap(r"        type: number\n", ""),
        swap("        type: number\n        default: 1", "        type: number\n        default: many"),
    ),
    Way("no cron", "type", swap("    - cron: .*", "    - timezone: UTC"), KEEP),
    Way("choice without options", "type", swap(r"        options: .*\n", ""), KEEP),
    # Types.
    Way(
        "timeout as a text",
        "type",
        swap("    timeout-minutes: .*$", "    timeout-minutes: ten"),
        swap("    timeout-minutes: .*$", "    timeout-minutes: 0.5"),
    ),
    Way(
        "timeout in quotes",
        "type",
        swap("    timeout-minutes: .*$", '    timeout-minutes: "10"'),
        swap("    timeout-minutes: .*$", "    timeout-minutes: ${{ fromJSON('1') }}"),
    ),
    Way(
        "cancel as a word",
        "type",
        swap("  cancel-in-progress: .*$", "  cancel-in-progress: yes"),
        swap("  cancel-in-progress: .*$", "  cancel-in-progress: ${{ true }}"),
    ),
    Way("env without a value", "type", swap(r"env:\n(?:  .*\n)+", "env:\n"), swap(r"env:\n(?:  .*\n)+", "env: {}\n")),
    Way(
        "env as a list",
        "type",
        swap(r"env:\n(?:  .*\n)+", "env:\n  - A: b\n"),
        swap(r"env:\n(?:  .*\n)+", "env:\n  A: 1.5\n  B: true\n  C: null\n"),
    ),
    Way(
        "env of lists",
        "type",
        swap(r"env:\n(?:  .*\n)+", "env:\n  A: [b]\n"),
        swap(r"env:\n(?:  .*\n)+", "env:\n  A: '[b]'\n"),
    ),
    Way(
        "with without a value",
        "type",
        swap(r"        with:\n(?:          .*\n)+", "        with:\n"),
        swap(r"        with:\n(?:          .*\n)+", "        with: {}\n"),
    ),
    Way("steps as a mapping", "type", swap(r"    steps:\n(?:      .*\n)+", "    steps:\n      run: echo\n"), KEEP),
    Way(
        "steps without a value",
        "type",
        swap(r"    steps:\n(?:      .*\n)+", "    steps:\n"),
        swap(r"    steps:\n(?:      .*\n)+", "    steps: []\n"),
    ),
    Way("step as a text", "type", swap(r"    steps:\n", "    steps:\n      - echo\n"), KEEP),
    Way(
        "runs-on without a value",
        "type",
        swap("    runs-on: .+$", "    runs-on:"),
        swap("    runs-on: .+$", "    runs-on: 22"),
    ),
    Way("uses without a value", "type", swap(r"        uses: .*$", "        uses:"), KEEP),
    Way(
        "permissions as a word",
        "type",
        swap(r"permissions:.*\n(?:  .*\n)*", "permissions: write\n"),
        swap(r"permissions:.*\n(?:  .*\n)*", "permissions: write-all\n"),
    ),
    Way(
        "level of a permission",
        "type",
        swap("  contents: .*$", "  contents: admin"),
        swap("  contents: .*$", "  contents: none"),
    ),
    Way(
        "event as a text",
        "type",
        swap(r"on:(?: .*)?\n(?:  .*\n)*", "on: pushes\n"),
        swap(r"on:(?: .*)?\n(?:  .*\n)*", "on: push\n"),
    ),
    Way(
        "event in a list",
        "type",
        swap(r"on:(?: .*)?\n(?:  .*\n)*", "on: [push, pull-request]\n"),
        swap(r"on:(?: .*)?\n(?:  .*\n)*", "on: [push, pull_request]\n"),
    ),
    Way("activity", "type", swap("    types: .*$", "    types: [open]"), KEEP),
    Way("event with a text", "type", swap("on:\n", "on:\n  create: yes\n"), swap("on:\n", "on:\n  create:\n")),
    Way(
        "matrix as a text",
        "type",
        swap("      matrix:\n        node: .*$", "      matrix:\n        node: 18"),
        swap("      matrix:\n        node: .*$", "      matrix:\n        node: []"),
    ),
    Way(
        "include as a mapping",
        "type",
        swap(r"          - node: 22\n            experimental", "          node: 22\n          experimental"),
        swap(r"        include:\n(?:          .*\n)+", "        include: ${{ fromJSON('[]') }}\n"),
    ),
    Way(
        "matrix twice removed",
        "type",
        swap(r"      matrix:\n(?:        .*\n)+", "      matrix: [18, 20]\n"),
        swap(r"      matrix:\n(?:        .*\n)+", ""),
    ),
    Way(
        "services by expression",
        "type",
        swap(r"    services:\n(?:      .*\n)+", "    services: ${{ fromJSON('{}') }}\n"),
        swap(r"    services:\n(?:      .*\n)+", "    services: {}\n"),
    ),
    Way("outputs as a list", "type", swap(r"    outputs:\n      ", "    outputs:\n      - "), KEEP),
    Way(
        "default of a boolean",
        "type",
        swap(r"        default: false$", "        default: 'no'"),
        swap("        default: false$", "        default: true"),
    ),
    Way(
        "default without quotes",
        "type",
        swap(r"        default: '2'$", "        default: 2"),
        swap("        default: '2'$", "        default: two"),
    ),
    Way(
        "required as a text",
        "type",
        swap(r"        required: .*$", "        required: 'true'"),
        swap("        required: .*$", "        required: false"),
    ),
    Way(
        "type of an input",
        "type",
        swap(r"        type: boolean$", "        type: bool"),
        swap("        type: boolean\n        default: false$", "        type: number\n        default: 1"),
    ),
    Way(
        "id of a job",
        "type",
        add("  1st:\n    runs-on: x\n    steps: []\n"),
        add("  _1st:\n    runs-on: x\n    steps: []\n"),
    ),
    Way("id of a job, spaced", "type", add("  a b:\n    runs-on: x\n"), add("  a-b:\n    runs-on: x\n")),
    Way("job without a value", "type", add("  later:\n"), KEEP),
    Way(
        "if as a job",
        "type",
        swap("jobs:\n", "jobs:\n  if: always()\n"),
        swap("jobs:\n", "jobs:\n  if:\n    runs-on: x\n"),
    ),
    Way(
        "id of a step",
        "type",
        swap(r"        id: .*$", "        id: 1st"),
        swap("        id: (.*)$", r"        id: '\1'"),
    ),
    Way("reserved id", "type", add("  __x:\n    runs-on: x\n"), add("  _x:\n    runs-on: x\n")),
    Way(
        "group of runners",
        "type",
        swap("      group: large", "      group: team/large"),
        swap("      group: large", "      group: enterprise/large"),
    ),
    Way(
        "expression as services of a step",
        "type",
        swap(r"    env: \*shared$", "    env: ${{ fromJSON('{}') }}"),
        swap(r"    env: \*shared$", "    env: {}"),
    ),
    # Keys twice.
    Way("top key twice", "duplicate-key", add("env: {}\n"), KEEP),
    Way("job twice", "duplicate-key", add(EXTRA + EXTRA), add(EXTRA)),
    Way(
        "job twice by case",
        "duplicate-key",
        add(EXTRA + EXTRA.replace("extra", "Extra")),
        add(EXTRA + EXTRA.replace("extra", "extra2")),
    ),
    Way(
        "key of a step twice",
        "duplicate-key",
        swap(r"        run: (\S.*)$", r"        run: echo\n        run: \1"),
        KEEP,
    ),
    Way(
        "variable twice",
        "duplicate-key",
        swap(r"env:\n(?:  .*\n)+", "env:\n  A: 1\n  a: 2\n"),
        swap(r"env:\n(?:  .*\n)+", "env:\n  A: 1\n  B: 2\n"),
    ),
    Way(
        "id of a step twice",
        "duplicate-key",
        add(EXTRA + "      - id: a\n        run: x\n      - id: a\n        run: y\n"),
        add(EXTRA + "      - id: a\n        run: x\n      - id: A\n        run: y\n"),
    ),
    Way("merge key", "merge-key", swap("env:\n", "env:\n  <<: {A: b}\n"), swap("env:\n", "env:\n  A2: b\n")),
    Way(
        "merge key in a job", "merge-key", _where("&job", "  third:\n    <<: *job\n"), _where("&job", "  third: *job\n")
    ),
    # Schedules.
    *(
        Way(
            f"cron {cron}",
            "cron-invalid",
            swap(r"    - cron: .*$", f"    - cron: '{cron}'"),
            swap(r"    - cron: .*$", f"    - cron: '{twin}'"),
        )
        for cron, twin in (
            ("CRON_SCHEDULE_PLACEHOLDER", "0 0 * * *"),
            ("0 0 * * *  # Daily validation", "0 0 * * *"),
            ("61 * * * *", "59 * * * *"),
            ("@daily", "0 0 * * *"),
            ("0 0 * *", "0  0 * * *"),
            ("0 0 0 * * *", "0 0 1 * *"),
            ("*/60 * * * *", "*/59 * * * *"),
            ("0 24 * * *", "0 23 * * *"),
            ("0 0 * * 7", "0 0 * * 6"),
            ("0 0 0 * *", "0 0 31 * *"),
            ("0 0 * 13 *", "0 0 * DEC *"),
            ("0 0 L * *", "0 0 28-31 * *"),
            ("0 0 * * 5#2", "0 0 * * 5"),
            ("? 0 * * *", "* 0 * * *"),
            ("30-10 * * * *", "10-30 * * * *"),
            ("*/0 * * * *", "*/5 * * * *"),
            ("1,,2 * * * *", "1,2 * * * *"),
            ("0 0 * * monday", "0 0 * * MON-fri"),
            ("*/15 NaN * * *", "*/15 5/6 * * *"),
            ("-5 * * * *", "5-5 * * * *"),
        )
    ),
    # Needs.
    Way("need that is not there", "needs-unknown", swap(r"    needs: \[(\w+)\]$", r"    needs: [\1, tests]"), LIST),
    Way("need by another case", "needs-unknown", swap(r"    needs: \[(\w)(\w+)\]$", r"    needs: [\1\2, BUILD]"), LIST),
    Way(
        "need of itself",
        "needs-cycle",
        add("  last:\n    needs: last\n    runs-on: x\n"),
        add("  last:\n    runs-on: x\n"),
    ),
    Way(
        "circle of two",
        "needs-cycle",
        add("  x1:\n    needs: [x2]\n    runs-on: x\n  x2:\n    needs: x1\n    runs-on: x\n"),
        add("  x1:\n    needs: [x2]\n    runs-on: x\n  x2:\n    runs-on: x\n"),
    ),
    Way(
        "all in one circle",
        "needs-cycle",
        whole("on: push\njobs:\n  a:\n    needs: b\n    runs-on: x\n  b:\n    needs: a\n    runs-on: x\n"),
        KEEP,
    ),
    # Expressions.
    Way(
        "expression without an end",
        "expression",
        swap(r"        run: \S.*$", "        run: echo ${{ github.ref"),
        swap("        run: [^|>].*$", "        run: echo ${{ github.ref }}"),
    ),
    Way(
        "call without an end",
        "expression",
        swap(r"        run: \S.*$", "        run: echo ${{ format( }}"),
        swap("        run: [^|>].*$", "        run: echo ${{ format('x') }}"),
    ),
    Way(
        "unknown function",
        "expression",
        swap(r"        run: \S.*$", "        run: echo ${{ now() }}"),
        swap("        run: [^|>].*$", "        run: echo ${{ toJSON(github) }}"),
    ),
    Way(
        "unknown context",
        "expression",
        swap(r"        run: \S.*$", "        run: echo ${{ gihub.ref }}"),
        swap("        run: [^|>].*$", "        run: echo ${{ env.A }}"),
    ),
    Way(
        "empty expression",
        "expression",
        swap(r"        run: \S.*$", "        run: echo ${{ }}"),
        swap("        run: [^|>].*$", "        run: echo $ {{ }}"),
    ),
    Way(
        "double quotes",
        "expression",
        swap(r"    if: .*$", '    if: github.ref == "main"'),
        swap("    if: .*$", "    if: github.ref == 'main'"),
    ),
    Way("expression as an action", "expression", swap(r"        uses: .*$", "        uses: ${{ github.ref }}"), KEEP),
)

SERVER = (
    Way("action without a ref", "uses-invalid", swap(r"(.*uses: [\w./-]+)@.*$", r"\1"), KEEP),
    Way(
        "unknown time zone",
        "timezone-unknown",
        swap(r"    - cron: (['\"].*)$(?!\n      t)", r"    - cron: \1\n      timezone: Mars/Base"),
        KEEP,
    ),
    Way(
        "day that never comes",
        "cron-invalid",
        swap("    - cron: .*$", "    - cron: '0 0 31 2 *'"),
        swap("    - cron: .*$", "    - cron: '0 0 29 2 *'"),
    ),
    Way(
        "markers within a block",
        "markers",
        swap(
            r"        run: \|\n",
            "        run: |\n          <<<<<<< HEAD\n          a\n          =======\n          b\n          >>>>>>> x\n",
        ),
        swap(r"        run: \|\n", "        run: |\n          cat <<END\n          =======\n          END\n"),
    ),
    Way(
        "condition as a tag",
        "type",
        swap("    if: .*$", "    if: !cancelled()"),
        swap("    if: .*$", "    if: ${{ !cancelled() }}"),
    ),
    Way(
        "filter and its opposite",
        "type",
        swap(r"    branches: (.*)$", r"    branches: \1\n    branches-ignore: x"),
        KEEP,
    ),
    Way("too large", "too-large", add("# " + "x" * (512 * 1024)), KEEP),
)
"""What the parser lets pass and GitHub's server, or no workflow at all, can use."""

ACTION_WAYS = (
    Way("no name", "type", swap("name: .*\n", ""), KEEP),
    Way("no description", "type", swap("description: .*\n", ""), swap("description: .*$", "description:")),
    Way("no runs", "type", swap(r"runs:[\s\S]*\Z", ""), KEEP),
    Way("no using", "type", swap("  using: .*\n", ""), KEEP),
    Way("old node", "type", swap("  using: node20", "  using: node10"), swap("  using: node20", "  using: node24")),
    Way("no main", "type", swap("  main: .*\n", ""), KEEP),
    Way(
        "no image", "type", swap("  image: Dockerfile\n", ""), swap("  image: Dockerfile", "  image: docker://alpine:3")
    ),
    Way("no steps", "type", swap(r"  steps:[\s\S]*\Z", ""), swap(r"  steps:[\s\S]*\Z", "  steps: []\n")),
    Way("run without shell", "type", swap("      shell: .*\n", ""), swap("      shell: .*$", "      shell: python")),
    Way(
        "key of a step",
        "unknown-key",
        swap("      shell: ", "      timeout-minutes: 5\n      shell: "),
        swap("      shell: ", "      continue-on-error: true\n      shell: "),
    ),
    Way(
        "key at the top",
        "unknown-key",
        swap("description: ", "on: push\ndescription: "),
        swap("inputs:", "# on: push\ninputs:"),
    ),
    Way(
        "key of runs",
        "unknown-key",
        swap("  main: ", "  steps: []\n  main: "),
        swap("  main: ", "  pre-if: always()\n  main: "),
    ),
    Way(
        "required as a text",
        "type",
        swap("    required: .*$", "    required: 'yes'"),
        swap("    required: .*$", "    required: true"),
    ),
    Way(
        "inputs as a list",
        "type",
        swap(r"inputs:\n(?:  .*\n)+", "inputs: [version]\n"),
        swap(r"inputs:\n(?:  .*\n)+", "inputs: {}\n"),
    ),
    Way("key of an output", "unknown-key", swap("    value: ", "    default: x\n    value: "), KEEP),
    Way(
        "unquoted colon",
        "unreadable",
        swap("description: .*$", "description: Note: x"),
        swap("description: .*$", "description: 'Note: x'"),
    ),
    Way("duplicate key", "duplicate-key", swap("description: (.*)$", r"description: \1\nName: x"), KEEP),
    Way("colour", "type", swap("  color: green", "  color: pink"), swap("  color: green", "  color: gray-dark")),
    Way("arguments as a text", "type", swap(r"  args:\n(?:    .*\n)+", "  args: scan\n"), KEEP),
    Way("empty", "unreadable", whole(""), KEEP),
)


def cases() -> Iterator[Case]:
    """All of them: each way in each file that has a place for it, its twin, and the files themselves."""
    for name, text in WORKFLOWS.items():
        yield Case(f"workflow {name}", "workflow", text, None)
        yield from _broken("workflow", name, text, WAYS)
    for name, text in ACTIONS.items():
        yield Case(f"action {name}", "action", text, None)
        yield from _broken("action", name, text, ACTION_WAYS)


def server_cases() -> Iterator[Case]:
    """Those of SERVER."""
    for name, text in WORKFLOWS.items():
        yield from _broken("workflow", name, text, SERVER)


def _broken(kind: str, name: str, text: str, ways: tuple[Way, ...]) -> Iterator[Case]:
    for way in ways:
        broken = way.breaks(text)
        if broken == text:
            continue
        yield Case(f"{kind} {name}: {way.name}", kind, broken, way.rule)
        yield Case(f"{kind} {name}: twin of {way.name}", kind, way.twin(text), None)
