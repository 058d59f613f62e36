"""`tierctl select`: prompt, argument, variable or client file; one answer, always explained."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tierctl.cli.app import App, answer, pass_app, say
from tierctl.cli.options import client_option, complete_tier, form_option, output_option
from tierctl.model.diagnostics import InvalidConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from tierctl.config.clients import ClientSpec
    from tierctl.config.project import Project
    from tierctl.config.selection import Choice
    from tierctl.config.tiers import TierSpec
    from tierctl.costing.subjects import Pricer


@click.command()
@click.argument("tier", required=False, shell_complete=complete_tier)
@client_option
@click.option("--dry-run", is_flag=True, help="Say what would be selected; write nothing.")
@form_option("text", "json")
@output_option
@pass_app
def select(
    app: App,
    *,
    tier: str | None,
    client: str | None,
    dry_run: bool,
    form: str,
    output: Path | None,
) -> None:
    """Select a tier and write it to .tierctl-selection.yaml.

    TIER wins over TIERCTL_TIER, CLIENT_TIER, COPILOT_TIER (in this order) and the client's file.
    When none of them says anything you are asked; the answer is a number or a name.

    \b
    tierctl select medium
    echo 2 | tierctl select
    CLIENT_TIER=medium CLIENT_DOMAIN=shop.example.com tierctl select
    """
    import json

    from tierctl.config.clients import load_client
    from tierctl.config.selection import choose_client, write_selection
    from tierctl.reporting import documents

    project = app.project
    name, source, notes = choose_client(project, client, app.variables)
    spec = load_client(project, name)
    chosen = _choose(app, project, spec, tier, notes)
    named = name if source != "the default" else None
    later = None if dry_run else _contradiction(project, spec, chosen)
    if not dry_run:
        try:
            path = write_selection(project, chosen.tier, named)
        except OSError as error:
            raise click.ClickException(
                f"The selection file cannot be written: {error.strerror or error}."
            ) from error
        say(f"Written to {project.relative(path)}.")
    for line in chosen.explained():
        say(line)
    if later:
        say(later)
    document = documents.document(
        "selection",
        tier=chosen.tier,
        client=named,
        source=chosen.source,
        decided=chosen.explained(),
        written=not dry_run,
    )
    answer(json.dumps(document, indent=2) if form == "json" else chosen.tier, output)


def _choose(
    app: App, project: Project, client: ClientSpec, given: str | None, notes: tuple[str, ...]
) -> Choice:
    """The choice: by what was said, or by asking."""
    from tierctl.config.selection import Candidate, Choice, heard, tier_named

    # the selection file is what is being written: it does not answer its own question
    said = tuple(
        c
        for c in heard(project, client, given, app.variables, "TIER")
        if not _is_selection(c.source)
    )
    if not said:
        said = (Candidate("your answer", _ask(project)),)
    return Choice(tier_named(project, said[0]), said[0].source, said, notes)


def _is_selection(source: str) -> bool:
    """Whether a source is the selection file."""
    from tierctl.config.project import SELECTION_FILE

    return source == SELECTION_FILE


def _ask(project: Project) -> str:
    """Ask for a tier by number or name, once. Nothing but the answer is read from stdin.

    Raises:
        click.UsageError: The input ends, or the answer is no number of the list.
    """
    from tierctl.config.tiers import listed
    from tierctl.costing.subjects import Pricer

    specs, pricer = listed(project), Pricer(project, {}, {})
    say("Which tier? Costs are for staging and production together.")
    for number, spec in enumerate(specs, 1):
        say(f"  {number}) {spec.name:<12} {_cost(pricer, spec)}")
        say(f"     {spec.summary}")
    click.echo(f"Number or name (1-{len(specs)}): ", err=True, nl=False)
    try:
        word = sys.stdin.readline().strip()
    except ValueError:  # bytes that are no text
        word = "?"
    if not word:
        say("")
        raise click.UsageError(
            "No tier was chosen. Answer with a number or name, or give it: 'tierctl select medium'."
        )
    if word.isdecimal():
        number = int(word) if len(word) < 6 else 0  # noqa: PLR2004 - longer is no number of a list
        if not 1 <= number <= len(specs):
            raise click.UsageError(
                f"'{word[:20]}' is no number of the list. Answer with 1 to {len(specs)}."
            )
        return specs[number - 1].name
    return word


def _cost(pricer: Pricer, spec: TierSpec) -> str:
    """What staging and production cost a month together, and the plan document's figures."""
    from tierctl.catalog.pricing_rows import PriceError

    band = spec.band
    plan = f"; the plan says ${band.low_usd}-{band.high_usd}" if band else ""
    try:
        found = pricer.tier(spec.name)
    except (PriceError, InvalidConfigurationError):
        return f"not priced{plan}"
    least = "at least " if found.at_least else ""
    return f"{least}${found.total.expected:,.0f} a month expected{plan}"


def _contradiction(project: Project, client: ClientSpec, chosen: Choice) -> str | None:
    """What to tell when the selection will be passed over, because the client's file wins."""
    from tierctl.config.layers import resolve_alias

    if client.tier is None or not client.tier.value:
        return None
    if resolve_alias(project, client.tier.text) == chosen.tier:
        return None
    return (
        f"Note: {client.tier.place} says 'tier: {client.tier.text}' and wins over the selection "
        f"for client '{client.name}'. Change it there to keep your choice."
    )
