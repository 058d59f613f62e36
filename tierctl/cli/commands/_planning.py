"""What `plan` does once it is called: imported then, so that `--help` need not."""

from __future__ import annotations

import datetime as dt
import functools
import json
from typing import TYPE_CHECKING, Any

import click

from tierctl.catalog.price_book import PriceBook
from tierctl.catalog.pricing_rows import PriceError
from tierctl.config.compare import at_tier
from tierctl.config.usage import usage_of
from tierctl.costing.pricing import estimate_environment
from tierctl.planning.facts import KNOWN, Facts, problem
from tierctl.planning.planner import plan
from tierctl.reporting import plan_text
from tierctl.reporting.plan_document import plan_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from tierctl.cli.app import App
    from tierctl.config.resolve import Resolution
    from tierctl.model.environment import Environment
    from tierctl.reporting.documents import Document


def make(  # noqa: PLR0917 - what the command was given
    app: App,
    start: str,
    goal: str,
    environment: str,
    client: str | None,
    region: str | None,
    facts: Facts,
) -> Document:
    """The plan between two tiers of one client's environment, as a document."""
    project, variables = app.project, app.variables
    before = at_tier(project, start, environment, client, region, variables)
    after = at_tier(project, goal, environment, client, region, variables)
    unpriced: set[str] = set()
    price = pricer(app, after, unpriced)
    found = plan(before.environment, after.environment, facts, price)
    return plan_document(found, unpriced)


def pricer(
    app: App, goal: Resolution, unpriced: set[str]
) -> Callable[[Environment], Decimal | None] | None:
    """Expected dollars a month at the goal's use, so that steps differ by size alone.

    Lines without a price are left out and named in `unpriced`. None where the region has no
    prices at all: the plan then says that it is not priced.
    """
    try:
        book = PriceBook.load(goal.environment.placement.region)
    except PriceError:
        return None
    usage = usage_of(app.project, goal).profile

    @functools.cache
    def price(environment: Environment) -> Decimal | None:
        found = estimate_environment(environment, usage, book)
        unpriced.update(open_line.line.name for open_line in found.open_lines)
        return found.total.expected

    return price


def facts_of(given: tuple[str, ...]) -> Facts:
    """Facts of `--fact NAME=VALUE`.

    Raises:
        click.UsageError: A name is not known, or a value is none or of another kind.
    """
    values: dict[str, Any] = {}
    for item in given:
        name, _, text = item.partition("=")
        if name not in KNOWN or not text:
            known = "\n".join(f"  {key}: {about}" for key, about in KNOWN.items())
            raise click.UsageError(f"--fact {item!r} is none of:\n{known}")
        try:
            values[name] = json.loads(text)
        except json.JSONDecodeError:
            values[name] = text
        if wrong := problem(name, values[name]):
            raise click.UsageError(f"--fact {item!r}: {wrong}")
    return Facts(values, dt.datetime.now(dt.UTC))


def rendered(document: Document, form: str) -> str:
    """The document in the form asked for."""
    match form:
        case "json":
            return json.dumps(document, indent=1, ensure_ascii=False)
        case "markdown":
            return plan_text.runbook(document)
        case "html":
            from tierctl.reporting.html import runbook

            return runbook(document)
        case _:
            return plan_text.text(document)
