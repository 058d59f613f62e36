"""The sheets everything else is calculated from: every billed line, and the assumptions.

A line's cells hold quantities; where a line is billed by the hour its quantity is for one hour
and the month's hours are an assumption. Volume discounts stand in the mean price of the expected
quantity.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.model.estimate import HOURS, Basis
from tierctl.reporting.sales.blocks import Bullets
from tierctl.reporting.sales.pen import MONTH, USE, as_float

if TYPE_CHECKING:
    from tierctl.model.estimate import PricedLine
    from tierctl.planning.sales import Offer
    from tierctl.reporting.sales.pen import Pen

HOURLY = ("hours", "ACU hours", "vCPU hours", "GB hours", "LCU hours")


def lines(pen: Pen, sheet: Any) -> None:
    """Every line: quantity, price, cost at low, expected and high."""
    heads = ("Size", "Environment", "Part", "What is billed", "Unit", "Low", "Expected", "High",
             "Times hours a month", "Times use", "US dollars a unit", "Low", "Expected",
             "High", "How it was counted")  # fmt: skip
    for column, head in enumerate(heads):
        pen.text(sheet, 0, column, head, pen.head)
    sheet.freeze_panes(1, 4)
    sheet.set_column(0, 4, 18)
    sheet.set_column(5, 13, 12)
    sheet.set_column(14, 14, 70)
    row = 1
    for offer in pen.figures.offers:
        for estimate in offer.subject.estimates:
            for name in estimate.component_names:
                first = row
                values = [Decimal(0)] * 3
                for priced in estimate.lines:
                    if priced.line.component == name and priced.cost is not None:
                        _line(pen, sheet, row, offer, estimate.environment, priced)
                        costs = (priced.cost.low, priced.cost.expected, priced.cost.high)
                        values = [a + b for a, b in zip(values, costs, strict=True)]
                        row += 1
                cells = [f"SUM(Lines!{c}{first + 1}:{c}{row})" for c in "LMN"]
                if row == first:
                    cells = ["0", "0", "0"]
                pen.sums[offer.spec.name, estimate.environment, name] = (cells, values)


def _line(
    pen: Pen, sheet: Any, row: int, offer: Offer, environment: str, priced: PricedLine
) -> None:
    """One line: three quantities, the price, and the costs as their products."""
    line, cost = priced.line, priced.cost
    if line.quantity is None or cost is None:
        return
    words = (offer.spec.title, environment, line.component, line.name, line.unit)
    for column, word in enumerate(words):
        pen.text(sheet, row, column, word)
    hourly = line.unit in HOURLY
    used = line.basis is Basis.USAGE and not hourly
    sheet.write_number(row, 8, int(hourly))
    sheet.write_number(row, 9, int(used))
    quantities = (line.quantity.low, line.quantity.expected, line.quantity.high)
    costs = (cost.low, cost.expected, cost.high)
    # volume tiers make the mean price of the expected quantity; low and high keep their own
    price = _mean(costs[1], quantities[1]) or _mean(costs[2], quantities[2]) or Decimal(0)
    sheet.write_number(row, 10, as_float(price), pen.plain)
    letter = row + 1
    scale = f"*IF(I{letter}=1,{MONTH},1)*IF(J{letter}=1,{USE}/100,1)"
    for index, (quantity, amount) in enumerate(zip(quantities, costs, strict=True)):
        # what the cell holds gives exactly this cost at the price of the expected quantity
        counted = amount / price if price else quantity
        counted = counted / HOURS if hourly else counted
        sheet.write_number(row, 5 + index, as_float(counted), pen.plain)
        cell = f"{'FGH'[index]}{letter}*K{letter}{scale}"
        pen.formula(sheet, row, 11 + index, cell, amount)
    pen.text(sheet, row, 14, line.assumption)


def assumptions(pen: Pen, sheet: Any) -> None:
    """The yellow cells, and what the figures rest on."""
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 2, 90)
    pen.text(sheet, 0, 0, "Assumptions", pen.title)
    pen.text(sheet, 1, 0, "Change a yellow cell and every sheet follows.")
    heads = ("Assumption", "Value", "What it is")
    for column, head in enumerate(heads):
        pen.text(sheet, 2, column, head, pen.head)
    terms = pen.terms
    rows = (
        ("Margin, per cent", terms.margin, "Added to Amazon Web Services' prices."),
        (f"One US dollar in {terms.currency}", terms.rate, "Rate of exchange."),
        ("Hours a month", HOURS, "730 is a twelfth of a year; parts billed by the hour."),
        (
            "Use, per cent of what is expected",
            Decimal(100),
            (
                "Traffic, requests, logs and stored data; above a volume discount's border the "
                "price of the present quantity is kept."
            ),
        ),
        (
            "An hour without an answer, US dollars",
            terms.outage or Decimal(0),
            "What it costs the customer; prices the interruption of an upgrade.",
        ),
    )
    for index, (name, value, about) in enumerate(rows):
        pen.text(sheet, 3 + index, 0, name)
        sheet.write_number(3 + index, 1, as_float(value), pen.input)
        pen.text(sheet, 3 + index, 2, about, pen.wrap)
    row = 10
    # the first list alone: what the others say are cells here, and would grow stale
    lists = [block for block in pen.report.sections[-1].blocks if isinstance(block, Bullets)]
    for item in lists[0].items:
        pen.text(sheet, row, 0, item)
        row += 1


def _mean(cost: Decimal, quantity: Decimal) -> Decimal | None:
    """Cost for a unit, or None of nothing."""
    return cost / quantity if quantity else None
