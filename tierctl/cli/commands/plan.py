"""`tierctl plan`: the way from where an environment stands to where it should, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierctl.cli.app import App, answer, pass_app
from tierctl.cli.exits import Exit
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
@click.option("--to", "goal", required=True, shell_complete=complete_tier, help="The tier wanted.")
@click.option("--from", "start", shell_complete=complete_tier, help="The tier it stands at.")
@environment_option("staging")
@client_option
@region_option
@click.option(
    "--fact",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="What only the live account knows, such as cache.bytes_stored=120000000; repeatable.",
)
@click.option(
    "--detailed-exitcode", is_flag=True, help="Leave with 4 when there is something to do."
)
@form_option("text", "json", "markdown", "html")
@output_option
@pass_app
def plan(  # noqa: PLR0913 - one argument per option, as click has it
    app: App,
    *,
    goal: str,
    start: str | None,
    environment: str,
    client: str | None,
    region: str | None,
    given: tuple[str, ...],
    detailed_exitcode: bool,
    form: str,
    output: Path | None,
) -> int:
    """Plan a change of size as a sequence of in-place updates.

    Every step says what it interrupts, for how long, how sure that is and where it is written.
    Nothing is changed. Exits with 1 when the plan is blocked.

    \b
    tierctl plan --from minimum --to medium --environment production
    tierctl plan --from medium --to enterprise --format json -o plan.json
    npx cdk diff -c plan=plan.json -c step=1
    """
    from tierctl.cli.commands import _planning

    facts = _planning.facts_of(given)
    if start is None:
        raise click.UsageError(
            "Say where the environment stands: --from TIER. Reading it from the live account "
            "comes with `tierctl apply`."
        )
    found = _planning.make(app, start, goal, environment, client, region, facts)
    answer(_planning.rendered(found, form), output)
    if found["verdict"] == "blocked":
        return Exit.FINDINGS
    return Exit.PENDING if detailed_exitcode and found["steps"] else Exit.DONE
