"""What each size promises, and what its parts deliver. In: Sales. Out: a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.reporting.sales.blocks import Bullets, Cell, Paragraph, Section, Table
from tierctl.reporting.sales.terms import number, seconds

if TYPE_CHECKING:
    from tierctl.model.promise import Span
    from tierctl.planning.sales import Offer, Sales
    from tierctl.reporting.sales.blocks import Block

_COMPLIANCE = {"none": "none", "basic": "basic", "full": "full (such as SOC 2 and GDPR)"}


def users(span: Span) -> str:
    """`100 to 1,000`, or `1,000 and more`."""
    if span.most is None:
        return f"{span.least:,} and more"
    return f"{span.least:,} to {span.most:,}"


def promises_section(figures: Sales) -> Section:
    """What is promised, and what the parts deliver together."""
    offers = figures.offers

    def row(label: str, *values: str) -> tuple[Cell, ...]:
        return (Cell(label), *(Cell(value) for value in values))

    heads = ("", *(offer.spec.title for offer in offers))
    promised = Table(
        caption="What each size promises",
        columns=heads,
        numeric=False,
        rows=(
            row("Users at the same time", *(users(o.promise.users) for o in offers)),
            row(
                "95 of 100 requests answered within",
                *(f"{o.promise.latency_p95_ms:,} ms" for o in offers),
            ),
            row("Uptime", *(f"{o.promise.uptime_percent} %" for o in offers)),
            row(
                "Works again after a failure within",
                *(seconds(o.promise.recovery_s, o.promise.recovery_s) for o in offers),
            ),
            row(
                "Benchmark: 95 of 100 requests within",
                *(f"{o.promise.benchmark.p95_ms:,} ms" for o in offers),
            ),
            row(
                "Benchmark: requests a second",
                *(f"{o.promise.benchmark.requests_per_s:,}" for o in offers),
            ),
            row(
                "Benchmark: failed requests",
                *(f"below {o.promise.benchmark.error_rate_percent} %" for o in offers),
            ),
            row("Compliance", *(_COMPLIANCE[o.promise.compliance] for o in offers)),
            row("Developers", *(users(o.promise.team_size) for o in offers)),
            row("Support", *(o.promise.support for o in offers)),
        ),
    )
    delivered = Table(
        caption="What its parts deliver in production",
        columns=heads,
        numeric=False,
        rows=(
            row(
                "Uptime of all parts together",
                *(f"{o.delivery.uptime_percent} %" for o in offers),
            ),
            row(
                "Hours a month without an answer, at that uptime",
                *(number(o.hours_down) for o in offers),
            ),
            row("Weakest part", *(_weakest(o) for o in offers)),
            row("Slowest to work again", *(_slowest(o) for o in offers)),
        ),
    )
    lacks = [
        f"{o.spec.title}: {'; '.join(e.notes)}"
        for o in offers
        for e in o.subject.estimates
        if e.notes
    ]
    words = Paragraph(
        "A promise is what users are told. What the parts deliver is worked out from what Amazon "
        "Web Services commits to or documents for each of them; where it says nothing, the figure "
        "is our estimate. Where the parts deliver less than is promised, the table shows it."
    )
    extra: list[Block] = []
    for lead, notes in (
        ("Where the parts deliver less than is promised:", _shortfalls(figures)),
        ("What staging leaves out, and other notes:", lacks),
    ):
        if notes:
            extra += [Paragraph(lead), Bullets(tuple(notes))]
    title = "What each size promises and delivers"
    return Section("promises", title, (words, promised, delivered, *extra))


def _shortfalls(figures: Sales) -> list[str]:
    """Where a promise is not covered by what the parts deliver."""
    found = []
    for offer in figures.offers:
        promise, delivery = offer.promise, offer.delivery
        if delivery.uptime_percent < promise.uptime_percent:
            found.append(
                f"{offer.spec.title}: {promise.uptime_percent} % uptime is promised and "
                f"{delivery.uptime_percent} % is covered by commitments and estimates."
            )
        if delivery.recovery_s[1] > promise.recovery_s:
            slow = delivery.slowest
            found.append(
                f"{offer.spec.title}: recovery within "
                f"{seconds(promise.recovery_s, promise.recovery_s)} is promised; the "
                f"{_part(slow.name)} can take {seconds(*slow.recovery_s)}."
            )
    return found


def _part(name: str) -> str:
    """A component for people: `web service`."""
    if name.startswith("service/"):
        return f"{name.removeprefix('service/')} service"
    return {
        "loadbalancer": "load balancer",
        "filesystem": "file system",
        "bucket": "file store",
    }.get(name, name)


def _weakest(offer: Offer) -> str:
    """The part that is down most."""
    weak = offer.delivery.weakest
    return f"{_part(weak.name)} ({weak.when.replace('_', ' ')}): {weak.uptime_percent} %"


def _slowest(offer: Offer) -> str:
    """The part that takes longest."""
    slow = offer.delivery.slowest
    return f"{_part(slow.name)}: {seconds(*slow.recovery_s)}"
