"""A foreign cache: a lone node into a replication group by adoption, and a group to a tier's size.

In: the template as it stands. Out: updates and things to do by hand, in the order of ElastiCache's
own documents (EC-EXIST), and what stays impossible for an adopted group.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tierctl.catalog.behaviours import behaviour
from tierctl.catalog.limits import limits
from tierctl.catalog.update_matrix import source
from tierctl.planning.adoption_work import Advice, Patch, Work, number, properties_of, set_one

if TYPE_CHECKING:
    from tierctl.model.environment import Environment
    from tierctl.planning.impact_read import Made

GROUP = "AWS::ElastiCache::ReplicationGroup"


def adopt(work: Work, node: Made, goal: Environment) -> None:
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
        if logical_id not in (name, group) and f'"{name}"' in json.dumps(body, default=number)
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


def _grow(work: Work, name: str, goal: Environment, count: str, own: int) -> None:
    """Replica first, then failover: two updates."""
    shape = goal.cache
    if not shape.replicas_per_shard:
        return
    at = f"/Resources/{name}/Properties"
    now = properties_of(work, name).get(count, own)
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
    properties = properties_of(work, name)
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


def resize(work: Work, group: Made, goal: Environment) -> None:
    """A replication group: nodes, then replicas and failover."""
    name, shape = group.logical_id, goal.cache
    properties = properties_of(work, name)
    set_one(work, name, "CacheNodeType", shape.node_type)
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
