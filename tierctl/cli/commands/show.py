"""`tierctl show`: one environment with nothing open, and where each value came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
@click.argument("tier", required=False, shell_complete=complete_tier)
@client_option
@environment_option("staging")
@region_option
@form_option("text", "json")
@output_option
@pass_app
def show(
    app: App,
    *,
    tier: str | None,
    client: str | None,
    environment: str,
    region: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Show an environment fully resolved: every value with the file and line it is from.

    Without TIER it is the one that `tierctl info` says is chosen. Warnings go to stderr.

    \b
    tierctl show medium --environment production
    tierctl show --client acme --format json -o environment.json
    """
    import json

    from tierctl.config.provenance import values_of
    from tierctl.config.resolve import Request, resolve
    from tierctl.model.diagnostics import render
    from tierctl.reporting import documents, terminal

    request = Request(tier=tier, client=client, environment=environment, region=region, how="TIER")
    found = resolve(app.project, request, app.variables)
    document = documents.environment(found, values_of(found, request))
    for warning in found.warnings:
        say(render(warning))
    text = json.dumps(document, indent=2) if form == "json" else terminal.environment(document)
    answer(text, output)
