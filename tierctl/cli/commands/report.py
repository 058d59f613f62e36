"""`tierctl report`: what sales sends a customer, as a page, a PDF, a spreadsheet or text.

In: tiers or none, a customer, terms. Out: a file, whose ending says in which form. May not: reach
anything, or write anything about accounts, clients' files or this machine.
"""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierctl.cli.app import App, pass_app, say
from tierctl.cli.options import client_option, complete_tier, region_option

if TYPE_CHECKING:
    from tierctl.planning.sales import Sales
    from tierctl.reporting.sales.terms import Logo, Terms

ENDINGS = ("html", "pdf", "xlsx", "csv", "md")
MOST_MARGIN = Decimal(1000)
_MOST_TEXT = 200


@click.command()
@click.argument("names", nargs=-1, metavar="[TIER]...", shell_complete=complete_tier)
@client_option
@region_option
@click.option("--customer", default="", help="Whom the report is for; stands on its first page.")
@click.option(
    "--logo",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PNG or JPEG picture for the first page.",
)
@click.option("--margin", metavar="PERCENT", help="What is added to AWS's prices.")
@click.option("--currency", metavar="CODE", help="Currency shown, such as EUR; needs --rate.")
@click.option("--rate", metavar="DECIMAL", help="What one US dollar is in that currency.")
@click.option(
    "--outage-cost",
    metavar="USD_PER_HOUR",
    help="What an hour without an answer costs the customer.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help=f"The file; its ending says in which form: {', '.join(ENDINGS)}.",
)
@pass_app
def report(  # noqa: PLR0913 - one argument per option, as click has it
    app: App,
    *,
    names: tuple[str, ...],
    client: str | None,
    region: str | None,
    customer: str,
    logo: Path | None,
    margin: str | None,
    currency: str | None,
    rate: str | None,
    outage_cost: str | None,
    output: Path,
) -> None:
    """Write the report for sales: sizes side by side, what they promise, return and interrupt.

    Without TIER: every built-in one, with --client also its own, without those that the
    client cannot be offered. The same inputs give the same bytes; the report's date is
    that of its newest price.

    \b
    tierctl report -o sizes.html
    tierctl report -o offer.pdf --customer "Example" --currency EUR --rate 0.92
    tierctl report minimum medium -o offer.xlsx --margin 15 --outage-cost 500
    """
    ending = output.suffix.lower().removeprefix(".")
    if ending not in ENDINGS:
        known = ", ".join(f".{name}" for name in ENDINGS)
        raise click.BadParameter(
            f"{output.name!r} has none of the endings {known}.", param_hint="--output"
        )
    terms = _terms(customer, logo, margin, currency, rate, outage_cost)
    from tierctl.catalog.pricing_rows import PriceError
    from tierctl.costing.subjects import Pricer
    from tierctl.planning.sales import sales

    pricer = Pricer(app.project, app.variables, {})
    try:
        figures = sales(pricer, tuple(dict.fromkeys(names)), client, region)
        location = pricer.book(figures.region).location
    except PriceError as error:
        raise click.UsageError(f"{error.diagnostic.what} {error.diagnostic.fix}") from error
    for one in figures.left_out:
        say(f"{one.title} is left out: {one.what}")
    _put(_written(figures, terms, location, ending), output)
    say(f"Written: {output}")


def _written(figures: Sales, terms: Terms, location: str, ending: str) -> bytes:
    """The report in the form that the ending names."""
    from tierctl.reporting.sales import sections

    whole = sections.report(figures, terms, location)
    match ending:
        case "html":
            from tierctl.reporting.sales.page import page

            return page(whole, terms.logo).encode()
        case "pdf":
            from tierctl.reporting.sales.pdf import pdf

            data, missing = pdf(whole, terms.logo)
            if missing:
                say(
                    f"The PDF's typeface lacks {missing}; a question mark stands for each. "
                    "The HTML page has them all."
                )
            return data
        case "xlsx":
            from tierctl.reporting.sales.workbook import workbook

            return workbook(figures, terms, whole)
        case "csv":
            from tierctl.reporting.sales.text import csv

            return csv(figures, terms).encode()
        case _:
            from tierctl.reporting.sales.text import markdown

            return markdown(whole).encode()


def _put(data: bytes, output: Path) -> None:
    """Write the file, whole or not at all.

    Raises:
        click.ClickException: The file cannot be written.
    """
    from tierctl.config.atomic import write_atomically

    try:
        if output.exists() and not output.is_file():
            output.write_bytes(data)  # a pipe or a device: nothing to replace
        else:
            write_atomically(output.resolve(), data)
    except OSError as error:
        raise click.ClickException(
            f"{output} cannot be written: {error.strerror or error}. Name another file with -o."
        ) from error


def _terms(
    customer: str,
    logo: Path | None,
    margin: str | None,
    currency: str | None,
    rate: str | None,
    outage: str | None,
) -> Terms:
    """What the seller adds, checked."""
    from tierctl.reporting.safe import plain
    from tierctl.reporting.sales.terms import Terms

    if len(customer) > _MOST_TEXT:
        raise click.BadParameter(
            f"{len(customer)} characters do not fit; {_MOST_TEXT} do.", param_hint="--customer"
        )
    code = (currency or "USD").upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise click.BadParameter(
            f"{currency!r} is no currency code. Write three letters, such as EUR.",
            param_hint="--currency",
        )
    if (code == "USD") != (rate is None):
        words = (
            "--rate goes with a --currency other than USD."
            if code == "USD"
            else f"Say what one US dollar is in {code} with --rate, such as --rate 0.92."
        )
        raise click.UsageError(words)
    exchange = _amount(rate, "--rate") if rate is not None else Decimal(1)
    if not exchange:
        raise click.BadParameter("A rate of 0 makes everything free.", param_hint="--rate")
    share = _amount(margin, "--margin") if margin is not None else Decimal(0)
    if share > MOST_MARGIN:
        raise click.BadParameter(
            f"{margin} is more than {MOST_MARGIN} per cent.", param_hint="--margin"
        )
    return Terms(
        customer=" ".join(plain(customer).split()),
        logo=_logo(logo) if logo is not None else None,
        margin=share,
        currency=code,
        rate=exchange,
        outage=_amount(outage, "--outage-cost") if outage is not None else None,
    )


def _amount(text: str, option: str) -> Decimal:
    """Digits with a point, never negative."""
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", text, re.ASCII):
        return Decimal(text)
    raise click.BadParameter(
        f"{text!r} is no amount. Write digits with a point, such as 12.5; not negative.",
        param_hint=option,
    )


def _logo(path: Path) -> Logo:
    """The picture, looked at before it goes to a customer."""
    from tierctl.reporting.sales.picture import PictureError, read_logo

    try:
        return read_logo(path.read_bytes())
    except OSError as error:
        raise click.BadParameter(
            f"{path} cannot be read: {error.strerror or error}.", param_hint="--logo"
        ) from error
    except PictureError as error:
        raise click.BadParameter(f"{path.name}: {error}", param_hint="--logo") from error
