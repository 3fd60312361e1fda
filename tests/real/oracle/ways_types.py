"""Values of a type that GitHub does not take there."""

from __future__ import annotations

from .edits import KEEP, Way, add, swap

WAYS = (
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
)
