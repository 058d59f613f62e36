"""Estimates for a reader at 80 columns: tables first, then every line where it is asked for.

In: a CostReport. Out: text, the same bytes each time, rounded for reading only.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tierctl.model.estimate import Free, Priced, Unpriced, UsageBased
from tierctl.reporting.cost_document import text as exact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tierctl.costing.subjects import CostReport, Subject
    from tierctl.model.estimate import Estimate, PricedLine
    from tierctl.model.money import Money

WIDTH = 80
_CENT = Decimal("0.01")
_NAME = 17
_CELL = 7
_SIDE = 3
"""Environments that fit beside one another."""


def rendered(report: CostReport, *, explain: bool) -> str:
    """The whole answer."""
    parts: list[str] = []
    for subject in report.subjects:
        parts += _subject(subject)
        if explain:
            for estimate in subject.estimates:
                parts += _explained(estimate)
    if report.actual:
        parts += _actual(report)
    return "\n".join(line.rstrip() for line in parts) + "\n"


def _subject(subject: Subject) -> Iterator[str]:
    """One tier or template."""
    first = subject.estimates[0]
    where = f"{first.currency} a month, {first.region}"
    if first.client:
        where += f", client {first.client}"
    yield f"{subject.title}: {where}"
    seen = f"{first.oldest_price or '?'} to {first.newest_price or '?'}"
    profiles = ", ".join(dict.fromkeys(e.usage for e in subject.estimates))
    yield from _wrap(f"prices seen {seen}; usage {profiles}")
    yield ""
    chosen = list(subject.estimates)
    for start in range(0, len(chosen), _SIDE - 1):
        group = chosen[start : start + _SIDE - 1]
        yield from _table(group, together=len(chosen) == len(group) > 1)
        yield ""
    for estimate in subject.estimates:
        yield from _total_line(estimate)
    if len(chosen) > 1:
        prefix = "at least " if subject.at_least else ""
        month, year = subject.total.expected, subject.total.expected * 12
        yield from _wrap(
            f"together: expected {prefix}{_dollars(month)} a month, {_dollars(year)} a year"
        )
    yield from _beside(subject)
    yield ""


def _table(group: Sequence[Estimate], *, together: bool) -> Iterator[str]:
    """Rows by component, three figures for each environment."""
    heads = [estimate.environment or "template" for estimate in group]
    heads += ["together"] if together else []
    width = _CELL * 3
    yield " " * _NAME + "".join(f"{head:>{width}}" for head in heads)
    columns = f"{'low':>{_CELL}}{'expect':>{_CELL}}{'high':>{_CELL}}"
    yield " " * _NAME + columns * len(heads)
    names = list(dict.fromkeys(name for e in group for name in e.component_names))
    for name in names:
        amounts = [estimate.component(name) for estimate in group]
        yield from _row(name, amounts, [_open(e, name) for e in group], together=together)
    yield " " * _NAME + "-" * width * len(heads)
    missing = [e.at_least for e in group]
    yield from _row("Total", [e.total for e in group], missing, together=together)


def _open(estimate: Estimate, component: str) -> bool:
    """Whether something of a row could not be priced."""
    return any(priced.line.component == component for priced in estimate.open_lines)


def _row(name: str, amounts: list[Money], missing: list[bool], *, together: bool) -> Iterator[str]:
    """One row; a sum for the last columns; `+` where something could not be priced."""
    if together:
        total = amounts[0]
        for amount in amounts[1:]:
            total = total + amount
        amounts, missing = [*amounts, total], [*missing, any(missing)]
    cells = "".join(
        f"{_cell(figure, open_):>{_CELL}}"
        for amount, open_ in zip(amounts, missing, strict=True)
        for figure in (amount.low, amount.expected, amount.high)
    )
    title = name if len(name) <= _NAME else name[: _NAME - 1] + "."
    yield f"{title:<{_NAME}}{cells}"


def _total_line(estimate: Estimate) -> list[str]:
    """An environment's total to the cent, and what is missing from it."""
    name = estimate.environment or "template"
    cost = estimate.total
    prefix = "at least " if estimate.at_least else ""
    missing = len(estimate.open_lines)
    words = f", {missing} line{'s' if missing != 1 else ''} not priced" if missing else ""
    return _wrap(
        f"{name}: expected {prefix}{_dollars(cost.expected)} "
        f"({_dollars(cost.low)} to {_dollars(cost.high)}){words}"
    )


def _beside(subject: Subject) -> Iterator[str]:
    """The plan's band, the budget, commitments, missing lines, notes."""
    band = subject.band
    if band is not None:
        least = "at least " if band.at_least else ""
        yield from _wrap(
            f"plan document: ${band.low_usd} to ${band.high_usd} a month for staging and "
            f"production; computed {least}{_dollars(band.computed.expected)}. {band.reason}"
        )
    budget = subject.budget
    if budget is not None:
        verdict = "OVER" if budget.over else "within"
        least = "at least " if budget.at_least else ""
        yield from _wrap(
            f"budget {_dollars(budget.usd)}: {verdict}; the expected total is "
            f"{least}{_dollars(budget.expected)}"
        )
    for one, estimate in zip(subject.what_if, subject.estimates, strict=False):
        yield from _wrap(
            f"with {one.term} in {estimate.environment or 'the template'}: "
            f"{_dollars(one.saved.expected)} a month less, not taken off above. {one.note}"
        )
        for line in one.lines:
            most = "at most " if line.at_most else ""
            share = exact((line.share * 100).quantize(Decimal("0.1")))
            yield from _wrap(
                f"{line.line.line.name}: {most}{share} % less "
                f"({_dollars(line.saved.expected)}), {line.commitment}",
                "    ",
            )
    for estimate in subject.estimates:
        for priced in estimate.open_lines:
            yield from _wrap(
                f"not priced: {_where(estimate, priced)}{priced.line.name}: {_why(priced)}"
            )
    for note in dict.fromkeys(note for e in subject.estimates for note in e.notes):
        yield from _wrap(f"note: {note}")
    for estimate in subject.estimates:
        coverage = estimate.coverage
        if coverage is not None:
            yield (
                f"  {coverage.resources} resources: {coverage.priced} priced, {coverage.free} "
                f"free, {coverage.usage_based} usage-based, {coverage.not_priced} not priced"
            )


def _where(estimate: Estimate, priced: PricedLine) -> str:
    """Environment and address in front of a line."""
    environment = f"{estimate.environment}, " if estimate.environment else ""
    return f"{environment}{priced.line.address}: "


def _why(priced: PricedLine) -> str:
    """Why a line has no cost."""
    match priced.outcome:
        case Unpriced():
            return priced.outcome.reason
        case UsageBased():
            return f"${priced.outcome.rate.price} for each of {priced.line.unit}; no usage stated"
        case Free() | Priced():
            return ""


def _explained(estimate: Estimate) -> Iterator[str]:
    """Every line: quantity x price = cost, where both come from, and how the quantity was made."""
    yield f"{estimate.subject} {estimate.environment}: every line".replace(" :", ":")
    for name in estimate.component_names:
        lines = [priced for priced in estimate.lines if priced.line.component == name]
        if lines:
            yield ""
            yield f"  {name}"
        for priced in lines:
            yield from _explained_line(priced)
    yield ""


def _explained_line(priced: PricedLine) -> Iterator[str]:
    """One line."""
    line, outcome = priced.line, priced.outcome
    match outcome:
        case Free():
            yield from _wrap(f"{line.address}, {line.name}: free, {outcome.reason}", "    ")
        case Unpriced():
            yield from _wrap(f"{line.address}, {line.name}: NOT PRICED, {outcome.reason}", "    ")
        case Priced() | UsageBased():
            rate, cost, quantity = outcome.rate, outcome.cost, line.quantity
            if cost is None or quantity is None:
                yield from _wrap(f"{line.address}, {line.name}: {_why(priced)}", "    ")
            else:
                span = (
                    ""
                    if cost.low == cost.high
                    else f"  ({_cents(cost.low)} to {_cents(cost.high)})"
                )
                yield f"    {line.address}, {line.name}"
                yield from _wrap(
                    f"{_figure(quantity.expected)} {line.unit} x ${rate.price} = "
                    f"${_cents(cost.expected)}{span}",
                    "      ",
                )
            if line.assumption:
                yield from _wrap(line.assumption, "      ")
            if line.provenance:
                yield from _wrap(f"usage: {line.provenance}", "      ")
            seen = rate.date or "without a date"
            yield from _wrap(f"price: {rate.source}; seen {seen}", "      ")
            if rate.free_tier:
                yield from _wrap(f"not taken off: {rate.free_tier}", "      ")


def _actual(report: CostReport) -> Iterator[str]:
    """What was paid beside what was estimated."""
    yield "Paid beside estimated, a month"
    for row in report.actual:
        if row.estimated is None or row.difference is None:
            yield from _wrap(f"{row.group}: paid {_dollars(row.paid)}; no one estimate matches")
            continue
        sign = "+" if row.difference >= 0 else "-"
        inside = row.estimated.low <= row.paid <= row.estimated.high
        yield from _wrap(
            f"{row.group}: paid {_dollars(row.paid)}, expected "
            f"{_dollars(row.estimated.expected)}, {sign}{_dollars(abs(row.difference))}; "
            f"{'inside' if inside else 'outside'} the range"
        )
    yield ""


def _wrap(words: str, indent: str = "  ") -> list[str]:
    """Words within the width, continued deeper; a word that is too long keeps a line to itself.

    Not textwrap: it costs a twentieth of the start-up to import.
    """
    lines: list[str] = []
    line = indent
    for word in words.split():
        if len(line) + len(word) > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent + "  "
        line += word + " "
    return [*lines, line.rstrip()]


def _cell(amount: Decimal, open_: bool) -> str:
    """A figure, `?` when nothing of it is known, `+` behind it when something is missing."""
    if not open_:
        return _whole(amount)
    return f"{_whole(amount)}+" if amount else "?"


def _whole(amount: Decimal) -> str:
    """Whole dollars; something below one dollar is not nothing."""
    if 0 < amount < Decimal("0.5"):
        return "<1"
    return f"{amount.quantize(Decimal(1), ROUND_HALF_UP):,}"


def _cents(amount: Decimal) -> str:
    """To the cent, or two significant digits where that would be nothing."""
    if 0 < amount < Decimal("0.005"):
        return f"{float(amount):.2g}"
    return f"{amount.quantize(_CENT, ROUND_HALF_UP):,}"


def _dollars(amount: Decimal) -> str:
    """To the cent, with the sign of the currency."""
    return f"${amount.quantize(_CENT, ROUND_HALF_UP):,}"


def _figure(number: Decimal) -> str:
    """A quantity with thousands separated."""
    whole, point, part = exact(number).partition(".")
    return f"{int(whole):,}{point}{part}"
