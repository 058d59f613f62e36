"""What a step up returns, and what it interrupts. In: Sales and Terms. Out: two sections."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from tierctl.catalog.planned import planned
from tierctl.reporting.sales.blocks import Bullets, Cell, Paragraph, Section, Table
from tierctl.reporting.sales.terms import NONE, TIMES, TO, amount, number, seconds

if TYPE_CHECKING:
    from tierctl.catalog.planned import StrategyTier
    from tierctl.planning.sales import Offer, Return, Sales, StepUp
    from tierctl.reporting.sales.terms import Terms

HOUR = 3600
FORMULAS = (
    (
        "Times as fast = response time of the smallest ÷ own response time; times the requests = "
        "own requests a second ÷ those of the smallest; both from the benchmarks above."
    ),
    "Times the performance = the square root of (times as fast {times} times the requests).",
    (
        "Performance for the money = times the performance ÷ times the cost. Above 1, each dollar "
        "buys more than on {small}."
    ),
    (
        "Performance gained for each extra $100 = (times the performance - 1) ÷ extra cost in US "
        "dollars {times} 100."
    ),
    (
        "Pays from = own cost ÷ (cost of the smaller size ÷ the most users it is for): from so "
        "many users on, a user costs no more than on the smaller size when that is full."
    ),
)


def return_section(figures: Sales, terms: Terms) -> Section:
    """Performance for money, and the users from which it pays."""
    offers, returns = figures.offers, figures.returns
    small = offers[0].spec.title
    table = Table(
        caption=f"Against {small}",
        columns=("", *(offer.spec.title for offer in offers)),
        rows=(
            (Cell("Cost a month"), *(Cell(o.least + terms.shown(o.cost)) for o in offers)),
            (Cell("Times the cost"), *(_times(r.cost_multiple) for r in returns)),
            (Cell("Times as fast"), *(_times(r.faster) for r in returns)),
            (Cell("Times the requests a second"), *(_times(r.more_requests) for r in returns)),
            (Cell("Times the performance"), *(_times(r.performance) for r in returns)),
            (Cell("Performance for the money"), *(Cell(number(r.per_dollar, 2)) for r in returns)),
            (
                Cell("Performance gained for each extra $100 a month"),
                *(_maybe(r.points_per_100, 2) for r in returns),
            ),
            (
                Cell(f"Pays from so many users, against a full {small}"),
                *(_people(r.break_even_users) for r in returns),
            ),
            (
                Cell("Pays from so many users, against the size before, full"),
                *(_people(r.break_even_step) for r in returns),
            ),
        ),
    )
    formulas = Bullets(tuple(text.format(small=small, times=TIMES) for text in FORMULAS))
    blocks = (*_verdicts(figures), table, formulas, *_strategy(figures))
    return Section("return", "What moving up returns", blocks)


def _verdicts(figures: Sales) -> tuple[Paragraph, ...]:
    """One sentence for each step."""
    words = []
    for offer, found in list(zip(figures.offers, figures.returns, strict=True))[1:]:
        words.append(
            f"{offer.spec.title} gives {number(found.performance)} times the performance of "
            f"{figures.offers[0].spec.title} for {number(found.cost_multiple)} times its cost"
            + (
                f", and pays from about {_people(found.break_even_users).text} users."
                if found.break_even_users
                else "."
            )
        )
    return (Paragraph(" ".join(words)),) if words else ()


def _strategy(figures: Sales) -> tuple[Table | Paragraph, ...]:
    """The three-tier strategy's figures beside ours."""
    known = planned().strategy
    chosen = [
        (offer, found, known[offer.spec.name])
        for offer, found in zip(figures.offers, figures.returns, strict=True)
        if offer.spec.name in known
    ]
    if not chosen:
        return ()
    cells = [(_planned(row), _ours(offer, found)) for offer, found, row in chosen]
    labels = (
        "Cost a month, US dollars",
        "Times the cost",
        "Times the performance",
        "Pays from so many users",
    )
    rows = [
        (Cell(label), *(cell for both in cells for cell in (both[0][index], both[1][index])))
        for index, label in enumerate(labels)
    ]
    table = Table(
        caption="The first planning figures beside the computed ones, before margin",
        columns=("", *(head for _ in chosen for head in ("Planned", "Computed"))),
        groups=tuple((o.spec.title, 2) for o, _, _ in chosen),
        rows=tuple(rows),
    )
    words = Paragraph(
        "The planned figures are round estimates made before anything was priced; they have no "
        "staging environment of their own and no range. Their 'pays from' follows the formula "
        "above (550 ÷ 1 dollar a user is about 500, 2,200 about 2,000). Their 3 and 10 times the "
        "performance do not follow from the benchmarks they state, which give 4 and 8 times "
        "the speed and 10 and 100 times the requests; ours are computed from those benchmarks, "
        "which are targets and have to be confirmed by a load test."
    )
    return (table, words)


def _planned(row: StrategyTier) -> tuple[Cell, ...]:
    """The strategy's column of a tier."""
    users = row.break_even_users
    return (
        Cell(f"${row.total:,}"),
        _times(row.cost_multiple),
        _times(row.performance),
        Cell(f"about {users:,}" if users else NONE),
    )


def _ours(offer: Offer, found: Return) -> tuple[Cell, ...]:
    """The computed column beside it."""
    return (
        Cell(offer.least + amount(offer.cost, "USD")),
        _times(found.cost_multiple),
        _times(found.performance),
        _people(found.break_even_users),
    )


def upgrade_section(figures: Sales, terms: Terms) -> Section:
    """What each move up interrupts, and what that costs the customer."""
    titles = {offer.spec.name: offer.spec.title for offer in figures.offers}
    if not figures.steps:
        return Section("upgrade", "Moving up", (Paragraph("One size alone has no way up."),))
    rows = tuple(_upgrade(step, titles, terms) for step in figures.steps)
    columns = ["Move", "Steps", "Interruption in total", "Time it takes"]
    if terms.outage is not None:
        columns.append("What the interruption costs")
    table = Table(
        caption="Production, moved up in place: no data is moved or lost",
        columns=tuple(columns),
        rows=rows,
        numeric=False,
    )
    words = (
        "Times are predicted for each step from what Amazon Web Services documents, and are our "
        "estimate where it gives none. An interruption is a time in which some requests fail; it "
        "is announced beforehand."
    )
    notes = [
        f"{titles[step.start]} to {titles[step.goal]}: {reason.what}"
        for step in figures.steps
        if step.plan
        for reason in step.plan.reasons
    ]
    extra = (Bullets(tuple(notes)),) if notes else ()
    cost: tuple[Paragraph, ...] = ()
    if terms.outage is not None:
        rate = amount(terms.outage * terms.rate, terms.currency)
        cost = (Paragraph(f"Cost = seconds of interruption ÷ 3,600 {TIMES} {rate} an hour."),)
    return Section("upgrade", "Moving up", (Paragraph(words), table, *cost, *extra))


def outage_cost(step: StepUp, terms: Terms) -> tuple[Decimal, Decimal] | None:
    """The predicted interruption in the currency, from low to high."""
    if step.plan is None or terms.outage is None:
        return None
    low, high = (Decimal(s) / HOUR * terms.outage * terms.rate for s in step.plan.downtime_s)
    return low, high


def _upgrade(step: StepUp, titles: dict[str, str], terms: Terms) -> tuple[Cell, ...]:
    """One row."""
    name = Cell(f"{titles[step.start]} to {titles[step.goal]}")
    if step.plan is None or step.plan.verdict == "blocked":
        reason = step.plan.reasons[0].what if step.plan else step.why_not
        rest = 2 if terms.outage is None else 3
        return (name, Cell(f"not possible in place: {reason}"), *[Cell(NONE)] * rest)
    cells = [
        name,
        Cell(str(len(step.plan.steps))),
        Cell(seconds(*step.plan.downtime_s)),
        Cell(seconds(*step.plan.duration_s)),
    ]
    cost = outage_cost(step, terms)
    if cost is not None:
        low, high = (amount(value, terms.currency) for value in cost)
        cells.append(Cell(low if low == high else f"{low}{TO}{high}"))
    return tuple(cells)


def _times(value: Decimal) -> Cell:
    """A multiple, such as 3.4 times."""
    return Cell(f"{number(value)}{TIMES}")


def _maybe(value: Decimal | None, places: int) -> Cell:
    """A figure, or a dash."""
    return Cell(NONE) if value is None else Cell(number(value, places))


def _people(value: Decimal | None) -> Cell:
    """Whole users, rounded up."""
    return Cell(NONE) if value is None else Cell(f"{value.to_integral_value(ROUND_CEILING):,}")
