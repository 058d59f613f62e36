"""Tiers to what they cost: the one way in for every command that shows a price.

In: a project, a tier's name, environments, a client, a region, the process's variables. Out: a
Subject: estimates by environment, their total, the plan's band and the budget beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.catalog.price_book import PriceBook
from tierctl.config.compare import at_tier
from tierctl.config.nodes import Scalar
from tierctl.config.tiers import TierSpec, load_tier
from tierctl.config.usage import usage_of
from tierctl.costing.bands import BandCheck, against_band
from tierctl.costing.pricing import Known, estimate_environment
from tierctl.model.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tierctl.config.project import Project
    from tierctl.costing.actual import ActualRow
    from tierctl.costing.commitments import WhatIf
    from tierctl.model.estimate import Estimate
    from tierctl.model.usage import UsageValue

ALL = "all"
BUILT_IN = "built-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A limit and the figure it was held against."""

    usd: Decimal
    expected: Decimal
    at_least: bool

    @property
    def over(self) -> bool:
        """Whether the expected total is over the limit."""
        return self.expected > self.usd


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One tier, or one template: its estimates together.

    Attributes:
        name: Tier or file name.
        title: Name for people.
        estimates: One for each environment.
        total: Of all of them.
        band: The plan document's figures beside them.
        budget: The limit given, if one was.
        what_if: What a commitment would save, one for each estimate.
    """

    name: str
    title: str
    estimates: tuple[Estimate, ...]
    total: Money
    band: BandCheck | None = None
    budget: Budget | None = None
    what_if: tuple[WhatIf, ...] = ()

    @property
    def at_least(self) -> bool:
        """Whether anything is missing from the total."""
        return any(estimate.at_least for estimate in self.estimates)


@dataclass(frozen=True, slots=True, kw_only=True)
class CostReport:
    """Everything one call of `estimate` answers."""

    subjects: tuple[Subject, ...]
    actual: tuple[ActualRow, ...] = ()


@dataclass(slots=True)
class Pricer:
    """Prices tiers of one project; a price book is read once for each region."""

    project: Project
    variables: Mapping[str, str]
    measured: Mapping[str, UsageValue]
    _books: dict[str, PriceBook] = field(default_factory=dict)
    _known: dict[str, Known] = field(default_factory=dict)
    _specs: dict[str, TierSpec] = field(default_factory=dict)

    def book(self, region: str) -> PriceBook:
        """The prices of a region. Raises `PriceError` when there are none."""
        if region not in self._books:
            self._books[region] = PriceBook.load(region)
        return self._books[region]

    def _spec(self, name: str) -> TierSpec:
        """A tier of a name or alias, decoded once."""
        if name not in self._specs:
            self._specs[name] = load_tier(self.project, name)
        return self._specs[name]

    def built_in(self) -> tuple[str, ...]:
        """Names of the built-in tiers, by the users they are for.

        Read from the files' nodes: a tier that is not asked for need not be decoded.
        """
        found = []
        for name in self.project.names("tiers"):
            node, _ = self.project.read(self.project.path("tiers", name))
            kind = node.get("kind") if node else None
            if isinstance(kind, Scalar) and kind.text == BUILT_IN:
                users = self._spec(name).promise.users.least
                found.append((users, name))
        return tuple(name for _, name in sorted(found))

    def tier(
        self,
        name: str,
        environment: str = ALL,
        client: str | None = None,
        region: str | None = None,
    ) -> Subject:
        """One tier in one environment, or in all that inherit from no other.

        Raises:
            InvalidConfigurationError: The tier, client or usage is wrong.
            PriceError: The region has no prices.
        """
        spec = self._spec(name)
        names = spec.primary if environment == ALL else (environment,)
        estimates = []
        for one in names:
            resolution = at_tier(self.project, spec.name, one, client, region, self.variables)
            usage = usage_of(self.project, resolution)
            profile = usage.profile.with_values(self.measured) if self.measured else usage.profile
            built = resolution.environment
            notes = usage.notes
            if resolution.lacks:
                notes = (*notes, f"{one} lacks: {', '.join(resolution.lacks)}.")
            book = self.book(built.placement.region)
            known = self._known.setdefault(book.region, {})
            estimates.append(estimate_environment(built, profile, book, notes, known))
        return subject(spec.name, spec.title, tuple(estimates), against_band(estimates, spec.band))

    def committed(self, found: Subject, term: str) -> Subject:
        """The subject with a commitment's what-if beside each estimate."""
        from tierctl.costing.commitments import what_if

        rows = tuple(what_if(e, self.book(e.region), term) for e in found.estimates)
        return replace(found, what_if=rows)


def subject(
    name: str, title: str, estimates: tuple[Estimate, ...], band: BandCheck | None = None
) -> Subject:
    """Estimates as one subject with their total."""
    currency = estimates[0].currency
    return Subject(
        name=name,
        title=title,
        estimates=estimates,
        total=total((estimate.total for estimate in estimates), currency),
        band=band,
    )


def within(found: Subject, usd: Decimal) -> Subject:
    """The subject held against a budget."""
    budget = Budget(usd=usd, expected=found.total.expected, at_least=found.at_least)
    return replace(found, budget=budget)
