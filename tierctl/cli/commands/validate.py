"""`tierctl validate`: everything that is wrong, at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierctl import __version__
from tierctl.cli.app import App, answer, pass_app
from tierctl.cli.exits import Exit
from tierctl.cli.options import form_option, output_option

if TYPE_CHECKING:
    from tierctl.config.project import Project


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option(
    "--template",
    "templates",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A CloudFormation template to check with cfn-lint; may be given more than once.",
)
@click.option("--strict", is_flag=True, help="Let warnings fail the run too.")
@form_option("text", "json", "sarif")
@output_option
@click.pass_context
@pass_app
def validate(
    app: App,
    ctx: click.Context,
    *,
    files: tuple[Path, ...],
    templates: tuple[Path, ...],
    strict: bool,
    form: str,
    output: Path | None,
) -> None:
    """Check tiers, clients and records: every problem at once, with its place and the fix.

    Without FILE the whole project is checked: every tier and every client in each of its
    environments, every record, the selection file. Exit code 1 means that there are errors.

    \b
    tierctl validate
    tierctl validate clients/acme.yaml --format sarif -o findings.sarif
    tierctl validate --template cdk.out/shop-acme-staging.template.json
    """
    import json

    from tierctl.config.rules import RULES
    from tierctl.config.validate import Report, validate_files, validate_project
    from tierctl.model.diagnostics import has_errors
    from tierctl.reporting import documents, findings

    report = Report()
    if files:
        project = app.project
        report = validate_files(project, _contents(project, files))
    elif not templates:
        report = validate_project(app.project)
    if report.resolved:
        from tierctl.costing.checks import cost_findings

        report.found += cost_findings(report.resolved, only=frozenset(report.checked))
    if templates:
        from tierctl.cli.commands._templates import lint

        lint(templates, report)
    found = report.diagnostics
    document = documents.diagnostics(found, report.checked)
    match form:
        case "json":
            text = json.dumps(document, indent=2)
        case "sarif":
            text = json.dumps(findings.sarif(document, RULES, __version__), indent=2)
        case _:
            text = findings.text(found, report.checked)
    answer(text, output)
    ctx.exit(Exit.FINDINGS if has_errors(found) or (strict and found) else Exit.DONE)


def _contents(project: Project, files: tuple[Path, ...]) -> list[tuple[str, bytes]]:
    """Every file's name within the project, if it lies there, and its bytes.

    Raises:
        click.UsageError: A file cannot be read.
    """
    found = []
    for file in files:
        try:
            found.append((_shown(project, file), file.read_bytes()))
        except OSError as error:
            raise click.UsageError(
                f"{file}: {error.strerror or error}. Name a file that can be read."
            ) from error
    return found


def _shown(project: Project, file: Path) -> str:
    """A file's name within the project, or as it was given when it lies elsewhere."""
    try:
        return file.resolve().relative_to(project.folder.resolve()).as_posix()
    except ValueError:
        return str(file)
