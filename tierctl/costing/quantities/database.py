"""Database: Aurora capacity from floor to ceiling, storage, input and output, backups.

Capacity is billed for every instance, reader or writer, and never below the least ACU while it
is awake; at a least of 0 a paused cluster bills no capacity at all.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter, plain
from tierctl.model.estimate import HOURS
from tierctl.model.money import Spread
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.estimate import Line
    from tierctl.model.shapes import DatabaseShape
    from tierctl.model.usage import UsageProfile

COMPONENT = "Aurora Database"
OPTIMIZED = "aurora-iopt1"


def lines(shape: DatabaseShape, usage: UsageProfile) -> Iterator[Line]:
    """Everything the database bills."""
    meter = Meter(COMPONENT, "database", usage)
    yield capacity(
        meter, "postgresql", shape.min_acu, shape.max_acu, shape.instances, shape.storage_type
    )
    yield from storage(meter, "postgresql", shape.storage_type)
    yield backups(meter, "postgresql", shape.backup_retention_days)
    if shape.performance_insights:
        yield insights(meter)


def capacity(
    meter: Meter,
    engine: str,
    min_acu: Decimal | Unknown,
    max_acu: Decimal | Unknown,
    instances: int | Unknown,
    storage_type: str,
) -> Line:
    """ACU hours: the floor as low, the ceiling as high, the profile's mean between them."""
    plan = "io_optimized" if storage_type == OPTIMIZED else "standard"
    key = f"aurora.{engine}.acu_hour.{plan}"
    name = "Aurora capacity"
    for value in (min_acu, max_acu, instances):
        if isinstance(value, Unknown):
            return meter.unknown(name, value.reason, key)
    assert not isinstance(min_acu, Unknown)  # noqa: S101 - said by the loop above
    assert not isinstance(max_acu, Unknown)  # noqa: S101 - same
    assert not isinstance(instances, Unknown)  # noqa: S101 - same
    floor, ceiling = min_acu * instances * HOURS, max_acu * instances * HOURS
    expected, words = floor, "no usage stated: expected at the floor"
    mean = meter.spread("mean_acu")
    figures: tuple[str, ...] = ()
    if mean is not None:
        hours, awake = HOURS, "730 h"
        figures = ("mean_acu",)
        if min_acu == 0:
            known = meter.spread("database_awake_hours")
            hours = min(known.expected, HOURS) if known else HOURS
            awake = f"{plain(hours)} h awake"
            figures = ("mean_acu", "database_awake_hours")
        acu = min(max(mean.expected, min_acu), max_acu)
        expected = acu * instances * hours
        words = f"expected {plain(acu)} ACU x {instances} x {awake}"
    elif min_acu == 0:
        words = "no usage stated: expected paused all month"
    quantity = Spread(floor, min(expected, ceiling), ceiling)
    bounds = f"floor {plain(min_acu)} ACU, ceiling {plain(max_acu)} ACU"
    how = f"{instances} instance(s): {bounds}; {words}"
    line = meter.fixed(name, key, quantity, "ACU hours", how)
    return line if not figures else meter.derived(name, key, quantity, line.unit, how, figures)


def storage(meter: Meter, engine: str, storage_type: str) -> Iterator[Line]:
    """The volume, and on Aurora Standard the requests to it."""
    if storage_type == OPTIMIZED:
        key = f"aurora.{engine}.storage_gb_month.io_optimized"
        yield meter.used("Aurora storage", key, "database_gb", "GB")
        yield meter.free("Aurora I/O", "I/O-Optimized bills no requests")
        return
    yield meter.used("Aurora storage", "aurora.storage_gb_month.standard", "database_gb", "GB")
    yield meter.used("Aurora I/O", "aurora.io_request.standard", "database_io_requests", "requests")


def backups(meter: Meter, engine: str, retention_days: int | Unknown) -> Line:
    """Continuous backups beyond the free amount.

    Free are as many GB as the volume holds, and everything at a retention of one day (Aurora
    user guide, "Understanding Amazon Aurora backup storage usage", 2026-10). The first image of
    the volume takes up the free amount; what remains is the change kept.
    """
    name, key = "Aurora backups", f"aurora.{engine}.backup_gb_month"
    if isinstance(retention_days, Unknown):
        return meter.unknown(name, retention_days.reason, key)
    if retention_days <= 1:
        return meter.free(name, "a retention of one day is not charged")
    changed = meter.spread("database_changed_gb_per_day")
    return meter.derived(
        name,
        key,
        changed.times(retention_days) if changed else None,
        "GB",
        f"change of {retention_days} days; as much as the volume is free",
        ("database_changed_gb_per_day",),
    )


def insights(meter: Meter) -> Line:
    """Performance Insights as the stack sets it."""
    return meter.free(
        "Performance Insights",
        "seven days of history are free (Performance Insights pricing, unconfirmed)",
    )
