"""Keys where GitHub knows none of that name, keys that are missing, and keys that stand twice."""

from __future__ import annotations

from .edits import EXTRA, KEEP, Way, add, both, swap, where

UNKNOWN = (
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
)

MISSING = (
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
)

TWICE = (
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
    Way("merge key in a job", "merge-key", where("&job", "  third:\n    <<: *job\n"), where("&job", "  third: *job\n")),
)
