"""The tiered-addon plan's cells beside the computed ones. In: Sales. Out: a section.

Both are AWS's bill in US dollars, without margin. The reason for a difference is made of the lines
of the estimate themselves, largest first.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tierctl.catalog.planned import planned
from tierctl.reporting.sales.blocks import Cell, Paragraph, Section, Table
from tierctl.reporting.sales.terms import NONE, TO, amount, number

if TYPE_CHECKING:
    from tierctl.catalog.planned import PlannedTier, Span
    from tierctl.model.estimate import Estimate, PricedLine
    from tierctl.planning.sales import Offer, Sales

_NAMED = 2


def planned_section(figures: Sales) -> Section:
    """A table for each size that the plan knows."""
    known = planned().addons
    title = "Beside the planning figures"
    chosen = [o for o in figures.offers if o.spec.name in known]
    if not chosen:
        words = "The planning document has no figures for these sizes."
        return Section("planned", title, (Paragraph(words),))
    words = (
        "These were the first estimates, made before anything was priced. They stand here beside "
        "the computed figures, both in US dollars as Amazon Web Services bills them. Figures are "
        "not bent to fit: where they differ, the last column says what the money is for."
    )
    blocks: list[Paragraph | Table] = [Paragraph(words)]
    for offer in chosen:
        blocks += [_table(offer, known[offer.spec.name]), _sums(offer, known[offer.spec.name])]
    return Section("planned", title, tuple(blocks))


def _table(offer: Offer, plan: PlannedTier) -> Table:
    """Planned and computed for every component of both environments."""
    rows = []
    by_name = {e.environment: e for e in offer.subject.estimates}
    for component in dict.fromkeys(name for name, _ in plan.cells):
        cells = [Cell(component)]
        reasons = []
        for environment in ("staging", "production"):
            estimate = by_name.get(environment)
            span = plan.cells[component, environment]
            computed, word = _computed(estimate, component, span)
            cells += [Cell(_dollars(span)), Cell(computed, word)]
            if estimate is not None and word != "within":
                reasons.append(f"{environment.capitalize()}: {_because(estimate, component)}")
        cells.append(Cell(" ".join(reasons) or NONE))
        rows.append(tuple(cells))
    low, high = plan.added
    computed = offer.least + amount(offer.cost, "USD")
    rows.append(
        (
            Cell("Rows added up"),
            Cell(_dollars(_sum(plan, "staging"))),
            _whole(by_name.get("staging")),
            Cell(_dollars(_sum(plan, "production"))),
            _whole(by_name.get("production")),
            Cell(f"Together: planned ${low}{TO}${high}, computed {computed}"),
        )
    )
    return Table(
        caption=f"{offer.spec.title}: planned and computed, US dollars a month",
        columns=("Part", "Planned", "Computed", "Planned", "Computed", "What the money is for"),
        groups=(("Staging", 2), ("Production", 2), ("", 1)),
        rows=tuple(rows),
        foot=1,
        wide=(15, 10, 12, 10, 12, 41),
    )


def _sums(offer: Offer, plan: PlannedTier) -> Paragraph:
    """The plan's own contradiction, and where the computed figure stands."""
    low, high = plan.added
    least, most = plan.stated
    band = offer.subject.band
    words = (
        f"The plan states ${least}{TO}${most} for {offer.spec.title}; its own rows add up to "
        f"${low}{TO}${high}."
    )
    return Paragraph(f"{words} {band.reason}" if band else words)


def _computed(estimate: Estimate | None, component: str, span: Span) -> tuple[str, str]:
    """The expected figure, and where it stands to the planned span."""
    if estimate is None:
        return NONE, ""
    cost = estimate.component(component).expected
    low, high = span
    rounded = cost.quantize(Decimal("0.01"), ROUND_HALF_UP)
    word = "below" if rounded < low else "within" if rounded <= high else "above"
    return amount(cost, "USD"), word


def _because(estimate: Estimate, component: str) -> str:
    """The lines that make the figure, largest first."""
    lines = [p for p in estimate.lines if p.line.component == component and p.cost]
    lines.sort(key=lambda p: (-_expected(p), p.line.name))
    words = [_line(p) for p in lines[:_NAMED] if _expected(p) > 0]
    rest = len(lines) - len(words)
    more = f" and {rest} smaller" if rest > 0 and words else ""
    return (", ".join(words) or "nothing is billed") + more + "."


def _line(priced: PricedLine) -> str:
    """A line as a sum a customer can check."""
    quantity = priced.line.quantity
    assert quantity is not None  # noqa: S101 - a line with a cost has one
    used = f"{number(quantity.expected, 2)} {priced.line.unit}"
    return f"{priced.line.name} {amount(_expected(priced), 'USD')} ({used})"


def _expected(priced: PricedLine) -> Decimal:
    """The expected cost of a line that has one."""
    return priced.cost.expected if priced.cost else Decimal(0)


def _sum(plan: PlannedTier, environment: str) -> Span:
    """The planned cells of one environment."""
    spans = [span for (_, where), span in plan.cells.items() if where == environment]
    return sum(low for low, _ in spans), sum(high for _, high in spans)


def _whole(estimate: Estimate | None) -> Cell:
    """An environment's total."""
    return Cell(NONE) if estimate is None else Cell(amount(estimate.total.expected, "USD"))


def _dollars(span: Span) -> str:
    """A span of dollars, or one amount."""
    low, high = span
    return f"${low}" if low == high else f"${low}{TO}${high}"
