"""The parts of resource types that a row cannot say: named hooks that rows refer to.

TRANSLATE: one property's value into the API's form. PREPARE: all properties before mapping.
CUSTOM: a whole type. Each hook is plain about what it may call: TRANSLATE nothing, PREPARE and
CUSTOM the service APIs of the provisioner they are given.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tierctl.sandbox import rules
from tierctl.sandbox.cloudformation import buckets
from tierctl.sandbox.cloudformation.attachments import RecordSet, SecretTargetAttachment
from tierctl.sandbox.cloudformation.calls import ProvisionError
from tierctl.sandbox.wire import ApiError

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
    names = ("QueueName", "Tags")
    own: dict[str, Any] = {key: value for key, value in props.items() if key in names}
    text = {key: _attribute(value) for key, value in props.items() if key not in names}
    return {**own, "Attributes": text} if text else own


def _attribute(value: Any) -> str:
    """Write a queue's attribute: policies as JSON, booleans in lower case."""
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


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
    try:
        rules.check("update AWS::ElastiCache::ReplicationGroup", asked=context["changed"])
    except ApiError as error:
        raise ProvisionError(error.message) from error
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


def pending_reboot(
    provisioner: Any, context: dict[str, Any], props: dict[str, Any]
) -> dict[str, Any]:
    """Restart an instance that waits for a restart, as CloudFormation's handler does on any update.

    `ApplyImmediately: false` keeps it from that (aws-cloudformation-resource-providers-rds, pull
    request 599, 2026-11-21).
    """
    if context["id"] is None or str(props.get("ApplyImmediately")).lower() == "false":
        return props
    rds = provisioner.client("rds")
    [shown] = rds.describe_db_instances(DBInstanceIdentifier=context["id"])["DBInstances"]
    groups = shown.get("DBParameterGroups") or ()
    if any(group.get("ParameterApplyStatus") == "pending-reboot" for group in groups):
        rds.reboot_db_instance(DBInstanceIdentifier=context["id"])
    return props


def budget_name(_: Any, context: dict[str, Any], props: dict[str, Any]) -> dict[str, Any]:
    """Name a budget that has no name; the name is inside the Budget property."""
    name = context["id"] or props["Budget"].get("BudgetName") or context["name"]
    context["budget"] = name
    return {**props, "Budget": {**props["Budget"], "BudgetName": name}}


TRANSLATE: dict[str, Callable[[Any], Any]] = {
    **buckets.TRANSLATE,
    "parameter_list": lambda values: [
        {"ParameterName": key, "ParameterValue": str(value), "ApplyMethod": "pending-reboot"}
        for key, value in values.items()
    ],
    "cache_parameters": lambda values: [
        {"ParameterName": key, "ParameterValue": str(value)} for key, value in values.items()
    ],
    "ip_permissions": lambda rules: [ip_permission(rule) for rule in rules],
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
    "pending_reboot": pending_reboot,
    "scalable_target": scalable_target,
}
CUSTOM: dict[str, Any] = {
    "secret_target_attachment": SecretTargetAttachment(),
    "record_set": RecordSet(),
}
