"""A deployment, evaluated against a stack.

In: a `Deployment`, the stack's resources and what surrounds them. Out: conditions, the resources
that exist, their order, their resolved properties and the outputs. While planning, references to
what will be created or replaced are `Unknown`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.sandbox.cloudformation.intrinsics import (
    NO_VALUE,
    Unknown,
    invalid,
    resolve,
)
from tierctl.sandbox.cloudformation.template import references
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tierctl.sandbox.cloudformation.stacks import Deployment, Resource, Stack
    from tierctl.sandbox.cloudformation.template import Declared


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a stack can see of the rest of the sandbox."""

    exports: Callable[[], Mapping[str, str]]
    zones: Callable[[str], list[str]]
    attribute: Callable[[Stack, Resource, str], Any]


class Evaluation:
    """A scope over one deployment of one stack."""

    def __init__(
        self,
        stack: Stack,
        deployment: Deployment,
        around: Surroundings,
        *,
        unknown: frozenset[str] = frozenset(),
        planning: bool = False,
    ) -> None:
        self._stack = stack
        self._deployment = deployment
        self._around = around
        self._unknown = unknown
        self._planning = planning
        self._conditions: dict[str, bool] = {}
        self.imports: set[str] = set()

    @property
    def template(self) -> Any:
        """Return the template being evaluated."""
        return self._deployment.template

    @functools.cached_property
    def active(self) -> dict[str, Declared]:
        """Return the declared resources whose condition holds."""
        return {
            name: declared
            for name, declared in self._deployment.template.resources.items()
            if declared.condition is None or self.condition(declared.condition)
        }

    @functools.cached_property
    def order(self) -> tuple[str, ...]:
        """Return the active resources, each after everything it needs."""
        done: list[str] = []
        seen: dict[str, bool] = {}

        def visit(name: str, trail: tuple[str, ...]) -> None:
            if seen.get(name):
                return
            if name in trail:
                loop = ", ".join(sorted(trail[trail.index(name) :]))
                raise ApiError(
                    "ValidationError", f"Circular dependency between resources: [{loop}]"
                )
            for needed in sorted(self.needs(name)):
                visit(needed, (*trail, name))
            seen[name] = True
            done.append(name)

        for name in self.active:
            visit(name, ())
        return tuple(done)

    def needs(self, name: str) -> set[str]:
        """Return the resources a resource depends on."""
        declared = self.active[name]
        found = {n for n, _ in references(declared.properties)} | set(declared.depends_on)
        return {n for n in found if n in self.active}

    def properties(self, declared: Declared) -> dict[str, Any]:
        """Return a resource's resolved properties."""
        resolved: dict[str, Any] = resolve(declared.properties, self)
        return resolved

    def outputs(self) -> dict[str, dict[str, Any]]:
        """Return the resolved outputs whose condition holds."""
        found: dict[str, dict[str, Any]] = {}
        for name, output in self._deployment.template.section("Outputs").items():
            if (condition := output.get("Condition")) and not self.condition(condition):
                continue
            value = resolve(output.get("Value"), self)
            entry: dict[str, Any] = {"Value": value}
            if output.get("Description"):
                entry["Description"] = output["Description"]
            if output.get("Export"):
                entry["ExportName"] = resolve(output["Export"]["Name"], self)
            found[name] = entry
        return found

    def ref(self, name: str) -> Any:
        """Return a parameter, a pseudo parameter or a physical id."""
        if name in self._deployment.resolved_parameters:
            return self._deployment.resolved_parameters[name]
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self._unknown or name not in self._stack.resources:
            if name in self.active:
                return Unknown(name)
            raise invalid(f"instance of Ref references undefined resource {name}")
        return self._stack.resources[name].physical_id

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return an attribute of a resource."""
        if logical_id in self._unknown or logical_id not in self._stack.resources:
            if logical_id in self.active:
                return Unknown(f"{logical_id}.{name}")
            raise invalid(f"instance of Fn::GetAtt references undefined resource {logical_id}")
        try:
            return self._around.attribute(self._stack, self._stack.resources[logical_id], name)
        except ApiError:
            if not self._planning:
                raise
            return Unknown(f"{logical_id}.{name}")  # the update may give the resource one

    def condition(self, name: str) -> bool:
        """Return whether a condition holds."""
        if name not in self._conditions:
            section = self._deployment.template.section("Conditions")
            if name not in section:
                raise invalid(f"Unresolved condition dependency {name}")
            self._conditions[name] = bool(resolve(section[name], self))
        return self._conditions[name]

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Return a mapping."""
        return self._deployment.template.section("Mappings").get(name)

    def imported(self, name: str) -> str:
        """Return the value of an export, and remember that it is used."""
        exports = self._around.exports()
        if name not in exports:
            raise ApiError("ValidationError", f"No export named {name} found.")
        self.imports.add(name)
        return exports[name]

    def zones(self, region: str) -> list[str]:
        """Return the availability zones of a region."""
        return self._around.zones(region)

    def _pseudo(self, name: str) -> Any:
        stack = self._stack
        values: dict[str, Any] = {
            "AWS::NoValue": NO_VALUE,
            "AWS::Region": stack.region,
            "AWS::AccountId": stack.account,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": stack.name,
            "AWS::StackId": stack.id,
            "AWS::NotificationARNs": list(stack.notification_arns),
        }
        if name not in values:
            raise invalid(f"unknown pseudo parameter {name}")
        return values[name]
