"""What an ObservabilityShape does not choose: it follows from the promise and from AWS's limits.

Derived, and still fields: while a store changes alone in its own update, the alarms that look at
it keep their old thresholds and node names, and follow in a later one.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.catalog.aurora import max_connections

if TYPE_CHECKING:
    from tierctl.model.promise import Promise
    from tierctl.model.shapes import CacheShape, DatabaseShape, FilesystemShape

CONNECTION_SHARE = Decimal("0.8")
"""Told at four fifths: time to act before the last connection is taken."""


def derived_thresholds(
    promise: Promise,
    database: DatabaseShape,
    cache: CacheShape,
    filesystem: FilesystemShape,
    group_id: str,
) -> dict[str, object]:
    """The derived fields of an ObservabilityShape, by field name.

    Args:
        promise: What the tier promises.
        database: Its capacity decides how many connections there are.
        cache: Its shards and replicas decide which nodes there are.
        filesystem: Only a bursting one has credits to run out of.
        group_id: ReplicationGroupId, which AWS builds node ids from.
    """
    connections = max_connections(database.connections_max_acu, database.min_acu)
    return {
        "p95_ms": promise.latency_p95_ms,
        "error_rate_percent": promise.benchmark.error_rate_percent,
        "database_connections": int(connections.value * CONNECTION_SHARE),
        "cache_node_ids": cache_node_ids(cache, group_id),
        "filesystem_credits": filesystem.throughput_mode == "bursting",
    }


def cache_node_ids(cache: CacheShape, group_id: str) -> tuple[str, ...]:
    """Ids of the nodes as CloudWatch's CacheClusterId: `id-001`, in cluster mode `id-0001-001`.

    For groups born at this Shape (ElastiCache user guide, "Cluster and node naming", 2026-08).
    That a group which is moved into cluster mode keeps the ids it has is unconfirmed.
    """
    nodes = range(1, cache.replicas_per_shard + 2)
    if cache.cluster_mode != "enabled":
        return tuple(f"{group_id}-{node:03d}" for node in nodes)
    shards = range(1, cache.shards + 1)
    return tuple(f"{group_id}-{shard:04d}-{node:03d}" for shard in shards for node in nodes)
