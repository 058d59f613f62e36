"""The figures of the sales report: tiers side by side, what a step up returns and interrupts.

In: a Pricer, tiers, a client, a region. Out: `Sales`: subjects, promises, deliveries, steps. The
return is computed from our own costs and the tiers' own benchmarks by the formulas named here; the
planning documents' figures stand beside it and enter nothing.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.config.compare import at_tier
from tierctl.config.delivery import Delivery, delivered
from tierctl.config.tiers import load_tier
from tierctl.config.usage import usage_of
from tierctl.model.diagnostics import InvalidConfigurationError
from tierctl.planning.optimize import client_tiers
from tierctl.planning.planner import plan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.config.tiers import TierSpec
    from tierctl.costing.subjects import Pricer, Subject
    from tierctl.model.environment import Environment
    from tierctl.model.plan import Plan
    from tierctl.model.promise import Promise
    from tierctl.model.usage import UsageProfile

PRODUCTION = "production"
HOURS = Decimal(730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One tier as it is offered.

    Attributes:
        delivery: What its Shapes in production deliver, composed from AWS's commitments.
        usage: How much production is taken to be used.
        environments: The resolved Environments by name.
    """

    spec: TierSpec
    subject: Subject
    delivery: Delivery
    usage: UsageProfile
    environments: dict[str, Environment]

    @property
    def promise(self) -> Promise:
        """What its users are told they get."""
        return self.spec.promise

    @property
    def cost(self) -> Decimal:
        """Expected dollars a month, all environments together."""
        return self.subject.total.expected

    @property
    def least(self) -> str:
        """`at least` in front of a total from which something is missing."""
        return "at least " if self.subject.at_least else ""

    @property
    def hours_down(self) -> Decimal:
        """Hours a month without an answer, at the uptime that is delivered."""
        return (1 - self.delivery.uptime_percent / 100) * HOURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """What a tier is worth against the smallest one, and against the one before it.

    Attributes:
        faster: Times as fast: smallest p95 / own p95, from the benchmarks.
        more_requests: Times as many requests a second.
        performance: The geometric mean of both.
        cost_multiple: Times the cost.
        per_dollar: performance / cost_multiple.
        points_per_100: Performance gained, in multiples of the smallest, for each extra $100.
        break_even_users: Users from which a user costs no more than on the smallest tier when
            that is full: own cost / (smallest cost / its most users). None for the smallest.
        break_even_step: The same against the tier before it.
    """

    tier: str
    faster: Decimal
    more_requests: Decimal
    performance: Decimal
    cost_multiple: Decimal
    per_dollar: Decimal
    points_per_100: Decimal | None
    break_even_users: Decimal | None
    break_even_step: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """The upgrade of production from one tier to the next."""

    start: str
    goal: str
    plan: Plan | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A tier that cannot be offered to this client: its title, and the problem."""

    title: str
    rule: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """Everything the report says, before currency and margin."""

    offers: tuple[Offer, ...]
    returns: tuple[Return, ...]
    steps: tuple[StepUp, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def region(self) -> str:
        """Where it all stands."""
        return self.offers[0].subject.estimates[0].region

    @property
    def dates(self) -> tuple[str, str]:
        """The oldest and the newest price."""
        estimates = [e for offer in self.offers for e in offer.subject.estimates]
        oldest = sorted(e.oldest_price for e in estimates if e.oldest_price)
        newest = sorted(e.newest_price for e in estimates if e.newest_price)
        return (oldest[0] if oldest else "unknown"), (newest[-1] if newest else "unknown")

    @property
    def environments(self) -> tuple[str, ...]:
        """Environment names over all offers."""
        names = (e.environment for offer in self.offers for e in offer.subject.estimates)
        return tuple(dict.fromkeys(names))


def sales(pricer: Pricer, names: Sequence[str], client: str | None, region: str | None) -> Sales:
    """The figures of some tiers, smallest first; without names, of all a client can be offered.

    Raises:
        InvalidConfigurationError: A tier or client is wrong, or none can be offered.
        PriceError: The region has no prices.
    """
    offers: list[Offer] = []
    left_out: list[LeftOut] = []
    refused: InvalidConfigurationError | None = None
    for name in names or dict.fromkeys((*pricer.built_in(), *client_tiers(pricer, client))):
        try:
            offers.append(_offer(pricer, name, client, region))
        except InvalidConfigurationError as error:
            if names:
                raise
            refused, first = error, next(iter(error.diagnostics))
            title = load_tier(pricer.project, name).title
            left_out.append(LeftOut(title, first.rule, first.what))
    if not offers and refused is not None:
        raise refused
    offers.sort(key=lambda o: (o.promise.users.least, o.cost))
    steps = tuple(_step(low, high) for low, high in itertools.pairwise(offers))
    return Sales(
        offers=tuple(offers),
        returns=tuple(_return(offers, index) for index in range(len(offers))),
        steps=steps,
        left_out=tuple(left_out),
    )


def _offer(pricer: Pricer, name: str, client: str | None, region: str | None) -> Offer:
    """One tier."""
    spec = load_tier(pricer.project, name)
    subject = pricer.tier(name, client=client, region=region)
    resolved = {
        e.environment: at_tier(
            pricer.project, spec.name, e.environment, client, region, pricer.variables
        )
        for e in subject.estimates
    }
    main = resolved.get(PRODUCTION) or next(iter(resolved.values()))
    usage = usage_of(pricer.project, main).profile
    return Offer(
        spec=spec,
        subject=subject,
        delivery=delivered(dict(main.environment.shapes())),
        usage=usage.with_values(pricer.measured),
        environments={key: value.environment for key, value in resolved.items()},
    )


def _return(offers: Sequence[Offer], index: int) -> Return:
    """One tier against the smallest, and the one before it."""
    first, own = offers[0], offers[index]
    small, large = first.promise.benchmark, own.promise.benchmark
    faster = Decimal(small.p95_ms) / large.p95_ms
    more = Decimal(large.requests_per_s) / small.requests_per_s
    performance = (faster * more).sqrt()
    multiple = own.cost / first.cost
    extra = own.cost - first.cost
    return Return(
        tier=own.spec.name,
        faster=faster,
        more_requests=more,
        performance=performance,
        cost_multiple=multiple,
        per_dollar=performance / multiple,
        points_per_100=(performance - 1) / extra * 100 if index and extra > 0 else None,
        break_even_users=break_even(first, own) if index else None,
        break_even_step=break_even(offers[index - 1], own) if index else None,
    )


def break_even(small: Offer, large: Offer) -> Decimal | None:
    """Users from which a user of the large tier costs no more than one of a full small tier."""
    most = small.promise.users.most
    return None if not most or not small.cost else large.cost / (small.cost / most)


def _step(low: Offer, high: Offer) -> StepUp:
    """The plan between two tiers in production."""
    start, goal = low.environments.get(PRODUCTION), high.environments.get(PRODUCTION)
    if start is None or goal is None:
        return StepUp(start=low.spec.name, goal=high.spec.name, plan=None, why_not="no production")
    try:
        found = plan(start, goal)
    except InvalidConfigurationError as error:  # a goal that cannot be planned to is told as such
        first = next(iter(error.diagnostics))
        return StepUp(start=low.spec.name, goal=high.spec.name, plan=None, why_not=first.what)
    return StepUp(start=low.spec.name, goal=high.spec.name, plan=found)
