"""What Aurora PostgreSQL Serverless v2 allows at a capacity."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from tierctl.catalog.limits import limits


@dataclass(frozen=True, slots=True)
class Connections:
    """`max_connections`, and whether it was interpolated between documented points."""

    value: int
    estimated: bool


def max_connections(max_acu: Decimal, min_acu: Decimal) -> Connections:
    """PostgreSQL's `max_connections` by the capacity range, in ACU.

    Below the first documented point (1 ACU) that point is taken; above the last (32 ACU) the
    last. Source: `catalog/limits/aurora.yaml`.
    """
    data = limits("aurora")
    points = sorted((Decimal(acu), n) for acu, n in data["max_connections_by_max_acu"].items())
    value, estimated = _between(points, max_acu)
    if min_acu <= Decimal(data["capped_while_min_acu_at_most"]):
        value = min(value, data["cap"])
    return Connections(value, estimated)


def _between(points: list[tuple[Decimal, int]], acu: Decimal) -> tuple[int, bool]:
    """The value at a capacity, and whether it lies between two documented ones."""
    if acu <= points[0][0]:
        return points[0][1], acu < points[0][0]
    for (low, low_value), (high, high_value) in pairwise(points):
        if acu == high:
            return high_value, False
        if acu < high:
            share = (acu - low) / (high - low)
            return int(low_value + share * (high_value - low_value)), True
    return points[-1][1], False
