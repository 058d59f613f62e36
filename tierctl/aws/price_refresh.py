"""Rebuild one region's price file from the Price List.

In: the file as it stands, a way to ask AWS, a checkpoint, today's date.
Out: the new document, what moved, what was kept and why, and every reason not to write it.
May not: write the price file (`price_file.write` does, when there are no findings), change keys,
notes or tier bounds, or take a product that is a trap.
"""

from __future__ import annotations

import copy
import datetime as dt
import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.aws.price_list import Product, QueryRefusedError, Request, product_from
from tierctl.aws.price_traps import Wanted, caught_in, unexpected
from tierctl.catalog.price_book import product_filters
from tierctl.catalog.price_checks import cited_sources
from tierctl.catalog.pricing_rows import first_day
from tierctl.model.diagnostics import Diagnostic, Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOURCE_ID = "price-list-api"
_SOURCE_TITLE = "AWS Price List, read through get_products by scripts/refresh_prices.py"
_CHECKPOINT_LIFE = dt.timedelta(days=1)
_TWO_MONTHS = dt.timedelta(days=60)  # two readings this far apart make a figure `high`
_SHOWN_PRODUCTS = 6


@dataclass(frozen=True, slots=True)
class Move:
    """A price, or one tier of it, that is no longer what the file says."""

    key: str
    unit: str
    from_units: str  # where the tier begins
    old: Decimal
    new: Decimal

    def __str__(self) -> str:
        where = "" if self.from_units == "0" else f" from {self.from_units}"
        share = "" if not self.old else f" ({(self.new - self.old) / self.old * 100:+.1f} %)"
        return f"{self.key}{where}: {self.old:f} -> {self.new:f} per {self.unit}{share}"


@dataclass(slots=True)
class Refreshed:
    """What a refresh of one region came to."""

    document: Any
    moves: list[Move] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)  # same price, another SKU
    confirmed: int = 0
    kept: list[str] = field(default_factory=list)  # rows that no query can refresh, with the reason
    findings: list[Diagnostic] = field(default_factory=list)


class Checkpoint:
    """Answers already given, beside the output, so that a killed run need not ask again.

    One JSON line per answer, appended and flushed at once: a kill can only cut the last line, and
    a cut line is dropped. Answers older than a day are dropped too, as prices may have moved.
    """

    def __init__(self, path: Path, today: dt.date, *, resume: bool) -> None:
        self.path = path
        self._answers: dict[str, tuple[str, ...]] = self._load(today) if resume else {}
        self.resumed = len(self._answers)
        path.parent.mkdir(parents=True, exist_ok=True)
        lines: list[dict[str, Any]] = [{"started": today.isoformat()}]
        lines += [{"asked": asked, "answer": answer} for asked, answer in self._answers.items()]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    def get(self, request: Request) -> tuple[str, ...] | None:
        """Return the answer to this request if it was given before."""
        return self._answers.get(_digest(request))

    def keep(self, request: Request, answer: tuple[str, ...]) -> None:
        """Remember an answer."""
        self._answers[_digest(request)] = answer
        with self.path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"asked": _digest(request), "answer": answer}) + "\n")

    def remove(self) -> None:
        """Forget everything: the file it was for is written."""
        self.path.unlink(missing_ok=True)

    def _load(self, today: dt.date) -> dict[str, tuple[str, ...]]:
        if not self.path.exists():
            return {}
        answers: dict[str, tuple[str, ...]] = {}
        for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = json.loads(line)
                if "started" in entry:
                    if today - dt.date.fromisoformat(entry["started"]) > _CHECKPOINT_LIFE:
                        return {}
                else:
                    answers[entry["asked"]] = tuple(entry["answer"])
            except (ValueError, KeyError, TypeError):
                continue  # the line a kill has cut
        return answers


def refresh(
    document: Any,
    answer: Callable[[Request], tuple[str, ...]],
    today: dt.date,
    told: Callable[[int, int, str], None] = lambda _done, _total, _key: None,
    place: Callable[[str], Place | None] = lambda _key: None,
) -> Refreshed:
    """Return the document with today's prices, and every row that has none."""
    result = Refreshed(copy.deepcopy(document))
    items = result.document["items"]
    for done, (key, row) in enumerate(items.items()):
        told(done, len(items), key)
        if row["filter"] is None:
            result.kept.append(f"{key}: {row['no_live_filter']}")
            continue
        wanted = Wanted(key, document["region"], document["location"], row)
        try:
            chosen = _one_product(wanted, answer)
        except QueryRefusedError as error:
            refused = error.diagnostic
            chosen = ("price-query-refused", refused.what, refused.fix)
        if isinstance(chosen, Product):
            _take(result, key, row, chosen, today)
        else:
            rule, what, fix = chosen
            headline = _HEADLINES[rule]
            result.findings.append(
                Diagnostic(rule, headline, f"{key}: {what}", fix, place=place(key))
            )
    told(len(items), len(items), "")
    if result.document["commitments"]:
        count = len(result.document["commitments"])
        result.kept.append(f"{count} commitment rates: get_products has no savings plans")
    for key, gap in result.document["unpriced"].items():
        result.kept.append(f"{key}: still without a price. {gap['reason']}")
    _describe_sources(result.document, today)
    return result


_HEADLINES = {
    "price-no-product": "No product for a filter",
    "price-several-products": "Several products for a filter",
    "price-wrong-row": "A wrong row",
    "price-query-refused": "A query that AWS refuses",
    "price-unusable": "A product without a usable price",
}
_MEND = "Mend `filter` or `expect` of the row after looking at what AWS offers now."


def _one_product(
    wanted: Wanted, answer: Callable[[Request], tuple[str, ...]]
) -> Product | tuple[str, str, str]:
    """Return the one product that may be taken, or rule, what and fix of a finding."""
    row = wanted.row
    codes = [code for code in (row["service_code"], row.get("also_under")) if code]
    request = Request(codes[0], product_filters(row))
    products: list[Product] = []
    for code in codes:
        request = Request(code, product_filters(row))
        products = [product_from(text) for text in answer(request)]
        if products:
            break
    asked = f"get_products {request}"
    matched = products
    if row.get("pick") == "sku":
        asked += f", then SKU {row['sku']},"
        matched = [product for product in products if product.sku == row["sku"]]
    if not matched:
        came = f" It matched {_listed(wanted, products)}" if products else ""
        return "price-no-product", f"{asked} matched nothing.{came}", _MEND
    if len(matched) > 1:
        what = f"{asked} matched {_listed(wanted, matched)}"
        return "price-several-products", what, "Add the attribute that tells them apart."
    product = matched[0]
    if product.problem is not None:
        return "price-unusable", f"{asked} found {product}.", _MEND
    if traps := caught_in(wanted, product):
        reasons = "; ".join(f"{trap.name}: {trap.why}" for trap in traps)
        if details := unexpected(wanted, product):
            reasons += f" ({', '.join(details)})"
        return "price-wrong-row", f"{asked} found {product}, refused as {reasons}.", _MEND
    return product


def _listed(wanted: Wanted, products: list[Product]) -> str:
    """Return what came back, each with the traps that it is."""
    lines = []
    for product in products[:_SHOWN_PRODUCTS]:
        traps = ", ".join(trap.name for trap in caught_in(wanted, product))
        lines.append(f"\n    {product}" + (f" [{traps}]" if traps else ""))
    if len(products) > _SHOWN_PRODUCTS:
        lines.append(f"\n    and {len(products) - _SHOWN_PRODUCTS} more")
    return f"{len(products)} product(s):{''.join(lines)}"


def _take(result: Refreshed, key: str, row: Any, product: Product, today: dt.date) -> None:
    """Write the product's price into the row; bounds, key and note stay."""
    slots = row.get("tiers", [row])  # a row without tiers holds its one price itself
    moves = []
    for slot, tier in zip(slots, product.tiers, strict=True):
        old, new = Decimal(slot["price"]), tier.price
        slot["price"] = shortest(new)
        if old != new:
            moves.append(Move(key, row["unit"], slot.get("from", "0"), old, Decimal(slot["price"])))
    result.moves += moves
    result.confirmed += not moves
    if row["sku"] not in (None, product.sku) and not moves:
        result.renamed.append(f"{key}: SKU {row['sku']} is now {product.sku}")
    row["sku"] = product.sku
    _cite(row, today, moved=bool(moves))


def _cite(row: Any, today: dt.date, *, moved: bool) -> None:
    """Make AWS's own answer the source; what agreed with it before becomes a cross-check."""
    earlier = [] if moved else _as_checks(row, today)
    old_enough = any(first_day(text) <= today - _TWO_MONTHS for text in row["dates"])
    if moved:
        row["confidence"] = "med"  # one reading, and nothing yet that agrees
    elif earlier and old_enough:
        row["confidence"] = "high"
    row["source"] = [{"id": SOURCE_ID, "part": row["service_code"]}]
    row["dates"] = [today.isoformat()]
    row.pop("checked_with", None)
    if earlier:
        row["checked_with"] = earlier
    order = ("usagetype_evidence", "confidence", "note")  # these follow the citations in a file
    for name in order:
        if name in row:
            row[name] = row.pop(name)


def _as_checks(row: Any, today: dt.date) -> list[Any]:
    """Return the row's sources and checks as checks, one of each, today's own reading aside."""
    newest = max(row["dates"], default=None)
    found: dict[str, Any] = {}
    for citation in (*row["source"], *row.get("checked_with", ())):
        check = dict(citation)
        if check["id"] == SOURCE_ID:
            check.setdefault("date", newest)
            if check["date"] == today.isoformat():
                continue
        label = check["id"] if check["id"] == SOURCE_ID else json.dumps(check, sort_keys=True)
        found.setdefault(label, check)
    return list(found.values())


def _describe_sources(document: Any, today: dt.date) -> None:
    """Describe our own readings, and drop sources that no row cites any more."""
    cited = cited_sources(document)
    if SOURCE_ID not in cited:
        return
    own = {"title": _SOURCE_TITLE, "kind": "AWS Price List", "date": today.isoformat()}
    kept = {name: one for name, one in document["sources"].items() if name in cited - {SOURCE_ID}}
    document["sources"] = {SOURCE_ID: own, **kept}


def shortest(amount: Decimal) -> str:
    """Return a decimal without exponent or trailing zeros: AWS writes 0.0404800000."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _digest(request: Request) -> str:
    asked = json.dumps(request.arguments(), sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()[:24]
