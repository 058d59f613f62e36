"""The report as Markdown, and its figures as CSV.

In: a Report, or Sales and Terms. Out: text. What a customer supplied is escaped here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.catalog.planned import planned
from tierctl.reporting.cost_document import text as exact
from tierctl.reporting.safe import csv_table, foreign_markdown, markdown_text
from tierctl.reporting.sales.blocks import Bullets, Cards, Chart, Paragraph, Table
from tierctl.reporting.sales.stepping import outage_cost

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.planning.sales import Sales
    from tierctl.reporting.sales.blocks import Block, Cell, Report
    from tierctl.reporting.sales.terms import Terms

COLUMNS = (
    "customer", "table", "tier", "environment", "item", "low", "expected", "high", "unit", "note",
)  # fmt: skip


def markdown(report: Report) -> str:
    """The report with headings and pipe tables."""
    lines = [f"# {markdown_text(report.title)}", ""]
    if report.customer:
        lines += [f"For {foreign_markdown(report.customer)}", ""]
    lines += [markdown_text(report.subtitle), ""]
    lines += [*(f"- {markdown_text(fact)}" for fact in report.facts), ""]
    for section in report.sections:
        lines += [f"## {markdown_text(section.title)}", ""]
        for block in section.blocks:
            lines += [*_block(block), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _block(block: Block) -> Iterator[str]:
    """One block."""
    match block:
        case Paragraph():
            yield markdown_text(block.text)
        case Bullets():
            yield from (f"- {markdown_text(item)}" for item in block.items)
        case Chart():
            yield f"**{markdown_text(block.title)}.** {markdown_text(block.description)}"
        case Cards():
            for card in block.cards:
                facts = "; ".join(f"{name}: {value}" for name, value in card.facts)
                yield f"- **{markdown_text(card.title)}**: {markdown_text(card.price)} "
                yield f"  ({markdown_text(card.price_note)}). {markdown_text(card.summary)} "
                yield f"  {markdown_text(facts)}."
        case Table():
            yield f"**{markdown_text(block.caption)}**"
            yield ""
            heads = [block.label(column) for column in range(len(block.columns))]
            yield "| " + " | ".join(markdown_text(head) for head in heads) + " |"
            align = " ---: |" if block.numeric else " --- |"
            yield "| --- |" + align * (len(heads) - 1)
            for row in block.rows:
                yield "| " + " | ".join(_cell(cell) for cell in row) + " |"


def _cell(cell: Cell) -> str:
    """A cell, with what it says in small behind it."""
    small = f" ({markdown_text(cell.small)})" if cell.small else ""
    return markdown_text(cell.text) + small


def csv(figures: Sales, terms: Terms) -> str:
    """One row for each figure, exact, with what it is."""
    rows: list[list[str]] = [list(COLUMNS)]
    rows += [[terms.customer, *row] for row in _rows(figures, terms)]
    return csv_table(rows)


def _rows(figures: Sales, terms: Terms) -> Iterator[list[str]]:
    """Every figure of the report."""
    yield from _costs(figures, terms)
    yield from _returns(figures)
    yield from _upgrades(figures, terms)
    for name, tier in planned().addons.items():
        for (component, environment), (least, most) in tier.cells.items():
            span = [str(least), "", str(most)]
            yield ["planned", name, environment, component, *span, "USD a month", "planning figure"]


def _costs(figures: Sales, terms: Terms) -> Iterator[list[str]]:
    """Costs of every part, size and environment."""
    unit = f"{terms.currency} a month"
    for offer in figures.offers:
        name = offer.spec.name
        for estimate in offer.subject.estimates:
            for item in (*estimate.component_names, "Total"):
                cost = estimate.total if item == "Total" else estimate.component(item)
                spread = (exact(terms.price(v)) for v in (cost.low, cost.expected, cost.high))
                note = "at least" if estimate.at_least and item == "Total" else ""
                yield ["cost", name, estimate.environment, item, *spread, unit, note]
        total = offer.subject.total
        spread = (exact(terms.price(v)) for v in (total.low, total.expected, total.high))
        yield ["cost", name, "all", "Total", *spread, unit, ""]


def _returns(figures: Sales) -> Iterator[list[str]]:
    """What a step up returns."""
    for offer, found in zip(figures.offers, figures.returns, strict=True):
        for item, value in (
            ("times the cost", found.cost_multiple),
            ("times as fast", found.faster),
            ("times the requests a second", found.more_requests),
            ("times the performance", found.performance),
            ("performance for the money", found.per_dollar),
            ("users from which it pays", found.break_even_users),
        ):
            words = "" if value is None else f"{value:.4f}"
            yield ["return", offer.spec.name, "all", item, "", words, "", "", ""]


def _upgrades(figures: Sales, terms: Terms) -> Iterator[list[str]]:
    """What a step up interrupts."""
    for step in figures.steps:
        if step.plan is None:
            continue
        low, high = (str(value) for value in step.plan.downtime_s)
        name = f"{step.start} to {step.goal}"
        yield ["upgrade", name, "production", "interruption", low, "", high, "seconds", ""]
        cost = outage_cost(step, terms)
        if cost is not None:
            less, more = (f"{value:.2f}" for value in cost)
            item = "cost of the interruption"
            yield ["upgrade", name, "production", item, less, "", more, terms.currency, ""]
