"""What breaks an `action.yml`."""

from __future__ import annotations

from .edits import KEEP, Way, swap, whole

WAYS = (
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
