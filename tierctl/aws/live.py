"""A live environment read: the Environment its stack was made from, and the facts a plan asks for.

In: an account and a stack's name. Out: an Environment, facts by name, and for every fact that could
not be read the reason. A missing permission is such a reason, naming the action, never a crash.
Reads only; each fact declares the actions it needs.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.aws.account import Account, AwsError
from tierctl.aws.updates import Stack
from tierctl.model.document import DocumentError, from_document
from tierctl.model.environment import Environment
from tierctl.planning.operators import cache, database, filesystem, service

if TYPE_CHECKING:
    from collections.abc import Callable

ACTIONS = {
    "stack": ("cloudformation:DescribeStacks", "cloudformation:GetTemplate"),
    cache.STORED: (
        "elasticache:DescribeReplicationGroups",
        "cloudwatch:GetMetricStatistics",
    ),
    database.CONNECTIONS: ("cloudwatch:GetMetricStatistics",),
    database.WRITER: ("rds:DescribeDBClusters", "cloudformation:DescribeStackResources"),
    service.RUNNING: ("ecs:DescribeServices",),
    filesystem.LAST_CHANGE: ("cloudtrail:LookupEvents", "cloudformation:DescribeStackResources"),
}
"""IAM actions by what they are needed for: together the least policy for planning."""
HOUR_S, DAY_S = 3600, 86400
CONNECTION_DAYS = 14


class NotOursError(Exception):
    """There is no such stack, or it was not made by tierctl."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands.

    Attributes:
        environment: From the Metadata of the stack's template.
        facts: Facts by name.
        unknown: Why a fact is not known, by its name.
    """

    environment: Environment
    facts: dict[str, Any]
    unknown: dict[str, str]


def read(account: Account, stack_name: str, now: dt.datetime) -> Standing:
    """Everything a plan wants to know.

    Raises:
        NotOursError: There is no such stack of ours.
        AwsError: The stack itself cannot be read.
    """
    environment = standing_environment(Stack(account, stack_name))
    facts: dict[str, Any] = {}
    unknown: dict[str, str] = {}
    readers: dict[str, Callable[[Account, Environment, dt.datetime], Any]] = {
        cache.STORED: _stored,
        database.CONNECTIONS: _connections,
        database.WRITER: _writer,
        service.RUNNING: _running,
        filesystem.LAST_CHANGE: _last_change,
    }
    for name, reader in readers.items():
        try:
            facts[name] = reader(account, environment, now)
        except (AwsError, LookupError, ValueError) as error:
            needed = ", ".join(ACTIONS[name])
            unknown[name] = f"{error or 'no answer'} (needs {needed})"
    return Standing(environment, facts, unknown)


def standing_environment(stack: Stack) -> Environment:
    """The Environment in the Metadata of a stack's template.

    Raises:
        NotOursError: There is none.
    """
    if stack.describe() is None:
        raise NotOursError(
            f"There is no stack {stack.name} in {stack.account.region}. Deploy it first, or say "
            "where it stands: --from TIER."
        )
    carried = stack.template().get("Metadata", {}).get("tierctl", {})
    try:
        return from_document(Environment, carried.get("environment"))
    except (DocumentError, TypeError, ValueError, AttributeError) as error:
        raise NotOursError(
            f"{stack.name} carries no Environment of tierctl ({error}). Say where it stands: "
            "--from TIER, or take its template: --from-template FILE."
        ) from error


def _peak(
    account: Account, metric: dict[str, Any], now: dt.datetime, days: int, period_s: int
) -> float:
    """The highest datapoint of a metric.

    Raises:
        LookupError: There is none.
    """
    answer = account.call(
        "cloudwatch",
        "get_metric_statistics",
        StartTime=now - dt.timedelta(days=days),
        EndTime=now,
        Period=period_s,
        Statistics=["Maximum"],
        **metric,
    )
    points = [point["Maximum"] for point in answer["Datapoints"]]
    if not points:
        raise LookupError(f"CloudWatch has no datapoint of {metric['MetricName']}")
    return float(max(points))


def _stored(account: Account, environment: Environment, now: dt.datetime) -> int:
    """Bytes stored in the cache: of each shard its fullest node, over the last day."""
    answer = account.call(
        "elasticache",
        "describe_replication_groups",
        ReplicationGroupId=environment.identity.stack_name,
    )
    total = 0.0
    for group in answer["ReplicationGroups"][0]["NodeGroups"]:
        nodes = [member["CacheClusterId"] for member in group["NodeGroupMembers"]]
        total += max(
            _peak(
                account,
                {
                    "Namespace": "AWS/ElastiCache",
                    "MetricName": "BytesUsedForCache",
                    "Dimensions": [{"Name": "CacheClusterId", "Value": node}],
                },
                now,
                1,
                HOUR_S,
            )
            for node in nodes
        )
    return int(total)


def _connections(account: Account, environment: Environment, now: dt.datetime) -> int:
    """Most connections of the last two weeks."""
    name = environment.identity.stack_name
    metric = {
        "Namespace": "AWS/RDS",
        "MetricName": "DatabaseConnections",
        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": name}],
    }
    return int(_peak(account, metric, now, CONNECTION_DAYS, HOUR_S))


def _writer(account: Account, environment: Environment, _: dt.datetime) -> str:
    """Logical id of the instance that is the writer now."""
    name = environment.identity.stack_name
    cluster = account.call("rds", "describe_db_clusters", DBClusterIdentifier=name)
    [writer] = [
        member["DBInstanceIdentifier"]
        for member in cluster["DBClusters"][0]["DBClusterMembers"]
        if member["IsClusterWriter"]
    ]
    resources = account.call("cloudformation", "describe_stack_resources", StackName=name)
    [logical_id] = [
        resource["LogicalResourceId"]
        for resource in resources["StackResources"]
        if resource.get("PhysicalResourceId") == writer
    ]
    return str(logical_id)


def _running(account: Account, environment: Environment, _: dt.datetime) -> dict[str, int]:
    """Running tasks by service."""
    names = [name for name, _ in environment.services]
    answer = account.call(
        "ecs", "describe_services", cluster=environment.identity.stack_name, services=names
    )
    found = {item["serviceName"]: int(item["runningCount"]) for item in answer["services"]}
    missing = sorted(set(names) - found.keys())
    if missing:
        raise LookupError(f"ECS does not know {', '.join(missing)}")
    return found


def _last_change(account: Account, environment: Environment, now: dt.datetime) -> str:
    """When the file system's throughput last changed, by CloudTrail: EFS itself does not say.

    With no change in the last day the time is given as a day ago, which is all that matters.
    """
    answer = account.call(
        "cloudformation",
        "describe_stack_resource",
        StackName=environment.identity.stack_name,
        LogicalResourceId="Filesystem",
    )
    file_system = answer["StackResourceDetail"]["PhysicalResourceId"]
    since = now - dt.timedelta(seconds=DAY_S)
    events = account.pages(
        "cloudtrail",
        "lookup_events",
        "Events",
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "UpdateFileSystem"}],
        StartTime=since,
        EndTime=now,
    )
    changed = [event["EventTime"] for event in events if file_system in str(event)]
    latest: dt.datetime = max([*changed, since])
    return latest.isoformat()
