"""Write the golden reports of the recorded observations anew, or with --check say which are not up to date."""

from __future__ import annotations

import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main(arguments: list[str]) -> int:
    sys.path.insert(0, TOP)
    from tests.conformance.replay import Replay, recordings
    from zionr.subsystems import folder_names

    stale = 0
    for recording in (one for name in folder_names() for one in recordings(name)):
        text = Replay(recording).report()
        if _read(recording.golden) != text:
            stale += 1
            print(os.path.relpath(recording.golden, TOP))
            if "--check" not in arguments:
                _write(recording.golden, text)
    return 1 if stale and "--check" in arguments else 0


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
