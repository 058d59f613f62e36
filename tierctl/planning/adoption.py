"""Advice on somebody else's template: patches on it towards a tier, each judged by `impact`.

In: a template that is not ours and the Environment of the tier wanted. Out: patches in a safe
order, what cannot be done in place, and what was not looked at. May not: synthesise our stack over
theirs, or put two changes into one patch that AWS wants apart. A lone cache cluster is adopted into
a replication group, by the steps of ElastiCache's own documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.catalog.behaviours import behaviour
from tierctl.catalog.update_matrix import source
from tierctl.planning import adoption_cache
from tierctl.planning.adoption_work import Adoption, Work, plain, properties_of, set_one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tierctl.model.environment import Environment
    from tierctl.planning.impact_read import Made, Read

NODE, GROUP = "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup"
CLUSTER, INSTANCE = "AWS::RDS::DBCluster", "AWS::RDS::DBInstance"
FILES = "AWS::EFS::FileSystem"
LOOKED_AT = (NODE, GROUP, CLUSTER, INSTANCE, FILES)
UNFOLLOWED = (
    "Bindings are not followed: where an application reads an endpoint from is yours to change in "
    "the step that says so."
)
UNASKED = (
    "Nothing here was asked of the account. Before each update look at the change set: no "
    "Replacement True or Conditional and no Remove of a resource that holds data."
)


def advise(
    root: dict[str, Any], file: str, goal: Environment, parameters: Mapping[str, str]
) -> Adoption:
    """Advice towards a tier for a template that is not ours."""
    work = Work(root, file, parameters)
    read = work.read()
    _policies(work, read)
    for made in read.resources.values():
        if made.type == NODE:
            adoption_cache.adopt(work, made, goal)
        elif made.type == GROUP:
            adoption_cache.resize(work, made, goal)
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


def _policies(work: Work, read: Read) -> None:
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


def _database(work: Work, cluster: Made, goal: Environment) -> None:
    """An Aurora Serverless v2 cluster: instances deferred first, then the range."""
    name = cluster.logical_id
    if cluster.at("Properties.ServerlessV2ScalingConfiguration") is None:
        return
    members = [
        logical_id
        for logical_id, body in work.root["Resources"].items()
        if isinstance(body, dict)
        and body.get("Type") == INSTANCE
        and properties_of(work, logical_id).get("DBClusterIdentifier") == {"Ref": name}
        and properties_of(work, logical_id).get("ApplyImmediately") is not False
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
        set_one(work, name, f"ServerlessV2ScalingConfiguration/{key}", plain(value))
    set_one(work, name, "BackupRetentionPeriod", shape.backup_retention_days, only_up=True)
    if cluster.at("Properties.StorageEncrypted") in (None, False):
        work.impossible.append(
            f"{name}: storage encryption cannot be switched on: the cluster would be replaced by "
            "an empty one. Restore a snapshot into an encrypted cluster."
        )


def _files(work: Work, files: Made, goal: Environment) -> None:
    """A file system: its throughput mode, alone, once in 24 hours."""
    if goal.filesystem.throughput_mode == "provisioned":
        return
    set_one(
        work,
        files.logical_id,
        "ThroughputMode",
        goal.filesystem.throughput_mode,
        before=behaviour("filesystem.throughput.mode").before,
        back=behaviour("filesystem.throughput.mode").rollback,
    )
