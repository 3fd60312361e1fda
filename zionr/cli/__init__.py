"""The command line."""

import gc
import sys
from typing import NoReturn


def main() -> NoReturn:
    """The console script: run the command line and end the process with its exit code."""
    # A run lasts a fraction of a second and ends: looking for garbage in between, even while modules are
    # imported, only costs time.
    gc.disable()
    from .main import run

    run(sys.argv[1:])
