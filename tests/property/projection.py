"""A template's light twin, made from an Environment without the CDK, for a thousand plans.

In: an Environment. Out: a template with the resources and properties that `legality` reads, spelled
as the stack spells them, and one stand-in for what it only counts (alarms, logs, the balancer).
`test_legality` compares it with real templates, property by property.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from tests.property.legality import BUCKET, CLUSTER, FILES, GROUP, INSTANCE, PARAMETERS

if TYPE_CHECKING:
    from tierctl.model.environment import Environment

STAND_INS = "AWS::CloudWatch::Alarm"


def project(environment: Environment) -> dict[str, Any]:
    """The twin of an Environment's template."""
    resources = {
        **_cache(environment),
        **_database(environment),
        "Filesystem": _resource(FILES, **_filesystem(environment)),
        "Bucket": _resource(BUCKET, **_bucket(environment)),
        **_services(environment),
    }
    tag = [{"Key": "tier", "Value": environment.identity.tier}]
    resources["Cluster"] = _resource(
        "AWS::ECS::Cluster", Tags=tag, ClusterSettings=environment.observability.container_insights
    )
    for number in range(1, environment.network.nat_gateways + 1):
        resources[f"NatGateway{number}"] = _resource("AWS::EC2::NatGateway", Tags=tag)
    for name in ("network", "observability", "loadbalancer"):
        shape = dataclasses.asdict(getattr(environment, name))
        shape.pop("nat_gateways", None)
        shape.pop("container_insights", None)
        resources[name] = _resource(STAND_INS, **shape)
    outputs = {"CacheHost": _endpoint(environment), "FileSystemId": {"Ref": "Filesystem"}}
    return {"Resources": resources, "Outputs": outputs}


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    """A resource; a property that is None is left out, as the CDK does."""
    return {"Type": kind, "Properties": {k: v for k, v in properties.items() if v is not None}}


def _endpoint(environment: Environment) -> dict[str, Any]:
    """The endpoint of the cache that is in use."""
    named = environment.bindings.cache_endpoint == "configuration"
    which = "ConfigurationEndPoint" if named else "PrimaryEndPoint"
    return {"Fn::GetAtt": ["Cache", f"{which}.Address"]}


def _cache(environment: Environment) -> dict[str, Any]:
    """The replication group."""
    shape = environment.cache
    encrypted = shape.transit_encryption != "disabled"
    group = _resource(
        GROUP,
        Engine=shape.engine,
        EngineVersion=shape.engine_version,
        CacheNodeType=shape.node_type,
        CacheParameterGroupName=shape.parameter_group,
        ClusterMode=shape.cluster_mode,
        NumNodeGroups=shape.shards,
        ReplicasPerNodeGroup=shape.replicas_per_shard,
        AutomaticFailoverEnabled=shape.automatic_failover,
        MultiAZEnabled=shape.multi_az,
        AtRestEncryptionEnabled=shape.at_rest_encryption,
        TransitEncryptionEnabled=encrypted,
        TransitEncryptionMode=shape.transit_encryption if encrypted else None,
        SnapshotRetentionLimit=shape.snapshot_retention_days,
        PrimaryClusterId=shape.adopted_cluster_id,
    )
    group["UpdatePolicy"] = {"UseOnlineResharding": shape.online_resharding}
    return {"Cache": group}


def _database(environment: Environment) -> dict[str, Any]:
    """Cluster, parameter group, writer and readers."""
    shape = environment.database
    scaling: dict[str, Any] = {
        "MinCapacity": float(shape.min_acu),
        "MaxCapacity": float(shape.max_acu),
    }
    if shape.auto_pause_after_s is not None:
        scaling["SecondsUntilAutoPause"] = shape.auto_pause_after_s
    instance = _resource(
        INSTANCE,
        ApplyImmediately=False,
        EnablePerformanceInsights=shape.performance_insights,
        PerformanceInsightsRetentionPeriod=7 if shape.performance_insights else None,
    )
    timeout = {"statement_timeout": str(shape.statement_timeout_s * 1000), "rds.force_ssl": "1"}
    return {
        "Database": _resource(
            CLUSTER,
            EngineVersion=shape.engine_version,
            StorageType=shape.storage_type,
            ServerlessV2ScalingConfiguration=scaling,
            BackupRetentionPeriod=shape.backup_retention_days,
        ),
        "DatabaseParameters": _resource(
            PARAMETERS, Family=shape.parameter_group_family, Parameters=timeout
        ),
        "DatabaseWriter": instance,
        **{f"DatabaseReader{number}": instance for number in range(1, shape.readers + 1)},
    }


def _filesystem(environment: Environment) -> dict[str, Any]:
    """The file system's properties."""
    shape = environment.filesystem
    days = shape.infrequent_access_after_days
    unit = "DAY" if days == 1 else "DAYS"
    policies = [
        {"TransitionToIA": f"AFTER_{days}_{unit}"},
        {"TransitionToPrimaryStorageClass": "AFTER_1_ACCESS"},
    ]
    return {
        "ThroughputMode": shape.throughput_mode,
        "ProvisionedThroughputInMibps": shape.provisioned_mibps,
        "LifecyclePolicies": policies if days is not None else None,
        "BackupPolicy": {"Status": "ENABLED" if shape.backup else "DISABLED"},
    }


def _bucket(environment: Environment) -> dict[str, Any]:
    """The bucket's properties; its rules as the fields they follow from."""
    shape = environment.bucket
    versions = {"enabled": "Enabled", "suspended": "Suspended"}.get(shape.versioning)
    archive = (shape.archive_access_after_days, shape.deep_archive_access_after_days)
    rules = (
        shape.storage_class,
        shape.transition_after_days if shape.storage_class != "standard" else None,
        shape.noncurrent_expiry_days,
        shape.abort_uploads_after_days,
        shape.expire_current_after_days,
    )
    return {
        "VersioningConfiguration": {"Status": versions} if versions else None,
        "LifecycleConfiguration": rules,
        "IntelligentTieringConfigurations": archive if any(archive) else None,
    }


def _services(environment: Environment) -> dict[str, Any]:
    """Tasks, services and their ranges."""
    found: dict[str, Any] = {}
    tls = environment.bindings.cache_tls
    for name, shape in environment.services:
        contract = next(c for c in environment.application.services if c.name == name)
        title = name.title().replace("-", "")
        url = {"Fn::Join": ["", ["rediss://" if tls else "redis://", _endpoint(environment)]]}
        container = [url, shape.db_pool_max, shape.retry_attempts, shape.health_check_interval_s,
                     dataclasses.asdict(contract)]  # fmt: skip
        found[f"{title}Task"] = _resource(
            "AWS::ECS::TaskDefinition",
            Cpu=str(shape.cpu),
            Memory=str(shape.memory_mib),
            ContainerDefinitions=container,
            RuntimePlatform={
                "CpuArchitecture": shape.architecture,
                "OperatingSystemFamily": "LINUX",
            },
        )
        found[f"{title}Service"] = _resource(
            "AWS::ECS::Service",
            CapacityProviderStrategy=[{"Base": 0, "CapacityProvider": shape.capacity, "Weight": 1}],
            DeploymentConfiguration={"MinimumHealthyPercent": 100, "MaximumPercent": 200},
            Tags=[{"Key": "tier", "Value": environment.identity.tier}],
        )
        found[f"{title}Scaling"] = _resource(
            "AWS::ApplicationAutoScaling::ScalableTarget",
            MinCapacity=shape.min_tasks,
            MaxCapacity=shape.max_tasks,
        )
        found[f"{title}Target"] = _resource(
            "AWS::ApplicationAutoScaling::ScalingPolicy", Target=shape.cpu_target_percent
        )
    return found
