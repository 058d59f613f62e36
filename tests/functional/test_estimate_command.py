"""`tierctl estimate` as it is typed: its forms, its budget, its files, its errors."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tierctl.cli.app import App
from tierctl.cli.main import cli, run
from tierctl.reporting.cost_tables import CSV_COLUMNS, FOCUS_COLUMNS

FOLDER = Path(__file__).resolve().parents[2]
SCHEMAS = FOLDER / "tierctl" / "reporting" / "schemas"
FOREIGN = FOLDER / "tests" / "data" / "templates" / "foreign.yaml"
US = ("--region", "us-east-1")


def estimate(*words: str | Path) -> Result:
    """Run the command on this checkout."""
    arguments = ["estimate", *(str(word) for word in words)]
    return CliRunner().invoke(cli, arguments, obj=App(FOLDER, {}), catch_exceptions=False)


def data(*words: str | Path) -> Any:
    """The answer as data, valid by its schema."""
    result = estimate(*words, "--format", "json")
    assert result.exit_code in (0, 1), result.output
    document = json.loads(result.stdout)
    schema = json.loads((SCHEMAS / "estimate.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def test_without_a_tier_every_built_in_one_is_priced_in_both_environments() -> None:
    """Three tiers, two environments each, smallest first, every total the sum of its rows."""
    document = data()

    assert [one["name"] for one in document["subjects"]] == ["minimum", "medium", "enterprise"]
    for subject in document["subjects"]:
        assert [e["environment"] for e in subject["estimates"]] == ["staging", "production"]
        for found in subject["estimates"]:
            rows = sum(Decimal(row["expected"]) for row in found["components"])
            lines = sum(
                Decimal(line["cost"]["expected"]) for line in found["lines"] if line["cost"]
            )
            assert rows == lines == Decimal(found["total"]["expected"])


def test_a_larger_tier_never_costs_less() -> None:
    """Low, expected and high rise from tier to tier."""
    totals = [subject["total"] for subject in data()["subjects"]]

    for part in ("low", "expected", "high"):
        figures = [Decimal(total[part]) for total in totals]
        assert figures == sorted(figures)


def test_the_plan_band_stands_beside_the_figures_with_a_reason() -> None:
    """Today's prices do not fit the plan's bands, and the reason names the floors."""
    band = data("medium")["subjects"][0]["plan_band"]

    assert (band["low_usd"], band["high_usd"], band["verdict"]) == (200, 350, "over")
    assert "Aurora Database $180.85" in band["reason"]


def test_one_environment_has_no_band() -> None:
    """The plan's figures are for both together and are not held against one."""
    assert data("medium", "--environment", "production")["subjects"][0]["plan_band"] is None


def test_over_budget_ends_with_one_and_names_the_figure() -> None:
    """The answer still comes on stdout; stderr says which figure is over."""
    result = estimate("medium", "--budget", "500")

    assert result.exit_code == 1
    assert "budget $500.00: OVER" in result.stdout
    assert "medium is expected to cost $641.73" in result.stderr


def test_within_budget_ends_well() -> None:
    """A budget that holds changes nothing but a line."""
    result = estimate("medium", "--budget", "700.50")

    assert result.exit_code == 0
    assert "within" in result.stdout


def test_text_fits_eighty_columns_and_is_the_same_each_time() -> None:
    """A reader's terminal, and identical bytes for identical inputs."""
    first, second = (estimate("medium", "enterprise", "--explain").stdout for _ in range(2))

    assert first == second
    assert max(len(line) for line in first.splitlines()) <= 80


def test_explain_shows_quantity_times_price_with_source_and_date() -> None:
    """Every line can be checked by hand."""
    text = estimate("medium", "--environment", "production", "--explain").stdout

    assert "1,095 ACU hours x $0.12 = $131.40 (87.60 to 700.80)" in text
    assert "expected 1.5 ACU x 1 x 730 h" in text
    assert "seen 2025-06-17" in text
    assert "usage profile medium/production" in text
    assert "not taken off: 100 GB a month per account" in text


def test_csv_has_one_row_for_each_line() -> None:
    """Header, one row a line, costs that add up, nothing a spreadsheet would run."""
    result = estimate("medium", "--environment", "production", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))

    assert tuple(rows[0]) == CSV_COLUMNS
    total = sum(Decimal(row["cost_expected"]) for row in rows if row["cost_expected"])
    assert total.quantize(Decimal("0.01")) == Decimal("403.76")
    assert {row["status"] for row in rows} == {"priced", "usage_based", "free"}


def test_focus_has_the_finops_columns() -> None:
    """Expected figures as effective cost, low and high beside them in columns of ours."""
    result = estimate("medium", "--environment", "production", "--format", "focus")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))

    assert tuple(rows[0]) == FOCUS_COLUMNS
    total = sum(Decimal(row["EffectiveCost"]) for row in rows if row["EffectiveCost"])
    assert total.quantize(Decimal("0.01")) == Decimal("403.76")
    assert {row["BillingCurrency"] for row in rows} == {"USD"}


def test_markdown_has_a_table_with_both_environments() -> None:
    """A page or a pull request shows the same figures."""
    text = estimate("medium", "--format", "markdown").stdout

    assert "| component | staging | production |" in text
    assert "Together: expected $641.73 a month." in text


def test_output_goes_to_a_file(tmp_path: Path) -> None:
    """-o writes the answer and leaves stdout empty."""
    target = tmp_path / "estimate.json"
    result = estimate("medium", "--format", "json", "-o", target)

    assert result.stdout == ""
    assert json.loads(target.read_text(encoding="utf-8"))["kind"] == "estimate"


def test_a_client_is_priced_at_its_tier_in_its_region() -> None:
    """Acme is minimum in Ireland."""
    document = data("--client", "acme")

    assert [one["name"] for one in document["subjects"]] == ["minimum"]
    assert document["subjects"][0]["estimates"][0]["region"] == "eu-west-1"


def test_a_region_without_prices_is_a_usage_error() -> None:
    """The regions that have prices are named; no other region's price is taken."""
    result = estimate("--template", FOREIGN, "--region", "us-east-2")

    assert result.exit_code == 2
    assert "us-east-1" in result.stderr


@pytest.mark.parametrize("text", ["-5", "1,000", "inf", "five"])
def test_a_budget_that_is_no_amount_is_refused(text: str) -> None:
    """Digits with a point, nothing else."""
    assert estimate("medium", f"--budget={text}").exit_code == 2


def test_commitments_are_a_what_if() -> None:
    """Savings are listed with their rate and not taken off the totals."""
    plain, committed = data("enterprise"), data("enterprise", "--commitment", "1y_no_upfront")
    subject = committed["subjects"][0]

    assert subject["total"] == plain["subjects"][0]["total"]
    names = {line["commitment"] for line in subject["commitments"][1]["lines"]}
    assert "elasticache_reserved.valkey.cache.m7g.large.1y_no_upfront" in names
    assert estimate("medium", "--commitment", "9y").exit_code == 2


def test_a_foreign_template_is_priced_or_listed() -> None:
    """What can be priced is; what cannot is listed with its reason; every resource counts once."""
    found = data("--template", FOREIGN, *US)["subjects"][0]["estimates"][0]
    lines = {(line["address"], line["name"]): line for line in found["lines"]}
    coverage = found["coverage"]

    cache = lines["Cache", "cache.r7g.large hours"]["cost"]["expected"]
    assert Decimal(cache) == 2 * 730 * Decimal("0.1752")
    assert Decimal(lines["Writer", "Aurora capacity"]["cost"]["low"]) == Decimal("43.80")
    assert lines["Plain", "Database instance"]["status"] == "unpriced"
    assert "--parameter Subnets=VALUE" in lines["Balancer", "Load balancer addresses"]["reason"]
    assert lines["Queue", "Queue requests"]["key"] == "sqs.fifo.request"
    assert found["at_least"]
    assert coverage["resources"] == sum(v for k, v in coverage.items() if k != "resources")


def test_parameters_settle_what_was_open() -> None:
    """Two subnets are two addresses; another stage is another node type."""
    words = ("--parameter", "Subnets=a,b", "--parameter", "Stage=dev")
    found = data("--template", FOREIGN, *US, *words)["subjects"][0]["estimates"][0]
    lines = {(line["address"], line["name"]): line for line in found["lines"]}

    addresses = lines["Balancer", "Load balancer addresses"]["quantity"]["expected"]
    assert Decimal(addresses) == 2 * 730
    assert ("Cache", "cache.t4g.micro hours") in lines
    assert not [address for address, _ in lines if address == "Reader"]


def test_a_tier_lends_a_template_its_usage() -> None:
    """With a tier named, what depends on usage has a figure and says whose."""
    found = data("medium", "--template", FOREIGN, *US)["subjects"][0]["estimates"][0]
    nat = next(line for line in found["lines"] if line["name"] == "NAT gateway data")

    assert nat["quantity"]["expected"] == "60"
    assert "medium/production" in nat["provenance"]


def test_a_template_needs_a_region() -> None:
    """No region is taken silently."""
    assert estimate("--template", FOREIGN).exit_code == 2


def test_the_coverage_line_closes_the_text() -> None:
    """How many resources were priced stands at the end."""
    text = estimate("--template", FOREIGN, *US).stdout

    assert text.rstrip().splitlines()[-1].endswith("not priced")
    assert "expected at least $" in text


def test_bytes_that_are_no_template_end_with_one_and_a_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never a traceback."""
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"Resources: [\x00")
    code = run(["estimate", "--template", str(bad), *US], App(FOLDER, {}))

    assert code == 1
    assert f"{bad}:1:" in capsys.readouterr().err


def test_formulas_in_names_are_defused(tmp_path: Path) -> None:
    """A logical id that begins with = is text in a spreadsheet."""
    path = tmp_path / "t.json"
    path.write_text('{"Resources": {"=1+1": {"Type": "AWS::EC2::EIP"}}}', encoding="utf-8")
    text = estimate("--template", path, *US, "--format", "csv").stdout

    assert ",'=1+1," in text


def test_what_was_paid_stands_beside_what_is_estimated(tmp_path: Path) -> None:
    """Groups are matched by their tag's value; one that matches nothing is listed."""
    path = tmp_path / "paid.json"
    groups = [
        {"Keys": [key], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
        for key, amount in (("stack$app-default-production", "420.5"), ("stack$", "3"))
    ]
    path.write_text(json.dumps({"ResultsByTime": [{"Groups": groups}]}), encoding="utf-8")
    rows = {row["group"]: row for row in data("medium", "--actual", path)["actual"]}

    assert rows["stack$app-default-production"]["difference"].startswith("16.7")
    assert rows["stack$"]["estimated"] is None
    path.write_text("[]", encoding="utf-8")
    assert run(["estimate", "medium", "--actual", str(path)], App(FOLDER, {})) == 1


def test_usage_comes_from_cloudwatch_with_its_provenance(tmp_path: Path) -> None:
    """Means are taken, sums are brought to a month, labels that say nothing are told."""
    stamps = ["2026-11-01T00:00:00+00:00", "2026-11-01T01:00:00+00:00"]
    results = [
        {"Id": "a", "Label": "ConsumedLCUs", "Timestamps": stamps, "Values": [1, 3]},
        {"Id": "b", "Label": "BytesOutToDestination", "Timestamps": stamps, "Values": [2**30] * 2},
        {"Id": "c", "Label": "Weather", "Timestamps": stamps, "Values": [1, 3]},
    ]
    path = tmp_path / "metrics.json"
    path.write_text(json.dumps({"MetricDataResults": results}), encoding="utf-8")
    words = ("medium", "--environment", "production", "--usage-from", path)
    lines = {line["name"]: line for line in data(*words)["subjects"][0]["estimates"][0]["lines"]}

    units = lines["Load balancer capacity units"]
    assert Decimal(units["quantity"]["high"]) == 2 * 730
    assert units["provenance"] == f"CloudWatch, {path}"
    assert Decimal(lines["NAT gateway data"]["quantity"]["expected"]) == 730
    assert "Weather" in estimate(*words).stderr


def test_price_answers_are_valid_by_their_schema() -> None:
    """Priced and unpriced answers of `tierctl price` keep the committed schema."""
    schema = json.loads((SCHEMAS / "price.schema.json").read_text(encoding="utf-8"))
    for key, region in (("nat.hour", "us-east-1"), ("elasticache.backup_gb_month", "eu-west-1")):
        words = ["price", key, "--region", region, "--format", "json"]
        result = CliRunner().invoke(cli, words, obj=App(FOLDER, {}))
        jsonschema.Draft202012Validator(schema).validate(json.loads(result.stdout))


def test_nothing_heavy_is_loaded() -> None:
    """Neither CDK, boto3 and jinja2 nor schema and terminal libraries are needed."""
    program = (
        "import sys\nfrom tierctl.cli.main import run\ncode = run(sys.argv[1:])\n"
        "heavy = {'aws_cdk', 'boto3', 'jinja2', 'rich', 'jsonschema', 'pydantic', 'cfnlint'}\n"
        "sys.exit(code or (3 if heavy & set(sys.modules) else 0))"
    )
    words = ["estimate", "minimum", "medium", "enterprise"]
    ended = subprocess.run(
        [sys.executable, "-c", program, *words], cwd=FOLDER, capture_output=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
