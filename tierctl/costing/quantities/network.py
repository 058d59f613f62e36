"""Network: NAT gateways, their addresses, and traffic. A VPC itself costs nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter, plain
from tierctl.model.estimate import HOURS
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.estimate import Line
    from tierctl.model.shapes import NetworkShape
    from tierctl.model.usage import UsageProfile

COMPONENT = "VPC/Networking"
EACH_WAY = 2
"""A GB between zones is billed at its sender and at its receiver (EC2 pricing, "Data transfer
within the same AWS Region", 2026-10)."""


def lines(shape: NetworkShape, usage: UsageProfile) -> Iterator[Line]:
    """Everything the network bills."""
    meter = Meter(COMPONENT, "network", usage)
    if shape.source == "created":
        count = shape.nat_gateways
        yield nat_hours(meter, count)
        yield ipv4(meter, "NAT gateway addresses", count)
        yield nat_data(meter)
        yield meter.free("VPC, subnets, routes, internet gateway", "AWS charges nothing for them")
        yield meter.free(
            "S3 gateway endpoint",
            "gateway endpoints cost nothing and keep S3 traffic off the NAT gateway's bill",
        )
    yield internet_out(meter)
    yield between_zones(meter)


def nat_hours(meter: Meter, count: int | Unknown) -> Line:
    """Hours of NAT gateways."""
    hours = count if isinstance(count, Unknown) else count * HOURS
    return meter.fixed("NAT gateway hours", "nat.hour", hours, "hours", f"{_n(count)} x 730 h")


def nat_data(meter: Meter) -> Line:
    """What passes them, in addition to the transfer price of the same bytes."""
    return meter.used("NAT gateway data", "nat.gb", "nat_gb", "GB")


def ipv4(meter: Meter, name: str, count: int | Decimal | Unknown) -> Line:
    """Public IPv4 addresses in use: each is billed by the hour since 2024-02-01."""
    hours = count if isinstance(count, Unknown) else count * HOURS
    return meter.fixed(name, "vpc.public_ipv4_in_use_hour", hours, "hours", f"{_n(count)} x 730 h")


def internet_out(meter: Meter) -> Line:
    """Data sent to the internet; the account's first 100 GB a month are not taken off."""
    return meter.used("Data transfer out", "data_transfer.internet_out_gb", "internet_out_gb", "GB")


def between_zones(meter: Meter) -> Line:
    """Data between zones."""
    because = meter.because("inter_az_gb")
    return meter.used(
        "Data between zones",
        "data_transfer.inter_az_gb_each_way",
        "inter_az_gb",
        "GB",
        EACH_WAY,
        f"{because}; billed each way" if because else "",
    )


def _n(count: int | Decimal | Unknown) -> str:
    return "?" if isinstance(count, Unknown) else plain(count)
