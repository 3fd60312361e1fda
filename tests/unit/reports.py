"""Reports in their JSON form, for tests of what reads and writes them."""

from __future__ import annotations

from typing import Any

from zionr.instants import iso
from zionr.model import JsonObject

START = 1_795_489_200.0  # 2026-11-24T02:20:00Z


def report(number: int = 0, *, at: float | None = None, **changes: Any) -> JsonObject:
    """A report like those of the contract, its id made of `number` and its start."""
    start = START + number if at is None else at
    stamp = iso(start).replace("-", "").replace(":", "").replace(".", "")[:-1]
    return {
        "schema_version": 1,
        "id": f"{stamp}-{number:06x}",
        "project": "example",
        "kind": "check",
        "subsystem": "pm2",
        "scope": "host:web-1",
        "runner": {"id": "web-1", "kind": "cron", "host": "web-1", "url": None, "via": None, "version": "0.1.0"},
        "policy": {"path": "policies/zionr.yaml", "digest": "sha256:" + "0" * 64, "environment": None},
        "started_at": iso(start),
        "finished_at": iso(start + 0.5),
        "duration_s": 0.5,
        "state": "warning",
        "health": {"score": 50.0, "coverage": 1.0, "warning": 80, "critical": 50},
        "targets": [
            {
                "name": "api",
                "kind": "process",
                "state": "warning",
                "score": 50,
                "weight": 1,
                "required": True,
                "metrics": {"memory_bytes": 52_428_800, "restarts_by_id": {"0": 7}},
            }
        ],
        "findings": [
            {
                "id": "pm2/instances-short:api",
                "rule": "pm2/instances-short",
                "state": "warning",
                "target": "api",
                "targets": ["api"],
                "message": "1 of 2 instances online",
                "expected": 2,
                "actual": 1,
                "evidence": {"own": False},
                "hint": None,
                "caused_by": None,
                "resolved": False,
                "first_seen": iso(start - 60),
                "streak": {"count": 2, "needed": 3},
                "locations": [],
            }
        ],
        "steps": [
            {
                "id": "1",
                "remedy": "pm2/restart",
                "target": "api",
                "finding": "pm2/instances-short:api",
                "targets": ["api"],
                "findings": ["pm2/instances-short:api"],
                "gates": [],
                "mode": "apply",
                "command": "…",
                "outcome": "succeeded",
                "verified": True,
                "reason": None,
                "attempt": 1,
                "duration_s": 1.9,
                "proposal": None,
            }
        ],
        "lease": {"name": "pm2.web-1", "holder": "web-1", "token": 7, "acquired": True},
        "notes": [],
        **changes,
    }
