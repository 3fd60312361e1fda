"""What the kernel says of a process, from /proc."""

from __future__ import annotations

import os


def read_stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on (proc(5)); empty where there is no such process."""
    try:
        descriptor = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
    except OSError:
        return []
    try:
        status = os.read(descriptor, 4096)
    except OSError:
        return []
    finally:
        os.close(descriptor)
    # The second field is the program's name in brackets and may hold blanks and brackets of its own.
    return status.decode("ascii", "replace").rpartition(")")[2].split()


def exists(pid: int) -> bool:
    """Whether there is a process of that number, be it a zombie. Costs a twentieth of a look into /proc."""
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def is_zombie(pid: int) -> bool:
    """Whether the process has ended, and its parent has not taken note."""
    fields = read_stat(pid)
    return bool(fields) and fields[0] in ("Z", "X")


def ancestors(pid: int, most: int = 64) -> list[int]:
    """The process and those it was started by, itself first, without the first process of the system."""
    pids = [pid]
    while pids[-1] > 1 and len(pids) < most:
        fields = read_stat(pids[-1])
        if len(fields) < 2:
            break
        pids.append(int(fields[1]))
    return [one for one in pids if one > 1]
