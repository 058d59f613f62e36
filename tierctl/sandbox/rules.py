"""What the services refuse: one place for every refusal the sandbox makes on purpose.

In: the state before a call and what the call wants. Out: nothing, or an `ApiError` with the
service's error code; its text is AWS's where a source quotes it, otherwise ours. Each rule names
its source. Overlays call these; nothing else decides whether AWS would say no.
"""

from __future__ import annotations

from tierctl.sandbox.wire import ApiError

# The order of cluster modes; only neighbours are reachable, and never downwards from enabled:
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html (2026-11)
MODES = ("disabled", "compatible", "enabled")
MAX_REPLICAS = 5


def failover_needs_replica(*, wanted: bool, replicas_per_shard: int, cluster_mode: str) -> None:
    """Automatic failover without a replica is refused while cluster mode is disabled.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/383 (2026-11)
    """
    if wanted and replicas_per_shard < 1 and cluster_mode != "enabled":
        raise ApiError(
            "InvalidReplicationGroupState",
            "Replication group must have at least one read replica to enable autofailover.",
        )


def multi_az_needs_failover(*, multi_az: bool, failover: bool) -> None:
    """Multi-AZ is refused without automatic failover.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html (2026-11)
    """
    if multi_az and not failover:
        raise ApiError(
            "InvalidParameterCombination",
            "Must enable automatic failover to enable Multi-AZ.",
        )


def replica_count(*, wanted: int, multi_az: bool, failover: bool) -> None:
    """At most five replicas per shard; at least one while failover or Multi-AZ is on.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DecreaseReplicaCount.html
    (2026-11)
    """
    if wanted > MAX_REPLICAS:
        raise ApiError(
            "InvalidParameterValue", f"The number of replicas must be at most {MAX_REPLICAS}."
        )
    if wanted < 1 and (multi_az or failover):
        raise ApiError(
            "InvalidReplicationGroupState",
            "At least one replica must remain while automatic failover or Multi-AZ is enabled.",
        )


def resharding_needs_cluster_mode(cluster_mode: str) -> None:
    """The number of shards can only change with cluster mode enabled.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/redis-cluster-resharding-online.html
    """
    if cluster_mode != "enabled":
        raise ApiError(
            "InvalidReplicationGroupState",
            "Operation is only applicable for cluster mode enabled replication groups.",
        )


def cluster_mode_step(*, before: str, after: str, failover: bool) -> None:
    """Cluster mode goes disabled → compatible → enabled, one step at a time, with failover on."""
    if before == after:
        return
    if before == "enabled" or abs(MODES.index(before) - MODES.index(after)) > 1:
        raise ApiError(
            "InvalidParameterCombination",
            f"Cluster mode cannot be changed from {before} to {after}.",
        )
    if not failover:
        raise ApiError(
            "InvalidParameterCombination",
            "Automatic failover must be enabled to change the cluster mode.",
        )


def primary_must_stay(*, cluster_id: str, is_primary: bool) -> None:
    """DeleteCacheCluster is refused for a replication group's primary.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheCluster.html
    """
    if is_primary:
        raise ApiError(
            "InvalidCacheClusterState",
            f"Cache cluster {cluster_id} is serving as primary for a replication group and "
            "cannot be deleted.",
        )
