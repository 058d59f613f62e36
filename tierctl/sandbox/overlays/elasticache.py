"""ElastiCache, played by the sandbox alone: moto's has no resharding, replicas or groups.

In: API calls. Out: the handler of each, over one `Region` per region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.sandbox.overlays.cache_region import Region

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context, Handler

GENERIC = {
    "CacheSubnetGroup": "subnetgroup",
    "CacheParameterGroup": "parametergroup",
    "User": "user",
    "UserGroup": "usergroup",
    "Snapshot": "snapshot",
}
OWN = (
    "CreateCacheCluster", "DescribeCacheClusters", "ModifyCacheCluster", "DeleteCacheCluster",
    "CreateCacheSubnetGroup", "ModifyCacheSubnetGroup", "CreateCacheParameterGroup",
    "ModifyCacheParameterGroup", "DescribeCacheParameters", "CreateUser", "ModifyUser",
    "CreateUserGroup", "ModifyUserGroup", "CreateSnapshot", "DescribeSnapshots",
    "ListAllowedNodeTypeModifications", "ListTagsForResource", "AddTagsToResource",
    "RemoveTagsFromResource",
)  # fmt: skip
GROUPS = (
    "CreateReplicationGroup", "DescribeReplicationGroups", "ModifyReplicationGroup",
    "DeleteReplicationGroup", "IncreaseReplicaCount", "DecreaseReplicaCount",
    "ModifyReplicationGroupShardConfiguration", "TestFailover",
)  # fmt: skip


def _method(operation: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in operation).lstrip("_")


class Regions:
    """One `Region` per region, made when first asked for, and the handlers over all of them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._made: dict[str, Region] = {}

    def region(self, name: str) -> Region:
        """Return a region's ElastiCache."""
        if name not in self._made:
            self._made[name] = Region(self._context, name)
        return self._made[name]

    def own(self, operation: str) -> Handler:
        """Return the handler of a region's own operation."""
        return lambda name, params: getattr(self.region(name), _method(operation))(params)

    def grouped(self, operation: str) -> Handler:
        """Return the handler of an operation on replication groups."""
        return lambda name, params: getattr(self.region(name).groups, _method(operation))(params)

    def deleting(self, kind: str) -> Handler:
        """Return the handler that deletes a simple record."""
        return lambda name, params: self.region(name).delete(kind, params)

    def listing(self, kind: str) -> Handler:
        """Return the handler that lists simple records."""
        return lambda name, params: self.region(name).listed(kind, params)


def handlers(context: Context) -> dict[str, Handler]:
    """Return the handlers."""
    regions = Regions(context)
    return {
        **{f"Describe{name}s": regions.listing(kind) for name, kind in GENERIC.items()},
        **{f"Delete{name}": regions.deleting(kind) for name, kind in GENERIC.items()},
        **{operation: regions.own(operation) for operation in OWN},
        **{operation: regions.grouped(operation) for operation in GROUPS},
    }
