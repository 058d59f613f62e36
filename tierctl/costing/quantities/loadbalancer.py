"""Load balancer: hours, capacity units, and one public IPv4 address in each zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter
from tierctl.costing.quantities import network
from tierctl.model.estimate import HOURS
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.estimate import Line
    from tierctl.model.shapes import LoadbalancerShape
    from tierctl.model.usage import UsageProfile

COMPONENT = "Load Balancer"


def lines(shape: LoadbalancerShape, usage: UsageProfile) -> Iterator[Line]:
    """Everything the load balancer bills."""
    meter = Meter(COMPONENT, "loadbalancer", usage)
    yield from application(meter)
    yield addresses(meter, shape.zones)


def application(meter: Meter) -> Iterator[Line]:
    """An Application Load Balancer: hours and LCU."""
    yield meter.fixed("Load balancer hours", "alb.hour", HOURS, "hours", "1 x 730 h")
    because = meter.because("lcu")
    yield meter.used(
        "Load balancer capacity units",
        "alb.lcu_hour",
        "lcu",
        "LCU hours",
        HOURS,
        f"{because}; x 730 h" if because else "",
    )


def addresses(meter: Meter, zones: int | Unknown) -> Line:
    """The balancer's public addresses, one for each zone it stands in."""
    own = meter.of(network.COMPONENT)
    return network.ipv4(own, "Load balancer addresses", zones)
