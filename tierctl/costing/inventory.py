"""An Inventory to what it costs: every resource has a line, billed, free or not priced.

In: an Inventory, ours or anybody's, a usage profile, a price book. Out: an Estimate with its
coverage. May not: look at the Inventory's Environment document: what is billed is what is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.costing import billed, elsewhere
from tierctl.costing.links import Links
from tierctl.costing.meter import Meter
from tierctl.costing.pricing import assembled, price_lines
from tierctl.costing.types import free_reason, unpriced_reason
from tierctl.model.estimate import OTHER, Coverage, Estimate, Line, PricedLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tierctl.catalog.price_book import PriceBook
    from tierctl.model.inventory import Inventory, Resource
    from tierctl.model.usage import UsageProfile

    Counter = Callable[[Resource, Links], Iterator[Line]]

COUNTERS: dict[str, Counter] = {**billed.COUNTERS, **elsewhere.COUNTERS}


def inventory_lines(inventory: Inventory, usage: UsageProfile) -> tuple[Line, ...]:
    """Every line of every resource, in the order of the template."""
    links = Links(inventory, usage)
    found: list[Line] = []
    for resource in inventory.resources:
        lines = list(_lines(resource, links))
        found += lines or [links.meter(resource, OTHER).free(resource.type, "nothing is billed")]
    return tuple(found)


def _lines(resource: Resource, links: Links) -> Iterator[Line]:
    """The lines of one resource."""
    meter = Meter(OTHER, resource.address, links.usage)
    if resource.unread:
        yield meter.unknown(resource.type, resource.unread)
        return
    counter = COUNTERS.get(resource.type)
    if counter is not None:
        yield from counter(resource, links)
        return
    free = free_reason(resource.type)
    if free is not None:
        yield meter.free(resource.type, free)
    else:
        yield meter.unknown(resource.type, unpriced_reason(resource.type))


def estimate_inventory(inventory: Inventory, usage: UsageProfile, book: PriceBook) -> Estimate:
    """What a template costs a month."""
    from dataclasses import replace

    lines = price_lines(inventory_lines(inventory, usage), book)
    found = assembled(lines, book, usage, subject=inventory.source, notes=inventory.notes)
    return replace(found, coverage=coverage(inventory, lines))


def coverage(inventory: Inventory, lines: tuple[PricedLine, ...]) -> Coverage:
    """Every resource in one class: not priced before priced, priced before usage, before free."""
    by_address: dict[str, set[str]] = {}
    for priced in lines:
        kinds = by_address.setdefault(priced.line.address, set())
        kinds.add(type(priced.outcome).__name__)
    counts = dict.fromkeys(("Unpriced", "Priced", "UsageBased", "Free"), 0)
    for resource in inventory.resources:
        kinds = by_address.get(resource.address, set())
        counts[next(kind for kind in counts if kind in kinds)] += 1
    return Coverage(
        resources=len(inventory.resources),
        priced=counts["Priced"],
        free=counts["Free"],
        usage_based=counts["UsageBased"],
        not_priced=counts["Unpriced"],
    )
