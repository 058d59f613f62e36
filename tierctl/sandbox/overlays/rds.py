"""RDS: settings that moto does not keep, laid over its answers.

In: create, modify and describe calls of DB clusters and instances. Out: moto's answers plus what
was asked for. moto stumbles over Aurora's storage types (it looks for provisioned storage), so
those never reach it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.sandbox.overlays.database_state import Changes, Restarts, subnet_group

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context, Handler

# what the answer calls the setting of the request
CLUSTER = {
    "StorageType": "StorageType",
    "ServerlessV2ScalingConfiguration": "ServerlessV2ScalingConfiguration",
    "BackupRetentionPeriod": "BackupRetentionPeriod",
    "PreferredBackupWindow": "PreferredBackupWindow",
    "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
    "DeletionProtection": "DeletionProtection",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "EnableHttpEndpoint": "HttpEndpointEnabled",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "DatabaseInsightsMode": "DatabaseInsightsMode",
    "MonitoringInterval": "MonitoringInterval",
    "MonitoringRoleArn": "MonitoringRoleArn",
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "NetworkType": "NetworkType",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "EngineVersion": "EngineVersion",
    "DBClusterParameterGroupName": "DBClusterParameterGroup",
}
INSTANCE = {
    "PromotionTier": "PromotionTier",
    "EnablePerformanceInsights": "PerformanceInsightsEnabled",
    "PerformanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "PerformanceInsightsKMSKeyId": "PerformanceInsightsKMSKeyId",
    "DatabaseInsightsMode": "DatabaseInsightsMode",
    "MonitoringInterval": "MonitoringInterval",
    "MonitoringRoleArn": "MonitoringRoleArn",
    "CACertificateIdentifier": "CACertificateIdentifier",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "PubliclyAccessible": "PubliclyAccessible",
    "CopyTagsToSnapshot": "CopyTagsToSnapshot",
    "PreferredMaintenanceWindow": "PreferredMaintenanceWindow",
}
# what only the sandbox keeps: moto refuses or misreads it
CLUSTER_OWN = ("StorageType", "NetworkType", "DatabaseInsightsMode")
INSTANCE_OWN = ("DatabaseInsightsMode", "MonitoringInterval", "MonitoringRoleArn")


class Layer:
    """The kept settings of one kind of thing, by region and identifier."""

    def __init__(self, names: dict[str, str], identifier: str) -> None:
        self._names = names
        self._identifier = identifier
        self._kept: dict[tuple[str, str], dict[str, Any]] = {}

    def keep(self, region: str, params: dict[str, Any]) -> None:
        """Remember what a call asked for."""
        key = (region, params[self._identifier].lower())
        asked = {
            out: params[name] for name, out in self._names.items() if params.get(name) is not None
        }
        if logs := params.get("CloudwatchLogsExportConfiguration"):
            asked["EnabledCloudwatchLogsExports"] = logs.get("EnableLogTypes") or []
        self._kept.setdefault(key, {}).update(asked)

    def shown(self, region: str, record: dict[str, Any]) -> dict[str, Any]:
        """Return a record with what was asked for laid over it."""
        key = (region, record[self._identifier])
        return {**record, **self._kept.get(key, {})}

    def forget(self, region: str, identifier: str) -> None:
        """Forget a deleted thing."""
        self._kept.pop((region, identifier.lower()), None)


def _given(params: dict[str, Any], without: tuple[str, ...] = ()) -> dict[str, Any]:
    return {k: v for k, v in params.items() if v is not None and k not in without}


def handlers(context: Context) -> dict[str, Handler]:
    """Return the handlers."""
    clusters = Layer(CLUSTER, "DBClusterIdentifier")
    instances = Layer(INSTANCE, "DBInstanceIdentifier")
    restarts, changes = Restarts(context), Changes(context)

    def cluster_call(operation: str) -> Handler:
        def handle(region: str, params: dict[str, Any]) -> dict[str, Any]:
            if operation == "modify_db_cluster":
                wanted = {"DBClusterIdentifier": params["DBClusterIdentifier"]}
                before = describe_clusters(region, wanted)["DBClusters"][0]
                changes.check(region, before, params)
                restarts.owe(region, before, params)
            call = getattr(context.moto("rds", region), operation)
            answer = call(**_given(params, CLUSTER_OWN))["DBCluster"]
            clusters.keep(region, params)
            return {"DBCluster": clusters.shown(region, answer)}

        return handle

    def instance_call(operation: str) -> Handler:
        def handle(region: str, params: dict[str, Any]) -> dict[str, Any]:
            call = getattr(context.moto("rds", region), operation)
            answer = call(**_given(params, INSTANCE_OWN))["DBInstance"]
            instances.keep(region, params)
            return {"DBInstance": instances.shown(region, answer)}

        return handle

    def describe_clusters(region: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = context.moto("rds", region).describe_db_clusters(**_given(params))
        return {**answer, "DBClusters": [clusters.shown(region, c) for c in answer["DBClusters"]]}

    def describe_instances(region: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = context.moto("rds", region).describe_db_instances(**_given(params))
        kept = [instances.shown(region, i) for i in answer["DBInstances"]]
        found = [restarts.shown(region, instance) for instance in kept]
        return {**answer, "DBInstances": found}

    def forget_cluster(region: str, params: dict[str, Any]) -> Any:
        answer = context.moto("rds", region).delete_db_cluster(**_given(params))
        clusters.forget(region, params["DBClusterIdentifier"])
        return answer

    def forget_instance(region: str, params: dict[str, Any]) -> Any:
        answer = context.moto("rds", region).delete_db_instance(**_given(params))
        instances.forget(region, params["DBInstanceIdentifier"])
        return answer

    return {
        "RebootDBInstance": restarts.reboot,
        "ModifyDBSubnetGroup": subnet_group(context),
        "CreateDBCluster": cluster_call("create_db_cluster"),
        "ModifyDBCluster": cluster_call("modify_db_cluster"),
        "DescribeDBClusters": describe_clusters,
        "DeleteDBCluster": forget_cluster,
        "CreateDBInstance": instance_call("create_db_instance"),
        "ModifyDBInstance": instance_call("modify_db_instance"),
        "DescribeDBInstances": describe_instances,
        "DeleteDBInstance": forget_instance,
    }
