"""ElastiCache replication groups: shards, replicas, cluster mode, endpoints, adoption.

In: API calls on groups. Out: the group as DescribeReplicationGroups shows it, with its members as
cache clusters of the region. Which changes are refused is said in `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tierctl.sandbox import rules
from tierctl.sandbox.overlays import group_state
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from datetime import datetime

    from tierctl.sandbox.overlays.cache_region import Region

SLOTS = 16384
# members of ModifyReplicationGroup that the group keeps, and under which name it shows them
SETTINGS = {
    "ReplicationGroupDescription": "Description",
    "SnapshotRetentionLimit": "SnapshotRetentionLimit",
    "SnapshotWindow": "SnapshotWindow",
    "CacheNodeType": "CacheNodeType",
    "AutoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "TransitEncryptionEnabled": "TransitEncryptionEnabled",
    "TransitEncryptionMode": "TransitEncryptionMode",
    "Engine": "Engine",
    "IpDiscovery": "IpDiscovery",
    "Durability": "Durability",
}
# … and those its members show
MEMBER_SETTINGS = ("CacheNodeType", "Engine", "EngineVersion", "CacheParameterGroupName",
                   "SecurityGroupIds", "SnapshotWindow", "PreferredMaintenanceWindow",
                   "AutoMinorVersionUpgrade")  # fmt: skip


@dataclass(slots=True)
class Group:
    """One replication group."""

    name: str
    shown: dict[str, Any]
    params: dict[str, Any]
    created: datetime
    mode: str
    failover: bool
    multi_az: bool
    shards: list[list[str]] = field(default_factory=list)  # member ids, the primary first

    @property
    def replicas(self) -> int:
        """Return the replicas of the smallest shard."""
        return min(len(members) for members in self.shards) - 1


class ReplicationGroups:
    """The replication groups of a region."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._groups: dict[str, Group] = {}
        self.snapshot_lives: dict[str, str] = {}

    def find(self, name: str) -> Group:
        """Return a group or the service's error."""
        if name not in self._groups:
            raise ApiError("ReplicationGroupNotFoundFault", f"Replication group {name} not found.")
        return self._groups[name]

    def is_primary(self, cluster_id: str) -> bool:
        """Tell whether a cluster is the primary of a shard."""
        return any(m[0] == cluster_id for g in self._groups.values() for m in g.shards)

    def forget_member(self, cluster_id: str) -> None:
        """Take a deleted replica out of its group."""
        for group in self._groups.values():
            for members in group.shards:
                if cluster_id in members:
                    members.remove(cluster_id)

    def life(self, name: str | None) -> str:
        """Return what identifies this life of a group or cluster, for its marker."""
        if name in self._groups:
            return f"{self._region.arn('replicationgroup', name)} {self._stamp(name)}"
        cluster = self._region.find_cluster(str(name))
        return f"{cluster['ARN']} {self._iso(cluster['CacheClusterCreateTime'])}"

    def _stamp(self, name: str) -> str:
        return self._iso(self._groups[name].created)

    def _iso(self, time: datetime) -> str:
        """Write a time as boto3 reads it back from an answer, so that markers agree."""
        return str(time)

    def create_replication_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """CreateReplicationGroup; with PrimaryClusterId it adopts a running cluster."""
        name = params["ReplicationGroupId"].lower()
        if name in self._groups:
            raise ApiError(
                "ReplicationGroupAlreadyExists", f"Replication group {name} already exists."
            )
        shards = int(params.get("NumNodeGroups") or 1)
        if params.get("ReplicasPerNodeGroup") is not None:
            replicas = int(params["ReplicasPerNodeGroup"])
        else:
            replicas = int(params.get("NumCacheClusters") or 1) - 1
        cluster_on = "cluster.on" in (params.get("CacheParameterGroupName") or "") or shards > 1
        mode = params.get("ClusterMode") or ("enabled" if cluster_on else "disabled")
        want = group_state.created(params, mode, replicas)
        rules.check("CreateReplicationGroup", want=want)
        adopted = params.get("PrimaryClusterId")
        params = {"Engine": "redis", **params}
        if adopted:
            params = self._inherited(self._region.find_cluster(adopted), params)
        shown = self._settings(params)
        now = self._region.context.clock.now()
        group = Group(name, shown, params, now, mode, want["failover"], want["multi_az"])
        self._groups[name] = group
        for _ in range(shards):
            self._add_shard(group, replicas, adopted)
        self._inherit(name, adopted, params.get("SnapshotName"))
        self._region.set_tags(self._region.arn("replicationgroup", name), params.get("Tags"))
        return {"ReplicationGroup": self.describe_one(name)}

    def _inherit(self, name: str, adopted: str | None, snapshot: str | None) -> None:
        """Give the group the marker of the data it starts with."""
        markers = self._region.context.markers
        if adopted:
            markers.inherit(self.life(name), self.life(adopted))
        if snapshot:
            life = self.snapshot_lives.get(snapshot, f"snapshot {snapshot}")
            markers.inherit(self.life(name), life)

    def _settings(self, params: dict[str, Any]) -> dict[str, Any]:
        """Return what a new group shows of its parameters."""
        shown = {out: params[key] for key, out in SETTINGS.items() if params.get(key) is not None}
        for key in ("AtRestEncryptionEnabled", "TransitEncryptionEnabled"):
            shown[key] = _true(params, key)
        if shown["TransitEncryptionEnabled"]:
            shown.setdefault("TransitEncryptionMode", "required")
        for key in ("KmsKeyId", "NetworkType"):
            if params.get(key):
                shown[key] = params[key]
        shown["UserGroupIds"] = list(params.get("UserGroupIds") or ())
        return shown

    def _inherited(self, cluster: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters of a group that adopts a cluster: the node's own settings stay."""
        kept = ("CacheNodeType", "Engine", "EngineVersion", "CacheSubnetGroupName")
        return {
            **params,
            **{key: cluster[key] for key in kept},
            "AtRestEncryptionEnabled": cluster["AtRestEncryptionEnabled"],
            "Port": cluster["CacheNodes"][0]["Endpoint"]["Port"],
        }

    def _add_shard(self, group: Group, replicas: int, adopted: str | None = None) -> None:
        group.shards.append([adopted] if adopted else [])
        if adopted:
            self._region.clusters[adopted]["ReplicationGroupId"] = group.name
        self._fill(group, len(group.shards) - 1, replicas)

    def _fill(self, group: Group, shard: int, replicas: int) -> None:
        """Bring a shard to one primary and so many replicas."""
        members = group.shards[shard]
        while len(members) > replicas + 1:
            del self._region.clusters[members.pop()]
        prefix = f"{group.name}-{shard + 1:04d}" if group.mode == "enabled" or shard else group.name
        number = 0
        zones = [f"{self._region.region}{letter}" for letter in "abc"]
        while len(members) < replicas + 1:
            number += 1
            name = f"{prefix}-{number:03d}"
            if name in self._region.clusters:
                continue
            zone = zones[(shard + len(members)) % len(zones)]
            record = self._region.new_cluster(name, group.params, zone)
            record["ReplicationGroupId"] = group.name
            members.append(name)

    def describe_replication_groups(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeReplicationGroups."""
        name = params.get("ReplicationGroupId")
        names = [name] if name else list(self._groups)
        return {"ReplicationGroups": [self.describe_one(n) for n in names]}

    def describe_one(self, name: str) -> dict[str, Any]:
        """Return a group as the service shows it."""
        group = self.find(name)
        port = int(group.params.get("Port") or 6379)
        shown = {
            **group.shown,
            "ReplicationGroupId": name,
            "Status": "available",
            "PendingModifiedValues": {},
            "ClusterEnabled": group.mode == "enabled",
            "ClusterMode": group.mode,
            "AutomaticFailover": "enabled" if group.failover else "disabled",
            "MultiAZ": "enabled" if group.multi_az else "disabled",
            "ARN": self._region.arn("replicationgroup", name),
            "ReplicationGroupCreateTime": group.created,
            "MemberClusters": [member for members in group.shards for member in members],
            "NodeGroups": [self._shard(group, index, port) for index in range(len(group.shards))],
            "AuthTokenEnabled": bool(group.params.get("AuthToken")),
        }
        if group.mode != "disabled":
            shown["ConfigurationEndpoint"] = self._endpoint(f"clustercfg.{name}", port)
        return shown

    def _endpoint(self, prefix: str, port: int) -> dict[str, Any]:
        return {"Address": self._region.host(prefix), "Port": port}

    def _shard(self, group: Group, index: int, port: int) -> dict[str, Any]:
        each = SLOTS // len(group.shards)
        last = SLOTS - 1 if index == len(group.shards) - 1 else (index + 1) * each - 1
        members = []
        for position, name in enumerate(group.shards[index]):
            cluster = self._region.clusters[name]
            member = {
                "CacheClusterId": name,
                "CacheNodeId": "0001",
                "PreferredAvailabilityZone": cluster["PreferredAvailabilityZone"],
            }
            if group.mode != "enabled":
                member["ReadEndpoint"] = cluster["CacheNodes"][0]["Endpoint"]
                member["CurrentRole"] = "primary" if position == 0 else "replica"
            members.append(member)
        shard: dict[str, Any] = {
            "NodeGroupId": f"{index + 1:04d}",
            "Status": "available",
            "NodeGroupMembers": members,
        }
        if group.mode == "enabled":
            shard["Slots"] = f"{index * each}-{last}"
        else:
            tls = group.shown["TransitEncryptionEnabled"]
            primary = f"master.{group.name}" if tls else f"{group.name}.$.ng.0001"
            reader = f"replica.{group.name}" if tls else f"{group.name}-ro.$.ng.0001"
            shard["PrimaryEndpoint"] = self._endpoint(primary, port)
            shard["ReaderEndpoint"] = self._endpoint(reader, port)
        return shard

    def modify_replication_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """ModifyReplicationGroup, at once."""
        group = self.find(params["ReplicationGroupId"])
        want = group_state.modified(group, params, self._stored(group))
        undone = rules.check(
            "ModifyReplicationGroup",
            now=group_state.standing(group),
            want=want,
            asked=group_state.asked(params),
        )
        params = {key: value for key, value in params.items() if key not in undone}
        group.failover, group.multi_az = want["failover"], want["multi_az"]
        group.mode = want["mode"]
        for key, out in SETTINGS.items():
            if params.get(key) is not None:
                group.shown[out] = params[key]
        changed = {k: params[k] for k in MEMBER_SETTINGS if params.get(k) is not None}
        group.params.update(changed)
        for members in group.shards:
            for member in members:
                self._region.modify_cache_cluster({"CacheClusterId": member, **changed})
        users = [u for u in group.shown["UserGroupIds"]
                 if u not in (params.get("UserGroupIdsToRemove") or ())]  # fmt: skip
        group.shown["UserGroupIds"] = [*users, *(params.get("UserGroupIdsToAdd") or ())]
        if primary := params.get("PrimaryClusterId"):
            self._promote(group, primary)
        return {"ReplicationGroup": self.describe_one(group.name)}

    def _stored(self, group: Group) -> int:
        """Bytes stored in a group, as the sandbox was told."""
        return int(self._region.context.facts.get(f"{group.name} bytes stored") or 0)

    def _promote(self, group: Group, member: str) -> None:
        for members in group.shards:
            if member in members:
                members.remove(member)
                members.insert(0, member)
                return
        raise ApiError("CacheClusterNotFound", f"{member} is no member of {group.name}.")

    def test_failover(self, params: dict[str, Any]) -> dict[str, Any]:
        """TestFailover: the first replica becomes the primary."""
        group = self.find(params["ReplicationGroupId"])
        shard = group.shards[int(params["NodeGroupId"]) - 1]
        if not group.failover or len(shard) < 2:  # noqa: PLR2004  primary and a replica
            raise ApiError("TestFailoverNotAvailableFault", "Automatic failover is not enabled.")
        self._promote(group, shard[1])
        return {"ReplicationGroup": self.describe_one(group.name)}

    def increase_replica_count(self, params: dict[str, Any]) -> dict[str, Any]:
        """IncreaseReplicaCount."""
        return self._replicas(params)

    def decrease_replica_count(self, params: dict[str, Any]) -> dict[str, Any]:
        """DecreaseReplicaCount."""
        return self._replicas(params)

    def _replicas(self, params: dict[str, Any]) -> dict[str, Any]:
        group, wanted = self.find(params["ReplicationGroupId"]), int(params["NewReplicaCount"])
        more = wanted > group.replicas
        rules.check(
            "IncreaseReplicaCount" if more else "DecreaseReplicaCount",
            now=group_state.standing(group),
            want={"replicas": wanted},
            asked=["NewReplicaCount"],
        )
        for index in range(len(group.shards)):
            self._fill(group, index, wanted)
        return {"ReplicationGroup": self.describe_one(group.name)}

    def modify_replication_group_shard_configuration(
        self, params: dict[str, Any]
    ) -> dict[str, Any]:
        """ModifyReplicationGroupShardConfiguration."""
        group, wanted = self.find(params["ReplicationGroupId"]), int(params["NodeGroupCount"])
        holding = group_state.shards_that_hold(group, wanted, self._stored(group))
        rules.check(
            "ModifyReplicationGroupShardConfiguration",
            now=group_state.standing(group),
            want={"shards": wanted, "shards_that_hold": holding},
            asked=["NodeGroupCount"],
        )
        # AWS may remove fewer than asked, and says so in an event alone
        wanted = max(wanted, holding) if wanted < len(group.shards) else wanted
        replicas = group.replicas
        while len(group.shards) < wanted:
            self._add_shard(group, replicas)
        while len(group.shards) > wanted:
            for member in group.shards.pop():
                del self._region.clusters[member]
        return {"ReplicationGroup": self.describe_one(group.name)}

    def delete_replication_group(self, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteReplicationGroup, with its members."""
        name = params["ReplicationGroupId"]
        answer = {**self.describe_one(name), "Status": "deleting"}
        if final := params.get("FinalSnapshotIdentifier"):
            self._region.create_snapshot({"SnapshotName": final, "ReplicationGroupId": name})
        group = self._groups.pop(name)
        for members in group.shards:
            for position, member in enumerate(members):
                if position == 0 and params.get("RetainPrimaryCluster"):
                    self._region.clusters[member].pop("ReplicationGroupId", None)
                else:
                    del self._region.clusters[member]
        return {"ReplicationGroup": answer}


def _true(params: dict[str, Any], key: str, *, default: bool = False) -> bool:
    value = params.get(key)
    return default if value is None else bool(value)
