"""EFS: what moto lacks, throughput changes and backup policies.

In: UpdateFileSystem, PutBackupPolicy and the calls that show them. Out: moto's answers with our
values laid over them. The time of the last throughput change, which no API of EFS shows, is a fact
of the sandbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.sandbox import rules
from tierctl.sandbox.overlays.base import PASS

if TYPE_CHECKING:
    from datetime import datetime

    from tierctl.sandbox.overlays.base import Context, Handler

THROUGHPUT = ("ThroughputMode", "ProvisionedThroughputInMibps")


def _judged(system: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """An update as the rules see it: another mode, or less provisioned, is counted by the day."""
    was, before = system.get("ThroughputMode"), system.get("ProvisionedThroughputInMibps") or 0
    mode = wanted.get("ThroughputMode", was)
    mibps = wanted.get("ProvisionedThroughputInMibps", before)
    less = mode == was == "provisioned" and mibps < before
    return {"mode": mode, "mibps": mibps, "mode_or_less": mode != was or less}


def handlers(context: Context) -> dict[str, Handler]:
    """Return the handlers."""
    settings: dict[str, dict[str, Any]] = {}
    policies: dict[str, str] = {}

    def shown(system: dict[str, Any]) -> dict[str, Any]:
        merged = {**system, **settings.get(system["FileSystemId"], {})}
        if merged.get("ThroughputMode") != "provisioned":
            merged.pop("ProvisionedThroughputInMibps", None)
        return merged

    def describe(region: str, params: dict[str, Any]) -> dict[str, Any]:
        given = {k: v for k, v in params.items() if v is not None}
        answer = context.moto("efs", region).describe_file_systems(**given)
        return {**answer, "FileSystems": [shown(system) for system in answer["FileSystems"]]}

    counted: dict[str, datetime] = {}

    def update(region: str, params: dict[str, Any]) -> dict[str, Any]:
        name = params["FileSystemId"]
        system = describe(region, {"FileSystemId": name})["FileSystems"][0]
        wanted = {k: params[k] for k in THROUGHPUT if params.get(k) is not None}
        want = _judged(system, wanted)
        at = context.clock.now()
        last = counted.get(name)
        hours = (at - last).total_seconds() / 3600 if last else None
        now = {"hours_since": hours, "performance": system.get("PerformanceMode")}
        rules.check("UpdateFileSystem", now=now, want=want)
        if want["mode_or_less"]:
            counted[name] = at
        if any(system.get(key) != value for key, value in wanted.items()):
            settings.setdefault(params["FileSystemId"], {}).update(wanted)
            context.facts[f"{name} throughput changed at"] = at.isoformat()
        return shown(system)

    def put_backup(region: str, params: dict[str, Any]) -> dict[str, Any]:
        describe(region, {"FileSystemId": params["FileSystemId"]})
        policies[params["FileSystemId"]] = params["BackupPolicy"]["Status"]
        return {"BackupPolicy": {"Status": policies[params["FileSystemId"]]}}

    def describe_backup(_: str, params: dict[str, Any]) -> Any:
        if params["FileSystemId"] not in policies:
            return PASS
        return {"BackupPolicy": {"Status": policies[params["FileSystemId"]]}}

    return {
        "DescribeFileSystems": describe,
        "UpdateFileSystem": update,
        "PutBackupPolicy": put_backup,
        "DescribeBackupPolicy": describe_backup,
    }
