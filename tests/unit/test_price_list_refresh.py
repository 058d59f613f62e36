"""Refreshing price files: one product or none, no wrong row, nothing half done."""

from __future__ import annotations

import copy
import datetime as dt
import importlib.util
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from click.testing import CliRunner, Result
from price_list_fake import FakePriceList, api_error, product, products_of

from tierctl.aws.price_list import Patience, PriceListError, Request, ask, product_from
from tierctl.aws.price_refresh import Refreshed, refresh
from tierctl.aws.price_traps import TRAPS, same_unit
from tierctl.catalog import price_file
from tierctl.catalog.price_checks import check_folder
from tierctl.catalog.pricing_rows import ProductFilter

if TYPE_CHECKING:
    from collections.abc import Callable

TODAY = dt.date(2026, 12, 1)
SCRIPTS = Path(__file__).parents[2] / "scripts"
Json = dict[str, Any]


def load_script(name: str) -> Any:
    """Return a script as a module; scripts are programs, not a package."""
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


script = load_script("refresh_prices")


def patience(waits: list[float] | None = None, attempts: int = 4) -> Patience:
    """Return a patience that only writes down how long it would have waited."""
    noted = waits if waits is not None else []
    return Patience(noted.append, lambda: 1.0, attempts=attempts)


def document_of(region: str = "us-east-1") -> Json:
    """Return a committed price file."""
    document: Json = price_file.read(price_file.PRICES_FOLDER / f"{region}.json")
    return document


def only(document: Json, *keys: str) -> Json:
    """Return the document with these rows alone."""
    small = copy.deepcopy(document)
    small["items"] = {key: small["items"][key] for key in keys}
    small["unpriced"], small["commitments"] = {}, {}
    return small


def refreshed(document: Json, products: list[Json], today: dt.date = TODAY) -> Refreshed:
    """Refresh a document from a fake Price List with these products."""
    client = FakePriceList(products)
    return refresh(document, lambda request: ask(client, request, patience()), today)


def run(
    folder: Path,
    client: FakePriceList,
    *arguments: str,
    sleep: Callable[[float], None] = lambda _seconds: None,
    today: dt.date = TODAY,
) -> Result:
    """Run the script on price files of its own."""
    tools = script.Tools(
        client=lambda _endpoint: client,
        sleep=sleep,
        jitter=lambda: 0.0,
        today=lambda: today,
        catalogue=folder,
    )
    return CliRunner().invoke(script.main, arguments, obj=tools)


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    """Return a folder with a small us-east-1."""
    small = only(document_of(), "nat.hour", "nat.gb", "alb.hour", "fargate.spot.x86.gb_hour")
    small["sources"] = {
        name: one
        for name, one in small["sources"].items()
        if name in json.dumps(small["items"]) or name == "attribute-values-2022"
    }
    price_file.write(tmp_path / "us-east-1.json", small)
    return tmp_path


# --- the query ---------------------------------------------------------------------------------


def request_for(*pairs: tuple[str, str]) -> Request:
    """Return a query of AmazonEC2."""
    return Request("AmazonEC2", tuple(ProductFilter("TERM_MATCH", *pair) for pair in pairs))


def test_every_page_is_read() -> None:
    """Five products over pages of two are all returned."""
    products = [
        product(f"SKU{n}", "AmazonEC2", {"a": "b"}, [("0", "Inf", "1")], "Hrs") for n in range(5)
    ]
    client = FakePriceList(products, page_size=2)

    assert len(ask(client, request_for(("a", "b")), patience())) == 5
    assert len(client.calls) == 3


def test_throttling_is_waited_out() -> None:
    """Two throttled calls are repeated after waits that double."""
    client = FakePriceList(
        [], trouble={1: api_error("ThrottlingException"), 2: api_error("ThrottlingException")}
    )
    waits: list[float] = []

    assert ask(client, request_for(("a", "b")), patience(waits)) == ()
    assert waits == [0.5, 1.0]


def test_waits_have_a_limit_and_jitter() -> None:
    """A wait is a share of a limit that stops doubling at half a minute."""
    waits: list[float] = []
    half = Patience(waits.append, lambda: 0.5)
    for attempt in (0, 3, 20):
        half.wait(attempt)

    assert waits == [0.25, 2.0, 15.0]


def test_an_expired_page_starts_over() -> None:
    """When AWS forgets the page token, the query is asked from its first page, once."""
    products = [
        product(f"SKU{n}", "AmazonEC2", {"a": "b"}, [("0", "Inf", "1")], "Hrs") for n in range(3)
    ]
    client = FakePriceList(products, trouble={2: api_error("ExpiredNextTokenException")})

    assert len(ask(client, request_for(("a", "b")), patience())) == 3


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (api_error("AccessDeniedException"), 1),
        (api_error("ThrottlingException"), 4),
        (NoCredentialsError(), 1),
        (EndpointConnectionError(endpoint_url="https://example.invalid"), 4),
    ],
    ids=["denied", "throttled for ever", "no credentials", "no network"],
)
def test_lasting_trouble_is_one_typed_error(error: Exception, calls: int) -> None:
    """What does not pass is reported at once, what might pass after the last attempt."""
    client = FakePriceList([], trouble=dict.fromkeys(range(1, 10), error))

    with pytest.raises(PriceListError) as caught:
        ask(client, request_for(("a", "b")), patience())

    assert len(client.calls) == calls
    assert caught.value.diagnostic.fix


def test_a_repeated_token_does_not_page_for_ever() -> None:
    """A client that always gives the same token is left after its second page."""

    class Stuck:
        calls = 0

        def get_products(self, **_request: Any) -> Json:
            self.calls += 1
            return {"PriceList": [], "NextToken": "again"}

    stuck = Stuck()

    assert ask(stuck, request_for(("a", "b")), patience()) == ()
    assert stuck.calls == 2


def test_an_empty_filter_value_cannot_be_sent() -> None:
    """The API needs one character in a value, so a query with none is refused before it is sent."""
    client = FakePriceList([])

    with pytest.raises(ValueError, match="empty filter value for operation"):
        ask(client, request_for(("operation", "")), patience())
    assert client.calls == []


@pytest.mark.parametrize("region", price_file.region_names())
def test_no_committed_filter_is_empty(region: str) -> None:
    """Every committed row makes a query the API would take."""
    client = FakePriceList([])  # asserts the values
    refresh(document_of(region), lambda request: ask(client, request, patience()), TODAY)

    assert client.calls


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda p: p["terms"].clear(), "no on-demand price"),
        (lambda p: p["terms"]["OnDemand"].update(second={"priceDimensions": {}}), "2 on-demand"),
        (
            lambda p: (
                dimension(p)["pricePerUnit"].update(CNY="1")
                or dimension(p)["pricePerUnit"].pop("USD")
            ),
            "USD",
        ),
    ],
    ids=["reserved only", "two offers", "another currency"],
)
def test_unusable_products(change: Callable[[Json], object], problem: str) -> None:
    """A product without exactly one on-demand price in USD says so instead of a price."""
    one = product("SKU1", "AmazonEC2", {}, [("0", "Inf", "1")], "Hrs")
    change(one)

    assert problem in (product_from(json.dumps(one)).problem or "")


def dimension(one: Json) -> Json:
    """Return the first price dimension of a product."""
    (offer,) = one["terms"]["OnDemand"].values()
    found: Json = next(iter(offer["priceDimensions"].values()))
    return found


def test_an_answer_in_another_form_is_a_typed_error() -> None:
    """What is no product at all is reported with its beginning."""
    with pytest.raises(PriceListError) as caught:
        product_from('{"products": []}')

    assert '{"products"' in caught.value.diagnostic.fix


# --- a whole region ----------------------------------------------------------------------------


@pytest.mark.parametrize("region", price_file.region_names())
def test_unmoved_prices_are_confirmed(region: str) -> None:
    """Against a Price List with the file's own prices every live row is confirmed, none moves."""
    document = document_of(region)
    live = [row for row in document["items"].values() if row["filter"] is not None]

    result = refreshed(document, products_of(document))

    assert result.findings == []
    assert result.moves == []
    assert result.confirmed == len(live)
    assert {key: prices(row) for key, row in result.document["items"].items()} == {
        key: prices(row) for key, row in document["items"].items()
    }


def prices(row: Json) -> object:
    """Return what a row charges."""
    return row.get("price") or row["tiers"]


def test_a_refreshed_file_passes_the_catalogue_check(tmp_path: Path) -> None:
    """What a refresh writes has the form, sources and dates that the offline check asks for."""
    document = document_of()
    price_file.write(
        tmp_path / "us-east-1.json", refreshed(document, products_of(document)).document
    )

    assert check_folder(tmp_path, TODAY) == ()


def test_keys_notes_and_bounds_stay() -> None:
    """A refresh changes prices, SKUs, dates and sources, and nothing a person wrote."""
    document = document_of()
    kept = ("unit", "free_tier", "note", "filter", "expect", "scope", "zero_reason", "service_code")

    after = refreshed(document, products_of(document)).document["items"]

    assert list(after) == list(document["items"])
    for key, row in document["items"].items():
        assert {name: row.get(name) for name in kept} == {
            name: after[key].get(name) for name in kept
        }


def test_a_move_is_told_and_dated() -> None:
    """A new price is written with today's date, one reading's confidence, and told in per cent."""
    document = only(document_of(), "nat.hour")
    made = products_of(document)
    dimension(made[0])["pricePerUnit"]["USD"] = "0.0495000000"

    result = refreshed(document, made)
    row = result.document["items"]["nat.hour"]

    assert [str(move) for move in result.moves] == ["nat.hour: 0.045 -> 0.0495 per Hrs (+10.0 %)"]
    assert (row["price"], row["dates"], row["confidence"]) == ("0.0495", ["2026-12-01"], "med")
    assert "checked_with" not in row
    assert document["items"]["nat.hour"]["price"] == "0.045"


def test_a_moved_tier_is_told_with_its_start() -> None:
    """Only the tier that moved is told, by where it begins."""
    document = only(document_of(), "data_transfer.internet_out_gb")
    made = products_of(document)
    (offer,) = made[0]["terms"]["OnDemand"].values()
    list(offer["priceDimensions"].values())[1]["pricePerUnit"]["USD"] = "0.0800000000"

    result = refreshed(document, made)

    assert [str(move) for move in result.moves] == [
        "data_transfer.internet_out_gb from 10240: 0.085 -> 0.08 per GB (-5.9 %)"
    ]
    assert result.document["items"]["data_transfer.internet_out_gb"]["tiers"][1]["price"] == "0.08"


def test_confirmation_turns_the_old_source_into_a_check() -> None:
    """What agreed with AWS's answer stays beside it, and refreshing again adds nothing twice."""
    document = only(document_of(), "aurora.postgresql.replicated_write_io")
    made = products_of(document)

    once = refreshed(document, made).document
    again = refreshed(once, made).document
    later = refreshed(again, made, dt.date(2027, 3, 1)).document
    row = later["items"]["aurora.postgresql.replicated_write_io"]

    assert once == again
    assert row["confidence"] == "high"
    assert [check["id"] for check in row["checked_with"]].count("price-list-api") == 1
    assert row["dates"] == ["2027-03-01"]


def test_rows_without_a_live_filter_are_kept_and_told() -> None:
    """Spot, derived rows, commitments and gaps stay as they are, each with its reason."""
    document = document_of("eu-west-1")
    result = refreshed(document, products_of(document))
    kept = "\n".join(result.kept)

    assert "fargate.spot.x86.vcpu_hour: Spot prices are not in the Price List" in kept
    assert "data_transfer.inter_region_out_gb" in kept
    assert "elasticache.backup_gb_month: still without a price" in kept
    assert (
        result.document["items"]["fargate.spot.arm.gb_hour"]
        == document["items"]["fargate.spot.arm.gb_hour"]
    )
    us = document_of()
    assert "19 commitment rates" in "\n".join(refreshed(us, products_of(us)).kept)


def test_a_new_sku_is_told() -> None:
    """The same product under another SKU is taken and told."""
    document = only(document_of(), "nat.hour")
    made = products_of(document)
    made[0]["product"]["sku"] = "NEWNEWNEWNEWNEW1"

    result = refreshed(document, made)

    (told,) = result.renamed
    assert told.startswith("nat.hour: SKU ")
    assert told.endswith(" is now NEWNEWNEWNEWNEW1")


def test_load_balancers_are_also_looked_for_under_ec2() -> None:
    """Where AWSELB has no such product, AmazonEC2 is asked before anything is reported."""
    document = only(document_of(), "alb.hour")
    made = products_of(document)
    made[0]["serviceCode"] = made[0]["product"]["attributes"]["servicecode"] = "AmazonEC2"

    assert refreshed(document, made).findings == []


# --- findings ----------------------------------------------------------------------------------


def test_every_offending_row_is_told_at_once() -> None:
    """Rows without a product and rows with several are all findings of one run."""
    document = only(document_of(), "nat.hour", "nat.gb", "alb.hour")
    made = products_of(document)
    twin = copy.deepcopy(made[2])
    twin["product"]["sku"] = "TWIN"

    found = refreshed(document, [made[1], made[2], twin]).findings

    assert [(one.rule, one.what.partition(":")[0]) for one in found] == [
        ("price-no-product", "nat.hour"),
        ("price-several-products", "alb.hour"),
    ]
    assert "TWIN (LoadBalancerUsage" in found[1].what


def test_a_refused_query_is_a_finding_of_its_row() -> None:
    """An attribute the API does not know stops its own row, and the others are still judged."""
    document = only(document_of(), "nat.hour", "nat.gb", "alb.hour")
    trouble: dict[int, BaseException] = {1: api_error("InvalidParameterException")}
    client = FakePriceList(products_of(document), trouble=trouble)

    result = refresh(document, lambda request: ask(client, request, patience()), TODAY)

    assert [one.rule for one in result.findings] == ["price-query-refused"]
    assert result.confirmed == 2


def test_a_vanished_sku_tells_what_came_instead() -> None:
    """A row that picks by SKU reports the products that were there without it."""
    document = only(document_of(), "guardduty.rds_vcpu_month")
    made = products_of(document)
    made[0]["product"]["sku"] = "ANOTHER"

    (found,) = refreshed(document, made).findings

    assert found.rule == "price-no-product"
    assert "ANOTHER" in found.what


# Each case: the trap, a key, and what makes AWS's right product the wrong one: its attributes or
# its price dimension. The query is left out of it, because a trap has to hold where a filter fails.
TRAP_CASES: dict[str, tuple[str, dict[str, str], Json]] = {
    "extended-support": (
        "elasticache.redis.cache.t4g.micro.hour",
        {"usagetype": "ExtendedSupportYr1-2-NodeUsage:cache.t4g.micro"},
        {},
    ),
    "sync-durability": (
        "elasticache.valkey.cache.r7g.large.hour",
        {"usagetype": "SyncDurability-NodeUsage:cache.r7g.large"},
        {},
    ),
    "outposts": (
        "elasticache.redis.cache.m6g.large.hour",
        {"locationType": "AWS Outposts"},
        {},
    ),
    "one-zone": (
        "efs.standard.gb_month",
        {"storageClass": "One Zone-General Purpose", "usagetype": "USE1-TimedStorage-Z-ByteHrs"},
        {},
    ),
    "trust-store": ("alb.hour", {"usagetype": "TS-LoadBalancerUsage"}, {}),
    "ephemeral-storage": (
        "fargate.x86.gb_hour",
        {"usagetype": "USE1-Fargate-EphemeralStorage-GB-Hours"},
        {},
    ),
    "free-tier": ("kms.request", {}, {"pricePerUnit": {"USD": "0.0000000000"}}),
    "storage-overhead": (
        "s3.standard.gb_month",
        {"volumeType": "IntelligentTieringArchiveAccess Overhead"},
        {},
    ),
    "windows": (
        "fargate.x86.vcpu_hour",
        {"usagetype": "USE1-Fargate-Windows-vCPU-Hours:perCPU"},
        {},
    ),
    "serverless-v1": (
        "aurora.postgresql.acu_hour.standard",
        {"usagetype": "Aurora:ServerlessUsage"},
        {},
    ),
    "other-nat": ("nat.hour", {"usagetype": "RegionalNatGateway-Hours"}, {}),
    "reserved-lcu": ("alb.lcu_hour", {"usagetype": "ReservedLCUUsage"}, {}),
    "other-engine": ("elasticache.valkey.cache.t4g.small.hour", {"cacheEngine": "Redis"}, {}),
    "other-service": ("fargate.arm.gb_hour", {"servicecode": "AmazonEKS"}, {}),
    "other-region": ("nat.gb", {"regionCode": "us-gov-east-1"}, {}),
    "other-unit": ("nat.gb", {}, {"unit": "Hrs"}),
    "other-tiers": ("s3.standard.gb_month", {}, {"endRange": "1024"}),
    "unexpected-attribute": ("fargate.arm.vcpu_hour", {"cpuArchitecture": "x86"}, {}),
}


def wrong_product(document: Json, name: str) -> Json:
    """Return the right product of a case, made wrong."""
    key, attributes, price = TRAP_CASES[name]
    (one,) = products_of(only(document, key))
    one["product"]["attributes"].update(attributes)
    one["serviceCode"] = one["product"]["attributes"]["servicecode"]
    dimension(one).update(price)
    return one


def test_every_trap_has_a_case() -> None:
    """No trap is without a test."""
    assert {trap.name for trap in TRAPS} == set(TRAP_CASES)


@pytest.mark.parametrize("name", TRAP_CASES)
def test_traps_are_refused_by_name(name: str) -> None:
    """A wrong row that is the only answer is refused, and the finding says which trap it is."""
    key = TRAP_CASES[name][0]
    document = only(document_of(), key)
    wrong = wrong_product(document, name)

    result = refresh(document, lambda _request: (json.dumps(wrong),), TODAY)

    (found,) = result.findings
    assert found.rule == "price-wrong-row"
    assert f"{name}: " in found.what
    assert prices(result.document["items"][key]) == prices(document["items"][key])


def test_the_real_filters_pass_the_traps_by() -> None:
    """With the wrong rows beside the right ones, the committed filters find the right ones.

    Left out are wrong rows that differ in nothing a filter sees (the traps alone hold them), and
    those that have a row of their own in the file, so that they are in the list already.
    """
    document = document_of()
    unseen = {"free-tier", "other-unit", "other-tiers", "outposts", "unexpected-attribute"}
    own_row = {"one-zone", "trust-store", "ephemeral-storage", "windows", "other-engine"}
    wrong = [wrong_product(document, name) for name in TRAP_CASES if name not in unseen | own_row]
    for position, one in enumerate(wrong):
        one["product"]["sku"] = f"WRONG{position}"

    result = refreshed(document, wrong + products_of(document))

    assert result.findings == []
    assert result.moves == []


def test_ambiguity_names_the_traps_among_the_products() -> None:
    """When a loose filter matches the right row and a wrong one, the wrong one is marked."""
    document = only(document_of(), "efs.standard.gb_month")
    made = products_of(document)
    decoy = copy.deepcopy(made[0])
    decoy["product"]["sku"] = "ONEZONE"
    decoy["product"]["attributes"]["storageClass"] = "One Zone-General Purpose"

    (found,) = refreshed(document, [*made, decoy]).findings

    assert found.rule == "price-several-products"
    assert "[one-zone, unexpected-attribute]" in found.what


def test_free_rows_may_be_zero_and_must_stay_so() -> None:
    """A row that says why it is free takes a zero; a charge there moves, visibly."""
    document = only(document_of(), "data_transfer.internet_in_gb")

    assert refreshed(document, products_of(document)).confirmed == 1


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("hours (per vCPU)", "hours", True),
        ("Hrs (per endpoint per AZ)", "Hrs", True),
        ("hour", "Hrs", True),
        ("LCU-Hrs", "LCU-Hr", True),
        ("Mo", "Month", True),
        ("GB-Mo", "GB-Month", True),
        ("GB", "GB-Mo", False),
        ("Hrs", "GB-Hours", False),
        ("Requests", "requests", True),
    ],
)
def test_units(ours: str, theirs: str, *, same: bool) -> None:
    """Spellings of one unit are one; another unit is another."""
    assert same_unit(ours, theirs) is same


# --- the program -------------------------------------------------------------------------------


def test_a_run_writes_the_file_and_clears_up(catalogue: Path) -> None:
    """A clean run exits 0, writes today's date and leaves no checkpoint behind."""
    path = catalogue / "us-east-1.json"
    client = FakePriceList(products_of(price_file.read(path)))

    result = run(catalogue, client)

    assert result.exit_code == 0, result.output
    assert price_file.read(path)["items"]["nat.hour"]["dates"] == ["2026-12-01"]
    assert "0 moved" in result.output
    assert "3 confirmed" in result.output
    assert [one.name for one in catalogue.iterdir()] == ["us-east-1.json"]


def test_check_writes_no_price_file(catalogue: Path) -> None:
    """With --check the moves are told and the file keeps its bytes."""
    path = catalogue / "us-east-1.json"
    before = path.read_bytes()
    made = products_of(price_file.read(path))
    dimension(made[0])["pricePerUnit"]["USD"] = "0.09"

    result = run(catalogue, FakePriceList(made), "--check")

    assert result.exit_code == 0
    assert "nat.hour: 0.045 -> 0.09 per Hrs (+100.0 %)" in result.output
    assert path.read_bytes() == before


def test_output_folder(catalogue: Path, tmp_path: Path) -> None:
    """--output leaves the catalogue alone and writes beside it."""
    before = (catalogue / "us-east-1.json").read_bytes()
    client = FakePriceList(products_of(price_file.read(catalogue / "us-east-1.json")))

    result = run(catalogue, client, "--region", "us-east-1", "--output", str(tmp_path / "new"))

    assert result.exit_code == 0
    assert (tmp_path / "new/us-east-1.json").exists()
    assert (catalogue / "us-east-1.json").read_bytes() == before


def test_findings_exit_1_and_write_nothing(catalogue: Path) -> None:
    """A row without a product is told with its line in the file, and the file keeps its bytes."""
    path = catalogue / "us-east-1.json"
    before = path.read_bytes()
    line = path.read_text().splitlines().index('    "nat.hour": {') + 1

    result = run(catalogue, FakePriceList(products_of(price_file.read(path))[1:]))

    assert result.exit_code == 1
    assert f"us-east-1.json:{line}:5: error: No product for a filter" in result.output
    assert path.read_bytes() == before


def test_aws_failure_exits_3_without_a_traceback(catalogue: Path) -> None:
    """Missing rights are one message with what to do."""
    client = FakePriceList([], trouble={1: api_error("AccessDeniedException")})

    result = run(catalogue, client)

    assert result.exit_code == 3
    assert "pricing:GetProducts" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--region", "mars-1"], "Regions: us-east-1"),
        (["--endpoint", "eu-west-1"], "eu-central-1"),
    ],
    ids=["region", "endpoint"],
)
def test_usage_errors_exit_2(catalogue: Path, arguments: list[str], told: str) -> None:
    """A region without a file, and an endpoint that does not exist, are told with the choices."""
    result = run(catalogue, FakePriceList([]), *arguments)

    assert result.exit_code == 2
    assert told in result.output


def test_a_killed_run_resumes(catalogue: Path) -> None:
    """After a kill at the third question, --resume asks only what was not yet answered."""
    path = catalogue / "us-east-1.json"
    before = path.read_bytes()
    made = products_of(price_file.read(path))

    killed = run(catalogue, FakePriceList(made, trouble={3: KeyboardInterrupt()}))
    assert killed.exit_code != 0
    assert "--resume" in killed.output
    assert path.read_bytes() == before
    client = FakePriceList(made)
    resumed = run(catalogue, client, "--resume")

    assert resumed.exit_code == 0, resumed.output
    assert "going on with 2 answers" in resumed.output
    assert len(client.calls) == 1
    assert [one.name for one in catalogue.iterdir()] == ["us-east-1.json"]


def test_a_cut_checkpoint_line_is_dropped(catalogue: Path) -> None:
    """A checkpoint cut in the middle of a line loses that answer alone."""
    made = products_of(price_file.read(catalogue / "us-east-1.json"))
    run(catalogue, FakePriceList(made, trouble={3: KeyboardInterrupt()}))
    checkpoint = catalogue / "us-east-1.json.checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes()[:-40])
    client = FakePriceList(made)

    assert run(catalogue, client, "--resume").exit_code == 0
    assert len(client.calls) == 2


@pytest.mark.parametrize(
    ("arguments", "today"), [([], TODAY), (["--resume"], dt.date(2026, 12, 9))], ids=["new", "old"]
)
def test_answers_are_not_reused_unasked_or_old(
    catalogue: Path, arguments: list[str], today: dt.date
) -> None:
    """Without --resume, or after more than a day, everything is asked again."""
    made = products_of(price_file.read(catalogue / "us-east-1.json"))
    run(catalogue, FakePriceList(made, trouble={3: KeyboardInterrupt()}))
    client = FakePriceList(made)

    assert run(catalogue, client, *arguments, today=today).exit_code == 0
    assert len(client.calls) == 3


def test_regions_share_the_answers_about_global_rows(tmp_path: Path) -> None:
    """A row that is the same everywhere is asked for once in a run over two regions."""
    for region in ("us-east-1", "eu-west-1"):
        small = only(document_of(region), "route53.hosted_zone_month", "nat.hour")
        price_file.write(tmp_path / f"{region}.json", small)
    made = [
        one
        for region in ("us-east-1", "eu-west-1")
        for one in products_of(price_file.read(tmp_path / f"{region}.json"))
    ]
    client = FakePriceList([one for n, one in enumerate(made) if n != 2])  # the zone once

    result = run(tmp_path, client)

    assert result.exit_code == 0, result.output
    assert len(client.calls) == 3


@pytest.mark.parametrize("fault", [TypeError, KeyboardInterrupt, OSError])
def test_a_half_written_file_is_impossible(tmp_path: Path, fault: type[BaseException]) -> None:
    """Whatever happens while a file is made, the old one stays whole and no remains are left."""

    class Breaks(dict[str, int]):
        def items(self) -> Any:
            raise fault

    path = tmp_path / "us-east-1.json"
    path.write_text("old")

    with pytest.raises(fault):
        price_file.write(path, {"a": 1, "b": Breaks(c=1)})

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_damaged_file_is_a_finding(catalogue: Path) -> None:
    """A price file that is no JSON ends the run with 1 and the advice to check it."""
    (catalogue / "us-east-1.json").write_text("{")

    result = run(catalogue, FakePriceList([]))

    assert result.exit_code == 1
    assert "check_catalog" in result.output


def test_decimals_are_shortest() -> None:
    """AWS writes ten decimals and, for tiny prices, exponents; the file has neither."""
    document = only(document_of(), "elasticache.serverless.valkey.ecpu")
    made = products_of(document)
    dimension(made[0])["pricePerUnit"]["USD"] = "2.4E-9"

    (move,) = refreshed(document, made).moves

    assert move.new == Decimal("0.0000000024")
    assert str(move).startswith("elasticache.serverless.valkey.ecpu: 0.0000000023 -> 0.0000000024")
