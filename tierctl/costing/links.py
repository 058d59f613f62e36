"""What the resources of an Inventory have to do with one another, as far as it costs money.

In: an Inventory and a usage profile. Out: which log group holds what, which bucket takes logs,
which range a service scales in; and a Meter that hands each usage figure out once: a profile says
how much one application does, so a second cache or database of a template gets none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter
from tierctl.model.unknown import Unknown
from tierctl.model.usage import NO_USAGE

if TYPE_CHECKING:
    from tierctl.model.inventory import Inventory, Resource
    from tierctl.model.usage import UsageProfile

TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
POLICY = "AWS::ApplicationAutoScaling::ScalingPolicy"
TASKS = "ecs:service:DesiredCount"
_LOGS_OF_RDS = "/aws/rds/cluster/"


@dataclass(slots=True)
class Links:
    """Look-ups over one Inventory."""

    inventory: Inventory
    usage: UsageProfile
    _given: set[str] = field(default_factory=set)
    _by_id: dict[str, Resource] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_id = {resource.address: resource for resource in self.inventory.resources}

    def resource(self, address: object) -> Resource | None:
        """The resource of a logical id."""
        return self._by_id.get(address) if isinstance(address, str) else None

    def meter(self, resource: Resource, component: str) -> Meter:
        """A meter with the whole profile, for figures that hold for each of their kind."""
        return Meter(component, resource.address, self.usage)

    def once(self, resource: Resource, component: str, kind: str) -> Meter:
        """A meter whose usage is that of the first of its kind; later ones have none stated."""
        usage = NO_USAGE if kind in self._given else self.usage
        self._given.add(kind)
        return Meter(component, resource.address, usage)

    def first(self, kind: str) -> bool:
        """Whether nobody has asked for this kind before."""
        if kind in self._given:
            return False
        self._given.add(kind)
        return True

    def takes_logs(self, bucket: Resource) -> bool:
        """Whether something writes its access logs to this bucket."""
        return any(
            bucket.address in resource.fact("logs_to", ())
            for resource in self.inventory.resources
            if resource is not bucket
        )

    def writer_of(self, group: Resource) -> str:
        """Who writes to a log group: flow, cache, service, database, other, or nobody here."""
        for resource in self.inventory.resources:
            if group.address not in resource.fact("log_groups", ()):
                continue
            match resource.type:
                case "AWS::EC2::FlowLog":
                    return "flow"
                case "AWS::ECS::TaskDefinition":
                    return "service"
                case _:
                    return "cache"
        if group.fact("name", "").startswith(_LOGS_OF_RDS):
            return "database"
        return "other" if group.fact("mentioned", default=True) else "nobody"

    def instances(self, cluster: Resource) -> list[Resource]:
        """Instances of a database cluster."""
        found = self.inventory.of_type("AWS::RDS::DBInstance")
        return [instance for instance in found if instance.fact("cluster") == cluster.address]

    def services(self) -> int:
        """How many services there are in all."""
        return len(list(self.inventory.of_type("AWS::ECS::Service")))

    def scaling_of(self, service: Resource) -> Resource | None:
        """The range a service scales in, if there is one."""
        name = service.fact("name")
        for target in self.inventory.of_type(TARGET):
            if target.fact("dimension") not in (TASKS, None):
                continue
            if service.address in target.fact("targets", ()):
                return target
            if name is not None and target.fact("name") == name:
                return target
        return None

    def tasks(self, service: Resource) -> tuple[int | Unknown, int | Unknown]:
        """Fewest and most tasks of a service."""
        target = self.scaling_of(service)
        if target is not None and not target.unread:
            least, most = target.fact("min_tasks"), target.fact("max_tasks")
            if least is not None and most is not None:
                return least, most
        desired = service.fact("desired")
        if desired is None:
            desired = 1  # AWS::ECS::Service, DesiredCount: a new service without one runs one
        return desired, desired
