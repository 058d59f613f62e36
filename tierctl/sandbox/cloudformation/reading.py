"""CloudFormation's operations that only read.

In: the parsed parameters of one request. Out: the answer as a dict, in pages as AWS gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.sandbox.cloudformation import changesets
from tierctl.sandbox.cloudformation.answers import (
    SUMMARY,
    change_set_answer,
    event_answer,
    operation_event_answer,
    parameter_answers,
    resource_answer,
    stack_answer,
)
from tierctl.sandbox.cloudformation.rows import all_rows
from tierctl.sandbox.cloudformation.schemas import replacing
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.sandbox.cloudformation.stacks import Stack
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
        return page("Stacks", [stack_answer(stack) for stack in found], params)

    def do_list_stacks(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListStacks."""
        wanted = params.get("StackStatusFilter") or ()
        found = [
            {key: value for key, value in stack_answer(s).items() if key in SUMMARY}
            for s in list(self._store.stacks.values())
            if not wanted or s.status in wanted
        ]
        return page("StackSummaries", found, params)

    def do_describe_stack_events(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeStackEvents, newest first."""
        stack = self._store.find(params["StackName"])
        return page("StackEvents", [event_answer(e) for e in reversed(stack.events)], params)

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
        return page("OperationEvents", [operation_event_answer(e) for e in reversed(found)], params)

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
                {**resource_answer(r), "StackId": stack.id, "StackName": stack.name,
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
        detail = {**resource_answer(resource), "StackId": stack.id, "StackName": stack.name}
        detail["LastUpdatedTimestamp"] = resource.updated
        detail["Metadata"] = changesets.shown(resource.declared.metadata)
        return {"StackResourceDetail": detail}

    def do_list_stack_resources(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListStackResources."""
        stack = self._store.find(params["StackName"])
        found = [
            {**resource_answer(r), "LastUpdatedTimestamp": r.updated}
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
        return {**change_set_answer(stack, change_set), **page("Changes", changes, params)}

    def do_list_change_sets(self, params: dict[str, Any]) -> dict[str, Any]:
        """ListChangeSets."""
        stack = self._store.find(params["StackName"])
        found = [change_set_answer(stack, change_set) for change_set in stack.change_sets.values()]
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
            "Parameters": parameter_answers(template.section("Parameters"), "ParameterConstraints"),
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
            "Parameters": parameter_answers(template.section("Parameters"), None),
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
