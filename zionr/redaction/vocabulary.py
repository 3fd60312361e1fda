"""zionr's own words: a "secret" that is (part of) one of them stays, or reports lose their sense."""

from __future__ import annotations

import re

_KEYS = """
acquired actual anchor api attempt caused_by cells checks column command count coverage critical
digest duration_s environment event evidence expected file finding findings finished_at first_seen
gate gates had health hint holder host id kind last_report_at lease line locations message metrics
mode name needed needs next_due_at notes outcome passed path patch policy project proposal
rate_remaining rate_reset reason remedy reports requests required resolved rule runner runners
schema_version scope score started_at state step steps streak subsystem target targets token undo
url verified version via warning weight branch commit
"""
_VALUES = """
acknowledged actions applied apply attempts backoff bearer build check cooldown critical daily event
failed false git github host ignored irreversible lease_released mass-failure missing netlify none
null ok open pm2 planned policy/invalid precondition process propose proposed rearmed recover
repository rolled_back runners sent silenced skipped status succeeded summary sync true unknown
unverified verified warning
"""
_ORDINARY = """
anonymous authenticated automatic configured database default development disabled enabled localhost
optional password postgres postgresql preview production redacted required resolved staging testing
undefined unlimited username
"""
VOCABULARY = frozenset((_KEYS + _VALUES).split())
"""Keys and fixed values of reports (docs: the report schema)."""

_PLAIN_WORDS = VOCABULARY | frozenset(_ORDINARY.split())
_OWN_VALUE = r"\d{4}-\d\d-\d\d(T[\d:.]{5,16}Z)?|\d{8}T\d{9}-[0-9a-f]{6}|sha256:[0-9a-f]{64}|-?[\d.]{1,8}"


def is_own_word(secret: str) -> bool:
    """Whether replacing this everywhere would take zionr's or plain words out of a report."""
    folded = secret.lower()
    return folded in _PLAIN_WORDS or any(secret in word for word in VOCABULARY)


def is_own_value(text: str) -> bool:
    """Whether a whole string is a time, a report's id, a digest or a number: made by zionr."""
    return re.fullmatch(_OWN_VALUE, text) is not None
