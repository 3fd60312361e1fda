"""`make run`: zionr at work on a real PM2 of its own, in a scratch folder that is gone afterwards, and on itself.

Three processes: one healthy, one that crashes until what it needs is there, and one that is declared but was never
started. zionr checks, repairs and checks again; this script only sets the stage and, as a person would between two
checks, mends what the crashing one was missing. Last, zionr looks at the workflow files of this repository.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ZIONR = Path(sys.executable).parent / "zionr"
TOP = Path(__file__).parents[1]

POLICY = """\
version: 1
project: demo
recovery:
  remedies: {pm2/restart: apply, pm2/start: apply}
  fail_streak: 1
subsystems:
  pm2:
    home: pm2
    ecosystems: [ecosystem.json]
"""

HEALTHY = "setInterval(() => {}, 1000);\n"
CRASHING = """\
const fs = require("fs");
if (!fs.existsSync("settings.json")) {
  console.error("settings.json is not there");
  process.exit(1);
}
setInterval(() => {}, 1000);
"""


def main() -> int:
    """Set the stage, play the three scenes, take everything down, look at ourselves. 0 where all is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pm2", required=True, type=Path, help="the pm2 program to use")
    pm2 = parser.parse_args().pm2.absolute()
    scratch = Path(tempfile.mkdtemp(prefix="zionr-demo-"))
    environment = os.environ | {
        "PM2_HOME": str(scratch / "pm2"),
        "PM2_DISABLE_VERSION_CHECK": "1",
        "PATH": f"{pm2.parent}{os.pathsep}{os.environ['PATH']}",
    }
    try:
        set_stage(scratch, pm2, environment)
        played = play(scratch, environment)
    finally:
        subprocess.run([pm2, "kill"], env=environment, cwd=scratch, capture_output=True, timeout=60, check=False)
        shutil.rmtree(scratch, ignore_errors=True)
    return max(played, look_at_ourselves())


def set_stage(scratch: Path, pm2: Path, environment: dict[str, str]) -> None:
    """Write policy and scripts, start two of the three processes, and wait until PM2 has given up on one."""
    (scratch / "pm2").mkdir()
    (scratch / "policies").mkdir()
    (scratch / "policies" / "zionr.yaml").write_text(POLICY)
    (scratch / "healthy.js").write_text(HEALTHY)
    (scratch / "crashing.js").write_text(CRASHING)
    names = {"healthy": "healthy.js", "crashing": "crashing.js", "missing": "healthy.js"}
    apps = [{"name": name, "script": f"./{script}"} for name, script in names.items()]
    (scratch / "ecosystem.json").write_text(json.dumps({"apps": apps}))
    start = [str(pm2), "start", "ecosystem.json", "--only", "healthy,crashing"]
    subprocess.run(start, env=environment, cwd=scratch, capture_output=True, timeout=60, check=True)
    deadline = time.monotonic() + 30
    while "errored" not in (scratch / "pm2" / "pm2.log").read_text():
        if time.monotonic() > deadline:
            raise SystemExit("PM2 did not give up on the crashing process within 30 s")
        time.sleep(0.2)


def play(scratch: Path, environment: dict[str, str]) -> int:
    """Check, repair, check: each command is printed as a person would type it."""
    before = zionr(scratch, environment, "check", "pm2")
    print("\n(settings.json, which crashing was missing, is put in its place)")
    (scratch / "settings.json").write_text("{}")
    repaired = zionr(scratch, environment, "recover", "pm2")
    after = zionr(scratch, environment, "check", "pm2")
    print(f"\nexit codes: {before} (critical), then {repaired} (repaired and verified), then {after} (ok)")
    return 0 if (before, repaired, after) == (2, 0, 0) else 1


def look_at_ourselves() -> int:
    """The workflow files of this repository, without network; 0 where nothing is wrong with them."""
    code = zionr(TOP, dict(os.environ), "check", "actions", "--files", ".")
    print(f"\nexit code: {code} ({'ok' if code == 0 else 'not ok'})")
    return min(code, 1)


def zionr(folder: Path, environment: dict[str, str], *arguments: str) -> int:
    """Run one command with its output shown, and return its exit code."""
    print(f"\n$ zionr {' '.join(arguments)}", flush=True)
    return subprocess.run([ZIONR, *arguments], env=environment, cwd=folder, timeout=120, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
