"""The prices of one region, by key.

In: `prices/<region>.json`, read with the standard library alone, because every estimate does.
Out: a `PriceRow` for a key, or `Unpriced` with its reason; typed errors for what nobody has heard
of, with the nearest names.
May not: reach AWS, fill a gap from another region, or take a default region.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Self

from tierctl.catalog import price_file
from tierctl.catalog.pricing_rows import (
    Citation,
    Commitment,
    FreeTier,
    PriceFileError,
    PriceRow,
    ProductFilter,
    Tier,
    UnknownPriceKeyError,
    UnknownRegionError,
    Unpriced,
    first_day,
)
from tierctl.model.diagnostics import Diagnostic, listing, nearest

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PriceAge:
    """How fresh the rows of a region are."""

    oldest: str | None  # date of the row that was last seen longest ago
    newest: str | None
    oldest_days: int | None
    undated: tuple[str, ...]  # keys whose source has no date


@dataclass(frozen=True, slots=True, eq=False)
class PriceBook:
    """Every price of one region."""

    region: str
    location: str
    currency: str
    commitments_note: str
    _items: _Json
    _unpriced: _Json
    _commitments: _Json
    _sources: _Json
    _made: dict[str, PriceRow] = field(default_factory=dict, repr=False, compare=False)

    @staticmethod
    def regions(folder: Path = price_file.PRICES_FOLDER) -> tuple[str, ...]:
        """Return the regions that have prices."""
        return price_file.region_names(folder)

    @classmethod
    def load(cls, region: str, folder: Path = price_file.PRICES_FOLDER) -> Self:
        """Return the prices of this region, or say which regions there are."""
        known = cls.regions(folder)
        if region not in known:
            raise UnknownRegionError(
                Diagnostic(
                    rule="price-unknown-region",
                    summary="No prices for this region",
                    what=f"{region!r} has no price file.",
                    fix=f"Regions with prices: {listing(known)}.",
                    suggestion=nearest(region, known),
                )
            )
        path = folder / f"{region}.json"
        try:
            document = price_file.read(path)
            return cls(
                region=document["region"],
                location=document["location"],
                currency=document["currency"],
                commitments_note=document["commitments_note"],
                _items=document["items"],
                _unpriced=document["unpriced"],
                _commitments=document["commitments"],
                _sources=document["sources"],
            )
        except (ValueError, KeyError, TypeError) as error:
            raise _damaged(path, error) from error

    def keys(self, pattern: str = "*") -> tuple[str, ...]:
        """Return the keys that match, in file order; a bare word matches anywhere in a key."""
        if not any(character in pattern for character in "*?["):
            pattern = f"*{pattern}*"
        every = (*self._items, *self._unpriced)
        return tuple(key for key in every if fnmatchcase(key, pattern))

    def price(self, key: str) -> PriceRow | Unpriced:
        """Return the price, or why there is none; a key nobody has heard of is an error."""
        if key in self._items:
            # an estimate asks for the same few keys over and over
            if key not in self._made:
                self._made[key] = self._row(key, self._items[key])
            return self._made[key]
        if key in self._unpriced:
            gap = self._unpriced[key]
            return Unpriced(key, self.region, gap["reason"], gap["unit"])
        raise UnknownPriceKeyError(
            Diagnostic(
                rule="price-unknown-key",
                summary="No price with this key",
                what=f"{key!r} is not among the {len(self.keys())} price keys of {self.region}.",
                fix="`tierctl price --list` prints every key, `--list WORD` those with that word.",
                suggestion=nearest(key, self.keys()),
            )
        )

    def look_up(self, key: str) -> PriceRow | Unpriced:
        """Return the price like `price`; a key nobody has heard of is unpriced, not an error.

        For keys made from somebody else's template, where a node type that is not in the
        catalogue must become a line without a price.
        """
        try:
            return self.price(key)
        except UnknownPriceKeyError as error:
            nearby = error.diagnostic.suggestion
            reason = f"The price catalogue of {self.region} has no such key."
            if nearby is not None:
                reason += f" The nearest is {nearby}."
            return Unpriced(key, self.region, reason)

    def commitment_keys(self) -> tuple[str, ...]:
        """Return the keys of the rates for paying ahead."""
        return tuple(self._commitments)

    def commitment(self, key: str) -> Commitment | Unpriced:
        """Return a rate for paying ahead, or why there is none in this region."""
        if key not in self._commitments:
            return Unpriced(key, self.region, f"No such rate here. {self.commitments_note}")
        entry = self._commitments[key]
        try:
            return Commitment(
                key=key,
                kind=entry["kind"],
                covers=entry["covers"],
                term_years=entry["term_years"],
                payment=entry["payment"],
                unit=entry["unit"],
                price=_decimal(entry["price"]),
                on_demand=_decimal(entry.get("on_demand")),
                discount=_decimal(entry.get("discount")),
                discount_is_maximum=entry.get("discount_is") == "at most",
                confidence=entry["confidence"],
                sources=self._citations(entry["source"]),
                dates=tuple(entry["dates"]),
                note=entry.get("note"),
            )
        except (ArithmeticError, KeyError, TypeError) as error:
            raise _damaged(key, error) from error

    def age(self, today: dt.date) -> PriceAge:
        """Return how fresh the prices are on this day."""
        dated: list[str] = []
        undated: list[str] = []
        for key, entry in self._items.items():
            if entry["dates"]:
                dated.append(max(entry["dates"]))
            else:
                undated.append(key)
        oldest = min(dated, default=None)
        days = None if oldest is None else (today - first_day(oldest)).days
        return PriceAge(oldest, max(dated, default=None), days, tuple(undated))

    def _row(self, key: str, entry: _Json) -> PriceRow:
        try:
            return PriceRow(
                key=key,
                region=self.region,
                unit=entry["unit"],
                currency=self.currency,
                tiers=_tiers(entry),
                service_code=entry["service_code"],
                sku=entry["sku"],
                filters=product_filters(entry),
                picked_by_sku=entry.get("pick") == "sku",
                scope=entry["scope"],
                confidence=entry["confidence"],
                sources=self._citations(entry["source"]),
                dates=tuple(entry["dates"]),
                checked_with=self._citations(entry.get("checked_with", ())),
                free_tier=_free_tier(entry.get("free_tier")),
                note=entry.get("note"),
                zero_reason=entry.get("zero_reason"),
                no_live_filter=entry.get("no_live_filter"),
            )
        except (ArithmeticError, KeyError, TypeError) as error:
            raise _damaged(f"{self.region}: {key}", error) from error

    def _citations(self, entries: Any) -> tuple[Citation, ...]:
        return tuple(
            Citation(
                id=entry["id"],
                title=self._sources[entry["id"]]["title"],
                kind=self._sources[entry["id"]]["kind"],
                date=entry.get("date") or self._sources[entry["id"]]["date"],
                part=entry.get("part"),
                says=entry.get("says"),
                locator=self._sources[entry["id"]].get("locator"),
            )
            for entry in entries
        )


def product_filters(entry: _Json) -> tuple[ProductFilter, ...]:
    """Return what get_products is asked for a row of a price file, service code aside."""
    return (
        *(ProductFilter("TERM_MATCH", *pair) for pair in (entry["filter"] or {}).items()),
        *(ProductFilter("CONTAINS", *pair) for pair in entry.get("contains", {}).items()),
    )


def _tiers(entry: _Json) -> tuple[Tier, ...]:
    if "price" in entry:
        return (Tier(Decimal(0), None, Decimal(entry["price"])),)
    return tuple(
        Tier(Decimal(tier["from"]), _decimal(tier["up_to"]), Decimal(tier["price"]))
        for tier in entry["tiers"]
    )


def _free_tier(entry: _Json | None) -> FreeTier | None:
    if entry is None:
        return None
    return FreeTier(
        entry["text"], _decimal(entry.get("quantity")), entry.get("unit"), entry.get("per")
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _damaged(where: Path | str, error: Exception) -> PriceFileError:
    return PriceFileError(
        Diagnostic(
            rule="price-file-damaged",
            summary="A price file cannot be read",
            what=f"{where}: {type(error).__name__}: {error}.",
            fix="`python scripts/check_catalog.py` lists all that is wrong with the price files.",
        )
    )
