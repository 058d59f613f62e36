"""Check the price files without AWS: form, keys, amounts, tiers, dates, sources and filters.

    python scripts/check_catalog.py [FOLDER]

Prints every problem as file:line:column with what to do. Exit codes: 0 nothing found, 1 findings,
2 usage.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run from a checkout

from tierctl.catalog import price_file
from tierctl.catalog.price_checks import check_folder
from tierctl.model.diagnostics import render


@click.command()
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=price_file.PRICES_FOLDER,
)
@click.pass_context
def main(ctx: click.Context, folder: Path) -> None:
    """Check the price files of FOLDER (default: the catalogue's own)."""
    regions = price_file.region_names(folder)
    if not regions:
        raise click.UsageError(f"{folder} has no price files.")
    found = check_folder(folder, dt.datetime.now(tz=dt.UTC).date())
    for diagnostic in found:
        click.echo(render(diagnostic))
    click.echo(f"{len(regions)} price files checked, {len(found)} findings.", err=True)
    ctx.exit(1 if found else 0)


if __name__ == "__main__":
    main()
