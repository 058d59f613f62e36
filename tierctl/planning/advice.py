"""What advice is worth: savings that no Environment can show, counted from the estimate's lines.

In: an Estimate and its prices. Out: dollars a month, or a sentence. May not: guess; what a price
is missing for is None.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.catalog.pricing_rows import PriceRow

if TYPE_CHECKING:
    from tierctl.catalog.price_book import PriceBook
    from tierctl.model.estimate import Estimate
    from tierctl.planning.savings import Candidate


def worth(candidate: Candidate, before: Estimate, book: PriceBook) -> tuple[Decimal | None, bool]:
    """Advice in dollars: the lines that would go away."""
    if candidate.lines:
        costs = [p.cost for p in before.lines if p.line.name in candidate.lines]
        gone = sum((cost.expected for cost in costs if cost), Decimal(0))
        return gone, candidate.name == "nat-instance"
    if candidate.name == "infrequent-logs":
        return _cheaper_logs(before, book), False
    return None, False


def _cheaper_logs(before: Estimate, book: PriceBook) -> Decimal | None:
    """What the other class of log group would take off."""
    full = _price(book, "cloudwatch.logs.ingest_gb")
    cheap = _price(book, "cloudwatch.logs.ingest_ia_gb")
    if not full or cheap is None:
        return None
    written = [
        p.cost.expected
        for p in before.lines
        if p.cost
        and p.line.name.endswith("logs, written")
        and p.line.key is not None
        and "vended" not in p.line.key
    ]
    return sum(written, Decimal(0)) * (1 - cheap / full)


def break_even(before: Estimate, book: PriceBook) -> str:
    """Above how many requests a month I/O-Optimized is cheaper."""
    request = _price(book, "aurora.io_request.standard")
    lines = {p.line.name: p for p in before.lines if p.line.address == "database"}
    extra = Decimal(0)
    for name, ours, theirs in (
        ("Aurora capacity", "acu_hour.standard", "acu_hour.io_optimized"),
        ("Aurora storage", "", "storage_gb_month.io_optimized"),
    ):
        line = lines.get(name)
        if line is None or line.line.quantity is None:
            return ""
        standard = _price(
            book, f"aurora.postgresql.{ours}" if ours else "aurora.storage_gb_month.standard"
        )
        optimized = _price(book, f"aurora.postgresql.{theirs}")
        if standard is None or optimized is None or not request:
            return ""
        extra += line.line.quantity.expected * (optimized - standard)
    now = lines["Aurora I/O"].line.quantity if "Aurora I/O" in lines else None
    used = f"; {now.expected:,.0f} are expected" if now else ""
    assert request is not None  # noqa: S101 - said by the loop above
    return f"It pays above {extra / request:,.0f} requests a month{used}."


def _price(book: PriceBook, key: str) -> Decimal | None:
    """The first price of a key."""
    row = book.look_up(key)
    return row.tiers[0].price if isinstance(row, PriceRow) else None
