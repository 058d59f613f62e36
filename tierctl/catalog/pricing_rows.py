"""What one price is: its unit, its tiers, where it comes from, and what a quantity of it costs.

In: values that `price_book` has read from a price file.
Out: frozen records, and the exact cost of a quantity over the volume tiers.
May not: read a file, round a cost, take a free tier off, or turn a missing price into zero.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext

from tierctl.model.diagnostics import Diagnostic

# Products and sums of prices are exact well below this; Decimal's usual 28 digits would round
# 123,456,789,012 requests at $0.0000000023 the moment they are added to something large.
_EXACT = Context(prec=400)


class PriceError(Exception):
    """A price that cannot be given; the diagnostic says what, why it matters and what to do."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.what)
        self.diagnostic = diagnostic


class UnknownRegionError(PriceError):
    """A region without a price file."""


class UnknownPriceKeyError(PriceError):
    """A key that no row of the region has."""


class PriceFileError(PriceError):
    """A price file that is missing a part or is no price file."""


class QuantityError(PriceError, ValueError):
    """A quantity that cannot be billed."""


@dataclass(frozen=True, slots=True)
class Tier:
    """The price of the units from `start` up to, but not including, `end` (None: without end)."""

    start: Decimal
    end: Decimal | None
    price: Decimal

    def units_of(self, quantity: Decimal) -> Decimal:
        """Return how many of these units fall into this tier."""
        top = quantity if self.end is None else min(quantity, self.end)
        return max(top - self.start, Decimal(0))


@dataclass(frozen=True, slots=True)
class TierCost:
    """One line of a worked sum."""

    tier: Tier
    quantity: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class FreeTier:
    """What AWS gives to an account before this price applies; never taken off by `cost`."""

    text: str
    quantity: Decimal | None = None
    unit: str | None = None
    per: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One place a figure was read from."""

    id: str
    title: str
    kind: str
    date: str | None
    part: str | None = None
    says: str | None = None
    locator: str | None = None

    def __str__(self) -> str:
        part = f" ({self.part})" if self.part else ""
        says = f": {self.says}" if self.says else ""
        return f"{self.title}{part}{says}"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """One condition of a `get_products` call."""

    type: str  # TERM_MATCH or CONTAINS
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of one region, with everything needed to believe it."""

    key: str
    region: str
    unit: str
    currency: str
    tiers: tuple[Tier, ...]
    service_code: str
    sku: str | None
    filters: tuple[ProductFilter, ...]
    picked_by_sku: bool
    scope: str  # regional, edge or global
    confidence: str  # high, med or low
    sources: tuple[Citation, ...]
    dates: tuple[str, ...]  # YYYY, YYYY-MM or YYYY-MM-DD, oldest first
    checked_with: tuple[Citation, ...] = ()
    free_tier: FreeTier | None = None
    note: str | None = None
    zero_reason: str | None = None
    no_live_filter: str | None = None

    @property
    def price(self) -> Decimal | None:
        """Return the price of a unit where it is the same for every quantity."""
        return self.tiers[0].price if len(self.tiers) == 1 else None

    @property
    def is_free(self) -> bool:
        """Say whether AWS charges nothing for any quantity; `zero_reason` says why."""
        return all(tier.price == 0 for tier in self.tiers)

    @property
    def date(self) -> str | None:
        """Return when the price was last seen, or None where its source has no date."""
        return max(self.dates, default=None)

    @property
    def source(self) -> str:
        """Return where the price was read, in words."""
        return "; ".join(str(source) for source in self.sources)

    def age_days(self, today: dt.date) -> int | None:
        """Return how old the price is, counting a month or a year from its first day."""
        return None if self.date is None else (today - first_day(self.date)).days

    def breakdown(self, quantity: Decimal) -> tuple[TierCost, ...]:
        """Return the quantity spread over the tiers that it reaches, the first one always."""
        _require_billable(self.key, quantity)
        with localcontext(_EXACT):
            shares = [(tier, tier.units_of(quantity)) for tier in self.tiers]
            return tuple(
                TierCost(tier, units, units * tier.price)
                for position, (tier, units) in enumerate(shares)
                if units or position == 0
            )

    def cost(self, quantity: Decimal) -> Decimal:
        """Return what this quantity costs in one month, exactly, with no free tier taken off."""
        with localcontext(_EXACT):
            return sum((line.cost for line in self.breakdown(quantity)), Decimal(0))


@dataclass(frozen=True, slots=True)
class Unpriced:
    """A price that is not known, and why; never the same thing as a price of zero."""

    key: str
    region: str
    reason: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """A rate for paying ahead: what it covers and what a unit then costs, or the discount."""

    key: str
    kind: str  # compute_savings_plan, reserved_node or database_savings_plan
    covers: str  # a price key, or a pattern of keys with *
    term_years: int
    payment: str
    unit: str | None
    price: Decimal | None
    on_demand: Decimal | None
    discount: Decimal | None  # as stated by the source, a share of one
    discount_is_maximum: bool
    confidence: str
    sources: tuple[Citation, ...]
    dates: tuple[str, ...]
    note: str | None = None


def first_day(text: str) -> dt.date:
    """Return the first day that a date of a price file can mean."""
    year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
    return dt.date(year, month, day)


def _require_billable(key: str, quantity: Decimal) -> None:
    if quantity.is_finite() and quantity >= 0:
        return
    raise QuantityError(
        Diagnostic(
            rule="price-quantity",
            summary="This quantity cannot be billed",
            what=f"{key} was asked for {quantity}.",
            why="A bill counts finite quantities from zero up.",
            fix="Check the sign and the value of the quantity.",
        )
    )
