"""`tierctl plan`: the way from where an environment stands to where it should, step by step."""

from __future__ import annotations

from pathlib import Path

import click

from tierctl.cli.app import App, answer, pass_app, say
from tierctl.cli.exits import Exit
from tierctl.cli.options import (
    client_option,
    complete_tier,
    environment_option,
    form_option,
    output_option,
    region_option,
)


@click.command()
@click.option("--to", "goal", required=True, shell_complete=complete_tier, help="The tier wanted.")
@click.option("--from", "start", shell_complete=complete_tier, help="The tier it stands at.")
@click.option(
    "--from-file",
    "file",
    type=click.Path(path_type=Path),
    help="An environment as `tierctl show --format json` writes it.",
)
@click.option(
    "--from-template",
    "template",
    type=click.Path(path_type=Path),
    help="A CloudFormation template: one of ours, or anybody's to be given advice on.",
)
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="NAME=VALUE",
    help="A value of the template's parameter; may be given more than once.",
)
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
    file: Path | None,
    template: Path | None,
    parameters: tuple[str, ...],
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
    Nothing is changed. Exits with 1 when the plan is blocked. Where the environment stands is
    read from the live account, unless --from says it. A template or file of ours says
    itself which client and environment it is; a template of somebody else's gets patches on
    itself, and exits with 1 when something cannot be reached in place.

    \b
    tierctl plan --to medium --environment production
    tierctl plan --from minimum --to medium
    tierctl plan --from medium --to enterprise --format json -o plan.json
    tierctl plan --from-template deployed.yaml --to medium
    npx cdk diff -c plan=plan.json -c step=1
    """
    from tierctl.cli.commands import _planning

    facts = _planning.facts_of(given)
    ways = sum(way is not None for way in (start, file, template))
    if ways > 1:
        raise click.UsageError(
            "Say where the environment stands in one way: --from TIER, --from-file FILE or "
            "--from-template FILE; with none of them the live account is asked."
        )
    if not ways:
        from tierctl.cli.commands import _planning_live as live

        try:
            found = live.make(app, goal, environment, client, region, facts)
        except live.NotOursError as error:
            say(str(error))
            return Exit.FINDINGS
        except live.AwsError as error:
            say(f"{error}\nTo plan without an account, say where it stands: --from TIER.")
            return Exit.FAILED
    elif start is not None:
        found = _planning.make(app, start, goal, environment, client, region, facts)
    else:
        from tierctl.cli.commands import _planning_files as files

        known = files.from_file(file) if file else files.from_template(template, parameters, region)
        if known is None:
            advice = files.advice(app, template, goal, environment, client, region, parameters)
            answer(files.rendered(advice, form), output)
            if advice["impossible"]:
                return Exit.FINDINGS
            return Exit.PENDING if detailed_exitcode and advice["steps"] else Exit.DONE
        found = files.make(app, known, goal, facts)
    answer(_planning.rendered(found, form), output)
    if found["verdict"] == "blocked":
        return Exit.FINDINGS
    return Exit.PENDING if detailed_exitcode and found["steps"] else Exit.DONE
