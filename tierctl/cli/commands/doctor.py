"""`tierctl doctor`: whether the machine and the account are fit, and what to do if not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from tierctl.cli.app import App, answer, pass_app
from tierctl.cli.exits import Exit
from tierctl.cli.options import form_option, output_option, region_option

if TYPE_CHECKING:
    from pathlib import Path

    from tierctl.cli.doctor_checks import Check


@click.command()
@click.option("--live", is_flag=True, help="Also ask AWS: bootstrap stack, stack policies.")
@region_option
@form_option("text", "json")
@output_option
@click.pass_context
@pass_app
def doctor(
    app: App, ctx: click.Context, *, live: bool, region: str | None, form: str, output: Path | None
) -> None:
    """Check Node, the cdk command line, Python packages, credentials and the age of prices.

    Nothing is changed and AWS is not asked unless --live is given. Exit code 1 means that
    something has to be mended before a deployment.

    \b
    tierctl doctor
    tierctl doctor --live --region eu-west-1 --format json
    """
    from tierctl.cli import doctor_checks as checks
    from tierctl.reporting import documents

    project = app.project
    names = project.names("environments")
    found = list(checks.local_checks(project.folder, app.variables, app.run, app.today()))
    if live:
        found += checks.live_checks(checks.cloudformation, region, _stacks(app, names))
    else:
        found += [checks.not_live(), checks.offline_records(names)]
    document = documents.document("doctor", checks=[_row(check) for check in found])
    answer(json.dumps(document, indent=2) if form == "json" else _text(found), output)
    ctx.exit(Exit.FINDINGS if any(c.status == "error" for c in found) else Exit.DONE)


def _stacks(app: App, names: list[str]) -> list[str]:
    """Names of the recorded environments' stacks."""
    from tierctl.config.clients import read_client
    from tierctl.config.nodes import Scalar

    stacks = []
    for name in names:
        root, _ = app.project.read(app.project.path("environments", name))
        node = root.get("client") if root else None
        spec, _ = read_client(app.project, node.text if isinstance(node, Scalar) else None)
        own = spec.node.get("app") if spec else None
        stacks.append(f"{own.text if isinstance(own, Scalar) else 'app'}-{name}")
    return stacks


def _row(check: Check) -> dict[str, str]:
    """One check of the document."""
    return {
        "name": check.name,
        "status": check.status,
        "found": check.found,
        "fix": check.fix,
    }


def _text(found: list[Check]) -> str:
    """The checks for people: worst last, where the eye rests."""
    order = ("ok", "skipped", "warning", "error")
    lines = []
    for check in sorted(found, key=lambda c: order.index(c.status)):
        lines.append(f"{check.status:<8} {check.name}: {check.found}")
        if check.fix and check.status != "ok":
            lines.append(f"         {check.fix}")
    return "\n".join(lines) + "\n"
