"""The report as a spreadsheet that calculates: change an assumption, and every figure follows.

In: Sales, Terms, the Report for its words. Out: bytes, the same for the same inputs. Every cost is
quantity times price; parts, totals, return and interruption are formulas over these cells. Each
formula carries its present value, so that a reader that does not calculate shows the same. May
not: take anybody's text for a formula: words are written as strings, never guessed at.
"""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.catalog.planned import planned
from tierctl.reporting.safe import plain
from tierctl.reporting.sales.blocks import Bullets, Paragraph, Table
from tierctl.reporting.sales.pen import FACTOR, OUTAGE, RATE, Pen, letter_of
from tierctl.reporting.sales.workbook_lines import assumptions, lines

if TYPE_CHECKING:
    from tierctl.planning.sales import Sales
    from tierctl.reporting.sales.blocks import Report
    from tierctl.reporting.sales.terms import Terms

LINE = 120
"""Characters that fit beside one another over four columns."""


def workbook(figures: Sales, terms: Terms, report: Report) -> bytes:
    """The spreadsheet."""
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties({"title": plain(report.title), "created": _moment(report.date)})
    book.set_calc_mode("auto")
    _write(Pen(book, figures, terms, report))
    book.close()
    return out.getvalue()


def _moment(date: str) -> dt.datetime:
    """The newest price's date, which may be a month: the only time the file knows."""
    year, month, day = (*(int(part) for part in date.split("-")), 1, 1)[:3]
    return dt.datetime(year, month, day, tzinfo=dt.UTC).replace(tzinfo=None)


def _write(pen: Pen) -> None:
    """Every sheet. Sheets are made first, so that formulas may look ahead."""
    names = ("Summary", "Assumptions", "Costs", "Return", "Upgrades", "Promises", "Planning")
    sheets = {name: pen.book.add_worksheet(name) for name in (*names, "Lines")}
    lines(pen, sheets["Lines"])
    assumptions(pen, sheets["Assumptions"])
    _costs(pen, sheets["Costs"])
    _returns(pen, sheets["Return"])
    _upgrades(pen, sheets["Upgrades"])
    _promises(pen, sheets["Promises"])
    _planning(pen, sheets["Planning"])
    _summary(pen, sheets["Summary"])
    for sheet in sheets.values():
        sheet.hide_gridlines(2)
        sheet.fit_to_pages(1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)


def _costs(pen: Pen, sheet: Any) -> None:
    """Parts by size and environment, in the customer's currency."""
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 60, 12)
    sheet.freeze_panes(3, 1)
    pen.text(sheet, 0, 0, f"Costs a month, {pen.terms.currency}", pen.title)
    components = list(dict.fromkeys(name for _, _, name in pen.sums))
    for index, name in enumerate(components):
        pen.text(sheet, 3 + index, 0, name)
    last = 3 + len(components)
    pen.text(sheet, last, 0, "Total a month", pen.bold)
    pen.text(sheet, last + 1, 0, "Together a month", pen.bold)
    pen.text(sheet, last + 2, 0, "Together a year", pen.bold)
    column = 1
    for offer in pen.figures.offers:
        start = column
        sums: list[list[str]] = [[], [], []]
        for estimate in offer.subject.estimates:
            head = f"{offer.spec.title}, {estimate.environment}"
            pen.text(sheet, 1, column, head, pen.bold)
            for part, word in enumerate(("Low", "Expected", "High")):
                pen.text(sheet, 2, column + part, word, pen.head)
                whole = Decimal(0)
                for index, name in enumerate(components):
                    found = pen.sums.get((offer.spec.name, estimate.environment, name))
                    if found is None:
                        continue
                    cells, values = found
                    whole += values[part]
                    value = pen.terms.price(values[part])
                    cell = f"{cells[part]}*{FACTOR}"
                    pen.formula(sheet, 3 + index, column + part, cell, value)
                letter = letter_of(column + part)
                pen.formula(
                    sheet,
                    last,
                    column + part,
                    f"SUM({letter}4:{letter}{last})",
                    pen.terms.price(whole),
                    pen.total,
                )
                sums[part].append(f"{letter}{last + 1}")
            column += 3
        total = offer.subject.total
        for part, value in enumerate((total.low, total.expected, total.high)):
            price = pen.terms.price(value)
            cell = f"{letter_of(start + part)}{last + 2}"
            pen.formula(sheet, last + 1, start + part, "+".join(sums[part]), price, pen.total)
            pen.formula(sheet, last + 2, start + part, f"{cell}*12", price * 12, pen.total)
            if part == 1:
                pen.totals[offer.spec.name] = (f"Costs!{cell}", price)


def _returns(pen: Pen, sheet: Any) -> None:
    """Return on the step up, by the formulas the report states."""
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 12, 16)
    pen.text(sheet, 0, 0, "What moving up returns", pen.title)
    labels = (
        "Cost a month",
        "Response time, benchmark, ms",
        "Requests a second, benchmark",
        "Most users",
        "Times the cost",
        "Times as fast",
        "Times the requests",
        "Times the performance",
        "Performance for the money",
        "Pays from so many users, against the smallest when full",
    )
    for index, label in enumerate(labels):
        pen.text(sheet, 2 + index, 0, label)
    for index, (offer, found) in enumerate(
        zip(pen.figures.offers, pen.figures.returns, strict=True)
    ):
        column, letter = 1 + index, letter_of(1 + index)
        pen.text(sheet, 1, column, offer.spec.title, pen.head)
        cell, price = pen.totals[offer.spec.name]
        pen.formula(sheet, 2, column, cell, price)
        sheet.write_number(3, column, offer.promise.benchmark.p95_ms, pen.plain)
        sheet.write_number(4, column, offer.promise.benchmark.requests_per_s, pen.plain)
        if offer.promise.users.most is not None:
            sheet.write_number(5, column, offer.promise.users.most, pen.plain)
        rows = (
            (6, f"{letter}3/$B3", found.cost_multiple),
            (7, f"$B4/{letter}4", found.faster),
            (8, f"{letter}5/$B5", found.more_requests),
            (9, f"SQRT({letter}8*{letter}9)", found.performance),
            (10, f"{letter}10/{letter}7", found.per_dollar),
        )
        for row, formula, value in rows:
            pen.formula(sheet, row, column, formula, value, pen.ratio)
        if found.break_even_users is not None:
            formula = f"{letter}3/($B3/$B6)"
            pen.formula(sheet, 11, column, formula, found.break_even_users, pen.ratio)


def _upgrades(pen: Pen, sheet: Any) -> None:
    """The predicted interruption of each move up, and what it costs."""
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 6, 20)
    pen.text(sheet, 0, 0, "Moving up, production", pen.title)
    heads = ("Move", "Interruption, seconds, low", "Interruption, seconds, high",
             f"Cost, {pen.terms.currency}, low", f"Cost, {pen.terms.currency}, high")  # fmt: skip
    for column, head in enumerate(heads):
        pen.text(sheet, 1, column, head, pen.head)
    titles = {offer.spec.name: offer.spec.title for offer in pen.figures.offers}
    for index, step in enumerate(pen.figures.steps):
        row = 2 + index
        pen.text(sheet, row, 0, f"{titles[step.start]} to {titles[step.goal]}")
        if step.plan is None or step.plan.verdict == "blocked":
            pen.text(sheet, row, 1, "not possible in place")
            continue
        for part, seconds in enumerate(step.plan.downtime_s):
            sheet.write_number(row, 1 + part, seconds)
            worth = Decimal(seconds) / 3600 * (pen.terms.outage or 0) * pen.terms.rate
            cell = f"{letter_of(1 + part)}{row + 1}/3600*{OUTAGE}*{RATE}"
            pen.formula(sheet, row, 3 + part, cell, worth)


def _promises(pen: Pen, sheet: Any) -> None:
    """What is promised and delivered, in words."""
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 12, 30)
    section = next(s for s in pen.report.sections if s.name == "promises")
    pen.text(sheet, 0, 0, section.title, pen.title)
    row = 2
    for block in section.blocks:
        if isinstance(block, Paragraph):
            sheet.merge_range(row, 0, row, 3, "", pen.wrap)
            sheet.set_row(row, 48 if len(block.text) > LINE else 15)
            pen.text(sheet, row, 0, block.text, pen.wrap)
            row += 1
        elif isinstance(block, Bullets):
            for item in block.items:
                pen.text(sheet, row, 0, f"\N{BULLET} {item}")
                row += 1
            row += 1
        elif isinstance(block, Table):
            pen.text(sheet, row, 0, block.caption, pen.bold)
            for column, head in enumerate(block.columns):
                pen.text(sheet, row + 1, column, head, pen.head)
            for cells in block.rows:
                for column, cell in enumerate(cells):
                    pen.text(sheet, row + 2, column, cell.text, pen.wrap)
                row += 1
            row += 3


def _planning(pen: Pen, sheet: Any) -> None:
    """The planning document's cells beside the computed ones, in US dollars."""
    sheet.set_column(0, 2, 20)
    sheet.set_column(3, 8, 14)
    pen.text(sheet, 0, 0, "Beside the planning figures, US dollars a month", pen.title)
    heads = ("Size", "Environment", "Part", "Planned, low", "Planned, high", "Computed",
             "Above the plan")  # fmt: skip
    for column, head in enumerate(heads):
        pen.text(sheet, 1, column, head, pen.head)
    row = 2
    known = planned().addons
    for offer in pen.figures.offers:
        if offer.spec.name not in known:
            continue
        plan, first = known[offer.spec.name], row
        sum_ = Decimal(0)
        for (component, environment), (low, high) in plan.cells.items():
            for column, word in enumerate((offer.spec.title, environment, component)):
                pen.text(sheet, row, column, word)
            sheet.write_number(row, 3, low)
            sheet.write_number(row, 4, high)
            cells, values = pen.sums.get(
                (offer.spec.name, environment, component), (["0"] * 3, [Decimal(0)] * 3)
            )
            pen.formula(sheet, row, 5, cells[1], values[1])
            over = max(Decimal(0), values[1] - high)
            number = row + 1
            pen.formula(sheet, row, 6, f"IF(F{number}>E{number},F{number}-E{number},0)", over)
            sum_ += values[1]
            row += 1
        pen.text(sheet, row, 0, f"{offer.spec.title}: rows added up", pen.bold)
        low, high = plan.added
        for column, value in ((3, Decimal(low)), (4, Decimal(high)), (5, sum_)):
            letter = letter_of(column)
            cell = f"SUM({letter}{first + 1}:{letter}{row})"
            pen.formula(sheet, row, column, cell, value, pen.total)
        pen.text(sheet, row + 1, 0, f"{offer.spec.title}: stated by the plan", pen.bold)
        for column, usd in zip((3, 4), plan.stated, strict=True):
            sheet.write_number(row + 1, column, usd, pen.bold)
        row += 3


def _summary(pen: Pen, sheet: Any) -> None:
    """The first sheet: whom it is for, and the totals."""
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 12, 18)
    row = 0
    logo = pen.terms.logo
    if logo is not None:
        scale = min(180 / logo.width, 60 / logo.height)
        sheet.insert_image(
            0, 0, "logo.png",
            {"image_data": io.BytesIO(logo.data), "x_scale": scale, "y_scale": scale,
             "description": "Logo"},
        )  # fmt: skip
        row = 4
    pen.text(sheet, row, 0, pen.report.title, pen.title)
    row += 1
    if pen.report.customer:
        pen.text(sheet, row, 0, f"For {pen.report.customer}", pen.bold)
        row += 1
    for fact in pen.report.facts:
        pen.text(sheet, row, 0, fact)
        row += 1
    row += 1
    pen.text(sheet, row, 0, f"Expected cost, {pen.terms.currency}", pen.head)
    for index, offer in enumerate(pen.figures.offers):
        pen.text(sheet, row, 1 + index, offer.spec.title, pen.head)
        cell, price = pen.totals[offer.spec.name]
        pen.formula(sheet, row + 1, 1 + index, cell, price)
        pen.formula(sheet, row + 2, 1 + index, f"{cell}*12", price * 12)
    pen.text(sheet, row + 1, 0, "A month")
    pen.text(sheet, row + 2, 0, "A year")
    missing = [offer.spec.title for offer in pen.figures.offers if offer.subject.at_least]
    if missing:
        words = f"At least: something of {', '.join(missing)} could not be priced."
        pen.text(sheet, row + 3, 0, words)
    count = len(pen.figures.offers)
    chart = pen.book.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": "Expected a month",
            "categories": ["Summary", row, 1, row, count],
            "values": ["Summary", row + 1, 1, row + 1, count],
            "fill": {"color": "#0B4F8A"},
            "data_labels": {"value": True, "num_format": "#,##0"},
        }
    )
    chart.set_title({"name": f"Expected cost a month, {pen.terms.currency}"})
    chart.set_legend({"none": True})
    about = "Expected cost a month of each size; see the rows above"
    sheet.insert_chart(row + 5, 0, chart, {"description": about})
