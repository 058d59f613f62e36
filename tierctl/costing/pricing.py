"""Prices on quantities: Lines to PricedLines to an Estimate.

In: Lines and a PriceBook. Out: an Estimate. May not: round, take a free tier off, or let a line
without a price vanish: it stays as Unpriced and the total reads "at least".
"""

from __future__ import annotations

from decimal import Context, localcontext
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
    from tierctl.catalog.pricing_rows import Unpriced as NoPrice
    from tierctl.model.environment import Environment
    from tierctl.model.usage import UsageProfile


_EXACT = Context(prec=400)
"""Products are exact: the usual 28 digits would round a large quantity of a small price."""
IMPORTED = (
    "The VPC exists already: its NAT gateways, their addresses and their traffic are on somebody "
    "else's bill and not in these figures."
)


Known = dict[str, tuple[PriceRow | None, Rate | None, str]]
"""Rows that were looked up before, with their Rate, or why there is none."""


def price_lines(
    lines: Iterable[Line], book: PriceBook, known: Known | None = None
) -> tuple[PricedLine, ...]:
    """Every line with what became of it, in the same order.

    Args:
        lines: What is billed.
        book: The prices of one region.
        known: Rows of the same book from an earlier call, so that none is decoded twice.
    """
    rows: Known = {} if known is None else known
    priced = []
    with localcontext(_EXACT):
        for line in lines:
            if line.key is not None and line.key not in rows:
                rows[line.key] = _looked_up(book.look_up(line.key))
            row = rows[line.key] if line.key else (None, None, "No price row is known for it.")
            priced.append(PricedLine(line, _outcome(line, *row)))
    return tuple(priced)


def _looked_up(found: PriceRow | NoPrice) -> tuple[PriceRow | None, Rate | None, str]:
    """A row with its Rate, or the reason there is none."""
    if isinstance(found, PriceRow):
        return found, rate_of(found), ""
    return None, None, found.reason


def _outcome(line: Line, row: PriceRow | None, rate: Rate | None, reason: str) -> Outcome:
    """What one line comes to."""
    if line.free:
        return Free(line.free)
    if line.unknown or row is None or rate is None:
        return Unpriced(line.unknown or reason)
    if row.is_free:
        return Free(row.zero_reason or "the price list says 0")
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
    price = row.price
    if price is not None:
        return Money(quantity.times(price), row.currency)
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
    environment: Environment,
    usage: UsageProfile,
    book: PriceBook,
    notes: tuple[str, ...] = (),
    known: Known | None = None,
) -> Estimate:
    """What one environment costs a month."""
    lines = price_lines(environment_lines(environment, usage), book, known)
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
