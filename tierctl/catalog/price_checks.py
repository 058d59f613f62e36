"""Offline checks of the price files: what a reader may rely on without opening them.

In: a folder of price files and the day to judge dates by.
Out: every problem at once, each with its file and line.
May not: reach AWS, or judge whether a price is right (`scripts/refresh_prices.py` does that).
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tierctl.catalog import price_file
from tierctl.catalog.pricing_rows import first_day
from tierctl.model.diagnostics import Diagnostic, Place, in_order, listing

if TYPE_CHECKING:
    from pathlib import Path

_FIRST_DATE = dt.date(2017, 10, 15)  # version of the Price List API; no price can be older
_PLACED = ("regionCode", "location", "fromLocation", "toLocation")


@dataclass(slots=True)
class _File:
    """One price file while it is being checked."""

    path: Path
    text: str
    document: Any
    found: list[Diagnostic] = field(default_factory=list)

    def say(self, rule: str, summary: str, what: str, fix: str, key: str = "") -> None:
        where = place_of(self.path, self.text, key)
        self.found.append(Diagnostic(rule, summary, what, fix, place=where))


def place_of(path: Path, text: str, key: str = "") -> Place:
    """Return where a key of this file begins."""
    opening = text.find(f"\n    {json.dumps(key)}: ") if key else -1
    line = text.count("\n", 0, opening + 1) + 1
    return Place(str(path), line, 1 if opening < 0 else 5)


def check_folder(folder: Path, today: dt.date) -> tuple[Diagnostic, ...]:
    """Return everything that is wrong with the price files of a folder."""
    files: list[_File] = []
    found: list[Diagnostic] = []
    for region in price_file.region_names(folder):
        file = _opened(folder / f"{region}.json", found)
        if file is None:
            continue
        if _has_its_form(file, folder):
            files.append(file)
            _check_bytes(file)
            _check_sources(file)
            for key, row in file.document["items"].items():
                _check_amounts(file, key, row)
                _check_filter(file, key, row)
            _check_dates(file, today)
            _check_commitments(file)
            _check_twins(file)
        else:
            found += file.found
    _check_same_keys(files)
    for file in files:
        found += file.found
    return in_order(found)


def schema_problems(document: Any, folder: Path = price_file.PRICES_FOLDER) -> list[str]:
    """Return where a document departs from the schema of price files."""
    from jsonschema import Draft202012Validator  # half a second that no estimate should pay

    validator = Draft202012Validator(price_file.read(folder / "schema.json"))
    return [
        f"{'.'.join(str(step) for step in error.absolute_path) or 'the document'}: {error.message}"
        for error in validator.iter_errors(document)
    ]


def cited_sources(document: Any) -> set[str]:
    """Return the ids of every source that a row uses, directly or through another source."""
    rows = (*document["items"].values(), *document["commitments"].values())
    cited = {one["id"] for row in rows for one in (*row["source"], *row.get("checked_with", ()))}
    if any(row.get("usagetype_evidence") == "listed-2022" for row in rows):
        cited.add("attribute-values-2022")
    for name in tuple(cited):
        cited |= set(document["sources"].get(name, {}).get("quotes", ()))
    return cited


def _opened(path: Path, found: list[Diagnostic]) -> _File | None:
    try:
        text = path.read_text(encoding="utf-8")
        return _File(path, text, json.loads(text))
    except ValueError as error:
        place = Place(str(path), getattr(error, "lineno", 0), getattr(error, "colno", 0))
        what = f"The file is not JSON: {error}."
        fix = "Take the last good version from version control."
        found.append(Diagnostic("price-file-damaged", "Not a price file", what, fix, place=place))
        return None


def _has_its_form(file: _File, folder: Path) -> bool:
    schema = folder if (folder / "schema.json").exists() else price_file.PRICES_FOLDER
    problems = schema_problems(file.document, schema)
    for problem in problems:
        steps = re.match(r"(?:items|unpriced|commitments)\.([a-z0-9_.]+)", problem)
        key = "" if steps is None else _nearest_key(file, steps[1])
        fix = "prices/schema.json says what a price file holds."
        file.say("price-schema", "The price file has another form", problem, fix, key)
    return not problems


def _nearest_key(file: _File, path: str) -> str:
    """Return the key a schema path starts with; the keys have dots of their own."""
    while path and f"\n    {json.dumps(path)}: " not in file.text:
        path = path.rpartition(".")[0]
    return path


def _check_bytes(file: _File) -> None:
    if file.text != price_file.text_of(file.document):
        what = "The layout is not the one `price_file.text_of` writes, so diffs will be noisy."
        fix = "Write the file through tierctl.catalog.price_file.write."
        file.say("price-layout", "Another layout", what, fix)
    if file.document["region"] != file.path.stem:
        what = f"The file is named {file.path.stem} and says region {file.document['region']}."
        file.say("price-region", "Another region", what, "Rename the file or mend its region.")


def _check_sources(file: _File) -> None:
    document = file.document
    known = set(document["sources"])
    for key, row in (*document["items"].items(), *document["commitments"].items()):
        cited = {citation["id"] for citation in (*row["source"], *row.get("checked_with", ()))}
        if missing := cited - known:
            what = f"{key} cites {listing(sorted(missing))}, which `sources` does not describe."
            file.say("price-source", "Unknown source", what, "Describe the source, once.", key)
    for unused in sorted(known - cited_sources(document)):
        what = f"No row cites {unused}."
        file.say("price-source", "Unused source", what, "Remove it from `sources`.", unused)


def _check_amounts(file: _File, key: str, row: Any) -> None:
    prices = [Decimal(tier["price"]) for tier in row.get("tiers", [row])]
    if (Decimal(0) in prices) != ("zero_reason" in row):
        what = f"{key} has {'a' if Decimal(0) in prices else 'no'} zero price and " + (
            "`zero_reason`." if "zero_reason" in row else "no `zero_reason`."
        )
        fix = "A zero is written only where AWS charges nothing, with the reason beside it."
        file.say("price-zero", "A zero without a reason, or the reverse", what, fix, key)
    tiers = row.get("tiers")
    if tiers is None:
        return
    bounds = [(tier["from"], tier["up_to"]) for tier in tiers]
    joined = all(upper == lower for (_, upper), (lower, _) in pairwise(bounds))
    rising = all(upper is None or Decimal(lower) < Decimal(upper) for lower, upper in bounds)
    if not (joined and rising and bounds[0][0] == "0" and bounds[-1][1] is None):
        shown = ", ".join(f"{lower} to {upper or 'no end'}" for lower, upper in bounds)
        what = f"{key} has the tiers {shown}."
        fix = "Tiers start at 0, follow one another without gap or overlap, and end with null."
        file.say("price-tiers", "Tiers with a gap", what, fix, key)


def _check_filter(file: _File, key: str, row: Any) -> None:
    if row["filter"] is None:
        return
    region = file.document["region"]
    problems = []
    if "usagetype" not in row["filter"] and row.get("pick") != "sku":
        problems.append("names no usagetype and does not pick by SKU")
    if row.get("pick") == "sku" and row["sku"] is None:
        problems.append("picks by SKU and has none")
    if row["filter"].get("regionCode", region) != region:
        problems.append(f"asks for {row['filter']['regionCode']}")
    placed = any(name in row["filter"] for name in _PLACED)
    # for Route 53 Resolver the prefix of the usage type is the only mark of the region
    prefixed = re.match(r"[A-Z0-9]+-", row["filter"].get("usagetype", ""))
    if row["scope"] == "regional" and not placed and not prefixed:
        problems.append("names no region")
    if problems:
        what = f"The filter of {key} {listing(problems)}."
        fix = "A filter must find exactly one product; get_products is the judge."
        file.say("price-filter", "Incomplete filter", what, fix, key)


def _check_twins(file: _File) -> None:
    asked = defaultdict(list)
    for key, row in file.document["items"].items():
        if row["filter"] is not None and row.get("pick") != "sku":
            query = (row["service_code"], row["filter"], row.get("contains"))
            asked[json.dumps(query, sort_keys=True)].append(key)
    for twins in asked.values():
        if len(twins) > 1:
            what = f"{listing(twins)} have the same filter, so both would get one price."
            fix = "Name what tells them apart."
            file.say("price-filter", "One filter for two rows", what, fix, twins[1])


def _check_dates(file: _File, today: dt.date) -> None:
    document = file.document
    for key, row in (*document["items"].items(), *document["commitments"].items()):
        for text in row["dates"]:
            try:
                sane = _FIRST_DATE <= first_day(text) <= today
            except ValueError:
                sane = False
            if not sane:
                what = f"{key} was seen on {text}."
                fix = f"A date is real, not before {_FIRST_DATE} and not after today, {today}."
                file.say("price-date", "Impossible date", what, fix, key)
        if row["dates"] != sorted(row["dates"]):
            what = f"The dates of {key} are {listing(row['dates'])}."
            file.say("price-date", "Dates out of order", what, "Write the oldest first.", key)


def _check_commitments(file: _File) -> None:
    for key, row in file.document["commitments"].items():
        covered = any(fnmatchcase(item, row["covers"]) for item in file.document["items"])
        if not covered and "on_demand" not in row:
            what = f"{key} covers {row['covers']}, which has no on-demand price to compare with."
            fix = "Name a price key, or state `on_demand`."
            file.say("price-commitment", "Covers nothing", what, fix, key)
        if row["price"] is None and "discount" not in row:
            what = f"{key} has neither a price nor a discount."
            file.say("price-commitment", "Says nothing", what, "State one of them.", key)


def _check_same_keys(files: list[_File]) -> None:
    units: dict[str, str] = {}
    for file in files:
        for section in ("items", "unpriced"):
            for key, row in file.document[section].items():
                if units.setdefault(key, row["unit"]) != row["unit"]:
                    what = f"{key} is per {row['unit']} here and per {units[key]} elsewhere."
                    file.say("price-unit", "Two units", what, "Give one key one unit.", key)
    for file in files:
        priced, unpriced = set(file.document["items"]), set(file.document["unpriced"])
        for key in sorted(priced & unpriced):
            what = f"{key} has a price and is listed as unpriced."
            file.say("price-keys", "Priced and unpriced", what, "Remove one of the two.", key)
        for key in sorted(set(units) - priced - unpriced):
            what = f"Other regions have {key}; {file.document['region']} does not mention it."
            fix = "Add the price, or list the key under `unpriced` with the reason."
            file.say("price-keys", "Missing key", what, fix)
