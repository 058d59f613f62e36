"""The cache family: one ElastiCache replication group, Valkey or Redis OSS."""

from __future__ import annotations

from dataclasses import dataclass

from tierctl.model.attributes import attribute

GROUP = "AWS::ElastiCache::ReplicationGroup"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheShape:
    """A ReplicationGroup at every size, also with one node: a CacheCluster could never grow.

    Nodes are counted one way only, shards times (1 + replicas per shard), so that no size
    needs a swap of properties on the way to cluster mode (decision record 0002).
    """

    engine: str = attribute(
        "The engine.",
        choices=("valkey", "redis"),
        example="valkey",
        moves=(f"{GROUP}.Engine", f"{GROUP}.CacheParameterGroupName"),
    )
    engine_version: str = attribute(
        "The engine's version as AWS writes it, quoted.",
        pattern=r"\d+\.\d+(\.\d+)?",
        example='"8.1"',
        moves=(f"{GROUP}.EngineVersion", f"{GROUP}.CacheParameterGroupName"),
    )
    node_type: str = attribute(
        "The node type.",
        pattern=r"cache\.[a-z0-9]+\.[a-z0-9]+",
        example="cache.t4g.micro",
        moves=(f"{GROUP}.CacheNodeType",),
    )
    cluster_mode: str = attribute(
        "Cluster mode; 'compatible' is a stop on the way, never a size.",
        choices=("disabled", "compatible", "enabled"),
        example="disabled",
        moves=(f"{GROUP}.ClusterMode", f"{GROUP}.CacheParameterGroupName"),
    )
    shards: int = attribute(
        "Node groups; more than one needs cluster mode.",
        minimum=1,
        maximum=500,
        example="1",
        moves=(f"{GROUP}.NumNodeGroups",),
    )
    replicas_per_shard: int = attribute(
        "Replicas in each shard.",
        minimum=0,
        maximum=5,
        example="1",
        moves=(f"{GROUP}.ReplicasPerNodeGroup",),
    )
    automatic_failover: bool = attribute(
        "Whether a replica takes over when the primary fails; needs a replica.",
        example="true",
        moves=(f"{GROUP}.AutomaticFailoverEnabled",),
    )
    multi_az: bool = attribute(
        "Whether replicas stand in other zones than their primary; needs automatic failover.",
        example="true",
        moves=(f"{GROUP}.MultiAZEnabled",),
    )
    snapshot_retention_days: int = attribute(
        "Days that daily snapshots are kept; 0 takes none.",
        minimum=0,
        maximum=35,
        example="7",
        moves=(f"{GROUP}.SnapshotRetentionLimit",),
    )
    transit_encryption: str = attribute(
        "TLS to the cache; every size is born with 'required', others are stops on the way.",
        choices=("required", "preferred", "disabled"),
        default="required",
        moves=(f"{GROUP}.TransitEncryptionEnabled", f"{GROUP}.TransitEncryptionMode"),
    )
    at_rest_encryption: bool = attribute(
        "Encryption at rest with the environment's key; can never change in place.",
        default=True,
        moves=(f"{GROUP}.AtRestEncryptionEnabled", f"{GROUP}.KmsKeyId"),
    )
    online_resharding: bool = attribute(
        "The update policy without which CloudFormation replaces the group to reshard it.",
        default=True,
        moves=(f"{GROUP}.UpdatePolicy",),
    )
    adopted_cluster_id: str | None = attribute(
        "Id of the CacheCluster this group took over as its primary; kept for life.",
        default=None,
        moves=(GROUP,),
    )

    @property
    def nodes(self) -> int:
        """Nodes that run and are billed."""
        return self.shards * (1 + self.replicas_per_shard)

    @property
    def parameter_group(self) -> str:
        """AWS's default parameter group for this engine, version and cluster mode.

        Source: ElastiCache "Engine specific parameters" (default.valkey8,
        default.valkey8.cluster.on, default.redis7, ...), 2026-08.
        """
        family = f"{self.engine}{self.engine_version.split('.', maxsplit=1)[0]}"
        clustered = self.cluster_mode != "disabled"
        return f"default.{family}.cluster.on" if clustered else f"default.{family}"
