"""Two charts: what each size costs, and where the money goes. In: figures. Out: Charts.

Every figure of a chart also stands in its description and in a table: nothing is told by colour
alone, and each colour carries white or dark text at 4.5 to 1 or better.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.reporting.sales.blocks import Chart, Mark
from tierctl.reporting.sales.terms import WHOLE, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.planning.sales import Offer, Sales
    from tierctl.reporting.sales.terms import Terms

WIDTH = 380.0
BAR = 26.0
ROW = 64.0
INK, GREY, WHITE = "#1b1f24", "#4a5260", "#ffffff"
SHADES = ("#0b4f8a", "#8a4b00", "#2d6a2e", "#6a2c70", "#8c1d2f", "#4a5260")
_NAMED = 5
_LEAST_LABELLED = 0.09
_GLYPH = 8.5
"""Room for one character of a label."""


def cost_chart(figures: Sales, terms: Terms) -> Chart:
    """A bar for each size, its environments one after the other."""
    offers, names = figures.offers, figures.environments
    most = max((offer.cost for offer in offers), default=Decimal(1)) or Decimal(1)
    marks = _legend([name.capitalize() for name in names])
    top = 16.0 * _legend_rows(names) + 14
    said = []
    for index, offer in enumerate(offers):
        y = top + index * ROW
        price = offer.least + terms.shown(offer.cost, WHOLE)
        marks += [
            Mark(x=0, y=y + 14, text=offer.spec.title, bold=True),
            Mark(x=WIDTH, y=y + 14, text=f"{price} a month", anchor="end", bold=True),
        ]
        x = 0.0
        parts = []
        for number_, name in enumerate(names):
            cost = _of(offer, name)
            width = float(cost / most) * WIDTH
            marks.append(
                Mark(x=x, y=y + 22, width=width, height=BAR, fill=SHADES[number_ % len(SHADES)])
            )
            label = terms.shown(cost, WHOLE)
            if width > _GLYPH * len(label):
                marks.append(Mark(x=x + 6, y=y + 40, text=label, fill=WHITE, size=12))
            parts.append(f"{name} {label}")
            x += width
        words = ", ".join(parts)
        if x + _GLYPH * len(words) < WIDTH:
            marks.append(Mark(x=x + 8, y=y + 40, text=words, fill=GREY, size=12))
        said.append(f"{offer.spec.title}: {price} a month ({', '.join(parts)})")
    return Chart(
        name="cost",
        title="Expected cost a month",
        description=". ".join(said) + ".",
        width=WIDTH,
        height=top + ROW * len(offers),
        marks=tuple(marks),
    )


def share_chart(figures: Sales) -> Chart:
    """A bar of a hundred per cent for each size: the largest parts, and the rest."""
    offers = figures.offers
    sums: dict[str, Decimal] = {}
    for offer in offers:
        for name, cost in _parts(offer).items():
            sums[name] = sums.get(name, Decimal(0)) + cost / (offer.cost or Decimal(1))
    named = sorted(sums, key=lambda name: (-sums[name], name))[:_NAMED]
    legend = [*named, "Everything else"]
    marks = _legend(legend)
    top = 16.0 * _legend_rows(legend) + 14
    said = []
    for index, offer in enumerate(offers):
        y = top + index * ROW
        marks.append(Mark(x=0, y=y + 14, text=offer.spec.title, bold=True))
        parts, whole = _parts(offer), offer.cost or Decimal(1)
        shares = [parts.get(name, Decimal(0)) / whole for name in named]
        shares.append(1 - sum(shares, Decimal(0)))
        x = 0.0
        for share, shade in zip(shares, SHADES, strict=False):
            width = float(share) * WIDTH
            marks.append(Mark(x=x, y=y + 22, width=width, height=BAR, fill=shade))
            if share > _LEAST_LABELLED:
                words = f"{number(share * 100, 0)} %"
                marks.append(Mark(x=x + 5, y=y + 40, text=words, fill=WHITE, size=12))
            x += width
        words = ", ".join(
            f"{name} {number(share * 100, 0)} %" for name, share in zip(legend, shares, strict=True)
        )
        said.append(f"{offer.spec.title}: {words}")
    return Chart(
        name="share",
        title="Where the money goes",
        description=". ".join(said) + ".",
        width=WIDTH,
        height=top + ROW * len(offers),
        marks=tuple(marks),
    )


def _of(offer: Offer, environment: str) -> Decimal:
    """The expected cost of one environment."""
    return sum(
        (e.total.expected for e in offer.subject.estimates if e.environment == environment),
        Decimal(0),
    )


def _parts(offer: Offer) -> dict[str, Decimal]:
    """The expected cost by component, over all environments."""
    parts: dict[str, Decimal] = {}
    for estimate in offer.subject.estimates:
        for name in estimate.component_names:
            parts[name] = parts.get(name, Decimal(0)) + estimate.component(name).expected
    return parts


def _legend_rows(names: Sequence[str]) -> int:
    """Lines that the legend takes, two names on each."""
    return (len(names) + 1) // 2


def _legend(names: Sequence[str]) -> list[Mark]:
    """Colours and what they stand for."""
    marks: list[Mark] = []
    for index, name in enumerate(names):
        x, y = (index % 2) * WIDTH / 2, (index // 2) * 16.0
        marks += [
            Mark(x=x, y=y + 2, width=10, height=10, fill=SHADES[index % len(SHADES)]),
            Mark(x=x + 15, y=y + 11, text=name, size=12, fill=GREY),
        ]
    return marks
