"""One region's ElastiCache: clusters, subnet groups, parameter groups, users, snapshots, tags.

In: parsed API calls. Out: answers from this module's own records. Replication groups are in
`replication`; what is refused is in `rules`.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from tierctl.sandbox import rules
from tierctl.sandbox.overlays.replication import ReplicationGroups
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context

PORTS = {"memcached": 11211}
# kind: (record key in answers, identifier member, list member, error code)
KINDS = {
    "subnetgroup": ("CacheSubnetGroup", "CacheSubnetGroupName", "CacheSubnetGroups",
                    "CacheSubnetGroupNotFoundFault"),
    "parametergroup": ("CacheParameterGroup", "CacheParameterGroupName", "CacheParameterGroups",
                       "CacheParameterGroupNotFound"),
    "user": (None, "UserId", "Users", "UserNotFound"),
    "usergroup": (None, "UserGroupId", "UserGroups", "UserGroupNotFound"),
    "snapshot": ("Snapshot", "SnapshotName", "Snapshots", "SnapshotNotFoundFault"),
}  # fmt: skip


class Region:
    """Everything one region's ElastiCache knows."""

    def __init__(self, context: Context, region: str) -> None:
        self.context = context
        self.region = region
        self.tag = uuid.uuid4().hex[:6]  # the part of every endpoint that is the account's own
        self.records: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.clusters: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, dict[str, str]] = {}
        self.parameters: dict[str, dict[str, str]] = {}
        self.groups = ReplicationGroups(self)

    def arn(self, kind: str, name: str) -> str:
        """Return an ARN."""
        return f"arn:aws:elasticache:{self.region}:{DEFAULT_ACCOUNT_ID}:{kind}:{name}"

    def host(self, prefix: str) -> str:
        """Return an endpoint's host name."""
        short = self.region.replace("us-east-", "use").replace("us-west-", "usw").replace("-", "")
        own = prefix.replace("$", self.tag) if "$" in prefix else f"{prefix}.{self.tag}"
        return f"{own}.{short}.cache.amazonaws.com"

    def keep(self, kind: str, name: str, record: dict[str, Any], tags: Any) -> dict[str, Any]:
        """Store a record and its tags; answer with it."""
        if name in self.records[kind]:
            code = KINDS[kind][3].replace("NotFound", "AlreadyExists")
            raise ApiError(code, f"{name} already exists.")
        arn = self.arn(kind, name)
        self.records[kind][name] = {**record, KINDS[kind][1]: name, "ARN": arn}
        self.set_tags(arn, tags)
        return self.wrapped(kind, name)

    def find(self, kind: str, name: str) -> dict[str, Any]:
        """Return a record or the service's error."""
        if name not in self.records[kind]:
            raise ApiError(KINDS[kind][3], f"{name} not found.")
        return self.records[kind][name]

    def wrapped(self, kind: str, name: str) -> dict[str, Any]:
        """Return a record as an answer holds it."""
        key = KINDS[kind][0]
        record = self.find(kind, name)
        return {key: record} if key else record

    def listed(self, kind: str, params: dict[str, Any]) -> dict[str, Any]:
        """Answer a describe call."""
        name = params.get(KINDS[kind][1])
        found = [self.find(kind, name)] if name else list(self.records[kind].values())
        return {KINDS[kind][2]: found}

    def set_tags(self, arn: str, tags: Any) -> None:
        """Add tags to a resource."""
        self.tags.setdefault(arn, {}).update({t["Key"]: t["Value"] for t in tags or ()})

    def tag_list(self, arn: str) -> dict[str, Any]:
        """Answer with a resource's tags."""
        return {"TagList": [{"Key": k, "Value": v} for k, v in self.tags.get(arn, {}).items()]}

    def new_cluster(self, name: str, params: dict[str, Any], zone: str) -> dict[str, Any]:
        """Make a cache cluster's record."""
        engine = params.get("Engine") or "redis"
        port = int(params.get("Port") or PORTS.get(engine, 6379))
        now = self.context.clock.now()
        nodes = [
            {
                "CacheNodeId": f"{index + 1:04d}",
                "CacheNodeStatus": "available",
                "CacheNodeCreateTime": now,
                "Endpoint": {"Address": self.host(f"{name}.$.{index + 1:04d}"), "Port": port},
                "ParameterGroupStatus": "in-sync",
                "CustomerAvailabilityZone": zone,
            }
            for index in range(int(params.get("NumCacheNodes") or 1))
        ]
        family = f"{engine}{(params.get('EngineVersion') or '7.1').split('.')[0]}"
        record = {
            "CacheClusterId": name,
            "CacheNodeType": params.get("CacheNodeType"),
            "Engine": engine,
            "EngineVersion": params.get("EngineVersion") or "7.1.0",
            "CacheClusterStatus": "available",
            "NumCacheNodes": len(nodes),
            "PreferredAvailabilityZone": zone,
            "CacheClusterCreateTime": now,
            "PendingModifiedValues": {},
            "CacheParameterGroup": {
                "CacheParameterGroupName": params.get("CacheParameterGroupName")
                or f"default.{family}",
                "ParameterApplyStatus": "in-sync",
            },
            "CacheSubnetGroupName": params.get("CacheSubnetGroupName") or "default",
            "CacheNodes": nodes,
            "AutoMinorVersionUpgrade": params.get("AutoMinorVersionUpgrade", True),
            "SecurityGroups": [
                {"SecurityGroupId": group, "Status": "active"}
                for group in params.get("SecurityGroupIds") or ()
            ],
            "SnapshotRetentionLimit": int(params.get("SnapshotRetentionLimit") or 0),
            "TransitEncryptionEnabled": bool(params.get("TransitEncryptionEnabled")),
            "AtRestEncryptionEnabled": bool(params.get("AtRestEncryptionEnabled")),
            "ARN": self.arn("cluster", name),
        }
        if engine == "memcached":
            record["ConfigurationEndpoint"] = {"Address": self.host(f"{name}.$.cfg"), "Port": port}
        self.clusters[name] = record
        return record

    def find_cluster(self, name: str) -> dict[str, Any]:
        """Return a cache cluster or the service's error."""
        if name not in self.clusters:
            raise ApiError("CacheClusterNotFound", f"CacheCluster {name} not found.")
        return self.clusters[name]

    # the operations

    def create_cache_cluster(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateCacheCluster."""
        name = params["CacheClusterId"].lower()
        if name in self.clusters:
            raise ApiError("CacheClusterAlreadyExists", f"Cache cluster {name} already exists.")
        zone = params.get("PreferredAvailabilityZone") or f"{self.region}a"
        record = self.new_cluster(name, params, zone)
        self.set_tags(record["ARN"], params.get("Tags"))
        return {"CacheCluster": record}

    def describe_cache_clusters(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeCacheClusters; members of replication groups are listed too, as on AWS."""
        name = params.get("CacheClusterId")
        found = [self.find_cluster(name)] if name else list(self.clusters.values())
        if params.get("ShowCacheClustersNotInReplicationGroups"):
            found = [c for c in found if not c.get("ReplicationGroupId")]
        return {"CacheClusters": found}

    def modify_cache_cluster(self, params: dict[str, Any]) -> dict[str, Any]:
        """ModifyCacheCluster, at once."""
        record = self.find_cluster(params["CacheClusterId"])
        simple = ("CacheNodeType", "Engine", "EngineVersion", "AutoMinorVersionUpgrade",
                  "SnapshotRetentionLimit", "SnapshotWindow", "PreferredMaintenanceWindow",
                  "IpDiscovery")  # fmt: skip
        record.update({key: params[key] for key in simple if params.get(key) is not None})
        if params.get("CacheParameterGroupName"):
            record["CacheParameterGroup"] = {
                "CacheParameterGroupName": params["CacheParameterGroupName"],
                "ParameterApplyStatus": "in-sync",
            }
        if params.get("SecurityGroupIds") is not None:
            record["SecurityGroups"] = [
                {"SecurityGroupId": g, "Status": "active"} for g in params["SecurityGroupIds"]
            ]
        return {"CacheCluster": record}

    def delete_cache_cluster(self, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteCacheCluster."""
        name = params["CacheClusterId"]
        record = self.find_cluster(name)
        now = {"name": name, "primary": self.groups.is_primary(name)}
        rules.check("DeleteCacheCluster", now=now)
        if final := params.get("FinalSnapshotIdentifier"):
            self.create_snapshot({"SnapshotName": final, "CacheClusterId": name})
        self.groups.forget_member(name)
        del self.clusters[name]
        return {"CacheCluster": {**record, "CacheClusterStatus": "deleting"}}

    def create_cache_subnet_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateCacheSubnetGroup."""
        record = self._subnets(params["SubnetIds"])
        record["CacheSubnetGroupDescription"] = params.get("CacheSubnetGroupDescription")
        name = params["CacheSubnetGroupName"].lower()
        return self.keep("subnetgroup", name, record, params.get("Tags"))

    def modify_cache_subnet_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """ModifyCacheSubnetGroup."""
        record = self.find("subnetgroup", params["CacheSubnetGroupName"])
        if params.get("SubnetIds"):
            name = params["CacheSubnetGroupName"]
            used = any(c["CacheSubnetGroupName"] == name for c in self.clusters.values())
            known = [subnet["SubnetIdentifier"] for subnet in record["Subnets"]]
            gone = [subnet for subnet in known if subnet not in params["SubnetIds"]]
            rules.check("ModifyCacheSubnetGroup", now={"used": used}, want={"gone": gone})
            record.update(self._subnets(params["SubnetIds"]))
        if params.get("CacheSubnetGroupDescription"):
            record["CacheSubnetGroupDescription"] = params["CacheSubnetGroupDescription"]
        return {"CacheSubnetGroup": record}

    def _subnets(self, subnet_ids: list[str]) -> dict[str, Any]:
        answer = self.context.clients("ec2", self.region).describe_subnets(SubnetIds=subnet_ids)
        return {
            "VpcId": answer["Subnets"][0]["VpcId"],
            "Subnets": [
                {
                    "SubnetIdentifier": subnet["SubnetId"],
                    "SubnetAvailabilityZone": {"Name": subnet["AvailabilityZone"]},
                }
                for subnet in answer["Subnets"]
            ],
        }

    def create_cache_parameter_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateCacheParameterGroup."""
        wanted = ("CacheParameterGroupFamily", "Description")
        record = {key: params.get(key) for key in wanted} | {"IsGlobal": False}
        name = params["CacheParameterGroupName"].lower()
        return self.keep("parametergroup", name, record, params.get("Tags"))

    def modify_cache_parameter_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """ModifyCacheParameterGroup."""
        name = params["CacheParameterGroupName"]
        self.find("parametergroup", name)
        values = self.parameters.setdefault(name, {})
        for entry in params["ParameterNameValues"]:
            values[entry["ParameterName"]] = entry["ParameterValue"]
        return {"CacheParameterGroupName": name}

    def describe_cache_parameters(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeCacheParameters: those that were set."""
        values = self.parameters.get(params["CacheParameterGroupName"], {})
        return {
            "Parameters": [
                {"ParameterName": k, "ParameterValue": v, "Source": "user"}
                for k, v in values.items()
            ]
        }

    def create_user(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateUser."""
        record = {key: params.get(key) for key in ("UserName", "Engine", "AccessString")}
        kind = "no-password" if params.get("NoPasswordRequired") else "password"
        kind = (params.get("AuthenticationMode") or {}).get("Type", kind)
        record |= {"Status": "active", "UserGroupIds": [], "Authentication": {"Type": kind}}
        return self.keep("user", params["UserId"], record, params.get("Tags"))

    def modify_user(self, params: dict[str, Any]) -> dict[str, Any]:
        """ModifyUser."""
        record = self.find("user", params["UserId"])
        if params.get("AccessString"):
            record["AccessString"] = params["AccessString"]
        return record

    def create_user_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateUserGroup."""
        record: dict[str, Any] = {"Engine": params.get("Engine"), "Status": "active"}
        record["UserIds"] = list(params.get("UserIds") or ())
        return self.keep("usergroup", params["UserGroupId"], record, params.get("Tags"))

    def modify_user_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """ModifyUserGroup."""
        record = self.find("usergroup", params["UserGroupId"])
        gone = params.get("UserIdsToRemove") or ()
        kept = [user for user in record["UserIds"] if user not in gone]
        record["UserIds"] = [*kept, *(params.get("UserIdsToAdd") or ())]
        return record

    def create_snapshot(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateSnapshot of a group or a cluster."""
        group, cluster = params.get("ReplicationGroupId"), params.get("CacheClusterId")
        source = self.groups.describe_one(group) if group else self.find_cluster(str(cluster))
        keys = ("CacheNodeType", "Engine", "EngineVersion", "Description")
        record = {key: source.get(key) for key in keys if source.get(key) is not None}
        record |= {"SnapshotStatus": "available", "SnapshotSource": "manual",
                   "NumNodeGroups": len(source.get("NodeGroups", [None]))}  # fmt: skip
        record |= {"ReplicationGroupId": group} if group else {"CacheClusterId": cluster}
        self.groups.snapshot_lives[params["SnapshotName"]] = self.groups.life(group or cluster)
        return self.keep("snapshot", params["SnapshotName"], record, params.get("Tags"))

    def describe_snapshots(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeSnapshots."""
        return self.listed("snapshot", params)

    def list_allowed_node_type_modifications(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListAllowedNodeTypeModifications: every node type the catalogue of sizes has."""
        present = params.get("CacheClusterId") or self.groups.describe_one(
            str(params.get("ReplicationGroupId"))
        ).get("CacheNodeType")
        sizes = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge")
        types = [f"cache.{f}.{s}" for f in ("t4g", "m7g", "r7g") for s in sizes]
        at = types.index(present) if present in types else 0
        return {"ScaleUpModifications": types[at + 1 :], "ScaleDownModifications": types[:at]}

    def list_tags_for_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListTagsForResource."""
        return self.tag_list(params["ResourceName"])

    def add_tags_to_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        """AddTagsToResource."""
        self.set_tags(params["ResourceName"], params["Tags"])
        return self.tag_list(params["ResourceName"])

    def remove_tags_from_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        """RemoveTagsFromResource."""
        for key in params["TagKeys"]:
            self.tags.get(params["ResourceName"], {}).pop(key, None)
        return self.tag_list(params["ResourceName"])

    def delete(self, kind: str, params: dict[str, Any]) -> dict[str, Any]:
        """Delete a simple record."""
        name = params[KINDS[kind][1]]
        answer = self.wrapped(kind, name)
        del self.records[kind][name]
        return answer
