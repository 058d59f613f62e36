"""The price book: reading rows, applying tiers, and saying what is not known."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tierctl.catalog import price_file
from tierctl.catalog.price_book import PriceBook
from tierctl.catalog.pricing_rows import (
    Commitment,
    PriceFileError,
    PriceRow,
    QuantityError,
    UnknownPriceKeyError,
    UnknownRegionError,
    Unpriced,
)

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = yaml.safe_load((REPOSITORY / "tests/data/worked_examples_prices.yaml").read_text())


@pytest.fixture(scope="module")
def book() -> PriceBook:
    """Return the prices of us-east-1."""
    return PriceBook.load("us-east-1")


def row(book: PriceBook, key: str) -> PriceRow:
    """Return a row that has a price."""
    found = book.price(key)
    assert isinstance(found, PriceRow)
    return found


def test_flat_price(book: PriceBook) -> None:
    """A price without tiers costs quantity times price, exactly."""
    assert row(book, "nat.hour").cost(Decimal(730)) == Decimal("32.85")
    assert row(book, "nat.hour").price == Decimal("0.045")


def test_tiers_are_spread(book: PriceBook) -> None:
    """200,000 GB out of us-east-1 meet all four tiers, summed by hand."""
    transfer = row(book, "data_transfer.internet_out_gb")
    by_hand = (
        10240 * Decimal("0.09")
        + 40960 * Decimal("0.085")
        + 102400 * Decimal("0.07")
        + 46400 * Decimal("0.05")
    )

    assert transfer.cost(Decimal(200000)) == by_hand == Decimal("13891.20")
    assert transfer.price is None
    assert [line.quantity for line in transfer.breakdown(Decimal(200000))] == [
        10240,
        40960,
        102400,
        46400,
    ]


def test_breakdown_names_only_tiers_reached(book: PriceBook) -> None:
    """A quantity at a border stays in the tier below it; nothing still names the first tier."""
    transfer = row(book, "data_transfer.internet_out_gb")

    assert len(transfer.breakdown(Decimal(10240))) == 1
    assert len(transfer.breakdown(Decimal("10240.01"))) == 2
    assert [line.cost for line in transfer.breakdown(Decimal(0))] == [0]


def test_free_tier_is_told_and_not_applied(book: PriceBook) -> None:
    """100 GB a month are free in the account, and the row charges for them all the same."""
    transfer = row(book, "data_transfer.internet_out_gb")

    assert transfer.free_tier is not None
    assert transfer.free_tier.quantity == 100
    assert transfer.cost(Decimal(100)) == Decimal("9.00")


def test_costs_keep_every_digit(book: PriceBook) -> None:
    """A large quantity of something tiny is not rounded at 28 digits."""
    ecpu = row(book, "elasticache.serverless.valkey.ecpu")
    quantity = Decimal("1" * 30 + ".123456789")

    exact = int("1" * 30 + "123456789") * 23  # 9 decimals times 23E-10

    assert ecpu.cost(quantity) == Decimal(f"{exact}E-19")


@pytest.mark.parametrize("quantity", ["-1", "NaN", "Infinity", "-Infinity"])
def test_impossible_quantities_are_refused(book: PriceBook, quantity: str) -> None:
    """A negative or endless quantity is an error with the key in it, never a credit."""
    with pytest.raises(QuantityError, match=r"nat\.hour was asked for"):
        row(book, "nat.hour").cost(Decimal(quantity))


def test_a_gap_is_unpriced_with_its_reason() -> None:
    """A key that other regions have a figure for is Unpriced here, with why."""
    found = PriceBook.load("eu-west-1").price("elasticache.backup_gb_month")

    assert isinstance(found, Unpriced)
    assert "us-east-1 only" in found.reason
    assert found.unit == "GB-Mo"


def test_unknown_key_suggests_the_nearest(book: PriceBook) -> None:
    """A misspelt key is an error that names the key that was meant."""
    with pytest.raises(UnknownPriceKeyError) as caught:
        book.price("elasticache.valkey.cache.t4g.micro.hours")

    assert caught.value.diagnostic.suggestion == "elasticache.valkey.cache.t4g.micro.hour"


def test_look_up_never_raises(book: PriceBook) -> None:
    """A node type nobody has priced becomes an unpriced line that names its neighbour."""
    found = book.look_up("elasticache.valkey.cache.r7g.4xlarge.hour")

    assert isinstance(found, Unpriced)
    assert "The nearest is elasticache.valkey.cache.r7g." in found.reason
    assert isinstance(book.look_up("nat.hour"), PriceRow)


def test_unknown_region_lists_the_regions() -> None:
    """A region without prices is an error that lists those with prices."""
    with pytest.raises(UnknownRegionError) as caught:
        PriceBook.load("eu-west1")

    assert "us-west-2" in caught.value.diagnostic.fix
    assert caught.value.diagnostic.suggestion == "eu-west-1"


def test_regions_come_from_the_files() -> None:
    """The schema beside the price files is no region."""
    assert PriceBook.regions() == (
        "ap-southeast-2",
        "eu-central-1",
        "eu-west-1",
        "us-east-1",
        "us-west-2",
    )


def test_keys_by_pattern(book: PriceBook) -> None:
    """A word matches anywhere in a key, a pattern matches the whole key."""
    assert book.keys("nat.") == ("nat.hour", "nat.gb")
    assert book.keys("nat.*") == ("nat.hour", "nat.gb")
    assert book.keys("ho*r") == ()
    assert len(book.keys()) == 225


def test_explicitly_free_row(book: PriceBook) -> None:
    """Zero is a price only where the row says why."""
    incoming = row(book, "data_transfer.internet_in_gb")

    assert incoming.is_free
    assert incoming.zero_reason
    assert not row(book, "route53.health_check.aws_month").is_free


def test_provenance(book: PriceBook) -> None:
    """A row tells its source in words, its query as get_products takes it, and its date."""
    nat = row(book, "nat.hour")

    assert "AWS Pricing Calculator" in nat.source
    assert ("TERM_MATCH", "usagetype", "NatGateway-Hours") in {
        (one.type, one.field, one.value) for one in nat.filters
    }
    assert nat.service_code == "AmazonEC2"
    assert nat.sku is not None
    assert nat.date == "2025-10-28"
    assert nat.age_days(dt.date(2025, 11, 28)) == 31


def test_age_counts_a_month_from_its_first_day(book: PriceBook) -> None:
    """A price known only to be of June 2025 counts as seen on the first of June."""
    assert row(book, "data_transfer.internet_out_gb").age_days(dt.date(2025, 7, 1)) == 30


def test_age_of_a_region_names_undated_rows() -> None:
    """The Spot rows copied from an undated source are counted as undated, not as fresh."""
    age = PriceBook.load("us-west-2").age(dt.date(2026, 11, 1))

    assert set(age.undated) == {"fargate.spot.x86.vcpu_hour", "fargate.spot.x86.gb_hour"}
    assert age.oldest is not None
    assert age.newest is not None
    assert age.oldest <= age.newest
    assert (
        row(PriceBook.load("us-west-2"), "fargate.spot.x86.gb_hour").age_days(dt.date(2026, 11, 1))
        is None
    )


def test_commitments(book: PriceBook) -> None:
    """A savings plan rate names the price it replaces; where none was read, it is unpriced."""
    key = "compute_savings_plan.fargate.3y_no_upfront.arm_vcpu_hour"
    plan = book.commitment(key)

    assert isinstance(plan, Commitment)
    assert (plan.price, plan.term_years, plan.covers) == (
        Decimal("0.01749"),
        3,
        "fargate.arm.vcpu_hour",
    )
    elsewhere = PriceBook.load("eu-west-1").commitment(key)
    assert isinstance(elsewhere, Unpriced)
    assert "us-east-1 only" in elsewhere.reason


@pytest.mark.parametrize("text", ["[]", "{", '{"region": "xx-test-1"}'])
def test_damaged_file(tmp_path: Path, text: str) -> None:
    """A file that is no price file is a typed error that names it."""
    (tmp_path / "xx-test-1.json").write_text(text)

    with pytest.raises(PriceFileError, match=r"xx-test-1\.json"):
        PriceBook.load("xx-test-1", tmp_path)


def test_damaged_row(tmp_path: Path) -> None:
    """A row without its unit is a typed error that names the key."""
    document = price_file.read(price_file.PRICES_FOLDER / "us-east-1.json")
    del document["items"]["nat.hour"]["unit"]
    (tmp_path / "us-east-1.json").write_text(json.dumps(document))

    with pytest.raises(PriceFileError, match=r"nat\.hour"):
        PriceBook.load("us-east-1", tmp_path).price("nat.hour")


@pytest.mark.parametrize("example", EXAMPLES["examples"], ids=lambda example: example["id"])
def test_worked_examples(example: dict[str, object]) -> None:
    """Sums published elsewhere come out within the tolerance of their rounding."""
    book = PriceBook.load(str(example["region"]))
    total = sum(
        (row(book, line["key"]).cost(Decimal(line["quantity"])) for line in example["lines"]),  # type: ignore[attr-defined]
        Decimal(0),
    )

    assert abs(total - Decimal(str(example["expected"]))) <= Decimal(str(example["tolerance"]))


def test_reading_a_price_loads_only_the_standard_library() -> None:
    """No yaml, click, boto3, rich or jsonschema is loaded to read a price."""
    program = (
        "import sys; before = set(sys.modules)\n"
        "from tierctl.catalog.price_book import PriceBook\n"
        "PriceBook.load('us-east-1').price('nat.hour')\n"
        "loaded = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(loaded - set(sys.stdlib_module_names) - {'tierctl'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
