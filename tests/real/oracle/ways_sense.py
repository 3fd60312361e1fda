"""What is well formed and makes no sense: schedules, needs, expressions; and what only the server refuses."""

from __future__ import annotations

from .edits import KEEP, LIST, Way, add, swap, whole

SCHEDULES = (
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
            ("0 0 32 2 *", "0 0 31 2 *"),
            (" 0 0 * * *", "0   0 * * *"),
            ("0 0 * * 1 ", "0 0 * * 1\t"),
            ("0\t0 * * *", "0 \t0 * * *"),
        )
    ),
)

NEEDS = (
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
)

EXPRESSIONS = (
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

# What the parser lets pass, and what GitHub's server, or no workflow at all, can use.
SERVER = (
    Way("action without a ref", "uses-invalid", swap(r"(.*uses: [\w./-]+)@.*$", r"\1"), KEEP),
    Way(
        "unknown time zone",
        "timezone-unknown",
        swap(r"    - cron: (['\"].*)$(?!\n      t)", r"    - cron: \1\n      timezone: Mars/Base"),
        KEEP,
    ),
    Way(
        "markers within a block",
        "markers",
        swap(
            r"        run: \|\n",
            "        run: |\n          <<<<<<< HEAD\n          a\n          =======\n          >>>>>>> x\n",
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
