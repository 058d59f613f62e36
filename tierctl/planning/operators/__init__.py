"""Operators: per family, the single changes that AWS accepts, one file each.

Each file gives `moves(state, goal)`: the changes that may be made next on the way to the goal, and
no others; and `settled(state, goal)`: whether the family is where the goal wants it, or at what is
declared equal to it. A change that no operator offers cannot be planned.
"""

from __future__ import annotations

from tierctl.planning.operators import (
    bucket,
    cache,
    database,
    filesystem,
    loadbalancer,
    network,
    observability,
    service,
)

OPERATORS = {
    "network": network,
    "cache": cache,
    "database": database,
    "filesystem": filesystem,
    "bucket": bucket,
    "service": service,
    "loadbalancer": loadbalancer,
    "observability": observability,
}
"""By family; the order in which families are looked at."""
