"""Run one program to its end, within a time limit, with an environment that is chosen, never inherited."""

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..redaction.values import says_secret

_CHUNK = 1 << 16
_ALLOWED = ("PATH", "HOME", "USER", "LANG")
_starting = threading.Lock()
_live: set[int] = set()
"""The process groups of all programs that have not ended."""


class Completed(NamedTuple):
    """A finished program. `code` is None where it never ran; `ended_by` says who ended it: itself, timeout, flood."""

    code: int | None
    stdout: str
    stderr: str
    duration_s: float
    ended_by: str
    problem: str | None = None

    @property
    def succeeded(self) -> bool:
        """It ran, ended by itself, and with exit code 0."""
        return self.code == 0 and self.ended_by == "itself"


class CompletedBytes(NamedTuple):
    """A finished program whose output is no text, or text of an unknown encoding; otherwise as `Completed`."""

    code: int | None
    stdout: bytes
    stderr: bytes
    duration_s: float
    ended_by: str
    problem: str | None = None

    @property
    def succeeded(self) -> bool:
        """It ran, ended by itself, and with exit code 0."""
        return self.code == 0 and self.ended_by == "itself"


def allowed_environment(environ: Mapping[str, str], prefix: str = "PM2_") -> dict[str, str]:
    """PATH, HOME, USER, LANG and what starts with `prefix`, less everything that is named like a secret.

    PM2 keeps its caller's environment with the process it starts and writes it into a dump that all may read.
    """
    chosen = {name: environ[name] for name in _ALLOWED if name in environ}
    named = {name: value for name, value in environ.items() if name.startswith(prefix)}
    return chosen | {name: value for name, value in named.items() if not says_secret(name)}


def run(
    argv: Sequence[str],
    *,
    timeout_s: float,
    env: Mapping[str, str],
    cwd: str | None = None,
    most: int = 1 << 20,
) -> Completed:
    """Run `argv` without a shell or a standard input, in a process group of its own.

    The group is killed after `timeout_s` or once either stream passes `most` bytes. A program that is missing or may
    not be run is a value with `problem`, not an exception.
    """
    done = run_bytes(argv, timeout_s=timeout_s, env=env, cwd=cwd, most=most)
    stdout, stderr = (stream.decode("utf-8", "replace") for stream in (done.stdout, done.stderr))
    return Completed(done.code, stdout, stderr, done.duration_s, done.ended_by, done.problem)


def run_bytes(
    argv: Sequence[str],
    *,
    timeout_s: float,
    env: Mapping[str, str],
    cwd: str | None = None,
    most: int = 1 << 20,
    given: bytes = b"",
    open_files: Sequence[int] = (),
) -> CompletedBytes:
    """As `run`, with the output as it came.

    `given` is what the program finds on its standard input, `open_files` are those that it has under the same numbers.
    """
    started = time.monotonic()
    try:
        child = _start(argv, env, cwd, given, open_files)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return CompletedBytes(None, b"", b"", 0.0, "itself", f"{argv[0]}: cannot be run: {reason}")
    ended_by = "interrupt"
    with child:
        try:
            streams, ended_by = _follow(child, started + timeout_s, most)
        finally:
            _end_group(child, ended_by)
            _live.discard(child.pid)
    stdout, stderr = (bytes(stream) for stream in streams)
    return CompletedBytes(child.returncode, stdout, stderr, time.monotonic() - started, ended_by)


def batches(sized: Iterable[tuple[str, int]], most: int) -> Iterator[list[str]]:
    """Names with their sizes, in portions of at most `most` together; one that is larger is alone."""
    batch: list[str] = []
    total = 0
    for name, size in sized:
        if batch and total + size > most:
            yield batch
            batch, total = [], 0
        batch.append(name)
        total += size
    if batch:
        yield batch


def end_all() -> None:
    """Kill every group that still runs, and let no more start: for the end of the whole process, which waits for none.

    A thread may be in the middle of a start: it is given a second.
    """
    _starting.acquire(timeout=1)
    for group in tuple(_live):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


@contextlib.contextmanager
def in_memory(content: bytes) -> Iterator[int]:
    """A file in memory, open for reading: whatever ends zionr, nothing is left of it."""
    with open(os.memfd_create("given"), "w+b") as file:
        file.write(content)
        file.seek(0)
        yield file.fileno()


def _start(
    argv: Sequence[str], env: Mapping[str, str], cwd: str | None, given: bytes, open_files: Sequence[int]
) -> subprocess.Popen[bytes]:
    with _starting, _standard_input(given) as standard_input:
        child = subprocess.Popen(
            argv,
            stdin=standard_input,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=cwd,
            start_new_session=True,
            pass_fds=open_files,
        )
        _live.add(child.pid)
    return child


def _standard_input(given: bytes) -> contextlib.AbstractContextManager[int]:
    """A file, not a pipe: nobody has to write into it while the output is read."""
    return in_memory(given) if given else contextlib.nullcontext(subprocess.DEVNULL)


def _follow(child: subprocess.Popen[bytes], deadline: float, most: int) -> tuple[list[bytearray], str]:
    """Read both streams side by side, so that neither can fill up and stop the child."""
    streams = [bytearray(), bytearray()]
    with selectors.DefaultSelector() as selector:
        for stream, collected in zip((child.stdout, child.stderr), streams, strict=True):
            if stream is not None:
                selector.register(stream, selectors.EVENT_READ, collected)
        while selector.get_map():
            left = deadline - time.monotonic()
            if left <= 0:
                return streams, "timeout"
            for key, _ in selector.select(left):
                chunk = os.read(key.fd, _CHUNK)
                key.data.extend(chunk)
                if not chunk:
                    selector.unregister(key.fileobj)
                if len(key.data) > most:
                    return streams, "flood"
    return streams, _wait(child, deadline)


def _wait(child: subprocess.Popen[bytes], deadline: float) -> str:
    try:
        child.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return "timeout"
    return "itself"


def _end_group(child: subprocess.Popen[bytes], ended_by: str) -> None:
    if ended_by == "itself":
        return
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
