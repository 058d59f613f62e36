"""Commitments as a what-if: what paying ahead would make of the lines it covers.

In: an Estimate, a price book and a term such as `1y_no_upfront`. Out: the lines with their rate
under the commitment and what is saved. May not: change the estimate, whose figures stay what is
paid on demand; or apply a rate from another region.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from tierctl.catalog.pricing_rows import Commitment, PriceRow
from tierctl.model.money import Money, Spread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tierctl.catalog.price_book import PriceBook
    from tierctl.model.estimate import Estimate, PricedLine

_HOUR_UNITS = ("hours (per vCPU)", "hours (per GB)", "Hrs")


@dataclass(frozen=True, slots=True)
class CommittedLine:
    """One line under a commitment: only its low quantity is surely used, so only that is bought."""

    line: PricedLine
    commitment: str
    kind: str
    saved: Money
    share: Decimal
    at_most: bool
    confidence: str
    source: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a term would save, and what it leaves as it is."""

    term: str
    lines: tuple[CommittedLine, ...]
    saved: Money
    note: str


def terms(book: PriceBook) -> tuple[str, ...]:
    """Terms and payments on file for a region, in the order of the file."""
    found: dict[str, None] = {}
    for key in book.commitment_keys():
        commitment = book.commitment(key)
        if isinstance(commitment, Commitment):
            found[_term(commitment)] = None
    return tuple(found)


def what_if(estimate: Estimate, book: PriceBook, term: str) -> WhatIf:
    """The estimate under every rate of a term that covers one of its lines."""
    rates = []
    for key in book.commitment_keys():
        commitment = book.commitment(key)
        if isinstance(commitment, Commitment) and _term(commitment) == term:
            rates.append(commitment)
    committed = []
    for line in estimate.lines:
        best = _best(line, rates, book)
        if best is not None:
            committed.append(best)
    saved = Money.nothing(estimate.currency)
    for one in committed:
        saved = saved + one.saved
    note = "" if rates else f"No rate of term {term} is on file for {book.region}."
    return WhatIf(term, tuple(committed), saved, note or book.commitments_note)


def _term(commitment: Commitment) -> str:
    """`1y_no_upfront`."""
    return f"{commitment.term_years}y_{commitment.payment}"


def _best(line: PricedLine, rates: Iterable[Commitment], book: PriceBook) -> CommittedLine | None:
    """The line under the rate that names it most exactly."""
    key, quantity = line.line.key, line.line.quantity
    if key is None or quantity is None or line.cost is None:
        return None
    covering = [rate for rate in rates if fnmatchcase(key, rate.covers)]
    row = book.look_up(key)
    if not covering or not isinstance(row, PriceRow) or row.price is None:
        return None
    rate = min(covering, key=lambda found: "*" in found.covers)
    share = _share(rate, row.price)
    if share is None:
        return None
    saved = Spread.of(quantity.low * row.price * share)
    return CommittedLine(
        line=line,
        commitment=rate.key,
        kind=rate.kind,
        saved=Money(saved, row.currency),
        share=share,
        at_most=rate.discount_is_maximum,
        confidence=rate.confidence,
        source="; ".join(str(source) for source in rate.sources),
    )


def _share(rate: Commitment, on_demand: Decimal) -> Decimal | None:
    """The share of the on-demand price that is saved."""
    if rate.price is not None and rate.unit in _HOUR_UNITS and on_demand:
        return 1 - rate.price / on_demand
    return rate.discount
