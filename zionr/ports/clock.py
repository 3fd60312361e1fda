"""The time of this machine."""

from __future__ import annotations

import time


class SystemClock:
    """`context.Clock` by the clocks of the operating system."""

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; a span that is already over is no wait."""
        if seconds > 0:
            time.sleep(seconds)
