"""What makes a workflow no YAML: what mass edits and quick repairs have left behind."""

from __future__ import annotations

from .edits import KEEP, Way, add, both, mark_block, swap, whole

WAYS = (
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
)
