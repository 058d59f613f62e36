"""Prices on quantities: Lines to PricedLines to an Estimate.

In: Lines and a PriceBook. Out: an Estimate. May not: round, take a free tier off, or let a line
without a price vanish: it stays as Unpriced and the total reads "at least".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.catalog.pricing_rows import PriceRow
from tierctl.costing.meter import plain
from tierctl.costing.quantities import environment_lines
from tierctl.model.estimate import (
    Basis,
    Estimate,
    Free,
    Line,
    Outcome,
    Priced,
    PricedLine,
    Rate,
    Unpriced,
    UsageBased,
)
from tierctl.model.money import Money, Spread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tierctl.catalog.price_book import PriceBook
    from tierctl.model.environment import Environment
    from tierctl.model.usage import UsageProfile


IMPORTED = (
    "The VPC exists already: its NAT gateways, their addresses and their traffic are on somebody "
    "else's bill and not in these figures."
)


def price_lines(lines: Iterable[Line], book: PriceBook) -> tuple[PricedLine, ...]:
    """Every line with what became of it, in the same order."""
    rows: dict[str, object] = {}
    priced = []
    for line in lines:
        if line.key is not None and line.key not in rows:
            rows[line.key] = book.look_up(line.key)
        row = rows.get(line.key) if line.key else None
        priced.append(PricedLine(line, _outcome(line, row)))
    return tuple(priced)


def _outcome(line: Line, row: object) -> Outcome:  # noqa: PLR0911 - one return for each fate
    """What one line comes to."""
    if line.free:
        return Free(line.free)
    if line.unknown:
        return Unpriced(line.unknown)
    if row is None:
        return Unpriced("No price row is known for it.")
    if not isinstance(row, PriceRow):
        return Unpriced(getattr(row, "reason", "The price is not known."))
    if row.is_free:
        return Free(row.zero_reason or "the price list says 0")
    rate = rate_of(row)
    cost = _cost(row, line.quantity) if line.quantity is not None else None
    if line.basis is Basis.USAGE or cost is None:
        return UsageBased(cost, rate)
    return Priced(cost, rate)


def rate_of(row: PriceRow) -> Rate:
    """A price row as a line shows it."""
    return Rate(
        price=_price_words(row),
        unit=row.unit,
        source=str(row.sources[0]) if row.sources else "",
        date=row.date,
        confidence=row.confidence,
        service_code=row.service_code,
        sku=row.sku,
        free_tier=row.free_tier.text if row.free_tier else "",
    )


def _cost(row: PriceRow, quantity: Spread) -> Money:
    """The cost at each of the three quantities, over the volume tiers."""
    low = row.cost(quantity.low)
    if quantity.is_exact:
        return Money(Spread.of(low), row.currency)
    return Money(Spread(low, row.cost(quantity.expected), row.cost(quantity.high)), row.currency)


def _price_words(row: PriceRow) -> str:
    """The price of a unit, or of the first units and how far they reach."""
    first = plain(row.tiers[0].price)
    end = row.tiers[0].end
    if end is None:
        return first
    then = plain(row.tiers[1].price)
    return f"{first} up to {plain(end)}, then {then}"


def estimate_environment(
    environment: Environment, usage: UsageProfile, book: PriceBook, notes: tuple[str, ...] = ()
) -> Estimate:
    """What one environment costs a month."""
    lines = price_lines(environment_lines(environment, usage), book)
    identity = environment.identity
    if environment.network.source == "imported":
        notes = (*notes, IMPORTED)
    return assembled(
        lines,
        book,
        usage,
        subject=identity.tier,
        environment=identity.environment,
        client=identity.client,
        stack=identity.stack_name,
        notes=notes,
    )


def assembled(  # noqa: PLR0913 - the parts of an estimate
    lines: tuple[PricedLine, ...],
    book: PriceBook,
    usage: UsageProfile,
    *,
    subject: str,
    environment: str = "",
    client: str = "",
    stack: str = "",
    notes: tuple[str, ...] = (),
) -> Estimate:
    """An Estimate of priced lines, with the dates of the prices it rests on."""
    dates = sorted(
        outcome.rate.date
        for outcome in (line.outcome for line in lines)
        if isinstance(outcome, Priced | UsageBased) and outcome.rate.date
    )
    return Estimate(
        subject=subject,
        environment=environment,
        client=client,
        region=book.region,
        currency=book.currency,
        usage=usage.name,
        lines=lines,
        oldest_price=dates[0] if dates else None,
        newest_price=dates[-1] if dates else None,
        notes=notes,
        stack=stack,
    )
