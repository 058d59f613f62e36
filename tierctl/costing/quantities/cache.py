"""Cache: nodes by the hour, snapshots by the GB.

A node is billed alike whether it is a primary or a replica. Valkey has its own, lower price, and
its snapshots are billed like Redis OSS's (Infracost prices snapshots of Redis only).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter
from tierctl.model.estimate import HOURS
from tierctl.model.money import Spread
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.estimate import Line
    from tierctl.model.shapes import CacheShape
    from tierctl.model.usage import UsageProfile

COMPONENT = "Redis Cache"


def lines(shape: CacheShape, usage: UsageProfile) -> Iterator[Line]:
    """Everything the cache bills."""
    meter = Meter(COMPONENT, "cache", usage)
    how = f"{shape.shards} shard(s) x (1 + {shape.replicas_per_shard} replica(s))"
    yield nodes(meter, shape.engine, shape.node_type, shape.nodes, how)
    yield snapshots(meter, shape.snapshot_retention_days)


def nodes(
    meter: Meter,
    engine: str | Unknown,
    node_type: str | Unknown,
    count: int | Unknown,
    how: str,
) -> Line:
    """Node hours."""
    for value in (engine, node_type, count):
        if isinstance(value, Unknown):
            return meter.unknown("Cache node hours", value.reason)
    assert not isinstance(count, Unknown)  # noqa: S101 - said by the loop above, for the reader
    key = f"elasticache.{engine}.{node_type}.hour"
    return meter.fixed(
        f"{node_type} hours", key, count * HOURS, "hours", f"{how} = {count} x 730 h"
    )


def snapshots(meter: Meter, retention_days: int | Unknown) -> Line:
    """Snapshots kept.

    One snapshot of each cluster used to be free; the price feed has no word on it any more
    (catalogue note of elasticache.backup_gb_month, 2025-06). Low leaves one out, expected and
    high count all.
    """
    name = "Cache snapshots"
    if isinstance(retention_days, Unknown):
        return meter.unknown(name, retention_days.reason, "elasticache.backup_gb_month")
    if retention_days == 0:
        return meter.free(name, "no snapshots are taken")
    data = meter.spread("cache_data_gb")
    kept = (
        Spread(
            data.low * (retention_days - 1),
            data.expected * retention_days,
            data.high * retention_days,
        )
        if data
        else None
    )
    return meter.derived(
        name,
        "elasticache.backup_gb_month",
        kept,
        "GB",
        f"{retention_days} daily snapshot(s) of the cache's data; low leaves one out as free",
        ("cache_data_gb",),
    )
