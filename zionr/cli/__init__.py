"""The command line."""

import gc
import signal
import sys
from typing import NoReturn


def main() -> NoReturn:
    """The console script: run the command line and end the process with its exit code."""
    # A run lasts a fraction of a second and ends: looking for garbage in between, even while modules are
    # imported, only costs time.
    gc.disable()
    # Until the boundary stands there is nobody to answer an interrupt with a line in place of a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from .main import run

    run(sys.argv[1:])
