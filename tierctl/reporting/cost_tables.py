"""Estimates as CSV, as FOCUS-style CSV for finance tools, and as Markdown.

In: a CostReport. Out: text. A cell that a spreadsheet would take for a formula is given an
apostrophe, for names in it may come from somebody else's template.
"""

from __future__ import annotations

import csv
import io
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from tierctl.model.estimate import Priced, UsageBased
from tierctl.reporting.cost_document import line_document, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tierctl.costing.subjects import CostReport
    from tierctl.model.estimate import Estimate
    from tierctl.model.money import Money

CSV_COLUMNS = (
    "subject",
    "environment",
    "client",
    "region",
    "component",
    "address",
    "name",
    "status",
    "key",
    "unit",
    "quantity_low",
    "quantity_expected",
    "quantity_high",
    "unit_price",
    "currency",
    "cost_low",
    "cost_expected",
    "cost_high",
    "assumption",
    "provenance",
    "source",
    "date",
    "reason",
)
FOCUS_COLUMNS = (
    "BilledCost",
    "BillingCurrency",
    "ChargeCategory",
    "ChargeDescription",
    "ChargeFrequency",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "EffectiveCost",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "ResourceId",
    "ServiceName",
    "SkuId",
    "Tags",
    "x_Component",
    "x_Status",
    "x_LowCost",
    "x_HighCost",
    "x_Reason",
)
"""Columns of FOCUS 1.1 that an estimate can fill (focus.finops.org, 2026-08); it has no billing
period and no account. Ours begin with x_, as FOCUS asks."""


def csv_text(report: CostReport) -> str:
    """A header and one row for each line."""
    rows: list[Iterable[str]] = [CSV_COLUMNS]
    for subject in report.subjects:
        for estimate in subject.estimates:
            rows += [_csv_row(estimate, line_document(line)) for line in estimate.lines]
    return _table(rows)


def _csv_row(estimate: Estimate, line: dict[str, Any]) -> list[str]:
    quantity, cost = line["quantity"] or {}, line["cost"] or {}
    known = {
        **line,
        "subject": estimate.subject,
        "environment": estimate.environment,
        "client": estimate.client,
        "region": estimate.region,
        "currency": estimate.currency,
        **{f"quantity_{part}": value for part, value in quantity.items()},
        **{f"cost_{part}": value for part, value in cost.items()},
    }
    return [str(known.get(column) or "") for column in CSV_COLUMNS]


def focus_text(report: CostReport) -> str:
    """The FOCUS-style table: expected figures, with low and high beside them."""
    rows: list[Iterable[str]] = [FOCUS_COLUMNS]
    for subject in report.subjects:
        for estimate in subject.estimates:
            for priced in estimate.lines:
                row = _focus(estimate, line_document(priced), priced.cost)
                outcome = priced.outcome
                if isinstance(outcome, Priced | UsageBased):
                    row["PricingUnit"] = outcome.rate.unit
                rows.append([row.get(column, "") for column in FOCUS_COLUMNS])
    return _table(rows)


def _focus(estimate: Estimate, line: dict[str, Any], cost: Money | None) -> dict[str, str]:
    expected = text(cost.expected) if cost else ""
    quantity = (line["quantity"] or {}).get("expected", "")
    tiered = " " in str(line["unit_price"] or "")
    tags = f'{{"client":"{estimate.client}","environment":"{estimate.environment}"}}'
    costs = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")
    return {
        **dict.fromkeys(costs, expected),
        "BillingCurrency": estimate.currency,
        "ChargeCategory": "Usage",
        "ChargeDescription": line["name"],
        "ChargeFrequency": "Recurring" if line["status"] == "priced" else "Usage-Based",
        "ConsumedQuantity": quantity,
        "ConsumedUnit": line["unit"] or "",
        "ListUnitPrice": "" if tiered else line["unit_price"] or "",
        "PricingCategory": "Dynamic" if ".spot." in str(line["key"]) else "Standard",
        "PricingQuantity": quantity,
        "ProviderName": "AWS",
        "PublisherName": "AWS",
        "RegionId": estimate.region,
        "ResourceId": line["address"],
        "ServiceName": line["service_code"] or "",
        "SkuId": line["sku"] or "",
        "Tags": tags if estimate.environment else "{}",
        "x_Component": line["component"],
        "x_Status": line["status"],
        "x_LowCost": text(cost.low) if cost else "",
        "x_HighCost": text(cost.high) if cost else "",
        "x_Reason": line["reason"] or "",
    }


def markdown(report: CostReport) -> str:
    """Tables by tier, for a page or a pull request."""
    lines: list[str] = []
    for subject in report.subjects:
        first = subject.estimates[0]
        lines += [f"## {_md(subject.title)}: {first.currency} a month, {first.region}", ""]
        heads = [estimate.environment or "template" for estimate in subject.estimates]
        lines.append("| component | " + " | ".join(_md(head) for head in heads) + " |")
        lines.append("| --- |" + " ---: |" * len(heads))
        names = list(dict.fromkeys(n for e in subject.estimates for n in e.component_names))
        for name in names:
            cells = [_cell(estimate.component(name)) for estimate in subject.estimates]
            lines.append(f"| {_md(name)} | " + " | ".join(cells) + " |")
        totals = [("at least " if e.at_least else "") + _cell(e.total) for e in subject.estimates]
        lines += ["| **Total** | " + " | ".join(totals) + " |", ""]
        least = "at least " if subject.at_least else ""
        lines += [f"Together: expected {least}{_dollars(subject.total.expected)} a month.", ""]
        if subject.band is not None:
            band = subject.band
            words = f"Plan document: ${band.low_usd} to ${band.high_usd}. {band.reason}"
            lines += [_md(words), ""]
        for estimate in subject.estimates:
            for priced in estimate.open_lines:
                lines.append(f"- not priced: {_md(priced.line.address)}, {_md(priced.line.name)}")
            lines += [f"- note: {_md(note)}" for note in estimate.notes]
            coverage = estimate.coverage
            if coverage is not None:
                lines.append(
                    f"- {coverage.resources} resources: {coverage.priced} priced, "
                    f"{coverage.free} free, {coverage.usage_based} usage-based, "
                    f"{coverage.not_priced} not priced"
                )
        if lines[-1]:
            lines.append("")
    return "\n".join(lines)


def _cell(amount: Money) -> str:
    """Expected, with its range where it has one."""
    if amount.low == amount.high:
        return _dollars(amount.expected)
    return f"{_dollars(amount.expected)} ({_dollars(amount.low)} to {_dollars(amount.high)})"


def _dollars(amount: Decimal) -> str:
    return f"${amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def _md(words: str) -> str:
    """Words that may not end a table cell or open a tag."""
    return words.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _table(rows: Iterable[Iterable[str]]) -> str:
    """CSV in which nothing is a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    for row in rows:
        writer.writerow([_safe(cell) for cell in row])
    return stream.getvalue()


def _safe(cell: str) -> str:
    """A cell that a spreadsheet takes as text; a plain negative number stays a number."""
    if cell[:1] in ("=", "+", "-", "@", "\t", "\r") and not _is_number(cell):
        return "'" + cell
    return cell


def _is_number(cell: str) -> bool:
    digits = cell.removeprefix("-")
    return digits.replace(".", "", 1).isascii() and digits.replace(".", "", 1).isdigit()
