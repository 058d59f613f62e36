"""Volume tiers: what must hold of every row of the catalogue and every quantity."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierctl.catalog.price_book import PriceBook
from tierctl.catalog.pricing_rows import PriceRow, QuantityError, Tier

ROWS = tuple(
    found
    for region in PriceBook.regions()
    for book in (PriceBook.load(region),)
    for key in book.keys("*")
    if isinstance(found := book.price(key), PriceRow)
)
TIERED = tuple(row for row in ROWS if len(row.tiers) > 1)

quantities = st.decimals(min_value=0, max_value=10**13, allow_nan=False, places=6)
any_row = st.sampled_from(ROWS)
tiered_row = st.sampled_from(TIERED)


@given(any_row, quantities)
def test_cost_is_the_sum_of_its_breakdown(row: PriceRow, quantity: Decimal) -> None:
    """The lines of the worked sum add up to the cost, and their quantities to the quantity."""
    lines = row.breakdown(quantity)

    assert sum(line.cost for line in lines) == row.cost(quantity)
    assert sum(line.quantity for line in lines) == quantity


@given(any_row, quantities, quantities)
def test_more_never_costs_less(row: PriceRow, one: Decimal, other: Decimal) -> None:
    """Cost is monotone in the quantity, although a tier's price may fall."""
    low, high = sorted((one, other))

    assert row.cost(low) <= row.cost(high)


@given(any_row, quantities, quantities)
def test_the_whole_never_costs_more_than_its_parts(
    row: PriceRow, one: Decimal, other: Decimal
) -> None:
    """Where prices fall with volume, two bills of a part each are never below one of the whole."""
    falling = all(
        later.price <= earlier.price
        for earlier, later in zip(row.tiers, row.tiers[1:], strict=False)
    )

    if falling:
        assert row.cost(one + other) <= row.cost(one) + row.cost(other)


@given(any_row, quantities, quantities)
def test_additive_inside_a_tier(row: PriceRow, one: Decimal, other: Decimal) -> None:
    """A row without tiers is additive: the parts cost what the whole costs."""
    if len(row.tiers) == 1:
        assert row.cost(one + other) == row.cost(one) + row.cost(other)


@given(tiered_row, st.data(), quantities)
def test_additive_across_a_border(row: PriceRow, data: st.DataObject, beyond: Decimal) -> None:
    """Up to a border and from the border on is the whole: the rest costs what its tiers say."""
    border = data.draw(st.sampled_from([tier.end for tier in row.tiers if tier.end is not None]))
    rest = PriceRow(
        **{
            **{name: getattr(row, name) for name in PriceRow.__slots__},
            "tiers": tuple(
                Tier(
                    tier.start - border, None if tier.end is None else tier.end - border, tier.price
                )
                for tier in row.tiers
                if tier.end is None or tier.end > border
            ),
        }
    )

    assert row.cost(border + beyond) == row.cost(border) + rest.cost(beyond)


@given(tiered_row, st.data(), st.decimals(min_value="0.000001", max_value="0.001", places=6))
def test_continuous_at_the_borders(row: PriceRow, data: st.DataObject, step: Decimal) -> None:
    """Across a border the cost moves by no more than the step at the dearer of the two prices."""
    border = data.draw(st.sampled_from([tier.end for tier in row.tiers if tier.end is not None]))
    dearest = max(tier.price for tier in row.tiers)

    jump = row.cost(border + step) - row.cost(border - step)

    assert 0 <= jump <= 2 * step * dearest


@given(any_row, st.decimals(max_value="-0.000001", min_value=-(10**9), allow_nan=False))
def test_negative_quantities_are_refused(row: PriceRow, quantity: Decimal) -> None:
    """No row gives a credit for a negative quantity."""
    with pytest.raises(QuantityError):
        row.cost(quantity)


@given(any_row)
def test_nothing_costs_nothing(row: PriceRow) -> None:
    """A quantity of zero costs zero in every row."""
    assert row.cost(Decimal(0)) == 0
