from __future__ import annotations

import json

from zionr.store.records import BROKEN, parse


def test_why_a_file_is_no_report_is_told_whole_or_not_at_all() -> None:
    whole = {"schema_version": 1, "id": "a", "kind": "check", "scope": "x", "runner": {"id": "r"}}
    short = parse("2026-11-23", "a.json", 1, json.dumps(whole | {"state": "odd"}).encode())
    long = parse("2026-11-23", "a.json", 1, json.dumps(whole | {"state": "secret" * 90}).encode())
    odd = parse("2026-11-23", "a.json", 1, json.dumps(whole | {"kind": ["secret" * 90]}).encode())

    assert {short.trust, long.trust, odd.trust} == {BROKEN}
    assert short.reason == "not a report (ValueError: 'odd' is not a state)"
    assert long.reason == "not a report (ValueError)"
    assert odd.reason == "not a report (TypeError: what should be a text is none)"
