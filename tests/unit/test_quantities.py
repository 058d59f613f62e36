"""Quantities by family: the cases that other cost tools get wrong, and every branch of ours."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tierctl.catalog.price_book import PriceBook
from tierctl.config.compare import at_tier
from tierctl.config.project import Project
from tierctl.config.usage import usage_of
from tierctl.costing.pricing import estimate_environment
from tierctl.costing.quantities import environment_lines
from tierctl.model.environment import Environment, Schedule
from tierctl.model.estimate import Line
from tierctl.model.usage import NO_USAGE, UsageProfile


@pytest.fixture
def medium(project: Project) -> tuple[Environment, UsageProfile]:
    """The medium production environment with its usage."""
    resolution = at_tier(project, "medium", "production", None, None, {})
    return resolution.environment, usage_of(project, resolution).profile


def line(environment: Environment, usage: UsageProfile, name: str, nth: int = 0) -> Line:
    """A line by its name."""
    return [one for one in environment_lines(environment, usage) if one.name == name][nth]


def expected(found: Line) -> Decimal:
    """Its expected quantity."""
    assert found.quantity is not None
    return found.quantity.expected


def test_aurora_has_a_floor_and_a_ceiling(medium: tuple[Environment, UsageProfile]) -> None:
    """Least ACU x instances x 730 is the low, most the high; readers are billed like writers."""
    environment, usage = medium
    database = replace(environment.database, readers=2)
    found = line(replace(environment, database=database), usage, "Aurora capacity")

    assert found.quantity is not None
    assert found.quantity.low == 1 * 3 * 730
    assert found.quantity.high == 8 * 3 * 730
    assert found.quantity.expected == Decimal("1.5") * 3 * 730


def test_a_database_that_pauses_bills_the_hours_it_is_awake(
    medium: tuple[Environment, UsageProfile],
) -> None:
    """At a least of 0 ACU the floor is nothing and the profile's awake hours count."""
    environment, usage = medium
    database = replace(environment.database, min_acu=Decimal(0), auto_pause_after_s=300)
    found = line(replace(environment, database=database), usage, "Aurora capacity")

    assert found.quantity is not None
    assert found.quantity.low == 0
    assert found.quantity.expected == Decimal("1.5") * 500


def test_io_optimized_has_its_own_prices(medium: tuple[Environment, UsageProfile]) -> None:
    """Capacity and storage change their key, and requests are free."""
    environment, usage = medium
    database = replace(environment.database, storage_type="aurora-iopt1")
    changed = replace(environment, database=database)

    assert line(changed, usage, "Aurora capacity").key == (
        "aurora.postgresql.acu_hour.io_optimized"
    )
    assert line(changed, usage, "Aurora storage").key == (
        "aurora.postgresql.storage_gb_month.io_optimized"
    )
    assert line(changed, usage, "Aurora I/O").free


@pytest.mark.parametrize(
    ("architecture", "capacity", "key"),
    [
        ("ARM64", "FARGATE", "fargate.arm.vcpu_hour"),
        ("X86_64", "FARGATE", "fargate.x86.vcpu_hour"),
        ("ARM64", "FARGATE_SPOT", "fargate.spot.arm.vcpu_hour"),
        ("X86_64", "FARGATE_SPOT", "fargate.spot.x86.vcpu_hour"),
    ],
)
def test_fargate_is_priced_by_chip_and_capacity(
    medium: tuple[Environment, UsageProfile], architecture: str, capacity: str, key: str
) -> None:
    """ARM and Spot have their own rows, and the right one is taken."""
    environment, usage = medium
    shape = replace(environment.service("web"), architecture=architecture, capacity=capacity)
    lines = environment_lines(environment.with_shape("service/web", shape), usage)

    assert key in {one.key for one in lines if one.address == "service/web"}


def test_every_public_address_is_billed(medium: tuple[Environment, UsageProfile]) -> None:
    """One for each NAT gateway and one for each zone of the load balancer; tasks have none."""
    environment, usage = medium
    network = replace(environment.network, nat_gateways=2)
    lines = environment_lines(replace(environment, network=network), usage)
    hours = [expected(one) for one in lines if one.key == "vpc.public_ipv4_in_use_hour"]

    assert sum(hours) == (2 + 3) * 730


def test_valkey_snapshots_are_priced(medium: tuple[Environment, UsageProfile]) -> None:
    """Snapshots of Valkey cost like those of Redis; none are taken at a retention of nothing."""
    environment, usage = medium
    none = replace(environment, cache=replace(environment.cache, snapshot_retention_days=0))

    assert expected(line(environment, usage, "Cache snapshots")) == Decimal("0.8") * 7
    assert line(none, usage, "Cache snapshots").free


def test_efs_infrequent_access_depends_on_the_mode(
    medium: tuple[Environment, UsageProfile],
) -> None:
    """Elastic and the other modes have different prices for the same class."""
    environment, usage = medium
    bursting = replace(environment.filesystem, throughput_mode="bursting")
    changed = replace(environment, filesystem=bursting)

    assert line(environment, usage, "EFS Infrequent Access").key == "efs.ia.gb_month.elastic"
    assert line(changed, usage, "EFS Infrequent Access").key == (
        "efs.ia.gb_month.bursting_or_provisioned"
    )
    assert line(changed, usage, "EFS throughput").free


def test_provisioned_throughput_is_what_exceeds_the_storage(
    medium: tuple[Environment, UsageProfile],
) -> None:
    """20 GB in Standard include one MiB/s."""
    environment, usage = medium
    shape = replace(environment.filesystem, throughput_mode="provisioned", provisioned_mibps=10)
    found = line(replace(environment, filesystem=shape), usage, "EFS provisioned throughput")

    assert expected(found) == 10 - Decimal(16) / 20


def test_an_alarm_over_an_expression_bills_each_metric(
    medium: tuple[Environment, UsageProfile],
) -> None:
    """3 for errors, 2 for the public service, 2 for the database, 8 for two nodes, 1 for NAT."""
    environment, usage = medium

    assert expected(line(environment, usage, "Alarms")) == 3 + 2 + 2 + 8 + 1


def test_autoscaling_makes_alarms_of_its_own(medium: tuple[Environment, UsageProfile]) -> None:
    """Two policies of each service make two alarms each."""
    environment, usage = medium

    assert expected(line(environment, usage, "Autoscaling alarms")) == 4


def test_a_schedule_bills_the_hours_it_runs(medium: tuple[Environment, UsageProfile]) -> None:
    """Eleven hours on five days of the week are 55 of 168 hours."""
    environment, usage = medium
    days = ("mon", "tue", "wed", "thu", "fri")
    sleeping = replace(environment, schedule=Schedule(days=days, start="08:00", stop="19:00"))
    awake = expected(line(sleeping, usage, "Fargate ARM vCPU"))
    always = expected(line(environment, usage, "Fargate ARM vCPU"))

    assert round(awake / always, 6) == round(Decimal(55) / 168, 6)


def test_an_imported_network_bills_no_gateway(medium: tuple[Environment, UsageProfile]) -> None:
    """What somebody else's VPC costs is on their bill, and the estimate says so."""
    environment, usage = medium
    changed = replace(environment, network=replace(environment.network, source="imported"))
    found = estimate_environment(changed, usage, PriceBook.load("us-east-1"))

    assert not [one for one in found.lines if one.line.key == "nat.hour"]
    assert "somebody else's bill" in found.notes[0]


def test_without_usage_the_rest_is_priced_and_the_total_is_a_least(
    medium: tuple[Environment, UsageProfile],
) -> None:
    """Nobody stated usage: lines that need it keep their price and lose their cost."""
    environment, _ = medium
    found = estimate_environment(environment, NO_USAGE, PriceBook.load("us-east-1"))

    assert found.at_least
    assert found.total.expected > 200
    assert {one.line.name for one in found.open_lines} >= {"Aurora I/O", "NAT gateway data"}


def test_a_price_that_is_missing_is_listed_and_never_nothing(project: Project) -> None:
    """Ireland has no price for cache backups: the line stays, and the total reads at least."""
    resolution = at_tier(project, "medium", "production", "acme", None, {})
    usage = usage_of(project, resolution).profile
    found = estimate_environment(resolution.environment, usage, PriceBook.load("eu-west-1"))

    assert found.at_least
    assert [one.line.name for one in found.open_lines] == ["Cache snapshots"]


def test_every_line_has_a_row_a_reason_or_a_price(
    medium: tuple[Environment, UsageProfile],
) -> None:
    """Nothing is on the bill without being priced, free with a reason, or listed."""
    environment, usage = medium
    found = estimate_environment(environment, usage, PriceBook.load("us-east-1"))

    assert not found.open_lines
    assert all(one.line.free or one.cost is not None for one in found.lines)
    assert found.component_names[:2] == ("Web Service", "Backend Service")
    assert len(found.component_names) == 9


def test_a_service_of_another_name_has_its_own_row(
    medium: tuple[Environment, UsageProfile],
) -> None:
    """Services beside web and backend are listed after them, by name."""
    environment, usage = medium
    shape = environment.service("web")
    more = replace(environment, services=(*environment.services, ("mail-queue", shape)))
    found = estimate_environment(more, usage, PriceBook.load("us-east-1"))

    assert found.component_names[2] == "Mail Queue Service"
    assert found.component("Mail Queue Service").expected > 0
