"""Single values of GitHub's answers, read with distrust (pure)."""

from __future__ import annotations

from typing import Any

from ....instants import from_iso

LONGEST = 300
"""Characters of a text that is kept."""


def number(raw: Any) -> int | None:
    """A whole number from 0 that fits 63 bits, else None."""
    return raw if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 1 << 63 else None


def text(raw: Any) -> str | None:
    """A text, cut, and without halves of letters that no file can hold; else None."""
    return raw[:LONGEST].encode("utf-8", "replace").decode() if isinstance(raw, str) else None


def moment(raw: Any) -> float | None:
    """Seconds since 1970 of GitHub's `2026-11-24T03:00:00Z`, else None."""
    if not isinstance(raw, str) or len(raw) > 40:
        return None
    try:
        return from_iso(raw)
    except (ValueError, OverflowError):
        return None
