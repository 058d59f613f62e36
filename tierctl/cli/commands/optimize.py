"""`tierctl optimize`: every saving that keeps the promise, and the cheapest combination.

In: a tier or none, environments, a client, a region. Out: text, JSON, Markdown or CSV. May not:
change a file: it prints what to write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierctl.cli.app import App, answer, pass_app
from tierctl.cli.options import (
    client_option,
    complete_tier,
    environment_option,
    form_option,
    output_option,
    region_option,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tierctl.reporting.documents import Document


@click.command()
@click.argument("names", nargs=-1, metavar="[TIER]...", shell_complete=complete_tier)
@environment_option("all")
@client_option
@region_option
@form_option("text", "json", "markdown", "csv")
@output_option
@pass_app
def optimize(
    app: App,
    *,
    names: tuple[str, ...],
    environment: str,
    client: str | None,
    region: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Find what can be saved without breaking what a TIER promises.

    Every saving is priced by itself, with what it takes and the lines that switch it on; the
    cheapest combination is searched for and priced whole. Nothing is offered that an upgrade
    could not take back in place. Without TIER: the client's own tier, or every built-in one.

    \b
    tierctl optimize minimum
    tierctl optimize --client acme --environment staging --format markdown
    """
    from tierctl.catalog.pricing_rows import PriceError

    try:
        document = _document(app, names, environment, client, region)
    except PriceError as error:
        raise click.UsageError(f"{error.diagnostic.what} {error.diagnostic.fix}") from error
    from tierctl.reporting import optimize_views

    match form:
        case "json":
            import json

            text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        case "markdown":
            text = optimize_views.markdown(document)
        case "csv":
            text = optimize_views.csv(document)
        case _:
            text = optimize_views.text(document)
    answer(text, output)


def _document(
    app: App, names: tuple[str, ...], environment: str, client: str | None, region: str | None
) -> Document:
    """Every tier asked for, optimised."""
    from tierctl.config.tiers import load_tier
    from tierctl.costing.subjects import Pricer
    from tierctl.planning.optimize import Search, client_tiers, environments_of
    from tierctl.reporting.optimize_document import optimization

    pricer = Pricer(app.project, app.variables, {})
    subjects = []
    for name in dict.fromkeys(names or client_tiers(pricer, client)):
        spec = load_tier(pricer.project, name)
        optima = [
            Search(pricer, spec.name, one, client, region).optimum()
            for one in environments_of(pricer, spec.name, environment)
        ]
        subjects.append((spec.name, spec.title, spec.band, optima))
    return optimization(subjects)
