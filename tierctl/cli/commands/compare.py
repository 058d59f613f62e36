"""`tierctl compare`: tiers side by side, feature by feature, with what they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tierctl.cli.app import App, answer, pass_app, say
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


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="TIER...", shell_complete=complete_tier)
@environment_option("production")
@client_option
@region_option
@click.option("--only-differences", is_flag=True, help="Leave out what is the same in all of them.")
@form_option("text", "json", "markdown", "html")
@output_option
@pass_app
def compare(  # noqa: PLR0913 - one argument per option, as click has it
    app: App,
    *,
    names: tuple[str, ...],
    environment: str,
    client: str | None,
    region: str | None,
    only_differences: bool,
    form: str,
    output: Path | None,
) -> None:
    """Compare tiers feature by feature, with the promise and what the Shapes deliver.

    \b
    tierctl compare minimum medium enterprise
    tierctl compare medium growth --only-differences --format markdown
    """
    import json

    from tierctl.config.compare import at_tier
    from tierctl.reporting import documents

    project = app.project
    found = [
        at_tier(project, name, environment, client, region, app.variables)
        for name in dict.fromkeys(names)
    ]
    document = documents.comparison(found, environment)
    document["features"] = _with_costs(
        app, document["features"], names, environment, client, region
    )
    if only_differences:
        document["features"] = [f for f in document["features"] if f["differs"]]
    match form:
        case "json":
            text = json.dumps(document, indent=2)
        case "markdown":
            from tierctl.reporting import markdown

            text = markdown.comparison(document)
        case "html":
            from tierctl.reporting import html

            text = html.comparison(document)
        case _:
            from tierctl.reporting import terminal

            text = terminal.comparison(document)
    answer(text, output)


def _with_costs(
    app: App,
    features: list[dict[str, Any]],
    names: tuple[str, ...],
    environment: str,
    client: str | None,
    region: str | None,
) -> list[dict[str, Any]]:
    """The matrix with costs behind the plan's band; without them where there are no prices."""
    from tierctl.catalog.pricing_rows import PriceError
    from tierctl.costing.compare import cost_rows
    from tierctl.costing.subjects import Pricer

    pricer = Pricer(app.project, app.variables, {})
    try:
        subjects = [pricer.tier(name, environment, client, region) for name in dict.fromkeys(names)]
    except PriceError as error:
        say(f"Costs are left out: {error.diagnostic.what}")
        return features
    after = 1 + max(n for n, row in enumerate(features) if row["section"] == "cost")
    return [*features[:after], *cost_rows(subjects), *features[after:]]
