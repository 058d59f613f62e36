"""The parts of resource types that a row cannot say: named hooks that rows refer to.

TRANSLATE: one property's value into the API's form. PREPARE: all properties before mapping.
CUSTOM: a whole type. Each hook is plain about what it may call: TRANSLATE nothing, PREPARE and
CUSTOM the service APIs of the provisioner they are given.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from tierctl.sandbox.cloudformation.attachments import RecordSet, SecretTargetAttachment

if TYPE_CHECKING:
    from collections.abc import Callable

ANYWHERE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


def ip_permission(rule: dict[str, Any]) -> dict[str, Any]:
    """Turn a security group rule as CloudFormation writes it into EC2's IpPermission."""
    permission: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    for key in ("FromPort", "ToPort"):
        if key in rule and permission["IpProtocol"] != "-1":
            permission[key] = int(rule[key])
    described = {"Description": rule["Description"]} if rule.get("Description") else {}
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    prefix = rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId")
    if rule.get("CidrIp"):
        permission["IpRanges"] = [{"CidrIp": rule["CidrIp"], **described}]
    elif rule.get("CidrIpv6"):
        permission["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    elif group:
        permission["UserIdGroupPairs"] = [{"GroupId": group, **described}]
    elif prefix:
        permission["PrefixListIds"] = [{"PrefixListId": prefix, **described}]
    return permission


def own_egress(provisioner: Any, context: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    """Take the allow-all egress rule away from a group that brings its own rules."""
    if context["id"] is None:
        return props
    before, after = context["old"].get("SecurityGroupEgress"), props.get("SecurityGroupEgress")
    if before is None and after is not None:
        revoke_all(provisioner, context["id"])
    return props


def revoke_all(provisioner: Any, group_id: str) -> None:
    """Revoke the rule every new VPC security group has."""
    provisioner.client("ec2").revoke_security_group_egress(
        GroupId=group_id, IpPermissions=[ANYWHERE]
    )


def rule_permission(_: Any, __: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    """Turn a rule resource into GroupId and IpPermissions."""
    return {"GroupId": props["GroupId"], "IpPermissions": [ip_permission(props)]}


def queue_attributes(_: Any, __: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    """Move everything but name and tags into Attributes."""
    own = {key: props[key] for key in ("QueueName", "Tags") if key in props}
    rest = {key: value for key, value in props.items() if key not in own}
    text = {
        key: json.dumps(value) if isinstance(value, dict) else str(value).lower()
        if isinstance(value, bool) else str(value)
        for key, value in rest.items()
    }  # fmt: skip
    return {**own, "Attributes": text} if text else own


def generated_secret(
    provisioner: Any, context: dict[str, Any], props: dict[str, Any]
) -> dict[str, Any]:
    """Make GenerateSecretString's secret; on update only when it changed, as AWS does."""
    props = dict(props)
    how = props.pop("GenerateSecretString", None)
    if how is None or (context["id"] and "GenerateSecretString" not in context["changed"]):
        return props
    own = ("SecretStringTemplate", "GenerateStringKey")
    wanted = {key: value for key, value in how.items() if key not in own}
    if "PasswordLength" in wanted:
        wanted["PasswordLength"] = int(wanted["PasswordLength"])
    wanted = {
        key: str(value).lower() == "true" if key.startswith(("Exclude", "Include", "Require"))
        and key != "ExcludeCharacters" else value
        for key, value in wanted.items()
    }  # fmt: skip
    password = provisioner.client("secretsmanager").get_random_password(**wanted)["RandomPassword"]
    if "GenerateStringKey" in how:
        document = json.loads(how.get("SecretStringTemplate") or "{}")
        props["SecretString"] = json.dumps({**document, how["GenerateStringKey"]: password})
    else:
        props["SecretString"] = password
    return props


def scalable_target(_: Any, __: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    """Split ScalingTargetId into the three values the API wants."""
    props = dict(props)
    if target := props.pop("ScalingTargetId", None):
        resource_id, dimension, namespace = target.split("|")
        props.update(
            ResourceId=resource_id, ScalableDimension=dimension, ServiceNamespace=namespace
        )
    return props


def cache_counts(_: Any, context: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    """Say by which call a replication group's replica count changes, and its user groups."""
    if context["id"] is None:
        return props
    props = dict(props)
    before, after = _replicas(context["old"]), _replicas(props)
    if before != after:
        props["IncreaseTo" if after > before else "DecreaseTo"] = after
    old, new = context["old"].get("UserGroupIds") or [], props.get("UserGroupIds") or []
    for name, users in (
        ("UserGroupIdsToAdd", [user for user in new if user not in old]),
        ("UserGroupIdsToRemove", [user for user in old if user not in new]),
    ):
        if users:
            props[name] = users
    return props


def _replicas(props: dict[str, Any]) -> int:
    if props.get("ReplicasPerNodeGroup") is not None:
        return int(props["ReplicasPerNodeGroup"])
    return int(props.get("NumCacheClusters") or 1) - 1


def budget_name(_: Any, context: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    """Name a budget that has no name; the name is inside the Budget property."""
    name = context["id"] or props["Budget"].get("BudgetName") or context["name"]
    context["budget"] = name
    return {**props, "Budget": {**props["Budget"], "BudgetName": name}}


def s3_lifecycle(value: dict[str, Any]) -> dict[str, Any]:
    """Turn lifecycle rules into S3's form."""
    return {"Rules": [_lifecycle_rule(rule) for rule in value.get("Rules", ())]}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix", "")}}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    expiration: dict[str, Any] = {}
    if "ExpirationInDays" in rule:
        expiration["Days"] = int(rule["ExpirationInDays"])
    if "ExpiredObjectDeleteMarker" in rule:
        expiration["ExpiredObjectDeleteMarker"] = _is_true(rule["ExpiredObjectDeleteMarker"])
    if expiration:
        made["Expiration"] = expiration
    transitions = rule.get("Transitions") or ([rule["Transition"]] if "Transition" in rule else [])
    if transitions:
        made["Transitions"] = [
            {"Days": int(t["TransitionInDays"]), "StorageClass": t["StorageClass"]}
            for t in transitions
        ]
    moves = rule.get("NoncurrentVersionTransitions")
    if moves:
        made["NoncurrentVersionTransitions"] = [
            {"NoncurrentDays": int(t["TransitionInDays"]), "StorageClass": t["StorageClass"]}
            for t in moves
        ]
    if "NoncurrentVersionExpiration" in rule:
        old = rule["NoncurrentVersionExpiration"]
        made["NoncurrentVersionExpiration"] = {key: int(item) for key, item in old.items()}
    elif "NoncurrentVersionExpirationInDays" in rule:
        days = int(rule["NoncurrentVersionExpirationInDays"])
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if "AbortIncompleteMultipartUpload" in rule:
        days = int(rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"])
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    handled = {
        "Status", "Prefix", "Id", "ExpirationInDays", "ExpiredObjectDeleteMarker", "Transitions",
        "Transition", "NoncurrentVersionTransitions", "NoncurrentVersionExpiration",
        "NoncurrentVersionExpirationInDays", "AbortIncompleteMultipartUpload",
        "ObjectSizeGreaterThan", "ObjectSizeLessThan",
    }  # fmt: skip
    for size in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if size in rule:
            made["Filter"] = {size: int(rule[size])}
    if extra := sorted(set(rule) - handled):
        raise ValueError(f"the sandbox cannot carry {', '.join(extra)} of a lifecycle rule")
    return made


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def s3_encryption(value: dict[str, Any]) -> dict[str, Any]:
    """Turn BucketEncryption into S3's form."""
    rules = []
    for rule in value["ServerSideEncryptionConfiguration"]:
        renamed = dict(rule)
        if "ServerSideEncryptionByDefault" in renamed:
            renamed["ApplyServerSideEncryptionByDefault"] = renamed.pop(
                "ServerSideEncryptionByDefault"
            )
        rules.append(renamed)
    return {"Rules": rules}


def s3_tiering(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turn IntelligentTieringConfigurations into S3's form."""
    made = []
    for entry in value:
        item = {key: entry[key] for key in ("Id", "Status")}
        item["Tierings"] = [
            {"AccessTier": t["AccessTier"], "Days": int(t["Days"])} for t in entry["Tierings"]
        ]
        if "Prefix" in entry:
            item["Filter"] = {"Prefix": entry["Prefix"]}
        made.append(item)
    return made


TRANSLATE: dict[str, Callable[[Any], Any]] = {
    "parameter_list": lambda values: [
        {"ParameterName": key, "ParameterValue": str(value), "ApplyMethod": "pending-reboot"}
        for key, value in values.items()
    ],
    "cache_parameters": lambda values: [
        {"ParameterName": key, "ParameterValue": str(value)} for key, value in values.items()
    ],
    "ip_permissions": lambda rules: [ip_permission(rule) for rule in rules],
    "s3_lifecycle": s3_lifecycle,
    "s3_encryption": s3_encryption,
    "s3_tiering": s3_tiering,
    "s3_acl": lambda value: re.sub(r"(?<=.)([A-Z])", r"-\1", value).lower(),
    "s3_cors": lambda value: {"CORSRules": value["CorsRules"]},
    "s3_logging": lambda value: {
        "LoggingEnabled": {
            "TargetBucket": value["DestinationBucketName"],
            "TargetPrefix": value.get("LogFilePrefix", ""),
        }
    },
    "s3_notification": lambda value: {
        ("EventBridgeConfiguration" if key == "EventBridgeConfiguration" else key): (
            {} if key == "EventBridgeConfiguration" else item
        )
        for key, item in value.items()
    },
    "metric_transformations": lambda items: [
        {k: v for k, v in item.items() if k != "Dimensions"} for item in items
    ],
}
PREPARE: dict[str, Callable[[Any, dict[str, Any], dict[str, Any]], dict[str, Any]]] = {
    "own_egress": own_egress,
    "rule_permission": rule_permission,
    "queue_attributes": queue_attributes,
    "generated_secret": generated_secret,
    "cache_counts": cache_counts,
    "budget_name": budget_name,
    "scalable_target": scalable_target,
}
CUSTOM: dict[str, Any] = {
    "secret_target_attachment": SecretTargetAttachment(),
    "record_set": RecordSet(),
}
