"""Alarm thresholds that nobody chooses: they follow from the promise and AWS's limits."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.catalog.aurora import max_connections

if TYPE_CHECKING:
    from tierctl.model.promise import Promise
    from tierctl.model.shapes import DatabaseShape

CONNECTION_SHARE = Decimal("0.8")
"""Told at four fifths: time to act before the last connection is taken."""


def derived_thresholds(promise: Promise, database: DatabaseShape) -> dict[str, object]:
    """The derived fields of an ObservabilityShape, by field name."""
    connections = max_connections(database.connections_max_acu, database.min_acu)
    return {
        "p95_ms": promise.latency_p95_ms,
        "error_rate_percent": promise.benchmark.error_rate_percent,
        "database_connections": int(connections.value * CONNECTION_SHARE),
    }
