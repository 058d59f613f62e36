"""The database family: one Aurora PostgreSQL Serverless v2 cluster."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tierctl.model.attributes import attribute

CLUSTER = "AWS::RDS::DBCluster"
INSTANCE = "AWS::RDS::DBInstance"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseShape:
    """One writer and its readers over one shared volume. Capacity in Aurora capacity units."""

    engine_version: str = attribute(
        "Aurora PostgreSQL version as AWS writes it, quoted.",
        pattern=r"\d+\.\d+",
        example='"16.11"',
        moves=(
            f"{CLUSTER}.EngineVersion",
            "AWS::RDS::DBClusterParameterGroup.Family",
        ),
    )
    min_acu: Decimal = attribute(
        "Least capacity in ACU, in halves; 0 lets the cluster pause.",
        minimum=0,
        maximum=256,
        step=Decimal("0.5"),
        example="0.5",
        moves=(f"{CLUSTER}.ServerlessV2ScalingConfiguration",),
    )
    max_acu: Decimal = attribute(
        "Most capacity in ACU, in halves.",
        minimum=1,
        maximum=256,
        step=Decimal("0.5"),
        example="2",
        moves=(f"{CLUSTER}.ServerlessV2ScalingConfiguration",),
    )
    readers: int = attribute(
        "Reader instances; with none, a lost writer is rebuilt in up to ten minutes.",
        minimum=0,
        maximum=15,
        example="0",
        moves=(INSTANCE,),
    )
    backup_retention_days: int = attribute(
        "Days back to which the cluster can be restored to any second.",
        minimum=1,
        maximum=35,
        example="7",
        moves=(f"{CLUSTER}.BackupRetentionPeriod",),
    )
    statement_timeout_s: int = attribute(
        "Seconds after which PostgreSQL cancels a statement; 0 never does.",
        minimum=0,
        maximum=86400,
        example="30",
        moves=("AWS::RDS::DBClusterParameterGroup.Parameters",),
    )
    storage_type: str = attribute(
        "Aurora Standard bills input and output; I/O-Optimized bills more storage and capacity.",
        choices=("aurora", "aurora-iopt1"),
        default="aurora",
        moves=(f"{CLUSTER}.StorageType",),
    )
    auto_pause_after_s: int | None = attribute(
        "Seconds without a connection after which a cluster with min_acu 0 pauses.",
        minimum=300,
        maximum=86400,
        default=None,
        moves=(f"{CLUSTER}.ServerlessV2ScalingConfiguration",),
    )
    performance_insights: bool = attribute(
        "Performance Insights with seven days of history (free of charge).",
        default=False,
        moves=(
            f"{INSTANCE}.EnablePerformanceInsights",
            f"{INSTANCE}.PerformanceInsightsRetentionPeriod",
        ),
    )
    connections_max_acu: Decimal = attribute(
        "The max_acu in force at the last reboot, which set max_connections; the same as "
        "max_acu unless a reboot is still owed.",
        derived=True,
        minimum=1,
        maximum=256,
        step=Decimal("0.5"),
        moves=(),
    )

    @property
    def instances(self) -> int:
        """Instances that run and are billed."""
        return 1 + self.readers

    @property
    def parameter_group_family(self) -> str:
        """Parameter group family of the version, as `aurora-postgresql16`."""
        return f"aurora-postgresql{self.engine_version.split('.', maxsplit=1)[0]}"
