"""The parts that services connect to, handed on as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacks import cache, database, filesystem

if TYPE_CHECKING:
    from constructs import IDependable

    from stacks.bucket import Buckets
    from stacks.loadbalancer import Loadbalancer
    from stacks.network import Network
    from stacks.observability import Observability
    from tierctl.model.environment import ServiceContract


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that stands before the services do."""

    network: Network
    observability: Observability
    cache: cache.Cache
    database: database.Database
    filesystem: filesystem.Filesystem
    buckets: Buckets
    loadbalancer: Loadbalancer

    def variables(self) -> dict[str, str]:
        """Every endpoint, from one place each; the same names at every size."""
        return {
            **self.cache.variables(),
            **self.database.variables(),
            **self.buckets.variables(),
        }

    def stores(self) -> tuple[tuple[str, str, int], ...]:
        """Name, security group and port of each data store."""
        return (
            ("Cache", self.cache.security_group, cache.PORT),
            ("Database", self.database.security_group, database.PORT),
            ("Filesystem", self.filesystem.security_group, filesystem.PORT),
        )

    def before_services(self, contract: ServiceContract) -> list[IDependable]:
        """What a service needs and does not refer to: its listeners, its mount targets."""
        needed: list[IDependable] = []
        if contract.paths:
            needed += self.loadbalancer.listeners
        if contract.mount_path is not None:
            needed += self.filesystem.targets
        return needed
