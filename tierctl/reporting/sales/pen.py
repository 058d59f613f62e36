"""The pen that writes a workbook: styles, words that stay words, formulas with their values.

In: a book of xlsxwriter, figures, terms. Out: cells. May not: take anybody's text for a formula.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.reporting.safe import plain

if TYPE_CHECKING:
    from tierctl.planning.sales import Sales
    from tierctl.reporting.sales.blocks import Report
    from tierctl.reporting.sales.terms import Terms

SIGNIFICANT = 15
"""Digits that a cell holds."""
MOST_TEXT = 32000
# cells of the sheet "Assumptions", by name
MARGIN, RATE, MONTH, USE, OUTAGE = (f"Assumptions!$B${row}" for row in (4, 5, 6, 7, 8))
FACTOR = f"(1+{MARGIN}/100)*{RATE}"


class Pen:
    """Styles, and what one sheet must know of another.

    Attributes:
        sums: Formulas and values of the sheet "Lines" by tier, environment and component: low,
            expected, high, in US dollars.
        totals: The cell and value of each tier's expected total, in the customer's currency.
    """

    def __init__(self, book: Any, figures: Sales, terms: Terms, report: Report) -> None:
        self.book, self.figures, self.terms, self.report = book, figures, terms, report
        made = book.add_format
        self.bold = made({"bold": True})
        self.title = made({"bold": True, "font_size": 16})
        self.wrap = made({"text_wrap": True, "valign": "top"})
        self.head = made({"bold": True, "bg_color": "#F4F6F9", "bottom": 1, "text_wrap": True})
        self.input = made({"bg_color": "#FFF4CC", "border": 1, "num_format": "#,##0.######"})
        self.money = made({"num_format": "#,##0.00"})
        self.total = made({"num_format": "#,##0.00", "bold": True, "top": 1})
        self.plain = made({"num_format": "#,##0.######"})
        self.ratio = made({"num_format": "0.00"})
        self.sums: dict[tuple[str, str, str], tuple[list[str], list[Decimal]]] = {}
        self.totals: dict[str, tuple[str, Decimal]] = {}

    def text(self, sheet: Any, row: int, column: int, words: str, style: Any = None) -> None:
        """Words, as a string whatever they begin with."""
        sheet.write_string(row, column, plain(words)[:MOST_TEXT], style)

    def formula(
        self, sheet: Any, row: int, column: int, formula: str, value: Decimal, style: Any = None
    ) -> None:
        """A formula with its present value."""
        sheet.write_formula(row, column, f"={formula}", style or self.money, as_float(value))


def as_float(value: Decimal) -> float:
    """What a cell can hold."""
    return float(f"{value:.{SIGNIFICANT}g}")


def letter_of(column: int) -> str:
    """The name of a column, counted from 0."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
