"""`tierctl estimate`: what tiers, or anybody's template, cost a month.

In: tiers or a template, environments, a client, a region. Out: text, JSON, CSV, FOCUS-style CSV
or Markdown. May not: reach AWS, load the CDK, or let a missing price look like nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from decimal import Decimal

    from tierctl.costing.subjects import CostReport, Pricer, Subject

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("names", nargs=-1, metavar="[TIER]...", shell_complete=complete_tier)
@environment_option("all")
@client_option
@region_option
@click.option(
    "--template",
    type=_FILE,
    help="Price this CloudFormation template, JSON or YAML, instead. A TIER says how much it is "
    "used; without one, what depends on usage is listed with its unit price.",
)
@click.option(
    "--parameter", "parameters", multiple=True, metavar="KEY=VALUE", help="Template parameter."
)
@click.option("--budget", metavar="USD", help="Fail when the expected total is over it.")
@click.option(
    "--commitment", metavar="TERM", help="What paying ahead would save, such as 1y_no_upfront."
)
@click.option("--explain", is_flag=True, help="Show every line: quantity x price = cost.")
@click.option("--actual", type=_FILE, help="Cost Explorer answer to set beside the estimate.")
@click.option("--usage-from", type=_FILE, help="CloudWatch get-metric-data answer to use.")
@form_option("text", "json", "csv", "focus", "markdown")
@output_option
@click.pass_context
@pass_app
def estimate(  # noqa: PLR0913 - one argument per option, as click has it
    app: App,
    ctx: click.Context,
    *,
    names: tuple[str, ...],
    environment: str,
    client: str | None,
    region: str | None,
    template: Path | None,
    parameters: tuple[str, ...],
    budget: str | None,
    commitment: str | None,
    explain: bool,
    actual: Path | None,
    usage_from: Path | None,
    form: str,
    output: Path | None,
) -> None:
    """Say what TIERs cost a month: low, expected and high, by component.

    Without TIER: the client's own tier, or every built-in one. Exit code 1 means that the
    expected total is over the budget, or that a template cannot be read.

    \b
    tierctl estimate minimum medium enterprise
    tierctl estimate medium --environment production --explain
    tierctl estimate --template cdk.out/shop.template.json --region eu-west-1
    """
    from tierctl.catalog.pricing_rows import PriceError
    from tierctl.costing.subjects import CostReport, Pricer, within

    limit = _usd(budget) if budget is not None else None
    pricer = Pricer(app.project, app.variables, _measured(usage_from)) if not template else None
    subjects: tuple[Subject, ...]
    try:
        if template is not None:
            pricer = _template_pricer(app, usage_from)
            subjects = (_template(app, pricer, template, names, environment, region, parameters),)
        else:
            if parameters:
                raise click.UsageError("--parameter goes with --template.")
            assert pricer is not None  # noqa: S101 - made above
            subjects = tuple(
                pricer.tier(name, environment, client, region)
                for name in dict.fromkeys(names or _names(pricer, client))
            )
        if commitment is not None:
            subjects = tuple(_committed(pricer, one, commitment) for one in subjects)
    except PriceError as error:
        problem = error.diagnostic
        near = f" Did you mean {problem.suggestion!r}?" if problem.suggestion else ""
        raise click.UsageError(f"{problem.what} {problem.fix}{near}") from error
    if limit is not None:
        subjects = tuple(within(subject, limit) for subject in subjects)
    report = CostReport(subjects=subjects, actual=_paid(actual, subjects))
    answer(_rendered(report, form, explain=explain), output)
    over = [s for s in subjects if s.budget and s.budget.over]
    for subject in over:
        say(
            f"Over budget: {subject.name} is expected to cost ${subject.total.expected:,.2f} "
            f"a month, more than ${limit:,.2f}."
        )
    ctx.exit(Exit.FINDINGS if over else Exit.DONE)


def _names(pricer: Pricer, client: str | None) -> tuple[str, ...]:
    """The client's tier when a client is named and has one, otherwise every built-in tier."""
    from tierctl.config.clients import load_client

    if client is not None:
        tier = load_client(pricer.project, client).tier
        if tier is not None:
            return (tier.text,)
    return pricer.built_in()


def _rendered(report: CostReport, form: str, *, explain: bool) -> str:
    """The report in the form asked for."""
    if form == "text":
        from tierctl.reporting import cost_text

        return cost_text.rendered(report, explain=explain)
    if form == "json":
        import json

        from tierctl.reporting.cost_document import document

        return json.dumps(document(report), indent=2, ensure_ascii=False) + "\n"
    from tierctl.reporting import cost_tables

    match form:
        case "csv":
            return cost_tables.csv_text(report)
        case "focus":
            return cost_tables.focus_text(report)
        case _:
            return cost_tables.markdown(report)


def _usd(text: str) -> Decimal:
    """The budget: digits with a point, nothing else."""
    import re
    from decimal import Decimal

    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII):
        return Decimal(text)
    advice = "Write digits with a point for cents, such as 400 or 399.50."
    raise click.BadParameter(f"{text!r} is not an amount. {advice}", param_hint="--budget")


def _measured(path: Path | None) -> dict[str, Any]:
    """Usage figures from CloudWatch; labels that say nothing are told."""
    if path is None:
        return {}
    from tierctl.costing.measured import read_measured

    values, unknown = read_measured(path.read_bytes(), str(path))
    for label in unknown:
        say(f"{path}: '{label}' is no metric that an estimate can use; left aside.")
    return dict(values)


def _paid(path: Path | None, subjects: tuple[Subject, ...]) -> tuple[Any, ...]:
    """What was paid, beside what is estimated."""
    if path is None:
        return ()
    from tierctl.costing.actual import beside, read_actual

    paid, currency, months = read_actual(path.read_bytes(), str(path))
    estimates = [estimate for subject in subjects for estimate in subject.estimates]
    return beside(estimates, paid, currency, months)


def _committed(pricer: Pricer, subject: Subject, term: str) -> Subject:
    """The subject with a commitment beside it; a term nobody sells is a usage error."""
    from tierctl.costing.commitments import terms

    known = terms(pricer.book(subject.estimates[0].region))
    if known and term not in known:
        raise click.BadParameter(
            f"{term!r} is no term on file. Known are {', '.join(known)}.",
            param_hint="--commitment",
        )
    return pricer.committed(subject, term)


def _template_pricer(app: App, usage_from: Path | None) -> Pricer:
    """A pricer for a template, which needs no project."""
    from tierctl.config.project import Project
    from tierctl.costing.subjects import Pricer

    return Pricer(Project(app.start), app.variables, _measured(usage_from))


def _template(  # noqa: PLR0917 - what a template's estimate depends on
    app: App,
    pricer: Pricer,
    path: Path,
    names: tuple[str, ...],
    environment: str,
    region: str | None,
    parameters: tuple[str, ...],
) -> Subject:
    """A template priced, with a tier's usage when one is named."""
    from dataclasses import replace

    from tierctl.catalog.usage_profiles import ENVIRONMENTS, profile, profile_names
    from tierctl.costing.inventory import estimate_inventory
    from tierctl.costing.subjects import subject
    from tierctl.model.usage import NO_USAGE, UsageProfile
    from tierctl.templates.reader import read_template

    if region is None:
        region = app.variables.get("AWS_REGION") or app.variables.get("AWS_DEFAULT_REGION")
    if region is None:
        raise click.UsageError("A template does not say where it stands: name it with --region.")
    if len(names) > 1:
        raise click.UsageError("--template takes one TIER at most, for its usage.")
    usage = NO_USAGE
    if names:
        if names[0] not in profile_names():
            known = ", ".join(profile_names())
            raise click.BadParameter(f"{names[0]!r} has no usage profile. Known are {known}.")
        where = environment if environment in ENVIRONMENTS else ENVIRONMENTS[0]
        usage = UsageProfile(f"{names[0]}/{where}", profile(names[0], where))
    usage = replace(usage, values={**usage.values, **pricer.measured})
    values = dict(_parameter(text) for text in parameters)
    inventory = read_template(path.read_bytes(), str(path), values, region)
    found = estimate_inventory(inventory, usage, pricer.book(region))
    return subject(str(path), str(path), (found,))


def _parameter(text: str) -> tuple[str, str]:
    """`KEY=VALUE`."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise click.BadParameter(f"{text!r} is not KEY=VALUE.", param_hint="--parameter")
    return key, value
