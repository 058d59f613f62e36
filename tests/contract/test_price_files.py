"""The committed price files: form, keys, and what the offline check says of bad ones."""

from __future__ import annotations

import copy
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from tierctl.catalog import price_file
from tierctl.catalog.price_book import PriceBook
from tierctl.catalog.price_checks import check_folder
from tierctl.catalog.pricing_rows import Commitment, PriceRow, Unpriced

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).parents[2]
REGIONS = price_file.region_names()
KEYS = tuple((REPOSITORY / "tests/data/price_keys.txt").read_text().split())
TODAY = dt.date(2026, 11, 21)
Json = dict[str, Any]

# Figures that were found for some regions only; every other key has a price everywhere.
GAPS = {
    region: {
        "elasticache.backup_gb_month",
        "elasticache.serverless.redis.backup_gb_month",
        "elasticache.serverless.memcached.backup_gb_month",
        "elasticache.serverless.valkey.backup_gb_month",
    }
    | (
        set()
        if region == "eu-west-1"
        else {"fargate.spot.arm.vcpu_hour", "fargate.spot.arm.gb_hour"}
    )
    for region in REGIONS
    if region != "us-east-1"
} | {"us-east-1": set()}


def document_of(region: str) -> Json:
    """Return a committed price file."""
    document: Json = price_file.read(price_file.PRICES_FOLDER / f"{region}.json")
    return document


def test_there_are_five_regions() -> None:
    """The five regions of the product have a price file each."""
    assert len(REGIONS) == 5


@pytest.mark.parametrize("region", REGIONS)
def test_schema(region: str) -> None:
    """Each file has the form that the committed schema describes."""
    schema = price_file.read(price_file.PRICES_FOLDER / "schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)

    assert [
        e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(document_of(region))
    ] == []


@pytest.mark.parametrize("region", REGIONS)
def test_keys_are_frozen(region: str) -> None:
    """Keys are a promise to everyone who calls `tierctl price`: none goes, none is renamed."""
    document = document_of(region)

    assert {*document["items"], *document["unpriced"]} == set(KEYS)
    assert set(document["unpriced"]) == GAPS[region]


@pytest.mark.parametrize("region", REGIONS)
def test_every_key_is_readable(region: str) -> None:
    """The reader turns each key into a price or a reason, and each commitment into a rate."""
    book = PriceBook.load(region)

    for key in KEYS:
        assert isinstance(book.price(key), Unpriced if key in GAPS[region] else PriceRow)
    for key in book.commitment_keys():
        assert isinstance(book.commitment(key), Commitment)


@pytest.mark.parametrize("region", REGIONS)
def test_the_layout_is_stable(region: str) -> None:
    """Writing what was read gives the same bytes, so a diff shows prices and nothing else."""
    text = (price_file.PRICES_FOLDER / f"{region}.json").read_text(encoding="utf-8")

    assert price_file.text_of(json.loads(text)) == text


def test_the_catalogue_passes_its_own_check() -> None:
    """The offline check has nothing to say about the committed files."""
    assert check_folder(price_file.PRICES_FOLDER, TODAY) == ()


def test_the_program_says_so() -> None:
    """scripts/check_catalog.py runs as typed and exits 0."""
    done = subprocess.run(
        [sys.executable, "scripts/check_catalog.py"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (0, "")
    assert "5 price files checked, 0 findings" in done.stderr


def test_the_program_exits_1_on_findings(tmp_path: Path) -> None:
    """Findings are printed with their place, and the exit code is 1."""
    document = document_of("us-east-1")
    row(document, "nat.hour")["price"] = "0"
    price_file.write(tmp_path / "us-east-1.json", document)

    done = subprocess.run(
        [sys.executable, "scripts/check_catalog.py", str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "us-east-1.json:" in done.stdout
    assert "[price-zero]" in done.stdout


def row(document: Json, key: str) -> Json:
    """Return a row, to be spoilt."""
    found: Json = document["items"][key]
    return found


# Each case: the rule that must speak, its key, and how one file is spoilt.
SPOILT: dict[str, tuple[str, str, Callable[[Json], object]]] = {
    "zero without reason": (
        "price-zero",
        "nat.hour",
        lambda d: row(d, "nat.hour").update(price="0"),
    ),
    "reason without zero": (
        "price-zero",
        "nat.gb",
        lambda d: row(d, "nat.gb").update(zero_reason="It is free because we say so."),
    ),
    "gap between tiers": (
        "price-tiers",
        "s3.standard.gb_month",
        lambda d: row(d, "s3.standard.gb_month")["tiers"][1].update({"from": "51201"}),
    ),
    "tiers that end": (
        "price-tiers",
        "s3.standard.gb_month",
        lambda d: row(d, "s3.standard.gb_month")["tiers"][-1].update(up_to="600000"),
    ),
    "date to come": (
        "price-date",
        "nat.hour",
        lambda d: row(d, "nat.hour").update(dates=["2031-01-01"]),
    ),
    "no such day": (
        "price-date",
        "nat.hour",
        lambda d: row(d, "nat.hour").update(dates=["2025-02-30"]),
    ),
    "dates reversed": (
        "price-date",
        "nat.hour",
        lambda d: row(d, "nat.hour").update(dates=["2025-03", "2025-01"]),
    ),
    "unknown source": (
        "price-source",
        "nat.hour",
        lambda d: row(d, "nat.hour").update(source=[{"id": "hearsay"}]),
    ),
    "unused source": (
        "price-source",
        "",
        lambda d: d["sources"].update(
            gossip={"title": "Some gossip", "kind": "copy", "date": None}
        ),
    ),
    "no usage type": (
        "price-filter",
        "nat.hour",
        lambda d: row(d, "nat.hour")["filter"].pop("usagetype"),
    ),
    "no region": (
        "price-filter",
        "nat.hour",
        lambda d: row(d, "nat.hour")["filter"].pop("regionCode"),
    ),
    "another region": (
        "price-filter",
        "nat.hour",
        lambda d: row(d, "nat.hour")["filter"].update(regionCode="us-west-1"),
    ),
    "one filter twice": (
        "price-filter",
        "nat.gb",
        lambda d: row(d, "nat.gb").update(filter=dict(row(d, "nat.hour")["filter"])),
    ),
    "key lost": ("price-keys", "", lambda d: d["items"].pop("nat.hour")),
    "priced and not": (
        "price-keys",
        "nat.hour",
        lambda d: d["unpriced"].update({"nat.hour": {"unit": "Hrs", "reason": "Nobody knows it."}}),
    ),
    "another unit": ("price-unit", "nat.hour", lambda d: row(d, "nat.hour").update(unit="Mo")),
    "covers nothing": (
        "price-commitment",
        "",
        lambda d: next(iter(d["commitments"].values())).update(covers="fargate.riscv.hour"),
    ),
    "price as a number": (
        "price-schema",
        "nat.hour",
        lambda d: row(d, "nat.hour").update(price=0.045),
    ),
    "price with an exponent": (
        "price-schema",
        "nat.hour",
        lambda d: row(d, "nat.hour").update(price="1e-3"),
    ),
    "negative price": ("price-schema", "nat.hour", lambda d: row(d, "nat.hour").update(price="-1")),
    "empty filter value": (
        "price-schema",
        "nat.hour",
        lambda d: row(d, "nat.hour")["filter"].update(operation=""),
    ),
    "neither filter nor reason": (
        "price-schema",
        "nat.hour",
        lambda d: row(d, "nat.hour").update(filter=None),
    ),
    "no price at all": ("price-schema", "nat.hour", lambda d: row(d, "nat.hour").pop("price")),
    "another name": ("price-region", "", lambda d: d.update(region="us-east-2")),
}


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_file_is_found(case: str, tmp_path: Path) -> None:
    """Each thing the check promises to see is seen, by its rule, at the line of its key."""
    rule, key, spoil = SPOILT[case]
    for region in ("eu-west-1", "us-east-1"):
        document = copy.deepcopy(document_of(region))
        if region == "us-east-1":
            spoil(document)
        price_file.write(tmp_path / f"{region}.json", document)

    found = [one for one in check_folder(tmp_path, TODAY) if one.rule == rule]

    assert found
    if key:
        lines = (tmp_path / "us-east-1.json").read_text().splitlines()
        places = [one.place for one in found if one.place is not None]
        assert any(f'"{key}": ' in lines[place.line - 1] for place in places)


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Two mistakes in two files are two findings."""
    for region, key in (("eu-west-1", "nat.gb"), ("us-east-1", "nat.hour")):
        document = copy.deepcopy(document_of(region))
        row(document, key)["price"] = "0"
        price_file.write(tmp_path / f"{region}.json", document)

    assert [one.rule for one in check_folder(tmp_path, TODAY)] == ["price-zero", "price-zero"]


def test_bytes_that_are_no_json_are_a_finding(tmp_path: Path) -> None:
    """A torn file is told with the line where it stops making sense."""
    (tmp_path / "us-east-1.json").write_text('{"kind": "price-file",\n')

    (found,) = check_folder(tmp_path, TODAY)

    assert found.rule == "price-file-damaged"
    assert found.place is not None
    assert found.place.line == 2


def test_another_layout_is_a_finding(tmp_path: Path) -> None:
    """A file written by another program's dump is asked back into the committed layout."""
    text = json.dumps(document_of("us-east-1"))
    (tmp_path / "us-east-1.json").write_text(text)

    assert "price-layout" in {one.rule for one in check_folder(tmp_path, TODAY)}
