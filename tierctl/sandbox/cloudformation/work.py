"""One stack operation, carried out: resources created, changed, replaced, removed, undone.

In: a stack and the deployment it is to have. Out: the stack changed, with its events. Raises
`StoppedError` at the first failure; what then happens (roll back or not) is for `engine` to say.
It decides nothing about AWS services: replacement comes from `diff`, calls from `provision`.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.sandbox.cloudformation import policy
from tierctl.sandbox.cloudformation.calls import ProvisionError
from tierctl.sandbox.cloudformation.diff import PropertyChange, changes, same
from tierctl.sandbox.cloudformation.evaluation import Evaluation, Surroundings
from tierctl.sandbox.cloudformation.made import Made
from tierctl.sandbox.cloudformation.provision import Provisioner
from tierctl.sandbox.cloudformation.stacks import Resource, Stack, Undo
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierctl.sandbox.clock import Clock
    from tierctl.sandbox.cloudformation.stacks import Deployment
    from tierctl.sandbox.cloudformation.template import Declared

REPLACING = "Requested update requires the creation of a new physical resource; hence creating one."


class StoppedError(Exception):
    """A resource failed, and with it the operation."""

    def __init__(self, logical_id: str, reason: str) -> None:
        super().__init__(reason)
        self.logical_id = logical_id
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Tools:
    """What an operation works with."""

    provisioner: Provisioner
    around: Surroundings
    clock: Clock
    pace_s: float
    kept: Callable[[str, str, str], None]  # (type, physical id, policy) of a store that stays


class Work:
    """The verbs of one operation on one stack."""

    def __init__(self, stack: Stack, tools: Tools, policy_body: str | None = None) -> None:
        self.stack = stack
        self.tools = tools
        self._policy = policy_body if policy_body is not None else stack.policy
        self.leftover: list[tuple[Resource, str]] = []  # replaced resources and their policy

    def now(self) -> Any:
        """Return the sandbox's time."""
        return self.tools.clock.now()

    def event(self, resource: Resource, status: str, reason: str | None = None) -> None:
        """Set a resource's status and record it."""
        resource.status, resource.reason, resource.updated = status, reason, self.now()
        self.stack.record(
            self.now(), resource.logical_id, resource.physical_id, resource.type, status, reason
        )

    def converge(self, target: Deployment, imports: dict[str, str] | None = None) -> Evaluation:
        """Bring every resource to what the target declares, in dependency order."""
        evaluation = Evaluation(self.stack, target, self.tools.around)
        gone = [name for name in self.stack.resources if name not in evaluation.active]
        for name in gone:
            self._allowed("Update:Delete", self.stack.resources[name], "DELETE_FAILED")
        for name in evaluation.order:
            declared = evaluation.active[name]
            current = self.stack.resources.get(name)
            try:
                properties = evaluation.properties(declared)
            except (ApiError, ProvisionError) as error:
                self._unresolved(current, declared, str(error))
                raise StoppedError(name, str(error)) from error
            if current is None:
                if imports and name in imports:
                    self._adopt(declared, properties, imports[name])
                else:
                    self.create(declared, properties)
            else:
                self._change(current, declared, properties)
        return evaluation

    def _unresolved(self, current: Resource | None, declared: Declared, reason: str) -> None:
        """Record that a resource's properties cannot be evaluated."""
        physical_id = current.physical_id if current else ""
        status = "UPDATE_FAILED" if current else "CREATE_FAILED"
        self.stack.record(
            self.now(), declared.logical_id, physical_id, declared.type, status, reason
        )

    def create(self, declared: Declared, properties: dict[str, Any]) -> Resource:
        """Create a resource that the stack does not have."""
        resource = Resource(declared, Made("", {}), properties, "CREATE_IN_PROGRESS", self.now())
        self.stack.resources[declared.logical_id] = resource
        self.event(resource, "CREATE_IN_PROGRESS")
        self._pace()
        try:
            resource.made = self.tools.provisioner.create(self.stack.identity(declared), properties)
        except ProvisionError as error:
            resource.made = error.made or resource.made
            self.event(resource, "CREATE_FAILED", error.reason)
            self.stack.undo.append(Undo("created", declared.logical_id, None))
            raise StoppedError(declared.logical_id, error.reason) from error
        self.stack.undo.append(Undo("created", declared.logical_id, None))
        self.event(resource, "CREATE_IN_PROGRESS", "Resource creation Initiated")
        self.event(resource, "CREATE_COMPLETE")
        return resource

    def _adopt(self, declared: Declared, properties: dict[str, Any], physical_id: str) -> None:
        """Import a resource that exists."""
        resource = Resource(
            declared, Made(physical_id, {}), properties, "IMPORT_IN_PROGRESS", self.now(),
            imported=True,
        )  # fmt: skip
        self.stack.resources[declared.logical_id] = resource
        self.event(resource, "IMPORT_IN_PROGRESS", "Resource import started.")
        row = self.tools.provisioner.row(declared.type)
        identity = self.stack.identity(declared)
        if row.read and not self.tools.provisioner.exists(identity, resource.made, properties):
            reason = f"Resource {physical_id} of type {declared.type} does not exist"
            self.event(resource, "IMPORT_FAILED", reason)
            del self.stack.resources[declared.logical_id]
            raise StoppedError(declared.logical_id, reason)
        self.event(resource, "IMPORT_COMPLETE", "Resource import completed.")
        self.stack.undo.append(Undo("imported", declared.logical_id, None))

    def _change(self, resource: Resource, declared: Declared, properties: dict[str, Any]) -> None:
        """Update or replace a resource whose properties differ; otherwise only note the text."""
        diff = changes(declared.type, resource.properties, properties, declared.update_policy)
        if not diff:
            if not same(resource.declared.metadata, declared.metadata):
                self.event(resource, "UPDATE_IN_PROGRESS")
                self.event(resource, "UPDATE_COMPLETE")
            resource.declared, resource.properties = declared, properties
            return
        before = resource.copy()
        if any(change.recreation != "Never" for change in diff):
            self._replace(resource, declared, properties, diff, before)
            return
        self._allowed("Update:Modify", resource, "UPDATE_FAILED")
        self.event(resource, "UPDATE_IN_PROGRESS")
        self._pace()
        try:
            self.tools.provisioner.update(
                self.stack.identity(declared), resource.made, resource.properties, properties
            )
        except ProvisionError as error:
            if error.applied:
                self.stack.undo.append(Undo("updated", declared.logical_id, before))
                resource.properties = properties
            self.event(resource, "UPDATE_FAILED", error.reason)
            raise StoppedError(declared.logical_id, error.reason) from error
        resource.declared, resource.properties = declared, properties
        resource.attributes.clear()
        self.stack.undo.append(Undo("updated", declared.logical_id, before))
        self.event(resource, "UPDATE_COMPLETE")

    def _replace(
        self,
        resource: Resource,
        declared: Declared,
        properties: dict[str, Any],
        diff: tuple[PropertyChange, ...],
        before: Resource,
    ) -> None:
        self._allowed("Update:Replace", resource, "UPDATE_FAILED")
        row = self.tools.provisioner.row(declared.type)
        name = row.name_property if row.custom_named else None
        if name and name in declared.properties and all(change.name != name for change in diff):
            reason = (
                "CloudFormation cannot update a stack when a custom-named resource requires "
                f"replacing. Rename {resource.physical_id} and update the stack again."
            )
            self._fail(resource, reason)
        self.event(resource, "UPDATE_IN_PROGRESS", REPLACING)
        self._pace()
        try:
            made = self.tools.provisioner.create(self.stack.identity(declared), properties)
        except ProvisionError as error:
            self._discard(declared, error.made, properties)
            self._fail(resource, error.reason, error)
        resource.made, resource.declared, resource.properties = made, declared, properties
        resource.attributes.clear()
        self.stack.undo.append(Undo("replaced", declared.logical_id, before))
        self.leftover.append((before, declared.update_replace_policy))
        self.event(resource, "UPDATE_IN_PROGRESS", "Resource creation Initiated")
        self.event(resource, "UPDATE_COMPLETE")

    def _discard(self, declared: Declared, made: Made | None, properties: dict[str, Any]) -> None:
        """Remove what a failed replacement had half made; its failure is told already."""
        if made is not None:
            with contextlib.suppress(ProvisionError):
                self.tools.provisioner.delete(
                    self.stack.identity(declared), made, properties, snapshot=False
                )

    def _fail(self, resource: Resource, reason: str, cause: Exception | None = None) -> Any:
        status, why = resource.status, resource.reason
        self.event(resource, "UPDATE_FAILED", reason)
        if cause is None:
            resource.status, resource.reason = status, why
        raise StoppedError(resource.logical_id, reason) from cause

    def _allowed(self, action: str, resource: Resource, status: str) -> None:
        reason = policy.denied(self._policy, action, resource.logical_id, resource.type)
        if reason:
            self.event(resource, status, reason)
            raise StoppedError(resource.logical_id, reason)

    def clean(self, evaluation: Evaluation, before: Deployment | None) -> None:
        """Remove what was replaced and what the template no longer has.

        A failure here leaves the physical resource behind and does not fail the update, as on AWS.
        """
        for old, how in reversed(self.leftover):
            self.remove(old, how, tolerate=True)
        gone = [name for name in self.stack.resources if name not in evaluation.active]
        if before is not None and gone:
            order = Evaluation(self.stack, before, self.tools.around).order
            gone.sort(key=lambda name: order.index(name) if name in order else -1)
        for name in reversed(gone):
            resource = self.stack.resources[name]
            self.remove(resource, resource.declared.deletion_policy, tolerate=True)
            del self.stack.resources[name]

    def remove(self, resource: Resource, how: str, *, tolerate: bool = False) -> bool:
        """Delete a physical resource as its policy says; return whether it is out of the stack."""
        if how in ("Retain", "RetainExceptOnCreate"):
            self.event(resource, "DELETE_SKIPPED")
            self.tools.kept(resource.type, resource.physical_id, "Retain")
            return True
        self.event(resource, "DELETE_IN_PROGRESS")
        self._pace()
        if resource.physical_id:
            try:
                self.tools.provisioner.delete(
                    self.stack.identity(resource.declared),
                    resource.made,
                    resource.properties,
                    snapshot=how == "Snapshot",
                )
            except ProvisionError as error:
                self.event(resource, "DELETE_FAILED", error.reason)
                return tolerate
            self.tools.kept(resource.type, resource.physical_id, how)
        self.event(resource, "DELETE_COMPLETE")
        return True

    def undo(self, skip: frozenset[str] = frozenset()) -> list[Undo]:
        """Take back what the update did, last first; return what is to be deleted afterwards.

        Raises StoppedError where AWS ends in UPDATE_ROLLBACK_FAILED; `stack.undo` then still holds
        everything from there on, so that ContinueUpdateRollback goes on at the same place.
        """
        created: list[Undo] = []
        while self.stack.undo:
            entry = self.stack.undo[-1]
            resource = self.stack.resources.get(entry.logical_id)
            if entry.kind == "updated" and entry.before is not None and resource is not None:
                self._take_back(resource, entry.before, skipped=entry.logical_id in skip)
            elif entry.kind == "replaced" and entry.before is not None and resource is not None:
                new = resource.copy()
                self._become(resource, entry.before)
                self.event(resource, "UPDATE_COMPLETE")
                created.append(Undo("replaced", entry.logical_id, new))
            elif resource is not None:
                created.append(Undo(entry.kind, entry.logical_id, resource))
            self.stack.undo.pop()
        return created

    def _take_back(self, resource: Resource, before: Resource, *, skipped: bool) -> None:
        self.event(resource, "UPDATE_IN_PROGRESS")
        if skipped:
            self._become(resource, before)
            self.event(resource, "UPDATE_COMPLETE", "Resource was skipped during rollback")
            return
        try:
            self.tools.provisioner.update(
                self.stack.identity(before.declared),
                resource.made,
                resource.properties,
                before.properties,
            )
        except ProvisionError as error:
            self.event(resource, "UPDATE_FAILED", error.reason)
            raise StoppedError(resource.logical_id, error.reason) from error
        self._become(resource, before)
        self.event(resource, "UPDATE_COMPLETE")

    def _become(self, resource: Resource, before: Resource) -> None:
        resource.declared, resource.made = before.declared, before.made
        resource.properties = before.properties
        resource.attributes.clear()

    def _pace(self) -> None:
        """Wait a little, so that a person watching the events sees them come."""
        if self.tools.pace_s:
            time.sleep(self.tools.pace_s)
