"""One call made in a thread, while the caller goes on with something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Background(Generic[Result]):
    """`Background(call).result()` is `call()`, begun at once; what it raised is raised where the result is wanted."""

    def __init__(self, call: Callable[[], Result]) -> None:
        self._call = call
        self._results: list[Result] = []
        self._error: BaseException | None = None
        # A daemon thread: Ctrl-C must not wait for a daemon that hangs.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as error:  # noqa: BLE001  # nothing is swallowed: `result` raises it
            self._error = error

    def result(self, within_s: float | None = None) -> Result:
        """Wait for the call, and return or raise what it did. TimeoutError where it takes longer than it may."""
        self._thread.join(within_s)
        if self._thread.is_alive():
            raise TimeoutError
        if self._error is not None:
            raise self._error
        return self._results[0]
