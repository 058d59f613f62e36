"""Shapes: one frozen record per resource family, the properties that cost or move in an upgrade.

The eight names here are the file names in every package that works by family.
"""

from __future__ import annotations

from tierctl.model.shapes.bucket import BucketShape
from tierctl.model.shapes.cache import CacheShape
from tierctl.model.shapes.database import DatabaseShape
from tierctl.model.shapes.filesystem import FilesystemShape
from tierctl.model.shapes.loadbalancer import LoadbalancerShape
from tierctl.model.shapes.network import NetworkShape
from tierctl.model.shapes.observability import ObservabilityShape
from tierctl.model.shapes.service import ServiceShape

Shape = (
    NetworkShape
    | CacheShape
    | DatabaseShape
    | FilesystemShape
    | BucketShape
    | ServiceShape
    | LoadbalancerShape
    | ObservabilityShape
)

FAMILIES: dict[str, type[Shape]] = {
    "network": NetworkShape,
    "cache": CacheShape,
    "database": DatabaseShape,
    "filesystem": FilesystemShape,
    "bucket": BucketShape,
    "service": ServiceShape,
    "loadbalancer": LoadbalancerShape,
    "observability": ObservabilityShape,
}

__all__ = [
    "FAMILIES",
    "BucketShape",
    "CacheShape",
    "DatabaseShape",
    "FilesystemShape",
    "LoadbalancerShape",
    "NetworkShape",
    "ObservabilityShape",
    "ServiceShape",
    "Shape",
]
