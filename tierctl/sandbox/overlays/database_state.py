"""A database cluster as the rules see it, and the restarts its instances owe.

In: what the service shows and what a call asks for. Out: plain dicts for `rules.check`, and which
instances wait for a restart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.catalog.limits import limits
from tierctl.sandbox import rules

if TYPE_CHECKING:
    from datetime import datetime

    from tierctl.sandbox.overlays.base import Context, Handler


class Restarts:
    """Which instances wait for a restart: `max_connections` follows the maximum capacity so.

    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._owed: set[tuple[str, str]] = set()

    def owe(self, region: str, before: dict[str, Any], params: dict[str, Any]) -> None:
        """A cluster's maximum changes: every member then waits."""
        now = before.get("ServerlessV2ScalingConfiguration") or {}
        want = params.get("ServerlessV2ScalingConfiguration") or {}
        if "MaxCapacity" in want and want["MaxCapacity"] != now.get("MaxCapacity"):
            members = before.get("DBClusterMembers") or ()
            self._owed |= {(region, member["DBInstanceIdentifier"]) for member in members}

    def shown(self, region: str, instance: dict[str, Any]) -> dict[str, Any]:
        """An instance with the status of its parameters."""
        if (region, instance["DBInstanceIdentifier"]) not in self._owed:
            return instance
        status = {"ParameterApplyStatus": "pending-reboot"}
        groups = instance.get("DBParameterGroups") or [{"DBParameterGroupName": "default"}]
        return {**instance, "DBParameterGroups": [{**group, **status} for group in groups]}

    def reboot(self, region: str, params: dict[str, Any]) -> dict[str, Any]:
        """RebootDBInstance; how often is a fact of the sandbox."""
        name = params["DBInstanceIdentifier"]
        answer = self._context.moto("rds", region).reboot_db_instance(DBInstanceIdentifier=name)
        self._owed.discard((region, name))
        key = f"{name} restarts"
        self._context.facts[key] = self._context.facts.get(key, 0) + 1
        return {"DBInstance": answer["DBInstance"]}


class Changes:
    """A change of a cluster as the rules see it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._optimized: dict[tuple[str, str], datetime] = {}

    def check(self, region: str, before: dict[str, Any], params: dict[str, Any]) -> None:
        """Refuse what AWS refuses; remember when I/O-Optimized was last switched on."""
        key = (region, before["DBClusterIdentifier"])
        storage = params.get("StorageType") or before.get("StorageType")
        at, last = self._context.clock.now(), self._optimized.get(key)
        release = str(before.get("EngineVersion") or "")
        wanted = str(params.get("EngineVersion") or release)
        scaling = params.get("ServerlessV2ScalingConfiguration") or {}
        now = {
            "storage": before.get("StorageType") or "aurora",
            "days_since": (at - last).total_seconds() / 86400 if last else None,
            "engine": before.get("Engine"),
            "release": release,
            "version": rules.version(release),
            "can_pause": _can_pause(release),
        }
        want = {
            "storage": storage,
            "release": wanted,
            "version": rules.version(wanted),
            "pauses": "MinCapacity" in scaling and float(scaling["MinCapacity"]) == 0,
        }
        rules.check("ModifyDBCluster", now=now, want=want)
        if storage == "aurora-iopt1" != now["storage"]:
            self._optimized[key] = at


def _can_pause(release: str) -> bool:
    """Whether a version can pause at 0 ACU."""
    major, _, minor = release.partition(".")
    first = limits("aurora")["auto_pause_from"]
    if major in first:
        return int(minor.split(".")[0] or 0) >= int(first[major])
    return int(major or 0) > max(int(known) for known in first)


def subnet_group(context: Context) -> Handler:
    """Return the handler of ModifyDBSubnetGroup: subnets of a group in use are only added."""

    def modify(region: str, params: dict[str, Any]) -> Any:
        rds, name = context.moto("rds", region), params["DBSubnetGroupName"]
        [group] = rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
        clusters = rds.describe_db_clusters()["DBClusters"]
        used = any(cluster.get("DBSubnetGroup") == name for cluster in clusters)
        known = [subnet["SubnetIdentifier"] for subnet in group["Subnets"]]
        gone = [subnet for subnet in known if subnet not in params["SubnetIds"]]
        rules.check("ModifyDBSubnetGroup", now={"used": used}, want={"gone": gone})
        rds.modify_db_subnet_group(**{k: v for k, v in params.items() if v is not None})
        # moto 5.2.5 takes the group out and does not put it back
        about = params.get("DBSubnetGroupDescription") or group["DBSubnetGroupDescription"]
        return rds.create_db_subnet_group(
            DBSubnetGroupName=name, DBSubnetGroupDescription=about, SubnetIds=params["SubnetIds"]
        )

    return modify
