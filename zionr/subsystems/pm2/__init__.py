"""PM2: the daemon and the processes it keeps, seen over the daemon's own socket."""

SUMMARY = "PM2's daemon and the processes it keeps on this host"
SCOPE = "host"
DAEMON = "daemon"
KEPT_METRICS = ("restarts_by_id",)
"""Metrics that rules compare with the past: kept in reports even where METRICS_COLLECTION is off."""
NO_MASS = ("pm2/process-stopped",)
"""Rules that tell of an operator's own doing: they are no part of a mass failure."""
