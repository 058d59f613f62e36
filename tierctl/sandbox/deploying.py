"""Stacks deployed and awaited, for tests and demonstrations that talk to the sandbox by boto3.

In: a sandbox, a stack name, a template. Out: an `Outcome` with the final status and the events of
this operation, in order. It polls quickly, where AWS's own waiters wait half a minute.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierctl.sandbox.session import Sandbox

POLL_S = 0.02
MAX_BODY_BYTES = 51_200
BUCKET = "sandbox-templates"
CAPABILITIES = ["CAPABILITY_NAMED_IAM"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an operation ended."""

    status: str
    events: tuple[dict[str, Any], ...]

    def statuses(self, logical_id: str) -> list[str]:
        """Return a resource's statuses in order."""
        return [e["ResourceStatus"] for e in self.events if e["LogicalResourceId"] == logical_id]

    def reasons(self) -> str:
        """Return every reason given, joined."""
        return "\n".join(e.get("ResourceStatusReason") or "" for e in self.events)


@dataclass(frozen=True, slots=True)
class Deployer:
    """Deploys to one stack of a sandbox."""

    sandbox: Sandbox
    name: str

    @property
    def _cloudformation(self) -> Any:
        return self.sandbox.client("cloudformation")

    def deploy(self, template: dict[str, Any] | str, **options: Any) -> Outcome:
        """Create or update the stack and wait."""
        client = self._cloudformation
        exists = any(
            s["StackName"] == self.name and s["StackStatus"] != "DELETE_COMPLETE"
            for s in client.list_stacks()["StackSummaries"]
        )
        call = client.update_stack if exists else client.create_stack
        last = self._last_event() if exists else None
        call(StackName=self.name, Capabilities=CAPABILITIES, **self._template(template), **options)
        return self._finished(last)

    def _template(self, template: dict[str, Any] | str) -> dict[str, str]:
        """The template in the call, or by way of a bucket when it is too long for one."""
        body = template if isinstance(template, str) else json.dumps(template)
        if len(body.encode()) <= MAX_BODY_BYTES:
            return {"TemplateBody": body}
        s3 = self.sandbox.client("s3")
        if BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
            s3.create_bucket(Bucket=BUCKET)
        key = f"{self.name}.template.json"
        s3.put_object(Bucket=BUCKET, Key=key, Body=body.encode())
        return {"TemplateURL": f"https://s3.us-east-1.amazonaws.com/{BUCKET}/{key}"}

    def change_set(
        self, template: dict[str, Any], kind: str = "UPDATE", **options: Any
    ) -> dict[str, Any]:
        """Create a change set and return its description, with property values."""
        client = self._cloudformation
        made = client.create_change_set(
            StackName=self.name,
            ChangeSetName=f"change-{time.monotonic_ns()}",
            ChangeSetType=kind,
            Capabilities=CAPABILITIES,
            **self._template(template),
            **options,
        )
        answer: dict[str, Any] = client.describe_change_set(
            ChangeSetName=made["Id"], IncludePropertyValues=True
        )
        return answer

    def execute(self, change_set: dict[str, Any]) -> Outcome:
        """Execute a change set and wait."""
        last = self._last_event()
        self._cloudformation.execute_change_set(ChangeSetName=change_set["ChangeSetId"])
        return self._finished(last)

    def events(self) -> list[dict[str, Any]]:
        """Return every event, oldest first."""
        pages = self._cloudformation.get_paginator("describe_stack_events")
        found = [e for p in pages.paginate(StackName=self.name) for e in p["StackEvents"]]
        return found[::-1]

    def settled(self, seen: int = 0) -> Outcome:
        """Wait until no operation runs; return the events after the first `seen`."""
        return Outcome(self._waited(), tuple(self.events()[seen:]))

    def _waited(self) -> str:
        while (status := str(self.stack()["StackStatus"])).endswith("_IN_PROGRESS"):
            time.sleep(POLL_S)
        return status

    def _last_event(self) -> str | None:
        """The id of the newest event; a stack that is being reviewed may have none."""
        newest = self._cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        return newest[0]["EventId"] if newest else None

    def _finished(self, last: str | None) -> Outcome:
        """Wait; return the events after a known one, without reading those before it again."""
        status = self._waited()
        found: list[dict[str, Any]] = []
        pages = self._cloudformation.get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=self.name):
            ids = [event["EventId"] for event in page["StackEvents"]]
            new = page["StackEvents"][: ids.index(last)] if last in ids else page["StackEvents"]
            found += new
            if last in ids:
                break
        return Outcome(status, tuple(found[::-1]))

    def stack(self) -> dict[str, Any]:
        """Return the stack's description."""
        found: dict[str, Any] = self._cloudformation.describe_stacks(StackName=self.name)["Stacks"][
            0
        ]
        return found

    def outputs(self) -> dict[str, str]:
        """Return the stack's outputs."""
        return {o["OutputKey"]: o["OutputValue"] for o in self.stack().get("Outputs", ())}

    def physical_id(self, logical_id: str) -> str:
        """Return a resource's physical id."""
        answer = self._cloudformation.describe_stack_resource(
            StackName=self.name, LogicalResourceId=logical_id
        )
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])
