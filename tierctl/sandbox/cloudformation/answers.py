"""The records of CloudFormation as its answers show them.

In: stacks, resources, events, change sets. Out: dicts with the API's member names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierctl.sandbox.cloudformation.stacks import ChangeSet, Event, Resource, Stack

SUMMARY = ("StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime",
           "StackStatus", "StackStatusReason", "TemplateDescription")  # fmt: skip


def stack_answer(stack: Stack) -> dict[str, Any]:
    """Show a stack."""
    deployment = stack.deployment
    answer = {
        "StackId": stack.id,
        "StackName": stack.name,
        "ChangeSetId": stack.change_set_id,
        "Description": deployment.description if deployment else None,
        "Parameters": _values(deployment) if deployment else [],
        "CreationTime": stack.created,
        "DeletionTime": stack.deleted,
        "LastUpdatedTime": stack.updated,
        "RollbackConfiguration": {},
        "StackStatus": stack.status,
        "StackStatusReason": stack.reason,
        "DisableRollback": stack.disable_rollback,
        "NotificationARNs": list(stack.notification_arns),
        "Capabilities": list(deployment.capabilities) if deployment else [],
        "Outputs": [
            {"OutputKey": name, "OutputValue": output["Value"],
             "Description": output.get("Description"), "ExportName": output.get("ExportName")}
            for name, output in stack.outputs.items()
        ],
        "RoleARN": stack.role,
        "Tags": _tags(deployment.tags) if deployment else [],
        "EnableTerminationProtection": stack.termination_protection,
        "DriftInformation": {
            "StackDriftStatus": stack.drift.get("StackDriftStatus", "NOT_CHECKED")
        },
    }  # fmt: skip
    return {key: value for key, value in answer.items() if value is not None}


def _values(deployment: Any) -> list[dict[str, Any]]:
    declared = deployment.template.section("Parameters")
    found = []
    for name, value in deployment.parameters.items():
        entry = {"ParameterKey": name, "ParameterValue": value}
        if str(declared.get(name, {}).get("NoEcho", "")).lower() == "true":
            entry["ParameterValue"] = "****"
        used = deployment.resolved_parameters.get(name)
        if declared.get(name, {}).get("Type", "").startswith("AWS::SSM"):
            entry["ResolvedValue"] = used if isinstance(used, str) else ",".join(used)
        found.append(entry)
    return found


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def event_answer(event: Event) -> dict[str, Any]:
    """Show an event of DescribeStackEvents."""
    return {
        "StackId": event.stack_id,
        "EventId": event.event_id,
        "StackName": event.stack_name,
        "OperationId": event.operation_id,
        "LogicalResourceId": event.logical_id,
        "PhysicalResourceId": event.physical_id,
        "ResourceType": event.type,
        "Timestamp": event.time,
        "ResourceStatus": event.status,
        "ResourceStatusReason": event.reason,
        "ClientRequestToken": event.token,
    }


def operation_event_answer(event: Event) -> dict[str, Any]:
    """Show an event of DescribeEvents."""
    return {
        **{key: value for key, value in event_answer(event).items() if key != "StackName"},
        "EventType": "STACK_EVENT",
        "OperationType": f"{event.status.split('_', 1)[0]}_STACK",
    }


def resource_answer(resource: Resource) -> dict[str, Any]:
    """Show what every answer about a resource shares."""
    return {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def change_set_answer(stack: Stack, change_set: ChangeSet) -> dict[str, Any]:
    """Show a change set without its changes."""
    return {
        "ChangeSetName": change_set.name,
        "ChangeSetId": change_set.id,
        "StackId": stack.id,
        "StackName": stack.name,
        "Description": change_set.description,
        "Parameters": _values(change_set.deployment),
        "CreationTime": change_set.created,
        "ExecutionStatus": change_set.execution_status,
        "Status": change_set.status,
        "StatusReason": change_set.reason,
        "Capabilities": list(change_set.deployment.capabilities),
        "Tags": _tags(change_set.deployment.tags),
        "IncludeNestedStacks": False,
        "OnStackFailure": change_set.on_failure,
    }


def parameter_answers(declared: dict[str, Any], constraints: str | None) -> list[dict[str, Any]]:
    """Show the parameters a template declares."""
    found = []
    for name, definition in declared.items():
        entry: dict[str, Any] = {
            "ParameterKey": name,
            "ParameterType": definition.get("Type", "String"),
            "NoEcho": str(definition.get("NoEcho", "")).lower() == "true",
        }
        if "Default" in definition:
            entry["DefaultValue"] = str(definition["Default"])
        if "Description" in definition:
            entry["Description"] = definition["Description"]
        if constraints:
            entry[constraints] = {"AllowedValues": definition.get("AllowedValues", [])}
        found.append(entry)
    return found
