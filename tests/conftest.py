"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure: nothing here is right or wrong by the time it takes.
settings.register_profile("zionr", deadline=None)
settings.load_profile("zionr")
