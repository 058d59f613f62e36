"""What Shapes deliver: uptime and recovery, composed from what AWS commits to or documents.

In: Shapes by family, as far as they are known. Out: a `Delivery`: one row a component with its
figures, where they are from and how sure they are, and the product. Nothing here is a promise;
promises are compared with it by `rules/promise.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.catalog.limits import limits

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

_STORES = ("database", "cache", "filesystem", "bucket")


@dataclass(frozen=True, slots=True)
class Component:
    """What one component delivers.

    Attributes:
        name: The family, or `service/<name>`.
        when: The arrangement the figures hold for.
        confidence: Of the uptime: `sla` (AWS commits), `documented` (AWS says) or `estimated`
            (ours). `recovery_confidence` likewise.
    """

    name: str
    when: str
    uptime_percent: Decimal
    recovery_s: tuple[int, int]
    confidence: str
    recovery_confidence: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What an Environment delivers; components that could not be read are absent."""

    components: tuple[Component, ...]

    @property
    def uptime_percent(self) -> Decimal:
        """All components up at once, rounded down: a promise is not kept by rounding."""
        share = Decimal(1)
        for component in self.components:
            share *= component.uptime_percent / 100
        return (share * 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")

    @property
    def weakest(self) -> Component:
        """The component that is down most."""
        return min(self.components, key=lambda c: c.uptime_percent)

    @property
    def slowest(self) -> Component:
        """The component that takes longest to work again."""
        return max(self.components, key=lambda c: c.recovery_s[1])

    @property
    def recovery_s(self) -> tuple[int, int]:
        """Seconds until any one failed component works again."""
        return self.slowest.recovery_s


def delivered(shapes: Dictionary[str, Any]) -> Delivery:
    """What Shapes by family (services as `service/<name>`) deliver together."""
    known = limits("delivery")
    rows = [_row("loadbalancer", "two zones or more")] if "loadbalancer" in shapes else []
    for address, shape in shapes.items():
        if address.startswith("service/"):
            rows.append(_service(address, shape, known["unhealthy_checks"]))
    rows += [_row(name, _when(name, shapes[name])) for name in _STORES if name in shapes]
    return Delivery(tuple(rows))


def _when(family: str, shape: Any) -> str:
    """The arrangement of a store, by the name the data gives it."""
    if family == "database":
        return "a reader" if shape.readers else "no reader"
    if family == "bucket":
        return str(shape.storage_class)
    if family == "filesystem":
        return "regional"
    if shape.automatic_failover and shape.replicas_per_shard:
        one = "automatic failover in one zone"
        return "Multi-AZ with automatic failover" if shape.multi_az else one
    return "no failover"


def _service(address: str, shape: Any, checks: int) -> Component:
    """A service: how soon a failed task is found, and whether another one answers meanwhile."""
    detection = checks * shape.health_check_interval_s
    if shape.capacity == "FARGATE_SPOT":
        return _row("service", "spot capacity", address)
    if shape.min_tasks == 0:
        return _row("service", "no task", address, (0, 0))
    if shape.min_tasks == 1:
        row = _row("service", "one task", address)
        low, high = row.recovery_s
        return _row("service", "one task", address, (low, detection + high))
    return _row("service", "two tasks or more", address, (0, detection))


def _row(
    family: str, when: str, name: str | None = None, recovery: tuple[int, int] | None = None
) -> Component:
    """The data's row for an arrangement."""
    rows = limits("delivery")["components"][family]
    row = next(r for r in rows if r["when"] == when)
    low, high = recovery or row["recovery_s"]
    return Component(
        name=name or family,
        when=when,
        uptime_percent=Decimal(row["uptime_percent"]),
        recovery_s=(low, high),
        confidence=row["confidence"],
        recovery_confidence=row.get("recovery_confidence", "documented"),
        source=row["source"],
        note=row.get("note", ""),
    )
