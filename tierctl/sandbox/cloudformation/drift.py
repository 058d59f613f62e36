"""Drift detection: what a stack says against what the services say.

In: a stack. Out: one record per resource. A property is compared where the row names its place in
the read answer (`drift`) or the read answer has a member of the same name; a resource without
any such property is NOT_CHECKED, never IN_SYNC.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tierctl.sandbox.cloudformation.calls import evaluate
from tierctl.sandbox.cloudformation.diff import same
from tierctl.sandbox.cloudformation.provision import GONE
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from tierctl.sandbox.cloudformation.stacks import Resource, Stack
    from tierctl.sandbox.cloudformation.store import Store


class Drift:
    """The drift operations."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._runs: dict[str, dict[str, Any]] = {}

    def do_detect_stack_drift(self, params: dict[str, Any]) -> dict[str, Any]:
        """DetectStackDrift; it is done at once."""
        stack = self._store.find(params["StackName"])
        records = [self._record(stack, resource) for resource in stack.resources.values()]
        drifted = [r for r in records if r["StackResourceDriftStatus"] in ("MODIFIED", "DELETED")]
        run = str(uuid.uuid4())
        stack.drift = {
            "StackDriftStatus": "DRIFTED" if drifted else "IN_SYNC",
            "records": records,
        }
        self._runs[run] = {
            "StackId": stack.id,
            "StackDriftDetectionId": run,
            "StackDriftStatus": stack.drift["StackDriftStatus"],
            "DetectionStatus": "DETECTION_COMPLETE",
            "DriftedStackResourceCount": len(drifted),
            "Timestamp": self._store.clock.now(),
        }
        return {"StackDriftDetectionId": run}

    def do_describe_stack_drift_detection_status(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeStackDriftDetectionStatus."""
        run = params["StackDriftDetectionId"]
        if run not in self._runs:
            raise ApiError("ValidationError", f"Drift detection {run} does not exist")
        return self._runs[run]

    def do_describe_stack_resource_drifts(self, params: dict[str, Any]) -> dict[str, Any]:
        """DescribeStackResourceDrifts of the last detection."""
        stack = self._store.find(params["StackName"])
        wanted = params.get("StackResourceDriftStatusFilters") or ()
        return {
            "StackResourceDrifts": [
                record
                for record in stack.drift.get("records", ())
                if not wanted or record["StackResourceDriftStatus"] in wanted
            ]
        }

    def _record(self, stack: Stack, resource: Resource) -> dict[str, Any]:
        status, expected, actual = self._compare(stack, resource)
        differences = [
            {"PropertyPath": f"/{name}", "ExpectedValue": _text(expected[name]),
             "ActualValue": _text(actual[name]), "DifferenceType": "NOT_EQUAL"}
            for name in sorted(expected)
            if status == "MODIFIED" and not same(expected[name], actual[name])
        ]  # fmt: skip
        return {
            "StackId": stack.id,
            "LogicalResourceId": resource.logical_id,
            "PhysicalResourceId": resource.physical_id,
            "ResourceType": resource.type,
            "ExpectedProperties": json.dumps(expected),
            "ActualProperties": json.dumps(actual, default=str),
            "PropertyDifferences": differences,
            "StackResourceDriftStatus": status,
            "Timestamp": self._store.clock.now(),
        }

    def _compare(
        self, stack: Stack, resource: Resource
    ) -> tuple[str, dict[str, Any], dict[str, Any]]:
        provisioner = self._store.provisioner
        row = provisioner.row(resource.type)
        if row.read is None:
            return "NOT_CHECKED", {}, {}
        try:
            found = provisioner.read(
                stack.identity(resource.declared), resource.made, resource.properties
            )
        except ClientError as error:
            if not GONE.search(error.response["Error"]["Code"]):
                raise
            return "DELETED", {}, {}
        if not found:
            return "DELETED", {}, {}
        lowered = {key.lower(): value for key, value in found.items()}
        expected: dict[str, Any] = {}
        actual: dict[str, Any] = {}
        for name, value in resource.properties.items():
            if name in row.drift:
                expected[name], actual[name] = value, evaluate(row.drift[name], {"read": found})
            elif name.lower() in lowered and isinstance(value, str | int | float | bool):
                expected[name], actual[name] = value, lowered[name.lower()]
        if not expected:
            return "NOT_CHECKED", {}, {}
        matches = all(same(expected[name], actual[name]) for name in expected)
        return "IN_SYNC" if matches else "MODIFIED", expected, actual


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)
