"""`tierctl price` as it is typed: its three forms, its errors and its exit codes."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tierctl.catalog.price_book import PriceBook
from tierctl.cli.commands.price import price

REPOSITORY = Path(__file__).parents[2]
FIELDS = ("key", "region", "unit", "quantity", "cost", "currency", "tiers", "source", "date")
US = ("--region", "us-east-1")


def run(*arguments: str, **variables: str) -> Result:
    """Run the command with no region in its environment unless given."""
    clean = dict.fromkeys(("TIERCTL_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"), None)
    return CliRunner().invoke(price, arguments, env={**clean, **variables}, catch_exceptions=False)


def as_json(*arguments: str) -> dict[str, Any]:
    """Return the answer as data."""
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_json_has_the_promised_fields() -> None:
    """The nine fields, the kind and the version are there, amounts as text."""
    document = as_json("data_transfer.internet_out_gb", "20480", *US)

    assert set(FIELDS) <= set(document)
    assert (document["kind"], document["format_version"]) == ("price", 1)
    assert document["quantity"] == "20480"
    assert document["cost"] == "1792.00"
    assert document["currency"] == "USD"
    assert document["date"] == "2025-06"
    assert document["tiers"][0] == {"from": "0", "up_to": "10240", "price": "0.09"}
    assert document["tiers"][-1]["up_to"] is None
    assert [line["cost"] for line in document["breakdown"]] == ["921.60", "870.40"]
    assert document["free_tier"]["taken_off"] is False


def test_quantity_is_one_unless_given() -> None:
    """Without a quantity the cost is the price of one unit."""
    document = as_json("nat.hour", *US)

    assert (document["quantity"], document["cost"]) == ("1", "0.045")


def test_cost_is_exact() -> None:
    """A cost far below a cent keeps all its digits."""
    assert as_json("elasticache.serverless.valkey.ecpu", "0.5", *US)["cost"] == "0.00000000115"


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_the_same_bytes_every_time(form: str) -> None:
    """Two runs print identical bytes, and so does a run in another process."""
    command = ["s3.standard.gb_month", "60000", "--region", "eu-west-1", "--format", form]
    first = run(*command).stdout_bytes
    program = "from tierctl.cli.commands.price import price; price()"
    elsewhere = subprocess.run(
        [sys.executable, "-c", program, *command], cwd=REPOSITORY, capture_output=True, check=True
    )

    assert first == run(*command).stdout_bytes == elsewhere.stdout


def test_csv_is_one_row_under_the_promised_header() -> None:
    """The CSV has the fields in their order and says what the JSON says."""
    result = run("data_transfer.internet_out_gb", "20480", *US, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(result.stdout))

    assert tuple(row)[: len(FIELDS)] == FIELDS
    assert row["cost"] == "1792.00"
    assert row["tiers"].startswith("0-10240: 0.09; 10240-51200: 0.085")


def test_text_shows_the_sum_and_fits_80_columns() -> None:
    """The text has tiers, sum, SKU, source, date, confidence and free tier, at 80 columns."""
    text = run("data_transfer.internet_out_gb", "20480", *US).stdout

    assert max(len(line) for line in text.splitlines()) <= 80
    for part in ("$1,792.00", "10,240", "HQEH3ZWJVT46JHRG", "2025-06", "high", "100 GB a month"):
        assert part in text


@pytest.mark.parametrize("region", PriceBook.regions())
def test_every_key_has_a_text_that_fits(region: str) -> None:
    """Each key of each region can be shown, within 80 columns, and ends 0 or 1."""
    for key in PriceBook.load(region).keys("*"):
        result = run(key, "1000", "--region", region)
        assert result.exit_code in {0, 1}, key
        assert max(len(line) for line in result.stdout.splitlines()) <= 80, key


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_missing_price_is_unpriced_with_exit_code_1(form: str) -> None:
    """Where no figure was found the answer says so with the reason, and no cost."""
    result = run("elasticache.backup_gb_month", "5", "--region", "eu-west-1", "--format", form)

    assert result.exit_code == 1
    assert "us-east-1 only" in " ".join(result.stdout.split())
    if form == "json":
        document = json.loads(result.stdout)
        assert document["cost"] is None
        assert set(FIELDS) <= set(document)


def test_a_free_item_costs_zero_with_its_reason() -> None:
    """Zero is printed only for what AWS gives away, with why."""
    document = as_json("data_transfer.internet_in_gb", "100", *US)

    assert document["cost"] == "0.00"
    assert "does not charge" in document["zero_reason"]


def test_unknown_key_is_usage_with_a_suggestion() -> None:
    """A misspelt key exits 2 and names the nearest."""
    result = run("nat.houry", *US)

    assert result.exit_code == 2
    assert "Did you mean 'nat.hour'?" in result.stderr
    assert result.stdout == ""


def test_unknown_region_is_usage_with_the_regions() -> None:
    """A region without prices exits 2 and lists those with prices."""
    result = run("nat.hour", "--region", "eu-west1")

    assert result.exit_code == 2
    for region in PriceBook.regions():
        assert region in result.stderr


def test_region_is_asked_for() -> None:
    """No region is assumed: prices differ, so the command asks."""
    result = run("nat.hour")

    assert result.exit_code == 2
    assert "Which region?" in result.stderr


@pytest.mark.parametrize("variable", ["TIERCTL_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"])
def test_region_from_the_environment(variable: str) -> None:
    """Our own variable and those of the AWS tools name the region; a flag is stronger."""
    given = {variable: "eu-west-1"}

    assert "in eu-west-1" in run("nat.hour", **given).stdout
    assert "in us-east-1" in run("nat.hour", *US, **given).stdout


@pytest.mark.parametrize(
    ("quantity", "told"),
    [
        ("1,000", "Leave out the separators: 1000"),
        ("1_000", "Leave out the separators: 1000"),
        ("1,5", "Write digits with a point"),
        ("1.000,5", "Write digits with a point"),
        ("1e3", "Write digits with a point"),
        ("NaN", "Write digits with a point"),
        ("ten", "Write digits with a point"),
        ("", "Write digits with a point"),
        ("٣", "Write digits with a point"),
    ],
)
def test_quantities_that_could_be_misread_are_refused(quantity: str, told: str) -> None:
    """Separators, exponents and words exit 2 with how to write the quantity."""
    result = run("nat.hour", quantity, *US)

    assert result.exit_code == 2
    assert told in result.stderr


def test_a_negative_quantity_is_refused() -> None:
    """A minus sign exits 2, plainly typed or behind the end of the options."""
    assert run("nat.hour", "-5", *US).exit_code == 2
    assert "is not a quantity" in run(*US, "--", "nat.hour", "-5").stderr


def test_list_everything_and_by_word() -> None:
    """--list prints every key, with a word those that have it; with a region also prices."""
    assert len(run("--list").stdout.splitlines()) == 225
    assert run("--list", "nat.").stdout == "nat.hour  Hrs\nnat.gb    GB\n"
    assert "nat.hour  0.048 per Hrs" in run("--list", "nat.", "--region", "eu-west-1").stdout


def test_list_as_data() -> None:
    """The list is a document of its own kind, and a CSV with a header."""
    document = json.loads(run("--list", "alb.*", *US, "--format", "json").stdout)
    lines = run("--list", "alb.*", "--format", "csv").stdout.splitlines()

    assert document["kind"] == "price-keys"
    assert [entry["key"] for entry in document["keys"]] == [
        "alb.hour",
        "alb.lcu_hour",
        "alb.trust_store_hour",
    ]
    assert lines[0] == "key,unit,price"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--list", "zzz"], "No price key has 'zzz'"),
        (["--list", "nat", "nat.hour"], "--list goes without KEY"),
        ([], "Which price?"),
    ],
    ids=["no match", "list and key", "nothing"],
)
def test_what_cannot_be_meant(arguments: list[str], told: str) -> None:
    """A list without a match, a list with a key, and nothing at all exit 2 with advice."""
    result = run(*arguments)

    assert result.exit_code == 2
    assert told in result.stderr


def test_output_file(tmp_path: Path) -> None:
    """-o writes the same bytes to a file and nothing to stdout."""
    target = tmp_path / "nat.json"
    result = run("nat.hour", "730", *US, "--format", "json", "-o", str(target))

    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_bytes() == run("nat.hour", "730", *US, "--format", "json").stdout_bytes


def test_output_file_is_opened_last(tmp_path: Path) -> None:
    """A question that fails leaves an existing file as it was; a bad path is told."""
    target = tmp_path / "kept.txt"
    target.write_text("kept")

    assert run("nat.houry", *US, "-o", str(target)).exit_code == 2
    assert target.read_text() == "kept"
    missing = run("nat.hour", *US, "-o", str(tmp_path / "no/such/folder.txt"))
    assert missing.exit_code != 0
    assert "cannot be written" in missing.stderr


def test_cost_agrees_with_the_price_book() -> None:
    """What is printed is what the library computes."""
    book = PriceBook.load("ap-southeast-2")
    document = as_json("cloudwatch.metric_month", "12345.5", "--region", "ap-southeast-2")
    row = book.price("cloudwatch.metric_month")

    assert Decimal(document["cost"]) == row.cost(Decimal("12345.5"))  # type: ignore[union-attr]


def test_help_loads_no_price() -> None:
    """`price --help` needs neither the catalogue nor json."""
    program = (
        "import sys\n"
        "from tierctl.cli.commands.price import price\n"
        "try: price(['--help'])\n"
        "except SystemExit: pass\n"
        "print([n for n in sys.modules if n.startswith('tierctl.catalog') or n in "
        "('boto3', 'yaml', 'rich', 'jsonschema')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
