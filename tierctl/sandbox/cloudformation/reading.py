"""CloudFormation's operations that only read.

In: the parsed parameters of one request. Out: the answer as a dict, in pages as AWS gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.sandbox.cloudformation import changesets
from tierctl.sandbox.cloudformation.rows import all_rows
from tierctl.sandbox.cloudformation.schemas import replacing
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.sandbox.cloudformation.stacks import ChangeSet, Event, Resource, Stack
    from tierctl.sandbox.cloudformation.store import Store

PAGE = 100


def page(key: str, items: Sequence[Any], params: dict[str, Any]) -> dict[str, Any]:
    """Return one page; the token is the offset of the next."""
    start = int(params.get("NextToken") or 0)
    answer: dict[str, Any] = {key: list(items[start : start + PAGE])}
    if start + PAGE < len(items):
        answer["NextToken"] = str(start + PAGE)
    return answer


class Reading:
    """The reading operations."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def do_describe_stacks(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeStacks."""
        name = params.get("StackName")
        found = (
            [self._store.find(name)]
            if name
            else [s for s in list(self._store.stacks.values()) if s.is_live]
        )
        return page("Stacks", [_stack(stack) for stack in found], params)

    def do_list_stacks(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListStacks."""
        wanted = params.get("StackStatusFilter") or ()
        found = [
            {key: value for key, value in _stack(s).items() if key in SUMMARY}
            for s in list(self._store.stacks.values())
            if not wanted or s.status in wanted
        ]
        return page("StackSummaries", found, params)

    def do_describe_stack_events(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeStackEvents, newest first."""
        stack = self._store.find(params["StackName"])
        return page("StackEvents", [_event(e) for e in reversed(stack.events)], params)

    def do_describe_events(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeEvents (2025): a stack's or change set's events, newest first."""
        if name := params.get("ChangeSetName"):
            stack, _ = self._store.find_change_set(name, params.get("StackName"))
            return page("OperationEvents", (), params) if stack else {}
        name = params.get("StackName")
        found = [
            event
            for stack in ([self._store.find(name)] if name else list(self._store.stacks.values()))
            for event in stack.events
            if params.get("OperationId") in (None, event.operation_id)
        ]
        if (params.get("Filters") or {}).get("FailedEvents"):
            found = [event for event in found if event.status.endswith("_FAILED")]
        return page("OperationEvents", [_operation_event(e) for e in reversed(found)], params)

    def do_describe_stack_resources(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeStackResources, by stack or by physical id."""
        if physical := params.get("PhysicalResourceId"):
            for stack in list(self._store.stacks.values()):
                if stack.is_live and any(
                    r.physical_id == physical for r in list(stack.resources.values())
                ):
                    return self._resources(stack, params)
            raise ApiError("ValidationError", f"Stack for {physical} does not exist")
        return self._resources(self._store.find(params["StackName"]), params)

    def _resources(self, stack: Stack, params: dict[str, Any]) -> dict[str, Any]:
        wanted = params.get("LogicalResourceId")
        return {
            "StackResources": [
                {**_resource(r), "StackId": stack.id, "StackName": stack.name,
                 "Timestamp": r.updated}
                for name, r in list(stack.resources.items())
                if wanted in (None, name)
            ]
        }  # fmt: skip

    def do_describe_stack_resource(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeStackResource."""
        stack = self._store.find(params["StackName"])
        name = params["LogicalResourceId"]
        if name not in stack.resources:
            raise ApiError(
                "ValidationError", f"Resource {name} does not exist for stack {stack.name}"
            )
        resource = stack.resources[name]
        detail = {**_resource(resource), "StackId": stack.id, "StackName": stack.name}
        detail["LastUpdatedTimestamp"] = resource.updated
        detail["Metadata"] = changesets.shown(resource.declared.metadata)
        return {"StackResourceDetail": detail}

    def do_list_stack_resources(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListStackResources."""
        stack = self._store.find(params["StackName"])
        found = [
            {**_resource(r), "LastUpdatedTimestamp": r.updated}
            for r in list(stack.resources.values())
        ]
        return page("StackResourceSummaries", found, params)

    def do_describe_change_set(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeChangeSet."""
        stack, change_set = self._store.find_change_set(
            params["ChangeSetName"], params.get("StackName")
        )
        changes = change_set.changes
        if not params.get("IncludePropertyValues"):
            changes = changesets.without_values(changes)
        return {**_change_set(stack, change_set), **page("Changes", changes, params)}

    def do_list_change_sets(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListChangeSets."""
        stack = self._store.find(params["StackName"])
        found = [_change_set(stack, change_set) for change_set in stack.change_sets.values()]
        return page("Summaries", found, params)

    def do_get_template(self, params: dict[str, Any]) -> dict[str, Any]:
        """GetTemplate of a stack or a change set; without macros both stages are the same."""
        if name := params.get("ChangeSetName"):
            deployment = self._store.find_change_set(name, params.get("StackName"))[1].deployment
        else:
            stack = self._store.find(params["StackName"])
            if stack.deployment is None:
                return {"TemplateBody": "", "StagesAvailable": ["Original", "Processed"]}
            deployment = stack.deployment
        return {
            "TemplateBody": deployment.template.text,
            "StagesAvailable": ["Original", "Processed"],
        }

    def do_get_template_summary(self, params: dict[str, Any]) -> dict[str, Any]:
        """GetTemplateSummary."""
        if name := params.get("StackName"):
            stack = self._store.find(name)
            if stack.deployment is None:
                raise ApiError("ValidationError", f"Stack with id {name} has no template")
            template = stack.deployment.template
        else:
            template = self._store.template(params)
        by_type: dict[str, list[str]] = {}
        for declared in template.resources.values():
            by_type.setdefault(declared.type, []).append(declared.logical_id)
        return {
            "Parameters": _parameters(template.section("Parameters"), "ParameterConstraints"),
            "Description": template.body.get("Description"),
            "ResourceTypes": sorted(by_type),
            "Version": "2010-09-09",
            "Metadata": changesets.shown(template.section("Metadata")),
            "DeclaredTransforms": [],
            "ResourceIdentifierSummaries": [
                {"ResourceType": kind, "LogicalResourceIds": sorted(names),
                 "ResourceIdentifiers": list(replacing(kind).identifiers)}
                for kind, names in sorted(by_type.items())
                if kind in all_rows() and replacing(kind).identifiers
            ],
        }  # fmt: skip

    def do_validate_template(self, params: dict[str, Any]) -> dict[str, Any]:
        """ValidateTemplate."""
        template = self._store.template(params)
        return {
            "Parameters": _parameters(template.section("Parameters"), None),
            "Description": template.body.get("Description"),
            "Capabilities": [],
            "DeclaredTransforms": [],
        }

    def do_get_stack_policy(self, params: dict[str, Any]) -> dict[str, Any]:
        """GetStackPolicy."""
        policy = self._store.find(params["StackName"]).policy
        return {"StackPolicyBody": policy} if policy else {}

    def do_list_exports(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListExports."""
        found = [
            {"ExportingStackId": stack.id, "Name": o["ExportName"], "Value": o["Value"]}
            for stack in list(self._store.stacks.values())
            if stack.is_live
            for o in stack.outputs.values()
            if "ExportName" in o
        ]
        return page("Exports", found, params)

    def do_list_imports(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListImports."""
        name = params["ExportName"]
        found = [
            s.name for s in list(self._store.stacks.values()) if s.is_live and name in s.imports
        ]
        if not found:
            raise ApiError("ValidationError", f"Export '{name}' is not imported by any stack.")
        return page("Imports", found, params)


SUMMARY = ("StackId", "StackName", "CreationTime", "LastUpdatedTime", "DeletionTime",
           "StackStatus", "StackStatusReason", "TemplateDescription")  # fmt: skip


def _stack(stack: Stack) -> dict[str, Any]:
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


def _event(event: Event) -> dict[str, Any]:
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


def _operation_event(event: Event) -> dict[str, Any]:
    return {
        **{key: value for key, value in _event(event).items() if key != "StackName"},
        "EventType": "STACK_EVENT",
        "OperationType": f"{event.status.split('_', 1)[0]}_STACK",
    }


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "LogicalResourceId": resource.logical_id,
        "PhysicalResourceId": resource.physical_id,
        "ResourceType": resource.type,
        "ResourceStatus": resource.status,
        "ResourceStatusReason": resource.reason,
        "DriftInformation": {"StackResourceDriftStatus": "NOT_CHECKED"},
    }


def _change_set(stack: Stack, change_set: ChangeSet) -> dict[str, Any]:
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


def _parameters(declared: dict[str, Any], constraints: str | None) -> list[dict[str, Any]]:
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
