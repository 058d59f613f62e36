"""`tierctl info`: what is selected, what is recorded as deployed, what a template holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tierctl.cli.app import App, answer, pass_app, say
from tierctl.cli.exits import Exit
from tierctl.cli.options import client_option, form_option, output_option

if TYPE_CHECKING:
    from tierctl.config.project import Project
    from tierctl.model.diagnostics import Diagnostic
    from tierctl.model.environment import Environment


@click.command()
@client_option
@click.option(
    "--template",
    type=click.Path(path_type=Path),
    help="A template of ours: tell the environment it was made from.",
)
@click.option("--save", is_flag=True, help="Record the template's environment as what is deployed.")
@form_option("text", "json")
@output_option
@click.pass_context
@pass_app
def info(
    app: App,
    ctx: click.Context,
    *,
    client: str | None,
    template: Path | None,
    save: bool,
    form: str,
    output: Path | None,
) -> None:
    """Tell which tier is selected and why, and which environments are recorded as deployed.

    With --template it tells what a template was made from; with --save too, it writes the record
    environments/CLIENT-ENVIRONMENT.yaml as after a deployment of that template. Exit code 1 means
    that something is wrong with what was found.

    \b
    tierctl info --client acme
    tierctl info --template cdk.out/shop-acme-staging.template.json
    """
    from tierctl.model.diagnostics import render
    from tierctl.reporting import documents

    if save and template is None:
        raise click.UsageError("--save records what a template says: add --template FILE.")
    problems: list[Any] = []
    project = app.project
    found = _environment(template, problems) if template else None
    if save and found is not None:
        say(f"Written to {_save(project, found)}.")
    document = documents.document(
        "info",
        selected=_selected(app, project, client, problems),
        recorded=_recorded(project, problems),
        template=_template(found) if found else None,
    )
    document["problems"] = [documents.diagnostic(problem) for problem in problems]
    for problem in problems:
        click.echo(render(problem), err=True)
    answer(json.dumps(document, indent=2) if form == "json" else _text(document), output)
    ctx.exit(Exit.FINDINGS if problems else Exit.DONE)


def _selected(
    app: App, project: Project, client: str | None, problems: list[Any]
) -> dict[str, Any] | None:
    """The tier that commands without one take, or None when nobody named any."""
    from tierctl.config.clients import read_client
    from tierctl.config.selection import choose_client, choose_tier, heard
    from tierctl.model.diagnostics import InvalidConfigurationError

    name, source, notes = choose_client(project, client, app.variables)
    spec, found = read_client(project, name)
    problems += found
    if spec is None:
        return None
    try:
        if not heard(project, spec, None, app.variables, ""):
            return None
        choice = choose_tier(project, spec, None, app.variables, notes=notes)
    except InvalidConfigurationError as error:
        problems += error.diagnostics
        return None
    return {
        "tier": choice.tier,
        "client": name,
        "client_source": source,
        "source": choice.source,
        "decided": choice.explained(),
    }


def _recorded(project: Project, problems: list[Any]) -> list[dict[str, Any]]:
    """Every record: what each environment was last deployed as."""
    from tierctl.config.nodes import Scalar

    rows = []
    for name in project.names("environments"):
        root, found = project.read(project.path("environments", name))
        problems += found
        words = {}
        for key in ("client", "environment", "tier"):
            node = root.get(key) if root else None
            words[key] = node.text if isinstance(node, Scalar) else None
        rows.append({"file": f"environments/{name}.yaml", **words})
    return rows


def _save(project: Project, environment: Environment) -> str:
    """Write the record of an environment; returns the file's name.

    Raises:
        click.ClickException: It cannot be written.
    """
    from tierctl.config.compare import at_tier
    from tierctl.config.records import write_record

    known = environment.identity
    born = at_tier(project, known.tier, known.environment, known.client, None, {}).environment
    try:
        return project.relative(write_record(project, environment, born))
    except OSError as error:
        raise click.ClickException(
            f"The record cannot be written: {error.strerror or error}."
        ) from error


def _environment(path: Path, problems: list[Any]) -> Environment | None:
    """What a template of ours was made from, by the document in its Metadata."""
    from tierctl.model.document import DocumentError, from_document
    from tierctl.model.environment import Environment

    try:
        template = json.loads(path.read_bytes())
    except OSError as error:
        raise click.UsageError(
            f"{path}: {error.strerror or error}. Name a file that can be read."
        ) from error
    except (ValueError, RecursionError) as error:
        problems.append(_wrong(path, f"It is no JSON: {error}."))
        return None
    metadata = template.get("Metadata") if isinstance(template, dict) else None
    ours = metadata.get("tierctl") if isinstance(metadata, dict) else None
    if not isinstance(ours, dict):
        what = "Its Metadata holds no environment of tierctl's: it is not one of ours."
        problems.append(_wrong(path, what))
        return None
    try:
        return from_document(Environment, ours.get("environment"))
    except (DocumentError, TypeError, ValueError) as error:
        problems.append(_wrong(path, f"The environment in its Metadata does not fit: {error}."))
        return None


def _wrong(path: Path, what: str) -> Diagnostic:
    """A template that tells nothing."""
    from tierctl.model.diagnostics import Diagnostic, Place

    return Diagnostic(
        "document-invalid",
        "the document does not fit its kind",
        what,
        "Name a template that 'cdk synth' of this project wrote.",
        place=Place(str(path), 1, 1),
    )


def _template(environment: Environment) -> dict[str, Any]:
    """An environment in a few words."""
    identity = environment.identity
    return {
        "stack": identity.stack_name,
        "client": identity.client,
        "environment": identity.environment,
        "tier": identity.tier,
        "region": environment.placement.region,
    }


def _text(document: dict[str, Any]) -> str:
    """The document for people."""
    selected, template = document["selected"], document["template"]
    lines = ["Selected"]
    if selected is None:
        lines.append("  nothing: name a tier with 'tierctl select'")
    else:
        lines.append(f"  client {selected['client']} (named by {selected['client_source']})")
        lines += [f"  {line}" for line in selected["decided"]]
    lines += ["", "Recorded as deployed"]
    for row in document["recorded"]:
        lines.append(f"  {row['client']}-{row['environment']}: {row['tier']} ({row['file']})")
    if not document["recorded"]:
        lines.append("  nothing: no environment was deployed from here")
    if template is not None:
        lines += [
            "",
            "Template",
            f"  {template['stack']}: tier {template['tier']} in {template['region']}",
        ]
    return "\n".join(lines) + "\n"
