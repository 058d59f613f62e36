"""Advice on somebody else's template: patches on it towards a tier, each judged by `impact`.

In: a template that is not ours and the Environment of the tier wanted. Out: patches in a safe
order, what cannot be done in place, and what was not looked at. May not: synthesise our stack over
theirs, or put two changes into one patch that AWS wants apart. A lone cache cluster is adopted into
a replication group, by the steps of ElastiCache's own documents.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.catalog.behaviours import Source, behaviour
from tierctl.catalog.limits import limits
from tierctl.catalog.update_matrix import source
from tierctl.planning.impact import compare
from tierctl.planning.impact_model import Impact, ResourceChange, Verdict
from tierctl.planning.impact_read import Made, read_pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tierctl.model.environment import Environment
    from tierctl.planning.impact_read import Read

NODE, GROUP = "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup"
CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
FILES = "AWS::EFS::FileSystem"
LOOKED_AT = (NODE, GROUP, CLUSTER, INSTANCE, FILES)
STEPPING = (Verdict.IN_PLACE, Verdict.INTERRUPTED, Verdict.ADDED, Verdict.RETAINED)
UNFOLLOWED = (
    "Bindings are not followed: where an application reads an endpoint from is yours to change in "
    "the step that says so."
)
UNASKED = (
    "Nothing here was asked of the account. Before each update look at the change set: no "
    "Replacement True or Conditional and no Remove of a resource that holds data."
)
Patch = tuple[tuple[str, str, Any], ...]
"""JSON Patch operations: op, path, value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One update of the given template, or one thing to do by hand.

    Attributes:
        kind: update or manual.
        patch: What to change in the template; empty for what is done by hand.
        judged: What the update does, as `tierctl impact` says it.
        before: What has to be true beforehand.
        back: How it is taken back.
    """

    kind: str
    logical_id: str
    title: str
    patch: Patch = ()
    judged: tuple[ResourceChange, ...] = ()
    why: str = ""
    before: tuple[str, ...] = ()
    back: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Everything that can be said.

    Attributes:
        impossible: What no update of this template reaches, and the migration that would.
        stops: Where this advice ends, said plainly.
    """

    file: str
    goal: str
    steps: tuple[Advice, ...]
    impossible: tuple[str, ...]
    stops: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Work:
    """The template as it stands after the advice so far."""

    root: dict[str, Any]
    file: str
    parameters: Mapping[str, str]
    steps: list[Advice] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)

    def read(self) -> Read:
        """The resources now."""
        data = (_bytes(self.root), self.file)
        return read_pair(data, data, self.parameters, "us-east-1")[0]

    def update(
        self,
        logical_id: str,
        title: str,
        patch: Patch,
        *,
        ignoring: tuple[str, ...] = (),
        **rest: Any,
    ) -> bool:
        """Add an update if it is safe, and go on from the template after it."""
        after = patched(self.root, patch)
        found = _judged(self.root, after, self.file, self.parameters)
        changes = tuple(c for c in found.changes if c.logical_id not in ignoring)
        bad = [c for c in changes if c.verdict not in STEPPING or c.data_at_risk]
        if bad:
            reasons = [p.why for c in bad for p in c.properties if p.verdict not in STEPPING]
            self.impossible.append(
                f"{logical_id}: {title}: {bad[0].verdict}. "
                f"{' '.join(dict.fromkeys([bad[0].why, *reasons, bad[0].data])).strip()}"
            )
            return False
        made = Advice(
            kind="update",
            logical_id=logical_id,
            title=title,
            patch=patch,
            judged=changes,
            **rest,
        )
        self.steps.append(made)
        self.root = after
        return True


def advise(
    root: dict[str, Any], file: str, goal: Environment, parameters: Mapping[str, str]
) -> Adoption:
    """Advice towards a tier for a template that is not ours."""
    work = _Work(root, file, parameters)
    read = work.read()
    _policies(work, read)
    for made in read.resources.values():
        if made.type == NODE:
            _adopt(work, made, goal)
        elif made.type == GROUP:
            _cache(work, made, goal)
        elif made.type == CLUSTER:
            _database(work, made, goal)
        elif made.type == FILES:
            _files(work, made, goal)
    others = sorted({m.type for m in read.resources.values()} - set(LOOKED_AT))
    stops = [UNFOLLOWED, UNASKED]
    if others:
        stops.append(f"No advice is given on {', '.join(others)}.")
    return Adoption(
        file=file,
        goal=goal.identity.tier,
        steps=tuple(work.steps),
        impossible=tuple(work.impossible),
        stops=tuple(stops),
        notes=read.notes,
    )


def _policies(work: _Work, read: Read) -> None:
    """Policies that keep data, before anything else."""
    patch: list[tuple[str, str, Any]] = []
    for made in read.resources.values():
        if made.type not in (NODE, GROUP, CLUSTER, FILES):
            continue
        patch += [
            ("add", f"/Resources/{made.logical_id}/{attribute}", "Retain")
            for attribute in ("DeletionPolicy", "UpdateReplacePolicy")
            if made.attributes.get(attribute) not in ("Retain", "Snapshot")
            or (made.type == NODE and made.attributes.get(attribute) != "Retain")
        ]
    if patch:
        work.update(
            "(data)",
            "keep data when its resource is removed or replaced",
            tuple(patch),
            why="CloudFormation may answer that there is nothing to update when only policies "
            "change; change a tag or Metadata with them then.",
            back="Leave the policies; they cost nothing.",
            sources=(source("DELPOL"), source("UPDREP")),
        )


def _adopt(work: _Work, node: Made, goal: Environment) -> None:
    """A lone cache cluster into a replication group, its data kept."""
    name = node.logical_id
    if str(node.at("Properties.Engine") or "redis") != "redis":
        work.impossible.append(f"{name}: only Redis OSS is adopted into a replication group.")
        return
    if str(node.at("Properties.NumCacheNodes") or 1) != "1":
        work.impossible.append(f"{name}: only a cluster of one node is adopted.")
        return
    group = _free(work.root, f"{name}Group")
    cited = (source("EC-EXIST"), source("BOTO-EC"))
    own = {
        "Type": GROUP,
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "UpdatePolicy": {"UseOnlineResharding": True},
        "Properties": {
            "ReplicationGroupDescription": f"adopted from {name}",
            "PrimaryClusterId": {"Ref": name},
            "AutomaticFailoverEnabled": False,
            "MultiAZEnabled": False,
        },
    }
    if not work.update(
        name,
        f"adopt the node as primary of the new group {group}",
        (("add", f"/Resources/{group}", own),),
        why="The group is made around the node and has its data, its engine, version, node type, "
        "subnets and parameters. 0 to 60 s without writes (estimated), 6 to 20 min in all.",
        before=(
            "the node is available, and a snapshot of it was taken",
            "the node has no TLS: the group is made without",
        ),
        back="Remove the group with its policy Retain, then delete it by DeleteReplicationGroup "
        "with RetainPrimaryCluster: the node stays. CloudFormation cannot do that.",
        sources=cited,
    ):
        return
    endpoint = {"Fn::GetAtt": [group, "PrimaryEndPoint.Address"]}
    work.steps.append(
        Advice(
            kind="manual",
            logical_id=name,
            title=f"point every reader of {name}'s endpoint at {json.dumps(endpoint)} and roll out",
            why="The node's own endpoint follows no failover. Never remove the node before this.",
            before=("both endpoints answer",),
            back="Point them back; both answer until the node is removed from the template.",
            sources=cited,
        )
    )
    users = sorted(
        logical_id
        for logical_id, body in work.root["Resources"].items()
        if logical_id not in (name, group) and f'"{name}"' in json.dumps(body, default=_number)
    )
    if users:
        work.steps.append(
            Advice(
                kind="manual",
                logical_id=name,
                title=f"take every reference to {name} out of {', '.join(users)}",
                why="What refers to the node cannot be deployed once it has left the template; "
                "the steps after this one are judged without it.",
            )
        )
    literal: Patch = (
        ("replace", f"/Resources/{group}/Properties/PrimaryClusterId", _literal(node)),
        ("remove", f"/Resources/{name}", None),
    )
    work.update(
        name,
        "write the adopted id as a literal and take the node out of the template",
        literal,
        ignoring=tuple(users),
        why="The node is retained and belongs to the group. Put its real id there (aws elasticache "
        "describe-cache-clusters) and never change it again: a change promotes another member. "
        "Whatever else refers to the node has to go first.",
        before=("nothing reads the node's own endpoint", "its DeletionPolicy Retain is deployed"),
        back="None by CloudFormation alone: the node can be imported again (cdk import).",
        sources=cited,
    )
    _grow(work, group, goal, "NumCacheClusters", 1)
    work.impossible.append(
        f"{group}: an adopted group stays without encryption at rest for ever. "
        f"{limits('migrations')['fields']['cache.at_rest_encryption']}"
    )
    work.impossible.append(
        f"{group}: what adoption leaves out (subnet group, port, encryption key) can never be "
        "spelled out later: CloudFormation would replace the group. It keeps its own set of "
        "properties for life and cannot be given the tier's template."
    )
    if goal.cache.cluster_mode == "enabled":
        work.impossible.append(
            f"{group}: {goal.identity.tier} runs in cluster mode. Redis OSS 7.0, failover, keys in "
            "database 0 only and a client that speaks the protocol come first; then ClusterMode "
            "compatible, the clients, enabled, each an update: docs/upgrade-guide.md."
        )


def _literal(node: Made) -> str:
    """The node's own name, or where to write it."""
    named = node.at("Properties.ClusterName")
    return named if isinstance(named, str) else "THE-ID-OF-THE-NODE"


def _free(root: dict[str, Any], wanted: str) -> str:
    """A logical id that is not taken."""
    name, number = wanted, 2
    while name in root["Resources"]:
        name, number = f"{wanted}{number}", number + 1
    return name


def _grow(work: _Work, name: str, goal: Environment, count: str, own: int) -> None:
    """Replica first, then failover: two updates."""
    shape = goal.cache
    if not shape.replicas_per_shard:
        return
    at = f"/Resources/{name}/Properties"
    now = work.root["Resources"][name]["Properties"].get(count, own)
    wanted = shape.replicas_per_shard + own
    if isinstance(now, int) and now < wanted:
        work.update(
            name,
            f"set {count} to {wanted}",
            (("add", f"{at}/{count}", wanted),),
            before=behaviour("cache.replicas.add").before,
            back=f"{count} back to {now}.",
            sources=behaviour("cache.replicas.add").sources,
        )
    properties = work.root["Resources"][name]["Properties"]
    switches = {
        "AutomaticFailoverEnabled": shape.automatic_failover,
        "MultiAZEnabled": shape.multi_az,
    }
    patch = tuple(
        ("add", f"{at}/{key}", True)
        for key, wanted_on in switches.items()
        if wanted_on and properties.get(key) is not True
    )
    if patch:
        work.update(
            name,
            "switch failover and Multi-AZ on, now that the replica is there",
            patch,
            before=("the replica is available", "its subnets lie in two zones or more"),
            back="Both false, in one update.",
            sources=behaviour("cache.failover.on").sources,
        )


def _cache(work: _Work, group: Made, goal: Environment) -> None:
    """A replication group: nodes, then replicas and failover."""
    name, shape = group.logical_id, goal.cache
    properties = work.root["Resources"][name].get("Properties", {})
    _set(work, name, "CacheNodeType", shape.node_type)
    if "ReplicasPerNodeGroup" in properties:
        _grow(work, name, goal, "ReplicasPerNodeGroup", 0)
    elif "NumNodeGroups" not in properties and "NodeGroupConfiguration" not in properties:
        _grow(work, name, goal, "NumCacheClusters", 1)
    if shape.cluster_mode == "enabled" and str(group.at("Properties.ClusterMode")) != "enabled":
        work.impossible.append(
            f"{name}: {goal.identity.tier} runs in cluster mode, which is entered by several "
            "updates and a change of the application between them: docs/upgrade-guide.md."
        )
    if group.at("Properties.AtRestEncryptionEnabled") in (None, False):
        fix = limits("migrations")["fields"]["cache.at_rest_encryption"]
        work.impossible.append(f"{name}: encryption at rest cannot be switched on. {fix}")


def _database(work: _Work, cluster: Made, goal: Environment) -> None:
    """An Aurora Serverless v2 cluster: instances deferred first, then the range."""
    name = cluster.logical_id
    if cluster.at("Properties.ServerlessV2ScalingConfiguration") is None:
        return
    members = [
        logical_id
        for logical_id, body in work.root["Resources"].items()
        if body.get("Type") == INSTANCE
        and body.get("Properties", {}).get("DBClusterIdentifier") == {"Ref": name}
        and body["Properties"].get("ApplyImmediately") is not False
    ]
    if members:
        work.update(
            name,
            "stop CloudFormation from rebooting the instances",
            tuple(("add", f"/Resources/{m}/Properties/ApplyImmediately", False) for m in members),
            why="A wider range makes instances wait for a reboot, which CloudFormation does.",
            sources=(source("PR599"), source("RDSPROV")),
        )
    shape = goal.database
    for key, value in (("MaxCapacity", shape.max_acu), ("MinCapacity", shape.min_acu)):
        _set(work, name, f"ServerlessV2ScalingConfiguration/{key}", _plain(value))
    _set(work, name, "BackupRetentionPeriod", shape.backup_retention_days, only_up=True)
    if cluster.at("Properties.StorageEncrypted") in (None, False):
        work.impossible.append(
            f"{name}: storage encryption cannot be switched on: the cluster would be replaced by "
            "an empty one. Restore a snapshot into an encrypted cluster."
        )


def _files(work: _Work, files: Made, goal: Environment) -> None:
    """A file system: its throughput mode, alone, once in 24 hours."""
    if goal.filesystem.throughput_mode == "provisioned":
        return
    _set(
        work,
        files.logical_id,
        "ThroughputMode",
        goal.filesystem.throughput_mode,
        before=behaviour("filesystem.throughput.mode").before,
        back=behaviour("filesystem.throughput.mode").rollback,
    )


def _set(
    work: _Work,
    name: str,
    path: str,
    value: Any,
    *,
    only_up: bool = False,
    before: tuple[str, ...] = (),
    back: str = "",
) -> None:
    """One property to one value, as an update of its own."""
    now: Any = work.root["Resources"][name].get("Properties", {})
    for part in path.split("/"):
        now = now.get(part) if isinstance(now, dict) else None
    if isinstance(now, dict | list) or (now is not None and str(now) == str(value)):
        return
    if only_up and (not isinstance(now, int) or now >= value):
        return
    shown = "(absent)" if now is None else now
    work.update(
        name,
        f"set {path.replace('/', '.')} from {shown} to {value}",
        (("add", f"/Resources/{name}/Properties/{path}", value),),
        before=before,
        back=back or f"{path.replace('/', '.')} back to {shown}.",
    )


def patched(root: dict[str, Any], patch: Patch) -> dict[str, Any]:
    """A copy of a template with a patch applied."""
    made = copy.deepcopy(root)
    for operation, path, value in patch:
        *way, last = path.strip("/").split("/")
        at = made
        for part in way:
            at = at.setdefault(part, {})
        if operation == "remove":
            del at[last]
        else:
            at[last] = value
    return made


def _judged(
    before: dict[str, Any], after: dict[str, Any], file: str, parameters: Mapping[str, str]
) -> Impact:
    """What an update does."""
    return compare(
        *read_pair((_bytes(before), file), (_bytes(after), file), parameters, "us-east-1")
    )


def _bytes(root: dict[str, Any]) -> bytes:
    """A tree as a template again."""
    return json.dumps(root, default=_number).encode()


def _number(value: Any) -> Any:
    """Decimals as JSON numbers."""
    if isinstance(value, Decimal):
        return _plain(value)
    return str(value)


def _plain(value: Decimal) -> int | float:
    """A Decimal as JSON writes it."""
    return int(value) if value == int(value) else float(value)
