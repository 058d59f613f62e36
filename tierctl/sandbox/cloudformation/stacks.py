"""What the engine remembers: stacks, their resources, events and change sets.

These records change while an operation runs (they are the state, not a message), so they are
slotted but not frozen; `Deployment`, `Event` and everything handed out as an answer is frozen.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tierctl.sandbox.cloudformation.made import Made
from tierctl.sandbox.cloudformation.provision import Identity

if TYPE_CHECKING:
    from datetime import datetime

    from tierctl.sandbox.cloudformation.template import Declared, Template

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A template with its parameters and tags: everything one update sets."""

    template: Template
    parameters: dict[str, str]
    resolved_parameters: dict[str, Any]
    tags: dict[str, str]
    capabilities: tuple[str, ...] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a stack's history."""

    event_id: str
    stack_id: str
    stack_name: str
    logical_id: str
    physical_id: str
    type: str
    time: datetime
    status: str
    reason: str | None
    operation_id: str
    token: str | None = None


@dataclass(slots=True)
class Resource:
    """A resource as the stack knows it."""

    declared: Declared
    made: Made
    properties: dict[str, Any]
    status: str
    updated: datetime
    reason: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    imported: bool = False

    @property
    def logical_id(self) -> str:
        """Return the name in the template."""
        return self.declared.logical_id

    @property
    def type(self) -> str:
        """Return the resource type."""
        return self.declared.type

    @property
    def physical_id(self) -> str:
        """Return what Ref returns."""
        return self.made.physical_id

    def copy(self) -> Resource:
        """Return the record as it is now, for a rollback."""
        return Resource(
            self.declared, self.made, self.properties, self.status, self.updated, self.reason,
            dict(self.attributes), self.imported,
        )  # fmt: skip


@dataclass(slots=True)
class ChangeSet:
    """A change set: the deployment it would make and what AWS says about it."""

    id: str
    name: str
    kind: str
    stack_id: str
    deployment: Deployment
    created: datetime
    status: str
    execution_status: str
    reason: str | None
    changes: list[dict[str, Any]]
    description: str | None = None
    on_failure: str | None = None
    imports: tuple[dict[str, Any], ...] = ()
    changed: bool = True


@dataclass(slots=True)
class Undo:
    """One thing an update did, and how the resource stood before."""

    kind: str  # created, updated or replaced
    logical_id: str
    before: Resource | None


@dataclass(slots=True)
class Stack:
    """One stack."""

    id: str
    name: str
    region: str
    account: str
    status: str
    created: datetime
    deployment: Deployment | None = None
    updated: datetime | None = None
    deleted: datetime | None = None
    reason: str | None = None
    termination_protection: bool = False
    role: str | None = None
    policy: str | None = None
    notification_arns: tuple[str, ...] = ()
    disable_rollback: bool = False
    change_set_id: str | None = None
    resources: dict[str, Resource] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    change_sets: dict[str, ChangeSet] = field(default_factory=dict)
    undo: list[Undo] = field(default_factory=list)
    before: Deployment | None = None
    operation_id: str = ""
    drift: dict[str, Any] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        """Return whether the stack can be found by name."""
        return self.status != "DELETE_COMPLETE"

    @property
    def is_busy(self) -> bool:
        """Return whether an operation is running."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"

    def identity(self, declared: Declared) -> Identity:
        """Return whose a declared resource is."""
        return Identity(declared.type, declared.logical_id, self.name, self.id)

    def record(
        self,
        time: datetime,
        logical_id: str,
        physical_id: str,
        resource_type: str,
        status: str,
        reason: str | None = None,
    ) -> None:
        """Add an event; never two at one millisecond, or clients cannot sort them."""
        if self.events:
            time = max(time, self.events[-1].time + timedelta(milliseconds=1))
        self.events.append(
            Event(
                event_id=f"{logical_id}-{status}-{uuid.uuid4()}",
                stack_id=self.id,
                stack_name=self.name,
                logical_id=logical_id,
                physical_id=physical_id,
                type=resource_type,
                time=time,
                status=status,
                reason=reason,
                operation_id=self.operation_id,
            )
        )

    def turn(self, time: datetime, status: str, reason: str | None = None) -> None:
        """Give the stack itself a new status, with its event."""
        self.status, self.reason = status, reason
        self.record(time, self.name, self.id, STACK_TYPE, status, reason)
