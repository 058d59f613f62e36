"""`tierctl tiers`: what there is to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierctl.cli.app import App, answer, pass_app
from tierctl.cli.options import form_option, output_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@form_option("text", "json")
@output_option
@pass_app
def tiers(app: App, *, form: str, output: Path | None) -> None:
    """List the tiers: what each promises, its names, built-in ones first."""
    import json

    from tierctl.config.tiers import listed
    from tierctl.reporting import documents, terminal

    document = documents.tiers(listed(app.project))
    answer(json.dumps(document, indent=2) if form == "json" else terminal.tiers(document), output)
