"""Facts of the types our eight families are made of, by the names their Shapes give them.

In: the resolved properties of one resource. Out: its facts. A default is AWS's own, from the
CloudFormation resource reference of that type (2026-10).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.model.unknown import Unknown
from tierctl.templates.intrinsics import Composed, Reference, references
from tierctl.templates.values import Props

if TYPE_CHECKING:
    from collections.abc import Callable

Facts = dict[str, Any]
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*(vcpu|gb)?", re.IGNORECASE)
_CRON = re.compile(r"cron\((\d{1,2}) (\d{1,2}) \? \* ([A-Z,-]+) \*\)")
_UNITS = 1024


def replication_group(props: Props) -> Facts:  # noqa: PLR0911 - five ways to count nodes
    """A cache."""
    facts: Facts = {
        "engine": props.word("Engine", default="redis"),
        "engine_version": props.word("EngineVersion"),
        "node_type": props.word("CacheNodeType", default=None)
        or Unknown("CacheNodeType is not stated"),
        "snapshot_retention_days": props.whole("SnapshotRetentionLimit", default=0),
        "automatic_failover": props.flag("AutomaticFailoverEnabled"),
        "multi_az": props.flag("MultiAZEnabled"),
        "log_groups": _log_groups(props),
    }
    clusters, groups = props.whole("NumCacheClusters"), props.whole("NumNodeGroups")
    replicas = props.whole("ReplicasPerNodeGroup")
    configured = props.items("NodeGroupConfiguration")
    if isinstance(configured, Unknown):
        return facts | {"nodes": configured}
    if configured:
        each = [Props(item).whole("ReplicaCount") for item in configured]
        each = [replicas if count is None else count for count in each]
        if all(isinstance(count, int) for count in each):
            return facts | {"shards": len(each), "nodes": sum(1 + count for count in each)}
        return facts | {"nodes": Unknown("NodeGroupConfiguration leaves replicas open")}
    if clusters is not None:
        return facts | {"shards": 1, "nodes": clusters}
    if groups is None and replicas is None:
        return facts | {"shards": 1, "nodes": 1}  # NumCacheClusters defaults to 1
    if replicas is None:
        return facts | {"nodes": Unknown("ReplicasPerNodeGroup is not stated")}
    groups = 1 if groups is None else groups
    for value in (groups, replicas):
        if isinstance(value, Unknown):
            return facts | {"nodes": value}
    return facts | {
        "shards": groups,
        "replicas_per_shard": replicas,
        "nodes": groups * (1 + replicas),
    }


def cache_cluster(props: Props) -> Facts:
    """A cache of one kind of node, without a group."""
    return {
        "engine": props.word("Engine", default="redis"),
        "node_type": props.word("CacheNodeType") or Unknown("CacheNodeType is not stated"),
        "nodes": props.whole("NumCacheNodes", default=1),
        "snapshot_retention_days": props.whole("SnapshotRetentionLimit", default=0),
        "log_groups": _log_groups(props),
    }


def serverless_cache(props: Props) -> Facts:
    """A serverless cache."""
    return {
        "engine": props.word("Engine", default="redis"),
        "minimum_gb": props.number("CacheUsageLimits", "DataStorage", "Minimum"),
    }


def db_cluster(props: Props) -> Facts:
    """A database cluster; ours when it is Aurora Serverless v2."""
    scaling = props.part("ServerlessV2ScalingConfiguration")
    return {
        "engine": props.word("Engine"),
        "engine_mode": props.word("EngineMode", default="provisioned"),
        "engine_version": props.word("EngineVersion"),
        "min_acu": scaling.number("MinCapacity"),
        "max_acu": scaling.number("MaxCapacity"),
        "storage_type": props.word("StorageType", default="aurora"),
        "backup_retention_days": props.whole("BackupRetentionPeriod", default=1),
        "instance_class": props.word("DBClusterInstanceClass"),
    }


def db_instance(props: Props) -> Facts:
    """A database instance: of a cluster, or by itself."""
    cluster = props.get("DBClusterIdentifier")
    return {
        "cluster": cluster.target if isinstance(cluster, Reference) else cluster,
        "instance_class": props.word("DBInstanceClass"),
        "engine": props.word("Engine"),
        "performance_insights": props.flag("EnablePerformanceInsights"),
        "performance_insights_days": props.whole("PerformanceInsightsRetentionPeriod", default=7),
    }


def filesystem(props: Props) -> Facts:
    """An EFS file system."""
    policies = props.parts("LifecyclePolicies")
    moved = [policy.word("TransitionToIA") for policy in policies]
    days = next((found for found in moved if found is not None), None)
    if isinstance(days, str):
        digits = re.sub(r"\D", "", days)
        days = int(digits) if digits else None
    return {
        "throughput_mode": props.word("ThroughputMode", default="bursting"),
        "provisioned_mibps": props.number("ProvisionedThroughputInMibps"),
        "infrequent_access_after_days": days,
        "archive": any(policy.word("TransitionToArchive") for policy in policies),
        "backup": props.word("BackupPolicy", "Status", default="DISABLED") == "ENABLED",
        "one_zone": props.get("AvailabilityZoneName") is not None,
    }


def bucket(props: Props) -> Facts:
    """An S3 bucket."""
    classes: list[str] = []
    for rule in props.parts("LifecycleConfiguration", "Rules"):
        if rule.word("Status") != "Enabled":
            continue
        single = rule.part("Transition")
        moves = [*rule.parts("Transitions"), *([single] if single.values else [])]
        classes += [str(move.word("StorageClass")) for move in moves]
    tiers = [
        str(tier.word("AccessTier"))
        for chosen in props.parts("IntelligentTieringConfigurations")
        for tier in chosen.parts("Tierings")
    ]
    target = props.get("LoggingConfiguration", "DestinationBucketName")
    return {
        "classes": tuple(dict.fromkeys(classes)),
        "archive_tiers": tuple(dict.fromkeys(tiers)),
        "versioning": props.word("VersioningConfiguration", "Status", default="off"),
        "logs_to": tuple(references(target)),
    }


def task_definition(props: Props) -> Facts:
    """A task: its size and what it runs on."""
    groups: list[str] = []
    for container in props.parts("ContainerDefinitions"):
        groups += references(container.get("LogConfiguration", "Options", "awslogs-group"))
    kinds = props.items("RequiresCompatibilities")
    return {
        "cpu": _size(props, "Cpu", "vcpu"),
        "memory_mib": _size(props, "Memory", "gb"),
        "architecture": props.word("RuntimePlatform", "CpuArchitecture", default="X86_64"),
        "system": props.word("RuntimePlatform", "OperatingSystemFamily", default="LINUX"),
        "ephemeral_gb": props.whole("EphemeralStorage", "SizeInGiB", default=20),
        "compatible": kinds if isinstance(kinds, Unknown) else tuple(str(k) for k in kinds),
        "log_groups": tuple(dict.fromkeys(groups)),
    }


def _size(props: Props, key: str, unit: str) -> Any:
    """CPU units or MiB, written as a number or as `0.5 vCPU`, `2 GB`."""
    word = props.word(key)
    if word is None or isinstance(word, Unknown):
        return word or Unknown(f"{key} is not stated")
    match = _SIZE.fullmatch(word.strip())
    if match is None:
        return Unknown(f"{key} is no size: {word[:40]!r}")
    factor = _UNITS if (match.group(2) or "").lower() == unit else 1
    return int(Decimal(match.group(1)) * factor)


def service(props: Props) -> Facts:
    """An ECS service."""
    definition = props.get("TaskDefinition")
    name = props.word("ServiceName")
    return {
        "task": definition.target if isinstance(definition, Reference) else definition,
        "name": name if isinstance(name, str) else None,
        "desired": props.whole("DesiredCount"),
        "capacity": _capacity(props),
        "daemon": props.word("SchedulingStrategy", default="REPLICA") == "DAEMON",
        "public_ip": props.word(
            "NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp", default="DISABLED"
        ),
    }


def _capacity(props: Props) -> Any:
    """FARGATE, FARGATE_SPOT, EC2, or Unknown where the cluster or a mix decides."""
    launch = props.word("LaunchType")
    if launch is not None:
        return launch
    providers = [
        (
            part.word("CapacityProvider"),
            part.whole("Weight", default=0),
            part.whole("Base", default=0),
        )
        for part in props.parts("CapacityProviderStrategy")
    ]
    if not providers:
        return None
    used = [
        name for name, weight, base in providers if weight != 0 or base != 0 or len(providers) == 1
    ]
    if len(used) == 1:
        return used[0]
    return Unknown("a mix of capacity providers: which task runs where is decided at run time")


def scalable_target(props: Props) -> Facts:
    """The range of a service's tasks, and when they sleep."""
    where = props.get("ResourceId")
    text = where if isinstance(where, str) else None
    if isinstance(where, Composed) and isinstance(where.parts[-1], str):
        text = where.parts[-1]
    return {
        "dimension": props.word("ScalableDimension"),
        "targets": tuple(references(where)),
        "name": text.rsplit("/", 1)[-1] if text else None,
        "min_tasks": props.whole("MinCapacity"),
        "max_tasks": props.whole("MaxCapacity"),
        "hours": _hours(props),
    }


def _hours(props: Props) -> Any:
    """`(start, stop, days)` of two scheduled actions that stop and start; None when there is none.

    Anything else that is scheduled is Unknown: it changes the bill in a way not read here.
    """
    actions = props.parts("ScheduledActions")
    if not actions:
        return None
    times: dict[str, tuple[str, int]] = {}
    for action in actions:
        match = _CRON.fullmatch(str(action.word("Schedule")))
        most = action.whole("ScalableTargetAction", "MaxCapacity")
        if match is None or not isinstance(most, int):
            return Unknown("its scheduled actions are not a daily start and stop")
        minute, hour, days = match.groups()
        kind = "stop" if most == 0 else "start"
        times[kind] = (f"{int(hour):02d}:{int(minute):02d}", len(days.split(",")))
    if set(times) != {"start", "stop"} or len(actions) != 2:  # noqa: PLR2004 - start and stop
        return Unknown("its scheduled actions are not a daily start and stop")
    return times["start"][0], times["stop"][0], times["start"][1]


def scaling_policy(props: Props) -> Facts:
    """How a range is moved through."""
    return {"policy": props.word("PolicyType", default="StepScaling")}


def load_balancer(props: Props) -> Facts:
    """An Application, Network or Gateway Load Balancer."""
    buckets: list[str] = []
    for attribute in props.parts("LoadBalancerAttributes"):
        if attribute.word("Key") == "access_logs.s3.bucket":
            buckets += references(attribute.get("Value"))
    mapped = props.items("SubnetMappings")
    zones = props.count("SubnetMappings" if mapped else "Subnets")
    return {
        "kind": props.word("Type", default="application"),
        "scheme": props.word("Scheme", default="internet-facing"),
        "zones": zones if zones != 0 else Unknown("it names no subnets"),
        "own_addresses": bool(mapped)
        and not isinstance(mapped, Unknown)
        and any(Props(item).get("AllocationId") is not None for item in mapped),
        "logs_to": tuple(buckets),
    }


def nat_gateway(props: Props) -> Facts:
    """A NAT gateway."""
    regional = props.word("AvailabilityMode", default="zonal") == "regional"
    return {
        "connectivity": props.word("ConnectivityType", default="public"),
        "hours": Unknown("a regional NAT gateway bills every zone it reaches") if regional else 1,
    }


def log_group(props: Props) -> Facts:
    """A log group."""
    name = props.word("LogGroupName")
    return {
        "days": props.whole("RetentionInDays"),
        "name": name if isinstance(name, str) else "",
        "log_class": props.word("LogGroupClass", default="STANDARD"),
    }


def flow_log(props: Props) -> Facts:
    """A flow log, and where it writes."""
    where = [*references(props.get("LogGroupName")), *references(props.get("LogDestination"))]
    return {"log_groups": tuple(where)}


def cluster(props: Props) -> Facts:
    """An ECS cluster."""
    insights = "disabled"
    for setting in props.parts("ClusterSettings"):
        if setting.word("Name") == "containerInsights":
            insights = setting.word("Value", default="disabled")
    return {"insights": insights}


def alarm(props: Props) -> Facts:
    """An alarm, by the metrics it looks at."""
    queries = props.items("Metrics")
    period = props.whole("Period", default=60)
    if isinstance(queries, Unknown):
        return {"metrics": queries, "resolution": "standard"}
    found = [Props(query) for query in queries]
    counted: Any = len([q for q in found if q.get("MetricStat") is not None]) if found else 1
    expressions = [str(q.word("Expression")) for q in found if q.get("Expression") is not None]
    if any(words.lstrip().upper().startswith("SELECT") for words in expressions):
        counted = Unknown("a Metrics Insights query is billed by the metrics it scans")
    elif props.get("ThresholdMetricId") is not None:
        counted *= 3  # an anomaly detection alarm bills the metric and both edges of its band
    periods = [q.whole("MetricStat", "Period", default=60) for q in found] or [period]
    known = [value for value in periods if isinstance(value, int)]
    fast = bool(known) and min(known) < 60  # noqa: PLR2004 - a minute
    return {"metrics": counted, "resolution": "high_resolution" if fast else "standard"}


def _log_groups(props: Props) -> tuple[str, ...]:
    """Log groups that a cache delivers to."""
    found: list[str] = []
    for delivery in props.parts("LogDeliveryConfigurations"):
        found += references(delivery.get("DestinationDetails", "CloudWatchLogsDetails", "LogGroup"))
    return tuple(found)


READERS: dict[str, tuple[str, Callable[[Props], Facts]]] = {
    "AWS::ElastiCache::ReplicationGroup": ("cache", replication_group),
    "AWS::ElastiCache::CacheCluster": ("cache", cache_cluster),
    "AWS::ElastiCache::ServerlessCache": ("cache", serverless_cache),
    "AWS::RDS::DBCluster": ("database", db_cluster),
    "AWS::RDS::DBInstance": ("database", db_instance),
    "AWS::EFS::FileSystem": ("filesystem", filesystem),
    "AWS::S3::Bucket": ("bucket", bucket),
    "AWS::ECS::TaskDefinition": ("service", task_definition),
    "AWS::ECS::Service": ("service", service),
    "AWS::ECS::Cluster": ("observability", cluster),
    "AWS::ApplicationAutoScaling::ScalableTarget": ("service", scalable_target),
    "AWS::ApplicationAutoScaling::ScalingPolicy": ("service", scaling_policy),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("loadbalancer", load_balancer),
    "AWS::EC2::NatGateway": ("network", nat_gateway),
    "AWS::EC2::FlowLog": ("network", flow_log),
    "AWS::Logs::LogGroup": ("observability", log_group),
    "AWS::CloudWatch::Alarm": ("observability", alarm),
}
