"""Estimates in general: additive, monotone, of one currency, never below zero."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierctl.catalog.price_book import PriceBook
from tierctl.costing.pricing import price_lines
from tierctl.model.estimate import Line
from tierctl.model.money import CurrencyError, Money, Spread, total

BOOK = PriceBook.load("us-east-1")
KEYS = ("nat.hour", "data_transfer.internet_out_gb", "s3.standard.gb_month", "sqs.fifo.request")
quantities = st.decimals(min_value=0, max_value=10**7, places=3, allow_nan=False)


def spread(values: tuple[Decimal, Decimal, Decimal]) -> Spread:
    """Three figures in order."""
    low, expected, high = sorted(values)
    return Spread(low, expected, high)


spreads = st.tuples(quantities, quantities, quantities).map(spread)


def cost(key: str, quantity: Spread) -> Money:
    """What a quantity costs."""
    line = Line(component="x", address="x", name="x", key=key, quantity=quantity)
    found = price_lines([line], BOOK)[0].cost
    assert found is not None
    return found


@given(st.lists(st.tuples(st.sampled_from(KEYS), spreads), max_size=8))
def test_a_total_is_the_sum_of_its_lines(lines: list[tuple[str, Spread]]) -> None:
    """Low, expected and high each add up exactly, in any order."""
    costs = [cost(key, quantity) for key, quantity in lines]
    there, back = total(costs, "USD"), total(reversed(costs), "USD")

    assert there == back
    assert there.expected == sum((one.expected for one in costs), Decimal(0))


@given(st.sampled_from(KEYS), spreads, quantities)
def test_more_never_costs_less(key: str, quantity: Spread, more: Decimal) -> None:
    """A larger quantity costs as much or more, over every tier's border."""
    larger = quantity + Spread.of(more)

    assert cost(key, quantity).low <= cost(key, larger).low
    assert cost(key, quantity).high <= cost(key, larger).high


@given(st.sampled_from(KEYS), spreads)
def test_ranges_stay_in_order(key: str, quantity: Spread) -> None:
    """Low is never above expected, nor expected above high."""
    found = cost(key, quantity)

    assert 0 <= found.low <= found.expected <= found.high


@pytest.mark.parametrize("key", BOOK.keys())
def test_tiers_meet_at_their_borders(key: str) -> None:
    """A hair below and above a border the cost differs by no more than a hair's price."""
    row = BOOK.price(key)
    hair = Decimal("0.000001")
    for tier in getattr(row, "tiers", ())[1:]:
        below = cost(key, Spread.of(tier.start - hair)) if row.price != 0 else None  # type: ignore[union-attr]
        above = cost(key, Spread.of(tier.start + hair))
        assert below is not None
        assert abs(above.expected - below.expected) <= 2 * hair * 10


def test_currencies_are_never_mixed() -> None:
    """A sum of dollars and euros is an error, not a number."""
    with pytest.raises(CurrencyError):
        _ = Money(Spread.of(1), "USD") + Money(Spread.of(1), "EUR")


def test_a_range_out_of_order_is_refused() -> None:
    """Low above high is a mistake of ours and raises."""
    with pytest.raises(ValueError, match="order"):
        Spread(Decimal(2), Decimal(1), Decimal(3))
