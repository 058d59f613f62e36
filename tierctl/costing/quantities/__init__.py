"""Quantities: an Environment and its usage to everything it bills, one file a family.

In: Shapes, the rest of the Environment where a Shape needs it, a UsageProfile. Out: Lines in a
fixed order, without prices. The building blocks are shared with what is read from templates, so
that both count the same way; how much there is to count each finds out by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.costing.quantities import (
    bucket,
    cache,
    database,
    filesystem,
    loadbalancer,
    network,
    observability,
    service,
)

if TYPE_CHECKING:
    from tierctl.model.environment import Environment
    from tierctl.model.estimate import Line
    from tierctl.model.usage import UsageProfile


def environment_lines(environment: Environment, usage: UsageProfile) -> tuple[Line, ...]:
    """Everything one environment bills, is given free, or cannot be counted."""
    found: list[Line] = []
    for name, shape in environment.services:
        found += service.lines(name, shape, environment.schedule, usage)
    found += database.lines(environment.database, usage)
    found += cache.lines(environment.cache, usage)
    found += bucket.lines(environment.bucket, usage)
    found += filesystem.lines(environment.filesystem, usage)
    found += loadbalancer.lines(environment.loadbalancer, usage)
    found += network.lines(environment.network, usage)
    found += observability.lines(environment, usage)
    return tuple(found)
