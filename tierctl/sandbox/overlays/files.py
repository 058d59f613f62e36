"""EFS: what moto lacks, throughput changes and backup policies.

In: UpdateFileSystem, PutBackupPolicy and the calls that show them. Out: moto's answers with our
values laid over them. The time of the last throughput change, which no API of EFS shows, is a fact
of the sandbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.sandbox.overlays.base import PASS

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context, Handler

THROUGHPUT = ("ThroughputMode", "ProvisionedThroughputInMibps")


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

    def update(region: str, params: dict[str, Any]) -> dict[str, Any]:
        system = describe(region, {"FileSystemId": params["FileSystemId"]})["FileSystems"][0]
        wanted = {k: params[k] for k in THROUGHPUT if params.get(k) is not None}
        if any(system.get(key) != value for key, value in wanted.items()):
            settings.setdefault(params["FileSystemId"], {}).update(wanted)
            name = f"{params['FileSystemId']} throughput changed at"
            context.facts[name] = context.clock.now().isoformat()
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
