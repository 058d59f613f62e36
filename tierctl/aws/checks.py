"""What CloudFormation claims against what the services say, after each update.

CloudFormation reports a refused cache scale-down as done, so "UPDATE_COMPLETE" proves little. In:
an account and the Environment that should stand. Out: every difference, as a sentence. What could
not be read is a difference too: unknown is never fine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.aws.account import Account, AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment


def differences(account: Account, environment: Environment) -> list[str]:
    """Where the services are not as the Environment says."""
    found: list[str] = []
    for check in (_cache, _database, _filesystem, _bucket, _services):
        try:
            found += check(account, environment)
        except (AwsError, KeyError, IndexError) as error:
            found.append(f"{check.__name__.strip('_')} cannot be read: {error}")
    return found


def _differ(what: str, **pairs: tuple[Any, Any]) -> Iterator[str]:
    """One sentence for each pair of wanted and found that differs."""
    for name, (wanted, found) in pairs.items():
        if wanted != found:
            yield f"{what}: {name.replace('_', ' ')} should be {wanted} and is {found}"


def _cache(account: Account, environment: Environment) -> Iterator[str]:
    """Nodes, shards, mode and failover of the group."""
    shape, group_id = environment.cache, environment.identity.stack_name
    answer = account.call("elasticache", "describe_replication_groups", ReplicationGroupId=group_id)
    group = answer["ReplicationGroups"][0]
    on = {"enabled": True, "enabling": True}
    yield from _differ(
        "cache",
        status=("available", group["Status"]),
        node_type=(shape.node_type, group["CacheNodeType"]),
        shards=(shape.shards, len(group["NodeGroups"])),
        nodes=(shape.nodes, len(group["MemberClusters"])),
        cluster_mode=(shape.cluster_mode, group.get("ClusterMode", "disabled")),
        failover=(shape.automatic_failover, on.get(group["AutomaticFailover"], False)),
        multi_az=(shape.multi_az, group.get("MultiAZ") == "enabled"),
    )


def _database(account: Account, environment: Environment) -> Iterator[str]:
    """Capacity, storage and instances of the cluster."""
    shape, name = environment.database, environment.identity.stack_name
    answer = account.call("rds", "describe_db_clusters", DBClusterIdentifier=name)
    cluster = answer["DBClusters"][0]
    scaling = cluster["ServerlessV2ScalingConfiguration"]
    yield from _differ(
        "database",
        status=("available", cluster["Status"]),
        min_acu=(float(shape.min_acu), float(scaling["MinCapacity"])),
        max_acu=(float(shape.max_acu), float(scaling["MaxCapacity"])),
        instances=(shape.instances, len(cluster["DBClusterMembers"])),
        engine_version=(shape.engine_version, cluster["EngineVersion"]),
    )


def _filesystem(account: Account, environment: Environment) -> Iterator[str]:
    """The throughput mode."""
    stack = environment.identity.stack_name
    system = account.call(
        "cloudformation",
        "describe_stack_resource",
        StackName=stack,
        LogicalResourceId="Filesystem",
    )["StackResourceDetail"]["PhysicalResourceId"]
    found = account.call("efs", "describe_file_systems", FileSystemId=system)["FileSystems"][0]
    yield from _differ(
        "file system",
        throughput_mode=(environment.filesystem.throughput_mode, found["ThroughputMode"]),
    )


def _bucket(account: Account, environment: Environment) -> Iterator[str]:
    """Versioning."""
    stack = environment.identity.stack_name
    name = account.call(
        "cloudformation", "describe_stack_resource", StackName=stack, LogicalResourceId="Bucket"
    )["StackResourceDetail"]["PhysicalResourceId"]
    status = account.call("s3", "get_bucket_versioning", Bucket=name).get("Status", "off")
    yield from _differ("bucket", versioning=(environment.bucket.versioning, status.lower()))


def _services(account: Account, environment: Environment) -> Iterator[str]:
    """Every service runs one deployment of the size it should have."""
    cluster = environment.identity.stack_name
    names = [name for name, _ in environment.services]
    answer = account.call("ecs", "describe_services", cluster=cluster, services=names)
    running = {service["serviceName"]: service for service in answer["services"]}
    for name, shape in environment.services:
        if name not in running:
            yield f"service {name}: is not there"
            continue
        task = account.call(
            "ecs", "describe_task_definition", taskDefinition=running[name]["taskDefinition"]
        )["taskDefinition"]
        yield from _differ(
            f"service {name}",
            cpu=(str(shape.cpu), task["cpu"]),
            memory=(str(shape.memory_mib), task["memory"]),
        )
