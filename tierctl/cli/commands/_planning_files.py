"""Where a plan starts when no tier says it: a file with an Environment, or a template."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from tierctl.cli.commands._planning import pricer
from tierctl.cli.options import parameter_values
from tierctl.config.compare import at_tier
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place
from tierctl.model.document import DocumentError, from_document
from tierctl.model.environment import Environment
from tierctl.planning.planner import plan
from tierctl.reporting.plan_document import plan_document

if TYPE_CHECKING:
    from pathlib import Path

    from tierctl.cli.app import App
    from tierctl.planning.facts import Facts
    from tierctl.reporting.documents import Document

MAX_BYTES = 20_000_000
REGION = "us-east-1"


def make(app: App, known: Environment, goal: str, facts: Facts) -> Document:
    """The plan from an Environment to a tier of the same client and environment."""
    identity, region = known.identity, known.placement.region
    after = at_tier(app.project, goal, identity.environment, identity.client, region, app.variables)
    unpriced: set[str] = set()
    price = pricer(app, after, unpriced)
    found = plan(known, after.environment, facts, price)
    return plan_document(found, unpriced)


def from_file(file: Path) -> Environment:
    """The Environment of a file.

    Raises:
        InvalidConfigurationError: It holds none.
        click.UsageError: It cannot be read.
    """
    data = _content(file)
    if len(data) > MAX_BYTES:
        raise _refused(file, f"it has {len(data):,} bytes")
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        raise _refused(file, error.msg, error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:
        raise _refused(file, str(error)) from error
    found = document
    if isinstance(document, dict) and "kind" in document:
        kind = document["kind"]
        if kind != "environment":
            raise _refused(file, f"its kind is {kind!r}, and 'environment' is read")
        found = document.get("environment")
    return _environment(file, found)


def _environment(file: Path, found: Any) -> Environment:
    """A document as an Environment."""
    try:
        return from_document(Environment, found)
    except (DocumentError, TypeError, ValueError) as error:
        raise _refused(file, str(error)) from error


def from_template(
    file: Path | None, parameters: tuple[str, ...], region: str | None
) -> Environment | None:
    """The Environment of a template of ours; None for somebody else's.

    Raises:
        InvalidConfigurationError: It is no template, or ours with metadata that does not fit.
    """
    from tierctl.templates.reader import read_template

    if file is None:
        return None
    values = parameter_values(parameters)
    inventory = read_template(_content(file), str(file), values, region or REGION)
    if inventory.document is None:
        return None
    return _environment(file, inventory.document)


def advice(  # noqa: PLR0917 - what the command was given
    app: App,
    file: Path | None,
    goal: str,
    environment: str,
    client: str | None,
    region: str | None,
    parameters: tuple[str, ...],
) -> Document:
    """Patches on a template that is not ours."""
    from tierctl.planning.adoption import advise
    from tierctl.reporting.adoption_document import adoption_document
    from tierctl.templates.document import load

    if file is None:
        raise click.UsageError("Name a template.")
    wanted = at_tier(app.project, goal, environment, client, region, app.variables)
    root = load(_content(file), str(file)).root
    return adoption_document(
        advise(root, str(file), wanted.environment, parameter_values(parameters))
    )


def rendered(found: Document, form: str) -> str:
    """Advice in the form asked for.

    Raises:
        click.UsageError: It has no such form.
    """
    from tierctl.reporting import adoption_document as views

    match form:
        case "json":
            return json.dumps(found, indent=1, ensure_ascii=False)
        case "markdown":
            return views.markdown(found)
        case "html":
            raise click.UsageError("Advice on a foreign template has no html; take markdown.")
        case _:
            return views.text(found)


def _content(file: Path) -> bytes:
    """A file's bytes.

    Raises:
        click.UsageError: It cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise click.UsageError(
            f"{file}: {error.strerror or error}. Name a file that can be read."
        ) from error


def _refused(file: Path, what: str, line: int = 1, column: int = 1) -> InvalidConfigurationError:
    """A file that holds no Environment of ours."""
    return InvalidConfigurationError(
        [
            Diagnostic(
                "document-invalid",
                "the document does not fit its kind",
                f"{file}: {what}.",
                "Write one with: tierctl show TIER --format json -o environment.json",
                place=Place(str(file), line, column),
            )
        ]
    )
