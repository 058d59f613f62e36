"""What AWS accepts between consecutive templates, written from upgrade-behaviour.md alone.

In: a way, as (kind, template) pairs, the start first. Out: every rule it breaks, in words. Nothing
here reads an operator, a behaviour row or a Shape: sections in brackets are those of the facts.
Only what a rule looks at is read, so that a real template and a light one are judged alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.cdk.schemas import create_only, value_at

Template = dict[str, Any]
GROUP, CLUSTER = "AWS::ElastiCache::ReplicationGroup", "AWS::RDS::DBCluster"
INSTANCE, FILES, BUCKET = "AWS::RDS::DBInstance", "AWS::EFS::FileSystem", "AWS::S3::Bucket"
PARAMETERS = "AWS::RDS::DBClusterParameterGroup"
TASK, SERVICE = "AWS::ECS::TaskDefinition", "AWS::ECS::Service"
STORES = {GROUP, CLUSTER, INSTANCE, FILES, BUCKET, PARAMETERS}
APPLICATION = {TASK, SERVICE}
MODES = [("disabled", "compatible"), ("compatible", "disabled"), ("compatible", "enabled")]
TLS = [("off", "preferred"), ("preferred", "required"),
       ("required", "preferred"), ("preferred", "off")]  # fmt: skip
# [6] mutable by the schema of 2026-08 where the bundled one still says create-only
NEWER = {(GROUP, "Engine"), (GROUP, "ReplicasPerNodeGroup"), (GROUP, "NumNodeGroups"),
         (SERVICE, "DeploymentController"), (BUCKET, "ObjectLockEnabled")}  # fmt: skip
# [3.g, 3.j, 4] may come and go: a new task revision, a second NAT gateway, a serverless reader
FREE = re.compile(
    r"AWS::(ECS::TaskDefinition|EC2::(NatGateway|EIP|Route)|CloudWatch::\w+|Budgets::Budget|"
    r"ApplicationAutoScaling::\w+|IAM::\w+|S3::BucketPolicy|SNS::(Subscription|TopicPolicy))"
)
EMPTY: dict[str, Any] = {}


@dataclass(frozen=True)
class Update:
    """One stack update: the template in force and the one that replaces it."""

    before: Template
    after: Template

    def kind_of(self, name: str) -> str:
        """The type of a resource of either template."""
        known = self.after["Resources"].get(name) or self.before["Resources"][name]
        return str(known["Type"])

    def of(self, kind: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Every resource of a type in both templates: id, properties before, properties after."""
        for name, old in self.before["Resources"].items():
            new = self.after["Resources"].get(name)
            if old["Type"] == kind and new is not None:
                yield name, old.get("Properties", EMPTY), new.get("Properties", EMPTY)

    def changes(self) -> set[tuple[str, str]]:
        """(logical id, what): a property, UpdatePolicy, `+` or `-`; `Outputs` has no id."""
        old, new = self.before["Resources"], self.after["Resources"]
        found = {(name, "-") for name in old.keys() - new.keys()}
        found |= {(name, "+") for name in new.keys() - old.keys()}
        for name in old.keys() & new.keys():
            if old[name] == new[name]:
                continue
            one, two = old[name].get("Properties", EMPTY), new[name].get("Properties", EMPTY)
            found |= {
                (name, key) for key in one.keys() | two.keys() if one.get(key) != two.get(key)
            }
            if old[name].get("UpdatePolicy") != new[name].get("UpdatePolicy"):
                found.add((name, "UpdatePolicy"))
        if self.before.get("Outputs") != self.after.get("Outputs"):
            found.add(("", "Outputs"))
        return found


def changed(name: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether a property differs."""
    return bool(old.get(name) != new.get(name))


def tls(properties: dict[str, Any]) -> str:
    """off, preferred or required."""
    if not properties.get("TransitEncryptionEnabled"):
        return "off"
    return str(properties.get("TransitEncryptionMode", "required"))


def text_of(template: Template) -> str:
    """Resources and outputs as one text, to look references up in."""
    return json.dumps([template["Resources"], template.get("Outputs")], default=str)


def version(text: Any) -> tuple[int, ...]:
    """A version for comparing."""
    return tuple(int(part) for part in str(text).split("."))


def failover(update: Update) -> Iterator[str]:
    """[3.b] A replica one update before failover; Multi-AZ only with it; off before the last."""
    for _, old, new in update.of(GROUP):
        on, was = new.get("AutomaticFailoverEnabled"), old.get("AutomaticFailoverEnabled")
        if on and not was and old["ReplicasPerNodeGroup"] < 1:
            yield "failover before a replica exists"
        if new.get("MultiAZEnabled") and not on:
            yield "Multi-AZ without failover"
        if was and not on and new.get("ClusterMode", "disabled") != "disabled":
            yield "failover off in cluster mode"
        if (on or new.get("MultiAZEnabled")) and new["ReplicasPerNodeGroup"] < 1:
            yield "failover without a replica"
        if new["ReplicasPerNodeGroup"] < 1 <= old["ReplicasPerNodeGroup"] and (
            was or old.get("MultiAZEnabled")
        ):
            yield "last replica removed while failover or Multi-AZ is on"
        if new["ReplicasPerNodeGroup"] < 1 and new.get("ClusterMode") == "enabled":
            yield "cluster mode without a replica"
        if new["ReplicasPerNodeGroup"] > 5:
            yield "more than five replicas"


def cluster_mode(update: Update) -> Iterator[str]:
    """[3.c] disabled, compatible, enabled: one at a time, nothing else, clients moved before."""
    for name, old, new in update.of(GROUP):
        before, after = old["ClusterMode"], new["ClusterMode"]
        if before == after:
            continue
        if (before, after) not in MODES:
            yield f"cluster mode from {before} to {after}"
        if update.changes() - {(name, "ClusterMode"), (name, "CacheParameterGroupName")}:
            yield "something beside a change of cluster mode"
        if before == "disabled" and not old.get("AutomaticFailoverEnabled"):
            yield "cluster mode without failover"
        if before == "disabled" and old["ReplicasPerNodeGroup"] < 1:
            yield "cluster mode without a replica"
        least = (7, 2) if old["Engine"] == "valkey" else (7, 0)
        if version(old["EngineVersion"]) < least:
            yield "cluster mode on an engine without it"
        said = text_of(update.before)
        if after == "enabled" and "PrimaryEndPoint" in said:
            yield "the primary endpoint is still used when cluster mode is enabled"
        if after == "disabled" and "ConfigurationEndPoint" in said:
            yield "the configuration endpoint is still used when cluster mode is disabled"


def endpoints(update: Update) -> Iterator[str]:
    """[3.c] The configuration endpoint exists only from `compatible` on; the primary ends there."""
    for _, old, new in update.of(GROUP):
        said = text_of(update.after)
        if "ConfigurationEndPoint" in said and "disabled" in (
            old["ClusterMode"],
            new["ClusterMode"],
        ):
            yield "the configuration endpoint is used before it exists"
        if "PrimaryEndPoint" in said and new["ClusterMode"] == "enabled":
            yield "the primary endpoint is used in cluster mode"


def compatible(update: Update) -> Iterator[str]:
    """[3.c, 3.e] No scaling and no engine change while the group is compatible."""
    frozen = ("CacheNodeType", "NumNodeGroups", "ReplicasPerNodeGroup", "Engine", "EngineVersion")
    for _, old, new in update.of(GROUP):
        if old["ClusterMode"] == "compatible" and any(changed(p, old, new) for p in frozen):
            yield "scaling or engine change in compatible mode"


def resharding(update: Update) -> Iterator[str]:
    """[3.c] NumNodeGroups alone, in cluster mode, with the policy deployed before."""
    for name, old, new in update.of(GROUP):
        if not changed("NumNodeGroups", old, new):
            continue
        if {old["ClusterMode"], new["ClusterMode"]} != {"enabled"}:
            yield "resharding outside cluster mode"
        if update.changes() != {(name, "NumNodeGroups")}:
            yield "something beside a change of shards"
        for template in (update.before, update.after):
            policy = template["Resources"][name].get("UpdatePolicy", EMPTY)
            if not policy.get("UseOnlineResharding"):
                yield "resharding without UseOnlineResharding in place"


def encryption(update: Update) -> Iterator[str]:
    """[3.d] TLS one stop at a time, apart from all else of the group, clients moved before."""
    for name, old, new in update.of(GROUP):
        before, after = tls(old), tls(new)
        if before == after:
            continue
        if (before, after) not in TLS:
            yield f"TLS from {before} to {after}"
        kept = {"TransitEncryptionEnabled", "TransitEncryptionMode"}
        if any(who == name and what not in kept for who, what in update.changes()):
            yield "something of the cache beside a change of TLS"
        said = text_of(update.before)
        if after == "required" and '"redis://"' in said:
            yield "TLS required while a client speaks plain text"
        if after == "off" and '"rediss://"' in said:
            yield "TLS off while a client speaks it"


def nodes(update: Update) -> Iterator[str]:
    """[3.e] Node type and node count, or node type and engine, never at once."""
    for _, old, new in update.of(GROUP):
        if changed("CacheNodeType", old, new):
            for other in ("NumNodeGroups", "ReplicasPerNodeGroup", "Engine", "EngineVersion"):
                if changed(other, old, new):
                    yield f"node type together with {other}"


def engines(update: Update) -> Iterator[str]:
    """[3.d, 3.f, 5] Versions only go up, alone; Redis becomes Valkey with its parameters."""
    ours = {
        GROUP: {"Engine", "EngineVersion", "CacheParameterGroupName"},
        CLUSTER: {"EngineVersion"},
    }
    for kind, company in ours.items():
        for name, old, new in update.of(kind):
            crossed = changed("Engine", old, new)
            if not crossed and not changed("EngineVersion", old, new):
                continue
            if crossed and (old["Engine"], new["Engine"]) != ("redis", "valkey"):
                yield f"engine from {old['Engine']} to {new['Engine']}"
            if not crossed and version(new["EngineVersion"]) < version(old["EngineVersion"]):
                yield "engine downgrade"
            # a major version of Aurora brings the parameter group of its family
            beside = {(name, what) for what in company}
            beside |= {
                (i, "Family") for i, r in update.after["Resources"].items()
                if r["Type"] == PARAMETERS and kind == CLUSTER
            }  # fmt: skip
            if update.changes() - beside:
                yield "something beside a change of engine version"


def capacity(update: Update) -> Iterator[str]:
    """[3.f, 5] The ACU range apart from instances, whose ApplyImmediately is false before."""
    touched = {update.kind_of(name) for name, _ in update.changes() if name}
    for _, old, new in update.of(CLUSTER):
        if not changed("ServerlessV2ScalingConfiguration", old, new):
            continue
        if INSTANCE in touched:
            yield "ACU range together with an instance"
        for resource in update.before["Resources"].values():
            if resource["Type"] == INSTANCE and (
                resource["Properties"].get("ApplyImmediately") is not False
            ):
                yield "ACU range while CloudFormation may reboot an instance"


def pauses(update: Update) -> Iterator[str]:
    """[3.f] A minimum of 0 needs an engine that can pause, already running."""
    for _, old, new in update.of(CLUSTER):
        least = new["ServerlessV2ScalingConfiguration"]["MinCapacity"]
        found = version(old["EngineVersion"])
        floor = {13: (13, 15), 14: (14, 12), 15: (15, 7)}.get(found[0], (16, 3))
        if least == 0 and found < floor:
            yield "auto-pause on an engine that cannot"


def alone(update: Update) -> Iterator[str]:
    """[3.f, 3.h, 5] Storage type, throughput mode and its decrease: nothing beside, spelled out."""
    traps = ((CLUSTER, "StorageType", "a change of storage type", ()),
             (FILES, "ThroughputMode", "a change of throughput mode",
              ("ProvisionedThroughputInMibps",)),
             (FILES, "ProvisionedThroughputInMibps", "a change of throughput",
              ("ThroughputMode",)))  # fmt: skip
    for kind, what, words, company in traps:
        for name, old, new in update.of(kind):
            if kind == FILES and not new.get("ThroughputMode"):
                yield "throughput mode not spelled out"
            if kind == CLUSTER and not new.get("StorageType"):
                yield "storage type not spelled out"
            allowed = {(name, what), *((name, other) for other in company)}
            if changed(what, old, new) and update.changes() - allowed:
                yield f"something beside {words}"
            if new.get("ThroughputMode") == "provisioned" and not new.get(
                "ProvisionedThroughputInMibps"
            ):
                yield "provisioned throughput without a number"


def rollouts(update: Update) -> Iterator[str]:
    """[5] The application apart from the stores, and rolled without a gap [3.g]."""
    touched = {update.kind_of(name) for name, what in update.changes() if name and what != "Tags"}
    if touched & APPLICATION and touched & STORES:
        yield "an application rollout together with a store"
    for _, _, new in update.of(SERVICE):
        if "DesiredCount" in new:
            yield "DesiredCount resets autoscaling"
        rolling = new["DeploymentConfiguration"]
        if (rolling["MinimumHealthyPercent"], rolling["MaximumPercent"]) != (100, 200):
            yield "a rollout that stops tasks first"


def networks(update: Update) -> Iterator[str]:
    """[3.j] Subnets of data stores are only ever added."""
    for kind in ("AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup"):
        for _, old, new in update.of(kind):
            if any(subnet not in new["SubnetIds"] for subnet in old["SubnetIds"]):
                yield "a subnet taken from a store"


def buckets(update: Update) -> Iterator[str]:
    """[3.i] Versioning is Enabled or Suspended for ever once it was on."""
    for _, old, new in update.of(BUCKET):
        if old.get("VersioningConfiguration") and not new.get("VersioningConfiguration"):
            yield "versioning removed"


def removals(update: Update) -> Iterator[str]:
    """[3, 3.l] Nothing of data or identity goes."""
    for name, what in update.changes():
        kind = update.kind_of(name) if name else ""
        reader = kind == INSTANCE and name.startswith("DatabaseReader")
        if what == "-" and not reader and not FREE.fullmatch(kind):
            yield f"{name} ({kind}) removed"


def replacements(update: Update) -> Iterator[str]:
    """[3.l, 6] No create-only property moves but a task's revision and a major family's group."""
    for name, resource in update.before["Resources"].items():
        kind, new = resource["Type"], update.after["Resources"].get(name)
        if new is None or new == resource or FREE.fullmatch(kind):
            continue
        one, two = resource.get("Properties", EMPTY), new.get("Properties", EMPTY)
        for path in create_only(kind):
            if (kind, path.split("/")[0]) in NEWER or value_at(one, path) == value_at(two, path):
                continue
            upgraded = any(changed("EngineVersion", o, n) for _, o, n in update.of(CLUSTER))
            if not (kind == PARAMETERS and path == "Family" and upgraded):
                yield f"{name}.{path} replaces"


def does_something(update: Update) -> Iterator[str]:
    """[3.l] CloudFormation refuses an update that changes no resource."""
    if not any(name for name, _ in update.changes()):
        yield "an update that changes no resource"


RULES: tuple[Callable[[Update], Iterator[str]], ...] = (
    failover, cluster_mode, endpoints, compatible, resharding, encryption, nodes, engines,
    capacity, pauses, alone, rollouts, networks, buckets, removals, replacements, does_something,
)  # fmt: skip


def tiers(template: Template) -> set[str]:
    """Values of the tier's tag."""
    return {
        tag["Value"]
        for resource in template["Resources"].values()
        for tag in resource.get("Properties", EMPTY).get("Tags", ())
        if isinstance(tag, dict) and tag.get("Key") == "tier"
    }


def slow_again(update: Update) -> bool:
    """Whether EFS counts the update as one of a day: another mode, or less provisioned [3.h]."""
    for _, old, new in update.of(FILES):
        less = (new.get("ProvisionedThroughputInMibps") or 0) < (
            old.get("ProvisionedThroughputInMibps") or 0
        )
        if changed("ThroughputMode", old, new) or less:
            return True
    return False


def violations(way: Sequence[tuple[str, Template]]) -> list[str]:
    """Everything a way breaks: (`start`, T0), then (kind of step, template after it) each."""
    found: list[str] = []
    last = max((i for i, (kind, _) in enumerate(way) if kind == "update"), default=0)
    changes_today, optimized = 0, 0
    for index, ((_, before), (kind, after)) in enumerate(pairwise(way), 1):
        if kind == "wait":
            changes_today = 0
        if kind != "update":
            if text_of(before) != text_of(after):
                found.append(f"step {index}: a step that is no update changes the template")
            continue
        update = Update(before, after)
        found += [f"step {index}: {text}" for rule in RULES for text in rule(update)]
        if tiers(before) != tiers(after) and index != last:
            found.append(f"step {index}: the tier's tag changes before the last update")
        changes_today += slow_again(update)
        optimized += any(
            changed("StorageType", o, n) and n["StorageType"] != "aurora"
            for _, o, n in update.of(CLUSTER)
        )
        if changes_today > 1:
            found.append(f"step {index}: a second throughput change within 24 hours")
        if optimized > 1:
            found.append(f"step {index}: I/O-Optimized twice within 30 days")
    return found
