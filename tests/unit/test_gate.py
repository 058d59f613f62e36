"""The gate: change sets as AWS answers them, judged as a careful engineer would."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tierctl.aws.gate import judge, stack_policy
from tierctl.model.classes import TREATMENTS, ResourceClass

Change = dict[str, Any]


def detail(name: str, recreation: str, evaluation: str = "Static", cause: str = "") -> Change:
    """One detail of a change."""
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}
    found: Change = {"Target": target, "Evaluation": evaluation}
    return {**found, "CausingEntity": cause} if cause else found


def modify(
    logical_id: str, kind: str, replacement: str, *details: Change, policy: str = ""
) -> Change:
    """A Modify."""
    rc: Change = {
        "Action": "Modify",
        "LogicalResourceId": logical_id,
        "ResourceType": f"AWS::{kind}",
        "Replacement": replacement,
        "Details": list(details),
    }
    return {
        "Type": "Resource",
        "ResourceChange": {**rc, **({"PolicyAction": policy} if policy else {})},
    }


def other(action: str, logical_id: str, kind: str, policy: str = "") -> Change:
    """An Add, Remove, Import or Dynamic."""
    rc: Change = {
        "Action": action,
        "LogicalResourceId": logical_id,
        "ResourceType": f"AWS::{kind}",
    }
    return {
        "Type": "Resource",
        "ResourceChange": {**rc, **({"PolicyAction": policy} if policy else {})},
    }


KEY = modify("Key", "KMS::Key", "False", detail("Tags", "Never"))
NEW_KEY = other("Add", "Key2", "KMS::Key")
REPLACED_KEY = modify("Key", "KMS::Key", "True", detail("KeySpec", "Always"))


def reads_key(logical_id: str, kind: str, cause: str = "Key.Arn") -> Change:
    """A resource whose create-only KmsKeyId is read from the key."""
    return modify(logical_id, kind, "Conditional", detail("KmsKeyId", "Always", "Dynamic", cause))


PASSES: dict[str, list[Change]] = {
    "nothing": [],
    "cache in place": [
        modify("Cache", "ElastiCache::ReplicationGroup", "False", detail("CacheNodeType", "Never"))
    ],
    "task definition is a new revision": [
        modify("WebTask", "ECS::TaskDefinition", "True", detail("Cpu", "Always")),
        modify("WebService", "ECS::Service", "False", detail("TaskDefinition", "Never", "Dynamic")),
    ],
    "key tagged, readers of its ARN doubted": [KEY, reads_key("Database", "RDS::DBCluster")],
    "doubt handed on": [
        KEY,
        reads_key("DatabaseSecret", "SecretsManager::Secret"),
        modify(
            "Database",
            "RDS::DBCluster",
            "Conditional",
            detail("DBSubnetGroupName", "Always", "Dynamic", "DatabaseSecret"),
        ),
    ],
    "a reader goes": [other("Remove", "DatabaseReader1", "RDS::DBInstance", "Delete")],
    "a NAT gateway goes": [other("Remove", "NatGateway2", "EC2::NatGateway", "Delete")],
    "alarms come and go": [
        other("Add", "LatencyAlarm", "CloudWatch::Alarm"),
        other("Remove", "OldAlarm", "CloudWatch::Alarm", "Delete"),
    ],
    "a store is added": [other("Add", "Cache", "ElastiCache::ReplicationGroup")],
    "a store is imported": [other("Import", "Bucket", "S3::Bucket")],
    "only metadata": [
        modify(
            "Filesystem",
            "EFS::FileSystem",
            "False",
            {"Target": {"Attribute": "Metadata", "RequiresRecreation": "Never"}},
        )
    ],
}

REFUSED: dict[str, tuple[list[Change], str]] = {
    "database replaced": (
        [modify("Database", "RDS::DBCluster", "True", detail("StorageEncrypted", "Always"))],
        "Database.StorageEncrypted",
    ),
    "replaced by policy action alone": (
        [
            modify(
                "Bucket", "S3::Bucket", "False", detail("Tags", "Never"), policy="ReplaceAndRetain"
            )
        ],
        "ReplaceAndRetain",
    ),
    "replaced and snapshotted": (
        [
            modify(
                "Cache",
                "ElastiCache::ReplicationGroup",
                "True",
                detail("Port", "Always"),
                policy="ReplaceAndSnapshot",
            )
        ],
        "Cache.Port",
    ),
    "file system removed, though retained": (
        [other("Remove", "Filesystem", "EFS::FileSystem", "Retain")],
        "removed",
    ),
    "writer removed": ([other("Remove", "DatabaseWriter", "RDS::DBInstance")], "removed"),
    "subnet removed": ([other("Remove", "PrivateSubnet3", "EC2::Subnet")], "removed"),
    "subnet replaced": (
        [modify("PrivateSubnet1", "EC2::Subnet", "True", detail("CidrBlock", "Always"))],
        "PrivateSubnet1.CidrBlock",
    ),
    "service replaced": (
        [modify("WebService", "ECS::Service", "True", detail("ServiceName", "Always"))],
        "WebService.ServiceName",
    ),
    "conditional by its own property": (
        [
            modify(
                "Cache",
                "ElastiCache::ReplicationGroup",
                "Conditional",
                detail("NumNodeGroups", "Conditionally"),
            )
        ],
        "Cache.NumNodeGroups",
    ),
    "conditional, cause replaced": (
        [REPLACED_KEY, reads_key("Database", "RDS::DBCluster")],
        "Key.Arn is replaced",
    ),
    "conditional, cause added": (
        [NEW_KEY, reads_key("Database", "RDS::DBCluster", "Key2.Arn")],
        "Key2.Arn is replaced",
    ),
    "conditional, cause not in the change set": (
        [reads_key("Database", "RDS::DBCluster", "Elsewhere.Arn")],
        "Elsewhere.Arn",
    ),
    "conditional, cause unnamed": (
        [
            modify(
                "Database",
                "RDS::DBCluster",
                "Conditional",
                detail("KmsKeyId", "Always", "Dynamic"),
            )
        ],
        "something unnamed",
    ),
    "conditional without details": ([modify("Bucket", "S3::Bucket", "Conditional")], "no detail"),
    "causes in a circle": (
        [
            modify(
                "Key", "KMS::Key", "Conditional", detail("A", "Always", "Dynamic", "Bucket.Arn")
            ),
            modify(
                "Bucket", "S3::Bucket", "Conditional", detail("B", "Always", "Dynamic", "Key.Arn")
            ),
        ],
        "Key.A",
    ),
    "cannot be told": ([other("Dynamic", "Database", "RDS::DBCluster")], "cannot say"),
    "a type nobody classed": (
        [modify("Graph", "Neptune::DBCluster", "True", detail("KmsKeyId", "Always"))],
        "unclassed",
    ),
    "a replacement word nobody knows": (
        [modify("Bucket", "S3::Bucket", "Maybe", detail("Tags", "Never"))],
        "Maybe",
    ),
    "a change of another kind": ([{"Type": "Hook"}], "do not know"),
}


@pytest.mark.parametrize("case", PASSES)
def test_an_ordinary_change_passes(case: str) -> None:
    """What replaces nothing and removes nothing precious goes through."""
    assert () == judge(PASSES[case])


@pytest.mark.parametrize("case", REFUSED)
def test_a_planted_change_is_refused_by_name(case: str) -> None:
    """The refusal names the resource, the property that did it, and why."""
    changes, words = REFUSED[case]

    told = "\n".join(str(refusal) for refusal in judge(changes))

    assert words in told


def test_a_declared_property_passes_alone() -> None:
    """What a row with a source declares is let through; another property beside it is not."""
    reshard = modify(
        "Cache",
        "ElastiCache::ReplicationGroup",
        "Conditional",
        detail("NumNodeGroups", "Conditionally"),
    )
    declared = frozenset({"AWS::ElastiCache::ReplicationGroup.NumNodeGroups"})

    assert () == judge([reshard], declared)
    reshard["ResourceChange"]["Details"].append(detail("Port", "Always"))
    [refusal] = judge([reshard], declared)
    assert "Port" == refusal.property


def test_an_identity_goes_only_when_named() -> None:
    """A step may remove an identity it names, and never data."""
    group = other("Remove", "OldGroup", "EC2::SecurityGroup", "Delete")
    store = other("Remove", "Bucket", "S3::Bucket", "Retain")

    assert judge([group])
    assert () == judge([group], may_remove=frozenset({"OldGroup"}))
    assert judge([store], may_remove=frozenset({"Bucket"}))


def test_the_stack_policy_denies_what_the_gate_refuses() -> None:
    """Every data type is denied Replace and Delete, every identity type Replace, in one policy."""
    _, data, identity = stack_policy()["Statement"]
    typed = {
        kind: sorted(t for t, treatment in TREATMENTS.items() if treatment.resource_class is kind)
        for kind in ResourceClass
    }

    assert ["Update:Replace", "Update:Delete"] == data["Action"]
    assert typed[ResourceClass.DATA] == data["Condition"]["StringEquals"]["ResourceType"]
    assert ["Update:Replace"] == identity["Action"]
    assert typed[ResourceClass.IDENTITY] == identity["Condition"]["StringEquals"]["ResourceType"]
    # SetStackPolicy takes 16,384 bytes inline
    assert len(json.dumps(stack_policy())) < 16_384
