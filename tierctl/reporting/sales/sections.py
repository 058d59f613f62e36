"""Figures to a report in plain words: what a customer reads, in the order they ask.

In: Sales and Terms. Out: a Report of blocks. May not: compute a cost or a return; compare, round
and put into words is all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.model.usage import USAGE
from tierctl.reporting.sales.blocks import (
    Bullets,
    Card,
    Cards,
    Cell,
    Paragraph,
    Report,
    Section,
    Table,
)
from tierctl.reporting.sales.charts import cost_chart, share_chart
from tierctl.reporting.sales.compared import planned_section
from tierctl.reporting.sales.promises import promises_section, users
from tierctl.reporting.sales.stepping import return_section, upgrade_section
from tierctl.reporting.sales.terms import NONE, TO, WHOLE, number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.money import Money
    from tierctl.planning.sales import Offer, Sales
    from tierctl.reporting.sales.terms import Terms

MONTHS = 12
MOST_COLUMNS = 6
"""Figures that fit beside one another on paper."""
_LEFT_OUT = {
    "demand-not-met": "it delivers less than is asked for",
    "": "it cannot be built as asked for",
}
_SHOWN_USAGE = (
    "mean_tasks", "mean_acu", "database_gb", "database_io_requests", "cache_data_gb", "bucket_gb",
    "filesystem_gb", "internet_out_gb", "nat_gb", "lcu", "service_log_gb",
)  # fmt: skip


def report(figures: Sales, terms: Terms, location: str) -> Report:
    """The whole report."""
    oldest, newest = figures.dates
    where = f"{location} ({figures.region})"
    facts = [
        f"Region: {where}",
        f"Prices seen from {oldest} to {newest}",
        f"All amounts in {terms.currency}",
    ]
    count = {1: "one size", 2: "two sizes", 3: "three sizes"}
    sizes = count.get(len(figures.offers), f"{len(figures.offers)} sizes")
    return Report(
        title=f"What it costs to run your application: {sizes} compared",
        subtitle="Monthly and yearly running costs on Amazon Web Services, what each size promises "
        "and delivers, and what moving up brings.",
        customer=terms.customer,
        facts=tuple(facts),
        sections=(
            _glance(figures, terms),
            _costs(figures, terms),
            promises_section(figures),
            return_section(figures, terms),
            upgrade_section(figures, terms),
            planned_section(figures),
            _assumptions(figures, terms, where),
        ),
        date=newest,
    )


def _glance(figures: Sales, terms: Terms) -> Section:
    """Sizes beside one another, and the charts."""
    cards = tuple(_card(offer, terms) for offer in figures.offers)
    names = " and ".join(figures.environments)
    words = (
        f"Each figure is for {names} together. The first is what to expect; the range reads from "
        "little use to the most the size can grow to by itself."
    )
    charts = (cost_chart(figures, terms), share_chart(figures))
    missing = tuple(
        Paragraph(f"{one.title} is left out: {_LEFT_OUT.get(one.rule, _LEFT_OUT[''])}.")
        for one in figures.left_out
    )
    return Section("glance", "At a glance", (Paragraph(words), *missing, Cards(cards), *charts))


def _card(offer: Offer, terms: Terms) -> Card:
    """One size."""
    total, promise = offer.subject.total, offer.promise
    return Card(
        title=offer.spec.title,
        summary=offer.spec.summary,
        price=f"{offer.least}{terms.shown(total.expected, WHOLE)} a month",
        price_note=f"from {terms.span(total.low, total.high, WHOLE)}".replace(TO, " to ")
        + f"; {terms.shown(total.expected * MONTHS, WHOLE)} a year",
        facts=(
            ("Users", f"{users(promise.users)} at the same time"),
            ("Answers within", f"{promise.latency_p95_ms:,} ms, 95 of 100 requests"),
            ("Uptime promised", f"{promise.uptime_percent} %"),
            ("Support", promise.support),
        ),
    )


def _costs(figures: Sales, terms: Terms) -> Section:
    """Every component of every size and environment."""
    offers, names = figures.offers, figures.environments
    together = Table(
        caption=f"{' and '.join(names).capitalize()} together",
        columns=("", *(offer.spec.title for offer in offers)),
        rows=(
            (Cell("A month"), *(_cell(o.subject.total, terms, o.least) for o in offers)),
            (
                Cell("A year"),
                *(_cell(o.subject.total.times(MONTHS), terms, o.least) for o in offers),
            ),
        ),
        foot=2,
    )
    missing = [
        f"{o.spec.title}: {line.line.name} could not be priced, so its total is a least."
        for o in offers
        for e in o.subject.estimates
        for line in e.open_lines
    ]
    notes = (Bullets(tuple(dict.fromkeys(missing))),) if missing else ()
    words = Paragraph(
        "The low figure is the floor: what is billed when nearly nobody comes. The high figure is "
        "the ceiling: every part at the most it may grow to, all month, which no ordinary month "
        "reaches. Figures are rounded to cents after adding up."
    )
    return Section(
        "costs", "What it costs, part by part", (words, *_parts(figures, terms), together, *notes)
    )


def _parts(figures: Sales, terms: Terms) -> Iterator[Table]:
    """Tables of parts, each of as many sizes as fit beside one another."""
    names = figures.environments
    components = dict.fromkeys(
        name
        for offer in figures.offers
        for estimate in offer.subject.estimates
        for name in estimate.component_names
    )
    at_once = max(1, MOST_COLUMNS // len(names))
    for start in range(0, len(figures.offers), at_once):
        offers = figures.offers[start : start + at_once]
        columns = [(offer, name) for offer in offers for name in names]
        rows = [
            (Cell(part), *(_cell(_component(o, env, part), terms) for o, env in columns))
            for part in components
        ]
        rows.append((Cell("Total a month"), *(_total(o, env, terms) for o, env in columns)))
        yield Table(
            caption="Cost of every part a month: expected, and below it from low to high",
            columns=("Part", *(name.capitalize() for _, name in columns)),
            groups=tuple((offer.spec.title, len(names)) for offer in offers),
            rows=tuple(rows),
            foot=1,
        )


def _component(offer: Offer, environment: str, name: str) -> Money | None:
    """A component's cost, or None where the size has no such environment."""
    for estimate in offer.subject.estimates:
        if estimate.environment == environment:
            return estimate.component(name)
    return None


def _total(offer: Offer, environment: str, terms: Terms) -> Cell:
    """An environment's total; a least where something of it has no price."""
    for estimate in offer.subject.estimates:
        if estimate.environment == environment:
            return _cell(estimate.total, terms, "at least " if estimate.at_least else "")
    return Cell(NONE)


def _cell(cost: Money | None, terms: Terms, least: str = "") -> Cell:
    """Expected, and the range in small."""
    if cost is None:
        return Cell(NONE)
    return Cell(least + terms.shown(cost.expected), terms.span(cost.low, cost.high))


def _assumptions(figures: Sales, terms: Terms, where: str) -> Section:
    """What the figures rest on, and the date of the prices."""
    oldest, newest = figures.dates
    items = [
        (
            f"Prices are the public on-demand prices of Amazon Web Services in {where}, last "
            f"checked between {oldest} and {newest}. They can change."
        ),
        (
            "Free amounts that belong to a whole account are not taken off; taxes, support plans "
            "of Amazon Web Services and other software are not included."
        ),
        "Nothing is paid ahead. Commitments of one or three years lower the bill.",
        "Staging is a smaller rehearsal of production for tests, with little traffic.",
    ]
    own = ["A month has 730 hours, a year twelve such months."]
    if terms.currency != "USD":
        own.append(f"One US dollar is taken as {terms.rate} {terms.currency}.")
    if terms.margin:
        own.append(
            f"A margin of {number(terms.margin, 2)} % is included in all amounts except those of "
            "'Beside the planning figures'."
        )
    if terms.outage is not None:
        own.append(f"An hour without an answer is taken to cost ${terms.outage:,}.")
    rows = []
    for name in _SHOWN_USAGE:
        values = [offer.usage.get(name) for offer in figures.offers]
        if any(values):
            cells = [
                Cell(
                    number(v.spread.expected, 2),
                    ""
                    if v.spread.is_exact
                    else f"{number(v.spread.low, 2)}{TO}{number(v.spread.high, 2)}",
                )
                if v
                else Cell(NONE)
                for v in values
            ]
            about = USAGE[name].replace(" ACU", " capacity units")
            rows.append((Cell(about[:1].upper() + about[1:]), *cells))
    table = Table(
        caption="How much production is taken to be used: expected, and below it from low to high",
        columns=("A month", *(offer.spec.title for offer in figures.offers)),
        rows=tuple(rows),
    )
    return Section(
        "assumptions",
        "What the figures rest on",
        (Bullets(tuple(items)), Bullets(tuple(own)), table),
    )
