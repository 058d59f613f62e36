"""The savings there are: for one Environment, each with what it takes and how it is switched on.

In: an Environment, its usage, its prices, and whether the tier's promise holds for it. Out:
Candidates, priced by nobody yet: an override that a client's file can hold, or a reason why it is
there already, is only advice, or is not offered. May not: price, plan, or look at a tier's name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tierctl.catalog.limits import limits
from tierctl.catalog.pricing_rows import PriceRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tierctl.catalog.price_book import PriceBook
    from tierctl.model.environment import Environment
    from tierctl.model.usage import UsageProfile

OFFICE_HOURS = {
    "days": ["mon", "tue", "wed", "thu", "fri"],
    "start": "08:00",
    "stop": "19:00",
    "timezone": "UTC",
}
PAUSE_AFTER_S = 300
LOG_DAYS = 14
FLOOR_ACU = Decimal("0.5")
ZONES_SOURCE = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-subnets.html"
)


class Status(StrEnum):
    """What became of a saving."""

    OFFERED = "offered"
    PRESENT = "in place"
    ADVICE = "advice"
    REFUSED = "not offered"
    NOTHING = "saves nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One saving, before anybody priced it.

    Attributes:
        name: The same word everywhere.
        title: What is done, for people.
        trades: What it takes, and from whom.
        override: What goes under the environment in the client's file; empty for none.
        status: OFFERED until something speaks against it.
        reason: Why it is not offered, already there, or only advice.
        lines: For advice: line names that would go away, which is the most it can save.
        takes_nothing: Nobody gets less of anything.
    """

    name: str
    title: str
    trades: str
    override: Mapping[str, Any] = field(default_factory=dict)
    status: Status = Status.OFFERED
    reason: str = ""
    lines: tuple[str, ...] = ()
    takes_nothing: bool = False


def candidates(
    environment: Environment, usage: UsageProfile, book: PriceBook, *, promised: bool
) -> Iterator[Candidate]:
    """Every saving we know of, in a fixed order.

    Args:
        environment: As it would be without any.
        usage: How much it is used.
        book: Its region's prices, for choosing between sizes.
        promised: Whether the tier's promise holds here: production, not what rehearses it.
    """
    yield _spot(environment)
    yield _sleep(environment, promised=promised)
    yield from _floor(environment, promised=promised)
    yield from _smaller_nodes(environment, usage, book, promised=promised)
    yield from _processor(environment)
    yield _storage(environment)
    yield from _watching(environment, promised=promised)
    yield from _files(environment, promised=promised)
    yield from _network(environment, promised=promised)
    yield _log_class()


def _families(**families: Any) -> dict[str, Any]:
    """An override of families alone."""
    return {"families": families}


def _spot(environment: Environment) -> Candidate:
    """Spot capacity for every service that is not on it."""
    names = [name for name, shape in environment.services if shape.capacity != "FARGATE_SPOT"]
    title = "Run the services on Fargate Spot"
    trades = "Tasks may be stopped with two minutes' notice, and there is no fallback."
    if not names:
        reason = "The services run on Fargate Spot already."
        return Candidate(
            name="spot", title=title, trades=trades, status=Status.PRESENT, reason=reason
        )
    services = {name: {"capacity": "FARGATE_SPOT"} for name in names}
    return Candidate(name="spot", title=title, trades=trades, override=_families(service=services))


def _sleep(environment: Environment, *, promised: bool) -> Candidate:
    """Office hours: no tasks at night, and a database that pauses when nobody is connected."""
    title = "Stop the services outside office hours and let the database pause"
    trades = (
        "Nobody can use it at night and at weekends, and the first query after a pause waits "
        "about 15 seconds. Adjust the hours and the time zone."
    )
    status, reason = Status.OFFERED, ""
    if environment.schedule is not None:
        status, reason = Status.PRESENT, "It keeps office hours already."
    elif promised:
        status = Status.REFUSED
        reason = "The promise holds at any hour; connections kept open also keep it from pausing."
    override = {
        "schedule": OFFICE_HOURS,
        **_families(database={"min_acu": 0, "auto_pause_after_s": PAUSE_AFTER_S}),
    }
    return Candidate(
        name="night-stop",
        title=title,
        trades=trades,
        override=override if status is Status.OFFERED else {},
        status=status,
        reason=reason,
    )


def _floor(environment: Environment, *, promised: bool) -> Iterator[Candidate]:
    """The least capacity of a database that only testers use."""
    if environment.database.min_acu <= FLOOR_ACU:
        return
    refused = "The floor decides how fast the database takes a sudden load; the promise needs it."
    yield Candidate(
        name="database-floor",
        title="Let the database go down to 0.5 ACU",
        trades="From a lower floor it takes longer to reach full capacity in a load test.",
        override=_families(database={"min_acu": float(FLOOR_ACU)}),
        status=Status.REFUSED if promised else Status.OFFERED,
        reason=refused if promised else "",
    )


def _smaller_nodes(
    environment: Environment, usage: UsageProfile, book: PriceBook, *, promised: bool
) -> Iterator[Candidate]:
    """The cheapest node type that holds the data at its high figure, and no other change."""
    cache = environment.cache
    data = usage.get("cache_data_gb")
    known = limits("cache_memory")
    share = 1 - Decimal(known["reserved_percent"]) / 100
    now = _price(book, cache.engine, cache.node_type)
    if data is None or now is None:
        return
    each = data.spread.high / cache.shards
    fitting = []
    for name, gib in known["gib"].items():
        price = _price(book, cache.engine, name)
        arm = name.split(".")[1].endswith("g")
        if price is not None and price < now and arm and Decimal(gib) * share >= each:
            fitting.append((price, name))
    if not fitting:
        return
    best = min(fitting)[1]
    refused = "Memory alone would allow it; whether the processor does, only measured load tells."
    yield Candidate(
        name="cache-node",
        title=f"Use {best} for the cache instead of {cache.node_type}",
        trades="Less memory and processor for the cache; load tests must be read with that in "
        "mind.",
        override=_families(cache={"node_type": best}),
        status=Status.REFUSED if promised else Status.OFFERED,
        reason=refused if promised else "",
    )


def _price(book: PriceBook, engine: str, node_type: str) -> Decimal | None:
    """An hour of a node, or None when nobody knows."""
    key = f"elasticache.{engine}.{node_type}.hour"
    row = book.look_up(key)
    return row.price if isinstance(row, PriceRow) else None


def _processor(environment: Environment) -> Iterator[Candidate]:
    """ARM for services that run on x86."""
    names = [name for name, shape in environment.services if shape.architecture != "ARM64"]
    title = "Run the services on ARM processors"
    trades = "The container images must exist for ARM."
    if names:
        services = {name: {"architecture": "ARM64"} for name in names}
        yield Candidate(
            name="arm", title=title, trades=trades, override=_families(service=services)
        )
    else:
        yield Candidate(
            name="arm",
            title=title,
            trades=trades,
            status=Status.PRESENT,
            reason="The services run on ARM already.",
        )


def _storage(environment: Environment) -> Candidate:
    """I/O-Optimized storage, which pays above a number of requests."""
    title = "Use Aurora I/O-Optimized storage"
    trades = "Nothing; going back is possible once in 30 days."
    if environment.database.storage_type == "aurora-iopt1":
        return Candidate(
            name="io-optimized",
            title=title,
            trades=trades,
            status=Status.PRESENT,
            reason="The database is on I/O-Optimized already.",
        )
    return Candidate(
        name="io-optimized",
        title=title,
        trades=trades,
        override=_families(database={"storage_type": "aurora-iopt1"}),
        takes_nothing=True,
    )


def _watching(environment: Environment, *, promised: bool) -> Iterator[Candidate]:
    """What is measured, shown and kept."""
    shape = environment.observability
    if shape.container_insights:
        yield Candidate(
            name="container-insights",
            title="Switch Container Insights off",
            trades="Operators lose figures for single tasks; alarms do not use them.",
            override=_families(observability={"container_insights": False}),
        )
    if shape.dashboard and not promised:
        yield Candidate(
            name="dashboard",
            title="Do without the dashboard",
            trades="Operators look at single metrics instead.",
            override=_families(observability={"dashboard": False}),
        )
    longest = max(shape.log_retention_days, environment.network.flow_log_retention_days)
    if longest > LOG_DAYS:
        kept = "How long production's logs are kept is part of what the tier is for."
        families: dict[str, Any] = {"observability": {"log_retention_days": LOG_DAYS}}
        if environment.network.source == "created":
            families["network"] = {"flow_log_retention_days": LOG_DAYS}
        yield Candidate(
            name="log-retention",
            title=f"Keep logs for {LOG_DAYS} days",
            trades=f"Logs older than {LOG_DAYS} days are removed for good; the audit log is not.",
            override={"families": families},
            status=Status.REFUSED if promised else Status.OFFERED,
            reason=kept if promised else "",
        )


def _files(environment: Environment, *, promised: bool) -> Iterator[Candidate]:
    """Throughput that comes with the storage, where testers alone read and write."""
    if environment.filesystem.throughput_mode == "elastic":
        needed = "A small file system has little bursting throughput; the promise needs more."
        yield Candidate(
            name="bursting-files",
            title="Use bursting throughput for the file system",
            trades="Little throughput once burst credits are used up; changes once in 24 hours.",
            override=_families(filesystem={"throughput_mode": "bursting"}),
            status=Status.REFUSED if promised else Status.OFFERED,
            reason=needed if promised else "",
        )


def _network(environment: Environment, *, promised: bool) -> Iterator[Candidate]:
    """Addresses, gateways and endpoints."""
    if environment.loadbalancer.zones > 2:  # noqa: PLR2004 - the fewest AWS allows
        yield Candidate(
            name="balancer-zones",
            title="Keep the load balancer in two zones instead of three",
            trades="One zone less to lose; each zone's public IPv4 address is billed.",
            override=_families(loadbalancer={"zones": 2}),
            status=Status.ADVICE,
            reason="The tasks stand in all three zones, and a load balancer sends nothing to a "
            f"zone it has left ({ZONES_SOURCE}): a task there would be cut off. "
            "To be used once tasks follow the balancer.",
        )
    if environment.network.source != "created":
        return
    nat = ("NAT gateway hours", "NAT gateway addresses", "NAT gateway data")
    if environment.network.nat_gateways > 1:
        yield Candidate(
            name="one-nat",
            title="Use one NAT gateway",
            trades="Every zone's way out hangs on one zone.",
            override=_families(network={"nat_gateways": 1}),
            status=Status.REFUSED if promised else Status.OFFERED,
            reason="The loss of one zone would take the way out of all." if promised else "",
        )
    yield Candidate(
        name="nat-instance",
        title="Send outgoing traffic through a small instance instead of a NAT gateway",
        trades="Somebody has to keep and patch the instance; it is one machine in one zone.",
        status=Status.ADVICE,
        reason="The stack does not build it. Its own price is not in the catalogue and has to be "
        "taken off; its address stays on the bill.",
        lines=(nat[0], nat[2]),
    )
    yield Candidate(
        name="ipv6",
        title="Send outgoing traffic over IPv6, which needs no NAT gateway",
        trades="Only services that answer over IPv6 can be reached; image registries and some "
        "APIs do not.",
        status=Status.ADVICE,
        reason="The stack does not build it.",
        lines=nat,
    )
    yield Candidate(
        name="gateway-endpoints",
        title="Reach S3 through a gateway endpoint",
        trades="Nothing.",
        status=Status.PRESENT,
        reason="The stack builds it: it costs nothing and keeps S3 traffic off the NAT gateway.",
        takes_nothing=True,
    )


def _log_class() -> Candidate:
    """The cheaper class of log group, which a group is born with or never has."""
    return Candidate(
        name="infrequent-logs",
        title="Write service and database logs to the Infrequent Access class",
        trades="No metric filters, no alarms on log text, no live tail.",
        status=Status.ADVICE,
        reason="The class of a log group can never change, so a running environment would lose "
        "its logs; the stack does not build it.",
    )
