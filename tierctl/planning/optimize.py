"""The cheapest way to keep a tier's promise, by search: re-priced whole, never beyond way back.

In: a Pricer, a tier, an environment, a client, a region. Out: an Optimum: every saving with what
it is worth alone and what became of it, the cheapest combination, and what paying ahead would take
off that. A saving is tried by laying its override over the client's file in memory, so that what
is priced is what the file will give. May not: add differences up, or offer what a plan cannot
take back in place.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.config.clients import DEFAULT_CLIENT
from tierctl.config.compare import at_tier
from tierctl.config.delivery import delivered
from tierctl.config.nodes import Scalar
from tierctl.config.tiers import load_tier
from tierctl.config.usage import usage_of
from tierctl.costing.commitments import WhatIf, what_if
from tierctl.costing.pricing import estimate_environment
from tierctl.model.diagnostics import InvalidConfigurationError
from tierctl.planning.advice import break_even, worth
from tierctl.planning.overrides import laid_over, merged
from tierctl.planning.planner import plan
from tierctl.planning.savings import Candidate, Status, candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tierctl.catalog.price_book import PriceBook
    from tierctl.config.resolve import Resolution
    from tierctl.costing.subjects import Pricer
    from tierctl.model.environment import Environment
    from tierctl.model.estimate import Estimate
    from tierctl.model.promise import Promise
    from tierctl.model.usage import UsageProfile

CENT = Decimal("0.01")
TERM = "1y_no_upfront"
Change = tuple[str, str]
"""An address and a field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A saving, what it is worth alone, and what became of it.

    Attributes:
        saved: Expected dollars a month by itself; None when it cannot be known.
        at_most: Something that is not known has still to be taken off.
        chosen: Part of the cheapest combination.
    """

    candidate: Candidate
    status: Status
    saved: Decimal | None
    reason: str
    at_most: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """One environment, as it is and at its cheapest.

    Attributes:
        override: What goes under the environment in the client's file for all chosen savings.
        tried: Combinations that were priced.
        committed: What paying ahead would take off `after`.
        onward: The tier the way up was checked to.
    """

    tier: str
    environment: str
    client: str
    promised: bool
    before: Estimate
    after: Estimate
    findings: tuple[Finding, ...]
    override: Mapping[str, Any]
    tried: int
    committed: WhatIf
    onward: str

    @property
    def saved(self) -> Decimal:
        """Expected dollars a month less."""
        return self.before.total.expected - self.after.total.expected


@dataclass(frozen=True, slots=True)
class _Trial:
    """A candidate that was resolved: what it changes, and the Environment it gives."""

    candidate: Candidate
    environment: Environment
    changes: Mapping[Change, Any]


class Search:
    """Savings of one environment of one tier."""

    def __init__(
        self, pricer: Pricer, tier: str, environment: str, client: str | None, region: str | None
    ) -> None:
        self.pricer = pricer
        self.where = (environment, client, region)
        spec = load_tier(pricer.project, tier)
        self.tier = spec.name
        self.resolution = self._resolved({})
        self.base = self.resolution.environment
        usage = usage_of(pricer.project, self.resolution).profile
        self.usage: UsageProfile = usage.with_values(pricer.measured)
        self.book: PriceBook = pricer.book(self.base.placement.region)
        self.promise: Promise = spec.promise
        self.promised = not self.resolution.lacks
        self.onward = self._next()

    def optimum(self, term: str = TERM) -> Optimum:
        """Every saving, and the cheapest combination of those that are offered."""
        before = self._estimate(self.base)
        findings: list[Finding] = []
        trials: list[_Trial] = []
        for candidate in candidates(self.base, self.usage, self.book, promised=self.promised):
            finding, trial = self._examined(candidate, before)
            findings.append(finding)
            if trial is not None and finding.status is Status.OFFERED:
                trials.append(trial)
        best, tried = self._cheapest(trials)
        override = merged(trial.candidate.override for trial in best)
        # what the file will give, not what the search put together
        after = self._estimate(self._resolved(override).environment)
        chosen = {trial.candidate.name for trial in best}
        return Optimum(
            tier=self.tier,
            environment=self.base.identity.environment,
            client=self.base.identity.client,
            promised=self.promised,
            before=before,
            after=after,
            findings=tuple(
                dataclasses.replace(f, chosen=f.candidate.name in chosen) for f in findings
            ),
            override=override,
            tried=tried,
            committed=what_if(after, self.book, term),
            onward=self.onward.identity.tier,
        )

    def _examined(self, candidate: Candidate, before: Estimate) -> tuple[Finding, _Trial | None]:
        """What one saving is worth alone, and whether anything speaks against it."""
        if not candidate.override:
            saved, at_most = worth(candidate, before, self.book)
            return _found(candidate, candidate.status, saved, candidate.reason, at_most), None
        try:
            environment = self._resolved(candidate.override).environment
        except InvalidConfigurationError as error:
            first = next(iter(error.diagnostics))
            return _found(candidate, Status.REFUSED, None, first.what), None
        saved = before.total.expected - self._estimate(environment).total.expected
        reason = candidate.reason
        if candidate.name == "io-optimized":
            reason = break_even(before, self.book)
        if candidate.name == "database-floor" and saved < CENT and not reason:
            reason = "The expected use lies at the present floor, so a lower one would not be used."
        if candidate.status is not Status.OFFERED:
            return _found(candidate, candidate.status, saved, reason), None
        if saved < CENT:
            return _found(candidate, Status.NOTHING, saved, reason), None
        against = next(iter(self._against(environment)), None)
        if against is not None:
            return _found(candidate, Status.REFUSED, saved, against), None
        trial = _Trial(candidate, environment, dict(_changes(self.base, environment)))
        return _found(candidate, Status.OFFERED, saved, reason), trial

    def _against(self, environment: Environment) -> Iterator[str]:
        """Why an Environment may not take the place of the present one."""
        if self.promised:
            yield from broken(self.promise, self.base, environment)
        for start, goal in (
            (self.base, environment),
            (environment, self.base),
            (environment, self.onward),
        ):
            for reason in plan(start, goal).reasons:
                if reason.rule == "out-of-reach":
                    yield f"An upgrade could not take it back in place: {reason.what}"

    def _cheapest(self, trials: list[_Trial]) -> tuple[tuple[_Trial, ...], int]:
        """The cheapest subset that fits together, by pricing every one of them.

        Every environment has at most a dozen savings; all subsets are priced because savings act
        on one another (a stopped task is saved once, on Spot or off).
        """
        best: tuple[_Trial, ...] = ()
        least, tried = self._estimate(self.base).total.expected, 0
        for size in range(1, len(trials) + 1):
            for some in itertools.combinations(trials, size):
                changes = _together(some)
                if changes is None:
                    continue
                tried += 1
                environment = applied(self.base, changes)
                cost = self._estimate(environment).total.expected
                if cost < least and not any(self._against(environment)):
                    best, least = some, cost
        return best, tried

    def _estimate(self, environment: Environment) -> Estimate:
        """What an Environment costs at the present use."""
        return estimate_environment(environment, self.usage, self.book)

    def _resolved(self, override: Mapping[str, Any]) -> Resolution:
        """The environment with an override in the client's file."""
        environment, client, region = self.where
        project = laid_over(self.pricer.project, client or DEFAULT_CLIENT, environment, override)
        return at_tier(project, self.tier, environment, client, region, self.pricer.variables)

    def _next(self) -> Environment:
        """The next built-in tier up, or this one where there is none."""
        names = self.pricer.built_in()
        users = self.promise.users.least
        above = [
            name
            for name in names
            if load_tier(self.pricer.project, name).promise.users.least > users
        ]
        environment, client, region = self.where
        goal = above[0] if above else self.tier
        variables = self.pricer.variables
        try:
            return at_tier(
                self.pricer.project, goal, environment, client, region, variables
            ).environment
        except InvalidConfigurationError:
            return self.base


def broken(promise: Promise, before: Environment, after: Environment) -> Iterator[str]:
    """In what an Environment keeps less of a promise than the one it would replace.

    A figure that is kept has to stay kept; one that is not may not get worse.
    """
    old, new = delivered(dict(before.shapes())), delivered(dict(after.shapes()))
    least = min(promise.uptime_percent, old.uptime_percent)
    if new.uptime_percent < least:
        yield (
            f"It would deliver {new.uptime_percent} % uptime; "
            f"{promise.uptime_percent} % is promised and {old.uptime_percent} % delivered now."
        )
    was = {component.name: component.recovery_s[1] for component in old.components}
    for component in new.components:
        most = max(promise.recovery_s, was.get(component.name, 0))
        if component.recovery_s[1] > most:
            yield (
                f"{component.name} would take up to {component.recovery_s[1]} s to recover; "
                f"{promise.recovery_s} s are promised."
            )


def applied(base: Environment, changes: Mapping[Change, Any]) -> Environment:
    """An Environment with single fields changed."""
    result = base
    for address, shape in base.shapes():
        values = {name: value for (at, name), value in changes.items() if at == address}
        if values:
            result = result.with_shape(address, dataclasses.replace(shape, **values))
    own = {name: value for (at, name), value in changes.items() if not at}
    return dataclasses.replace(result, **own) if own else result


def _changes(base: Environment, other: Environment) -> Iterator[tuple[Change, Any]]:
    """Every field in which one Environment differs from another of the same services."""
    theirs = dict(other.shapes())
    for address, shape in base.shapes():
        for known in dataclasses.fields(shape):
            value = getattr(theirs[address], known.name)
            if value != getattr(shape, known.name):
                yield (address, known.name), value
    if base.schedule != other.schedule:
        yield ("", "schedule"), other.schedule


def _together(some: Iterable[_Trial]) -> dict[Change, Any] | None:
    """All changes of some savings, or None when two want different values of one field."""
    changes: dict[Change, Any] = {}
    for trial in some:
        for change, value in trial.changes.items():
            if changes.setdefault(change, value) != value:
                return None
    return changes


def _found(
    candidate: Candidate, status: Status, saved: Decimal | None, reason: str, at_most: bool = False
) -> Finding:
    """A finding that is not chosen yet."""
    return Finding(candidate=candidate, status=status, saved=saved, reason=reason, at_most=at_most)


def environments_of(pricer: Pricer, tier: str, environment: str) -> tuple[str, ...]:
    """The environments asked for: one, or all of a tier that inherit from no other."""
    return load_tier(pricer.project, tier).primary if environment == "all" else (environment,)


def client_tiers(pricer: Pricer, client: str | None) -> tuple[str, ...]:
    """The client's own tier where it names one, otherwise every built-in tier."""
    if client is not None:
        node, _ = pricer.project.read(pricer.project.path("clients", client))
        named = node.get("tier") if node else None
        if isinstance(named, Scalar):
            return (named.text,)
    return pricer.built_in()
