"""The single API calls of a plan: restart of the writer, snapshots. Each is safe to ask for twice.

In: an account, a step of the plan document. Out: what was done, in words. A call that was made
before is recognised by the service's own state: a snapshot by its name, a restart by a tag on the
cluster.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from tierctl.aws.account import Account, AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

    Document = dict[str, Any]

RESTARTED = "tierctl:connections-max-acu"
TRIES = 720


def is_done(account: Account, stack: str, step: Document) -> bool:
    """Whether an action was carried out already."""
    match step["action"]:
        case "reboot-writer" | "reboot-instances":
            return _restarted_at(account, stack) == _capacity(step)
        case "snapshot-cache":
            return _cache_snapshot(account, stack, step) is not None
        case "snapshot-database":
            return _database_snapshot(account, stack, step) is not None
        case other:
            raise AwsError(f"The plan asks for '{other}', which this version does not know.")


def perform(
    account: Account, stack: str, step: Document, sleep: Callable[[float], None], poll_s: float
) -> str:
    """Carry an action out and wait for it; returns what was done.

    Raises:
        AwsError: The service refused, or did not finish.
    """
    match step["action"]:
        case "reboot-writer" | "reboot-instances":
            return _restart(account, stack, step, sleep, poll_s)
        case "snapshot-cache":
            name = snapshot_name(stack, step)
            account.call(
                "elasticache", "create_snapshot", ReplicationGroupId=stack, SnapshotName=name
            )
            _until(
                lambda: _status(_cache_snapshot(account, stack, step), "SnapshotStatus"),
                "available",
                f"snapshot {name}",
                sleep,
                poll_s,
            )
            return f"snapshot {name} of the cache is available"
        case "snapshot-database":
            name = snapshot_name(stack, step)
            account.call(
                "rds",
                "create_db_cluster_snapshot",
                DBClusterIdentifier=stack,
                DBClusterSnapshotIdentifier=name,
            )
            _until(
                lambda: _status(_database_snapshot(account, stack, step), "Status"),
                "available",
                f"snapshot {name}",
                sleep,
                poll_s,
            )
            return f"snapshot {name} of the database is available"
        case other:
            raise AwsError(f"The plan asks for '{other}', which this version does not know.")


def snapshot_name(stack: str, step: Document) -> str:
    """The snapshot's name: of the stack, the tiers' way and the step, so each is taken once."""
    after = step["after"]["identity"]["tier"]
    return f"{stack}-from-{after}-step-{step['number']}"


def _restart(
    account: Account,
    stack: str,
    step: Document,
    sleep: Callable[[float], None],
    poll_s: float,
) -> str:
    """Reboot readers one by one and then whoever is the writer now; leave the tag that says so."""
    cluster = _cluster(account, stack)
    members = sorted(cluster["DBClusterMembers"], key=lambda member: member["IsClusterWriter"])
    chosen = [
        member["DBInstanceIdentifier"]
        for member in members
        if member["IsClusterWriter"] or step["action"] == "reboot-instances"
    ]
    for instance in chosen:
        account.call("rds", "reboot_db_instance", DBInstanceIdentifier=instance)
        _until(
            functools.partial(_instance_status, account, instance),
            "available",
            instance,
            sleep,
            poll_s,
        )
    account.call(
        "rds",
        "add_tags_to_resource",
        ResourceName=cluster["DBClusterArn"],
        Tags=[{"Key": RESTARTED, "Value": _capacity(step)}],
    )
    return f"{', '.join(chosen)} {'was' if len(chosen) == 1 else 'were'} restarted"


def _instance_status(account: Account, instance: str) -> str:
    """The status of an instance."""
    answer = account.call("rds", "describe_db_instances", DBInstanceIdentifier=instance)
    return str(answer["DBInstances"][0]["DBInstanceStatus"])


def _capacity(step: Document) -> str:
    """The capacity whose connections a restart makes real."""
    return str(step["after"]["database"]["connections_max_acu"])


def _cluster(account: Account, stack: str) -> Document:
    """The cluster as RDS describes it."""
    answer = account.call("rds", "describe_db_clusters", DBClusterIdentifier=stack)
    return dict(answer["DBClusters"][0])


def _restarted_at(account: Account, stack: str) -> str | None:
    """The capacity at the last restart of ours, from the tag."""
    arn = _cluster(account, stack)["DBClusterArn"]
    tags = account.call("rds", "list_tags_for_resource", ResourceName=arn)["TagList"]
    return next((str(tag["Value"]) for tag in tags if tag["Key"] == RESTARTED), None)


def _cache_snapshot(account: Account, stack: str, step: Document) -> Document | None:
    """The cache's snapshot of this step, or None."""
    name = snapshot_name(stack, step)
    try:
        found = account.call("elasticache", "describe_snapshots", SnapshotName=name)["Snapshots"]
    except AwsError as error:
        if "NotFound" in str(error):
            return None
        raise
    return dict(found[0]) if found else None


def _database_snapshot(account: Account, stack: str, step: Document) -> Document | None:
    """The database's snapshot of this step, or None."""
    name = snapshot_name(stack, step)
    try:
        answer = account.call(
            "rds", "describe_db_cluster_snapshots", DBClusterSnapshotIdentifier=name
        )
    except AwsError as error:
        if "NotFound" in str(error):
            return None
        raise
    return dict(answer["DBClusterSnapshots"][0]) if answer["DBClusterSnapshots"] else None


def _status(found: Document | None, key: str) -> str:
    """A status, or nothing yet."""
    return str(found[key]) if found else "missing"


def _until(
    status: Callable[[], str],
    wanted: str,
    what: str,
    sleep: Callable[[float], None],
    poll_s: float,
) -> None:
    """Wait for a status.

    Raises:
        AwsError: It fails, or never comes.
    """
    for _ in range(TRIES):
        now = status()
        if now == wanted:
            return
        if now == "failed":
            raise AwsError(f"{what} has failed. Look at it in the console, then run again.")
        sleep(poll_s)
    raise AwsError(f"{what} is not {wanted} after {TRIES * poll_s:.0f} s. Run again to go on.")
