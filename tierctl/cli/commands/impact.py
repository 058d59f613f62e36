"""`tierctl impact`: what an update from one template to another does, before it is deployed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierctl import __version__
from tierctl.cli.app import answer
from tierctl.cli.exits import Exit
from tierctl.cli.options import form_option, output_option, parameter_values

if TYPE_CHECKING:
    from tierctl.reporting.documents import Document


@click.command()
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value of a template's parameter, for both; may be given more than once.",
)
@form_option("text", "json", "sarif", "markdown")
@output_option
def impact(
    before: Path, after: Path, parameters: tuple[str, ...], form: str, output: Path | None
) -> int:
    """Say what deploying AFTER over BEFORE does, to any two CloudFormation templates.

    Each resource is replaced, interrupted, changed in place, removed, retained, added, refused
    by CloudFormation, or unknown, with the property that decides it, its source, and what becomes
    of its data. Nothing is looked up; what nobody knows is unknown, never safe. Exits with 1 when
    data is at risk, the update would be refused, or anything is unknown on a resource with data.

    \b
    tierctl impact deployed.yaml cdk.out/shop-acme-staging.template.json
    tierctl impact before.json after.json --format sarif -o impact.sarif
    """
    from tierctl.planning.impact import impact as compare
    from tierctl.reporting.impact_document import impact_document

    values = parameter_values(parameters)
    found = impact_document(compare(_content(before), _content(after), values))
    answer(_rendered(found, form), output)
    return Exit.FINDINGS if found["blocking"] else Exit.DONE


def _content(file: Path) -> tuple[bytes, str]:
    """A file's bytes and its name.

    Raises:
        click.UsageError: It cannot be read.
    """
    try:
        return file.read_bytes(), str(file)
    except OSError as error:
        raise click.UsageError(
            f"{file}: {error.strerror or error}. Name a template that can be read."
        ) from error


def _rendered(found: Document, form: str) -> str:
    """The document in the form asked for."""
    import json

    from tierctl.reporting import impact_document as views

    match form:
        case "json":
            return json.dumps(found, indent=1, ensure_ascii=False)
        case "sarif":
            return json.dumps(views.sarif(found, __version__), indent=2)
        case "markdown":
            return views.markdown(found)
        case _:
            return views.text(found)
