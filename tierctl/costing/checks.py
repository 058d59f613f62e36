"""The check of cost against budget, and of the usage figures that costs rest on.

In: resolved environments with their project. Out: diagnostics: a budget that the least use
already exceeds is an error, one that expected use exceeds a warning. May not: say a budget holds
when a price is missing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tierctl.config.usage import usage_of
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tierctl.config.project import Project
    from tierctl.config.resolve import Resolution
    from tierctl.model.diagnostics import Place
    from tierctl.model.estimate import Estimate

FIELD = "observability.monthly_budget_usd"


def cost_findings(
    resolved: Iterable[tuple[Project, Resolution]], only: frozenset[str] | None = None
) -> list[Diagnostic]:
    """Everything to say of usage and budgets.

    Args:
        resolved: Environments, each with the project it was resolved in.
        only: Files that were asked about; problems of usage elsewhere are told by their own run.
    """
    found: list[Diagnostic] = []
    for project, resolution in resolved:
        try:
            usage = usage_of(project, resolution)
        except InvalidConfigurationError as error:
            found += [d for d in error.diagnostics if _asked(d, only)]
            continue
        budget = resolution.environment.observability.monthly_budget_usd
        if budget is None:
            continue
        # a budget is rare: only then are prices loaded
        from tierctl.catalog.price_book import PriceBook
        from tierctl.catalog.pricing_rows import PriceError
        from tierctl.costing.pricing import estimate_environment

        place = resolution.places.get(FIELD)
        region = resolution.environment.placement.region
        try:
            book = PriceBook.load(region)
        except PriceError as error:
            found.append(_unchecked(error.diagnostic.what, place))
            continue
        estimate = estimate_environment(resolution.environment, usage.profile, book)
        over = _over(estimate, budget, place)
        if over is not None:
            found.append(over)
    return found


def _asked(diagnostic: Diagnostic, only: frozenset[str] | None) -> bool:
    """Whether a problem lies in a file that was asked about."""
    place = diagnostic.place
    return only is None or place is None or place.file in only


def _over(estimate: Estimate, budget: int, place: Place | None) -> Diagnostic | None:
    """The budget held against what the environment costs."""
    cost = estimate.total
    if cost.expected <= budget:
        return None
    least = "at least " if estimate.at_least else ""
    hopeless = cost.low > budget
    part = f"{cost.low:,.2f} at the least use" if hopeless else f"{cost.expected:,.2f} expected"
    return Diagnostic(
        "cost-over-budget",
        "the environment costs more than its budget",
        f"'monthly_budget_usd' is {budget}, and {estimate.client}-{estimate.environment} at tier "
        f"{estimate.subject} comes to {least}${part} a month.",
        f"Set 'monthly_budget_usd: {math.ceil(cost.expected)}' or more, or see "
        f"'tierctl estimate {estimate.subject} --environment {estimate.environment} --explain'.",
        why="The budget's alarm would sound every month and soon be ignored.",
        place=place,
        severity=Severity.ERROR if hopeless else Severity.WARNING,
    )


def _unchecked(why: str, place: Place | None) -> Diagnostic:
    """A budget that could not be held against anything."""
    return Diagnostic(
        "cost-not-checked",
        "a budget could not be checked",
        f"{why} The budget was not held against a cost.",
        "Use a region with prices, or add its price file (scripts/refresh_prices.py).",
        place=place,
        severity=Severity.WARNING,
    )
