"""Counters for the types our families are made of: facts of a resource to lines.

In: a Resource and its Links. Out: the same lines that its family's quantities write from a Shape,
counted here from what stands in the template.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter
from tierctl.costing.quantities import (
    bucket,
    cache,
    database,
    filesystem,
    loadbalancer,
    network,
    observability,
    service,
)
from tierctl.model.estimate import HOURS, OTHER
from tierctl.model.unknown import Unknown
from tierctl.model.usage import NO_USAGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tierctl.costing.links import Links
    from tierctl.model.estimate import Line
    from tierctl.model.inventory import Resource

ENGINES = {"aurora-postgresql": "postgresql", "aurora-mysql": "mysql"}
SERVERLESS = "db.serverless"


def ecs_service(resource: Resource, links: Links) -> Iterator[Line]:
    """A service: its tasks on Fargate; on EC2 its instances are billed elsewhere."""
    name = resource.fact("name") or _name(resource.address)
    meter = links.meter(resource, service.component(name))
    if links.first("between zones"):
        yield network.between_zones(meter.of(network.COMPONENT))
    task = links.resource(resource.fact("task"))
    capacity = resource.fact("capacity")
    if capacity in ("EC2", "EXTERNAL"):
        yield meter.free("ECS service", "its tasks run on instances that are billed by themselves")
        return
    if resource.fact("daemon"):
        yield meter.unknown("Fargate", "a daemon runs as many tasks as there are instances")
        return
    if task is None or task.unread:
        yield meter.unknown("Fargate", "its task definition is not in this template")
        return
    if str(task.fact("system", "LINUX")).startswith("WINDOWS"):
        yield meter.unknown("Fargate", "Windows tasks add a licence by vCPU; not counted here")
        return
    if capacity is None:
        capacity = Unknown("the cluster's default capacity provider strategy decides")
    if isinstance(capacity, str) and capacity not in ("FARGATE", "FARGATE_SPOT"):
        yield meter.free("ECS service", f"its tasks run on capacity provider {capacity}")
        return
    least, most = links.tasks(resource)
    yield from service.fargate(
        meter,
        cpu=task.fact("cpu"),
        memory_mib=task.fact("memory_mib"),
        architecture=task.fact("architecture"),
        spot=capacity if isinstance(capacity, Unknown) else capacity == "FARGATE_SPOT",
        least=least,
        most=most,
        awake=_awake(resource, links),
        ephemeral_gb=task.fact("ephemeral_gb"),
    )
    if resource.fact("public_ip") == "ENABLED":
        count = least if isinstance(least, Unknown) else Decimal(least)
        yield network.ipv4(meter.of(network.COMPONENT), "Task addresses", count)


def _awake(resource: Resource, links: Links) -> Decimal | Unknown:
    """The share of a week in which a service runs."""
    target = links.scaling_of(resource)
    hours = target.fact("hours") if target is not None else None
    if hours is None:
        return Decimal(1)
    return hours if isinstance(hours, Unknown) else service.share_of_week(*hours)


def _name(address: str) -> str:
    """A service's name from its logical id: `WebService` is `Web`."""
    return address.removesuffix("Service") or address


def scaling_policy(resource: Resource, links: Links) -> Iterator[Line]:
    """The alarms that target tracking makes."""
    meter = links.meter(resource, OTHER)
    policy = resource.fact("policy")
    if isinstance(policy, Unknown):
        yield meter.unknown("Autoscaling alarms", policy.reason)
    elif policy == "TargetTrackingScaling":
        yield service.scaling_alarms(meter, 1)
    else:
        yield meter.free("Scaling policy", "step scaling makes no alarms of its own")


def db_cluster(resource: Resource, links: Links) -> Iterator[Line]:
    """A cluster's volume and backups; its instances bill the capacity."""
    meter = links.once(resource, database.COMPONENT, "database")
    engine = ENGINES.get(str(resource.fact("engine")))
    if engine is None:
        known = resource.fact("engine")
        words = known.reason if isinstance(known, Unknown) else f"clusters of {known}"
        yield meter.unknown("Database cluster", f"{words}: prices are not in the catalogue")
        return
    if resource.fact("engine_mode") == "serverless":
        yield meter.unknown("Aurora Serverless v1", "its prices are not in the catalogue")
        return
    kind = str(resource.fact("storage_type"))
    yield from database.storage(meter, engine, kind)
    yield database.backups(meter, engine, resource.fact("backup_retention_days"))


def db_instance(resource: Resource, links: Links) -> Iterator[Line]:
    """An instance: serverless by its cluster's range, others without a price here."""
    meter = links.meter(resource, database.COMPONENT)
    cluster = links.resource(resource.fact("cluster"))
    if resource.fact("instance_class") != SERVERLESS:
        words = resource.fact("instance_class")
        shown = "its class is not known" if isinstance(words, Unknown) else words
        reason = f"{shown}: prices of provisioned RDS instances are not in the catalogue"
        yield meter.of("Database").unknown("Database instance", reason)
        return
    if cluster is None or cluster.unread:
        yield meter.unknown("Aurora capacity", "its cluster is not in this template")
        return
    engine = ENGINES.get(str(cluster.fact("engine")), "postgresql")
    least, most = cluster.fact("min_acu"), cluster.fact("max_acu")
    missing = Unknown("the cluster states no capacity range")
    yield database.capacity(
        meter,
        engine,
        missing if least is None else least,
        missing if most is None else most,
        1,
        str(cluster.fact("storage_type")),
    )
    if resource.fact("performance_insights") is True:
        days = resource.fact("performance_insights_days")
        if days == 7:  # noqa: PLR2004 - the free history
            yield database.insights(meter)
        else:
            reason = "history beyond seven days is billed; its prices are not in the catalogue"
            yield meter.unknown("Performance Insights", reason)


def cache_nodes(resource: Resource, links: Links) -> Iterator[Line]:
    """A replication group or a cluster: its nodes and snapshots."""
    meter = links.once(resource, cache.COMPONENT, "cache")
    shards, nodes = resource.fact("shards"), resource.fact("nodes")
    how = f"{shards} shard(s)" if isinstance(shards, int) else "nodes"
    yield cache.nodes(meter, resource.fact("engine"), resource.fact("node_type"), nodes, how)
    yield cache.snapshots(meter, resource.fact("snapshot_retention_days"))


def file_system(resource: Resource, links: Links) -> Iterator[Line]:
    """An EFS file system."""
    meter = links.once(resource, filesystem.COMPONENT, "filesystem")
    days = resource.fact("infrequent_access_after_days")
    if resource.fact("one_zone"):
        yield meter.used("EFS One Zone", "efs.onezone.gb_month", "filesystem_gb", "GB")
        if days is not None:
            yield meter.unknown(
                "EFS One Zone-IA", "how much is moved there is not known", "efs.onezone_ia.gb_month"
            )
    else:
        cold = days is not None
        yield from filesystem.storage(meter, resource.fact("throughput_mode"), cold=cold)
        if resource.fact("archive"):
            yield meter.unknown(
                "EFS Archive", "how much is archived is not known", "efs.archive.gb_month"
            )
    yield from filesystem.throughput(
        meter,
        resource.fact("throughput_mode"),
        resource.fact("provisioned_mibps"),
        cold=days is not None,
    )
    yield filesystem.backup(meter, enabled=bool(resource.fact("backup")))


def s3_bucket(resource: Resource, links: Links) -> Iterator[Line]:
    """A bucket: of access logs, or of objects."""
    if links.takes_logs(resource):
        yield from bucket.log_bucket(links.once(resource, bucket.COMPONENT, "log bucket"))
        return
    meter = links.once(resource, bucket.COMPONENT, "bucket")
    classes = resource.fact("classes", ())
    known = {"STANDARD_IA": bucket.INFREQUENT, "INTELLIGENT_TIERING": bucket.TIERING}
    chosen = next((known[name] for name in classes if name in known), "standard")
    tiers = resource.fact("archive_tiers", ())
    archived = "archive_instant"
    if tiers:
        archived = "archive" if "ARCHIVE_ACCESS" in tiers else "deep_archive"
    yield from bucket.objects(meter, chosen, archived)
    yield from bucket.requests(meter, chosen)
    if resource.fact("versioning") != "off":
        yield bucket.noncurrent(meter)
    for name in classes:
        if name not in known:
            yield meter.unknown(f"S3 {name}", "how much a rule moves there is not known")


def balancer(resource: Resource, links: Links) -> Iterator[Line]:
    """A load balancer, its units and its addresses."""
    meter = links.once(resource, loadbalancer.COMPONENT, "balancer")
    kind, zones = resource.fact("kind"), resource.fact("zones")
    if isinstance(kind, Unknown):
        yield meter.unknown("Load balancer", kind.reason)
        return
    if kind == "application":
        yield from loadbalancer.application(meter)
    else:
        key = "nlb" if kind == "network" else "gwlb"
        yield meter.fixed("Load balancer hours", f"{key}.hour", HOURS, "hours", "1 x 730 h")
        units = "nlb.nlcu_hour" if key == "nlb" else "gwlb.lcu_hour"
        yield meter.used("Load balancer capacity units", units, "lcu", "LCU hours", HOURS)
    scheme = resource.fact("scheme")
    if isinstance(scheme, Unknown):
        yield meter.of(network.COMPONENT).unknown("Load balancer addresses", scheme.reason)
    elif scheme == "internet-facing" and kind != "gateway" and not resource.fact("own_addresses"):
        yield loadbalancer.addresses(meter, zones)
    if scheme == "internet-facing" and links.first("internet out"):
        yield network.internet_out(links.meter(resource, network.COMPONENT))


def nat_gateway(resource: Resource, links: Links) -> Iterator[Line]:
    """A NAT gateway; what passes all of them is counted at the first."""
    meter = links.meter(resource, network.COMPONENT)
    yield network.nat_hours(meter, resource.fact("hours"))
    if links.first("nat data"):
        yield network.nat_data(meter)


def address(resource: Resource, links: Links) -> Iterator[Line]:
    """An Elastic IP: billed in use and idle alike."""
    yield network.ipv4(links.meter(resource, network.COMPONENT), "Public address", 1)


def log_group(resource: Resource, links: Links) -> Iterator[Line]:
    """A log group, by what writes to it."""
    writer = links.writer_of(resource)
    if writer == "nobody":
        meter = Meter(OTHER, resource.address, NO_USAGE)
        yield from observability.logs(meter, "Logs", "other_log_gb", resource.fact("days"))
        return
    each = writer == "service"
    meter = (
        links.meter(resource, OTHER) if each else links.once(resource, OTHER, f"logs of {writer}")
    )
    if resource.fact("log_class") == "INFREQUENT_ACCESS":
        key = "cloudwatch.logs.ingest_ia_gb"
        yield meter.used("Logs, written", key, f"{writer}_log_gb", "GB")
        yield observability.stored(meter, "Logs", f"{writer}_log_gb", resource.fact("days"))
        return
    vended = writer in ("flow", "cache")
    days = resource.fact("days")
    yield from observability.logs(meter, "Logs", f"{writer}_log_gb", days, vended=vended)


def cluster(resource: Resource, links: Links) -> Iterator[Line]:
    """An ECS cluster: free, but for Container Insights."""
    meter = links.once(resource, OTHER, "insights")
    insights = resource.fact("insights")
    if insights == "enabled":
        yield from observability.container_insights(meter, links.services())
    elif insights == "enhanced":
        reason = "enhanced observability bills each task and container; their number changes"
        key = "cloudwatch.container_insights_enhanced_ecs_metric_month"
        yield meter.unknown("Container Insights, enhanced", reason, key)
    elif isinstance(insights, Unknown):
        yield meter.unknown("Container Insights", insights.reason)
    else:
        yield meter.free("ECS cluster", "a cluster costs nothing; its tasks do")


def alarm(resource: Resource, links: Links) -> Iterator[Line]:
    """An alarm, by its metrics."""
    meter, metrics = links.meter(resource, OTHER), resource.fact("metrics")
    if isinstance(metrics, Unknown):
        yield meter.unknown("Alarm", metrics.reason)
    else:
        yield observability.alarms(meter, metrics, resource.fact("resolution"))


COUNTERS: dict[str, Callable[[Resource, Links], Iterator[Line]]] = {
    "AWS::ECS::Service": ecs_service,
    "AWS::ECS::Cluster": cluster,
    "AWS::ApplicationAutoScaling::ScalingPolicy": scaling_policy,
    "AWS::RDS::DBCluster": db_cluster,
    "AWS::RDS::DBInstance": db_instance,
    "AWS::ElastiCache::ReplicationGroup": cache_nodes,
    "AWS::ElastiCache::CacheCluster": cache_nodes,
    "AWS::EFS::FileSystem": file_system,
    "AWS::S3::Bucket": s3_bucket,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": balancer,
    "AWS::EC2::NatGateway": nat_gateway,
    "AWS::EC2::EIP": address,
    "AWS::Logs::LogGroup": log_group,
    "AWS::CloudWatch::Alarm": alarm,
}
