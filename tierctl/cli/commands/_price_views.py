"""The answers of `tierctl price` as text, JSON and CSV.

In: what the price book gave, and the quantity asked for. Out: one text, the same bytes each time.
May not: read prices or print.
"""

from __future__ import annotations

import csv
import io
import json
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tierctl.catalog.pricing_rows import PriceRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tierctl.catalog.price_book import PriceBook
    from tierctl.catalog.pricing_rows import Tier, Unpriced

_WIDTH = 80
_LABEL = 12  # columns of the names in front of the facts


def shown(found: PriceRow | Unpriced, units: Decimal, form: str) -> str:
    """Return one price in the form asked for."""
    if form == "text":
        return _text(found, units)
    document = _document(found, units)
    return _json(document) if form == "json" else _csv(document)


def _document(found: PriceRow | Unpriced, units: Decimal) -> dict[str, Any]:
    """Return the answer as data; the text and CSV forms say the same."""
    document: dict[str, Any] = {
        "kind": "price",
        "format_version": 1,
        "key": found.key,
        "region": found.region,
        "unit": found.unit,
        "quantity": _plain(units),
        "cost": None,
        "currency": "USD",
        "tiers": [],
        "source": None,
        "date": None,
    }
    if not isinstance(found, PriceRow):
        return document | {"unpriced": found.reason}
    free = found.free_tier
    return document | {
        "cost": _money(found.cost(units)),
        "currency": found.currency,
        "tiers": [_tier(tier) for tier in found.tiers],
        "source": found.source,
        "date": found.date,
        "unpriced": None,
        "breakdown": [
            _tier(line.tier) | {"quantity": _plain(line.quantity), "cost": _money(line.cost)}
            for line in found.breakdown(units)
        ],
        "free_tier": None
        if free is None
        else {
            "text": free.text,
            "quantity": None if free.quantity is None else _plain(free.quantity),
            "unit": free.unit,
            "per": free.per,
            "taken_off": False,
        },
        "zero_reason": found.zero_reason,
        "confidence": found.confidence,
        "scope": found.scope,
        "service_code": found.service_code,
        "sku": found.sku,
        "filter": [
            {"Type": one.type, "Field": one.field, "Value": one.value} for one in found.filters
        ],
        "sources": [asdict(one) for one in found.sources],
        "checked_with": [asdict(one) for one in found.checked_with],
        "note": found.note,
    }


def _tier(tier: Tier) -> dict[str, str | None]:
    return {
        "from": _plain(tier.start),
        "up_to": None if tier.end is None else _plain(tier.end),
        "price": _plain(tier.price),
    }


def _plain(number: Decimal) -> str:
    """Return the number without exponent or needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(amount: Decimal) -> str:
    """Return the exact amount with at least two decimals."""
    whole, _, part = _plain(amount).partition(".")
    return f"{whole}.{part:0<2}"


def _grouped(number: str) -> str:
    """Return a number for reading, with thousands separated."""
    whole, point, part = number.partition(".")
    return f"{int(whole):,}{point}{part}"


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _csv(document: dict[str, Any]) -> str:
    """Return a header and one line; tiers as `from-up_to: price`, filters as `field=value`."""
    flat = {name: value for name, value in document.items() if not isinstance(value, list | dict)}
    flat["tiers"] = _joined(
        f"{tier['from']}-{tier['up_to'] or ''}: {tier['price']}" for tier in document["tiers"]
    )
    flat["filter"] = _joined(f"{f['Field']}={f['Value']}" for f in document.get("filter", []))
    flat["free_tier"] = (document.get("free_tier") or {}).get("text")
    order = ("key", "region", "unit", "quantity", "cost", "currency", "tiers", "source", "date")
    more = ("sku", "filter", "confidence", "scope", "free_tier", "note", "unpriced")
    return _table([order + more, [flat.get(name) or "" for name in order + more]])


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def _table(lines: Iterable[Iterable[str]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(lines)
    return stream.getvalue()


def _text(found: PriceRow | Unpriced, units: Decimal) -> str:
    """Return the answer for a reader at 80 columns."""
    title = f"{found.key} in {found.region}"
    if not isinstance(found, PriceRow):
        return f"{title}: unpriced\n\n" + _facts([("why", found.reason), ("unit", found.unit)])
    free = found.free_tier
    query = f"{found.service_code}: " + _joined(f"{f.field}={f.value}" for f in found.filters)
    facts = [
        ("unit", found.unit),
        ("free tier", None if free is None else f"{free.text} Not taken off above."),
        ("free because", found.zero_reason),
        ("note", found.note),
        ("source", found.source),
        ("seen", found.date or "without a date"),
        ("checked with", _joined(str(one) for one in found.checked_with)),
        ("confidence", found.confidence),
        ("scope", found.scope),
        ("SKU", found.sku or "not known"),
        ("query", query if found.filters else f"{found.service_code}. {found.no_live_filter}"),
    ]
    return f"{title}\n\n{_worked_sum(found, units)}\n\n{_facts(facts)}"


def _worked_sum(row: PriceRow, units: Decimal) -> str:
    """Return the quantity spread over the tiers, the tiers it does not reach, and the sum."""
    reached = {line.tier: line for line in row.breakdown(units)}
    rows = [("from", "up to", f"{row.currency} per unit", "quantity", "cost")]
    for tier in row.tiers:
        line = reached.get(tier)
        rows.append(
            (
                _grouped(_plain(tier.start)),
                "" if tier.end is None else _grouped(_plain(tier.end)),
                _plain(tier.price),
                "" if line is None else _grouped(_plain(line.quantity)),
                "" if line is None else "$" + _grouped(_money(line.cost)),
            )
        )
    total = "$" + _grouped(_money(row.cost(units)))
    rows.append(("", "", "", _grouped(_plain(units)), total))
    widths = [max(len(cells[column]) for cells in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
        for cells in rows
    ]
    lines.insert(-1, " " * (len(lines[0]) - widths[-1]) + "-" * widths[-1])
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _facts(facts: Iterable[tuple[str, str | None]]) -> str:
    """Return named facts, wrapped, with the absent ones left out."""
    lines = []
    for name, value in facts:
        if value:
            lead = f"  {name:<{_LABEL}}  "
            lines += textwrap.wrap(
                value,
                _WIDTH,
                initial_indent=lead,
                subsequent_indent=" " * len(lead),
                break_on_hyphens=False,
            )
    return "\n".join(lines) + "\n"


def listed(book: PriceBook, pattern: str, region: str | None, form: str) -> str:
    """Return the keys that match; with a region also their prices, as keys are the same in all."""
    found = [book.price(key) for key in book.keys(pattern)]
    if not found:
        return ""
    prices = [
        " / ".join(_plain(tier.price) for tier in row.tiers) if isinstance(row, PriceRow) else None
        for row in found
    ]
    if form == "json":
        keys = [{"key": row.key, "unit": row.unit} for row in found]
        if region is not None:
            keys = [entry | {"price": text} for entry, text in zip(keys, prices, strict=True)]
        return _json({"kind": "price-keys", "format_version": 1, "region": region, "keys": keys})
    shown = ["" if region is None else text or "unpriced" for text in prices]
    rows = [(row.key, row.unit or "", text) for row, text in zip(found, shown, strict=True)]
    if form == "csv":
        return _table([("key", "unit", "price"), *rows])
    width = max(len(row[0]) for row in rows)
    return "".join(
        f"{key:<{width}}  {' per '.join(part for part in (text, unit) if part)}\n"
        for key, unit, text in rows
    )
