"""A replication group as the rules see it: as it stands, and as a call would have it.

In: a group's record and a call's parameters. Out: plain dicts for `rules.check`. What is stored is
a fact told to the sandbox (`/sandbox/facts`: `GROUP bytes stored`), for no API sets it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tierctl.catalog.cache_memory import usable_bytes
from tierctl.sandbox.rules import version

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.replication import Group

SILENT = ("ReplicationGroupId", "ApplyImmediately")
# what a group is born with that names no version
NEWEST = {"redis": "7.1", "valkey": "8.1"}
# a shard leaves only if the others have 1.5 times its data free ("Online resharding")
ROOM_TO_LEAVE = 1.5


def asked(params: dict[str, Any]) -> list[str]:
    """The members a call gives."""
    return sorted(key for key, value in params.items() if value is not None and key not in SILENT)


def standing(group: Group) -> dict[str, Any]:
    """The group as it stands."""
    engine = group.shown.get("Engine", "redis")
    return {
        "failover": group.failover,
        "multi_az": group.multi_az,
        "mode": group.mode,
        "replicas": group.replicas,
        "shards": len(group.shards),
        "engine": engine,
        "version": version(str(group.params.get("EngineVersion") or NEWEST[engine])),
        "tls": tls(group.shown),
    }


def tls(settings: dict[str, Any]) -> str:
    """disabled, preferred or required."""
    if not settings.get("TransitEncryptionEnabled"):
        return "disabled"
    return str(settings.get("TransitEncryptionMode") or "required")


def created(params: dict[str, Any], mode: str, replicas: int) -> dict[str, Any]:
    """A group as CreateReplicationGroup would have it."""
    return {
        "failover": bool(params.get("AutomaticFailoverEnabled")),
        "multi_az": bool(params.get("MultiAZEnabled")),
        "mode": mode,
        "replicas": replicas,
    }


def modified(group: Group, params: dict[str, Any], stored: int) -> dict[str, Any]:
    """The group as ModifyReplicationGroup would have it."""
    now = standing(group)
    node_type = params.get("CacheNodeType") or group.shown.get("CacheNodeType") or ""
    flags = {"AutomaticFailoverEnabled": "failover", "MultiAZEnabled": "multi_az"}
    return {
        **now,
        **{name: bool(params[key]) for key, name in flags.items() if params.get(key) is not None},
        "mode": params.get("ClusterMode") or group.mode,
        "engine": params.get("Engine") or now["engine"],
        "version": version(str(params["EngineVersion"]))
        if params.get("EngineVersion")
        else now["version"],
        "parameters": params.get("CacheParameterGroupName") or "",
        "tls": tls({**group.shown, **{k: v for k, v in params.items() if v is not None}}),
        "stored_bytes": stored,
        "room_bytes": usable_bytes(node_type, len(group.shards)),
    }


def shards_that_hold(group: Group, wanted: int, stored: int) -> int:
    """The fewest shards, down to the wanted, that can take the data of those that leave."""
    present = len(group.shards)
    room = usable_bytes(group.shown.get("CacheNodeType") or "", 1)
    if room is None or not stored:
        return wanted
    for count in range(wanted, present):
        leaving = stored * (present - count) / present
        if count * room - (stored - leaving) >= math.ceil(leaving * ROOM_TO_LEAVE):
            return count
    return present
