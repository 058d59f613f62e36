"""`tierctl price`: one price of the catalogue, with its tiers, its source and a worked sum.

In: a key, a quantity, a region. Out: text, JSON or CSV on stdout or in a file.
May not: reach AWS, round a cost, or take a free tier off; a price that is not known is said to be
unknown, with exit code 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tierctl.cli.exits import Exit

if TYPE_CHECKING:
    from decimal import Decimal

_ANY_KEY = "*"


@click.command()
@click.argument("key", required=False)
@click.argument("quantity", default="1")
@click.option(
    "--region",
    envvar=["TIERCTL_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"],
    show_envvar=True,
    help="AWS region whose price to show.",
)
@click.option(
    "--list",
    "pattern",
    is_flag=False,
    flag_value=_ANY_KEY,
    metavar="[PATTERN]",
    help="List the keys, or those with PATTERN in them (a word, or with * and ?).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="Form of the answer.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of stdout.",
)
@click.pass_context
def price(
    ctx: click.Context,
    *,
    key: str | None,
    quantity: str,
    region: str | None,
    pattern: str | None,
    form: str,
    output: Path | None,
) -> None:
    """Show the price of KEY, and what QUANTITY of it costs in a month (default 1).

    Volume tiers are applied, free tiers are shown and not taken off. Exit code 1 means that the
    price is not known in this region.

    \b
    tierctl price nat.hour 730 --region eu-west-1
    tierctl price nat.gb 20480 --region us-east-1 --format json
    tierctl price --list elasticache.valkey
    """
    from tierctl.catalog.price_book import PriceBook
    from tierctl.catalog.pricing_rows import PriceError, PriceFileError, PriceRow
    from tierctl.cli.app import answer as give
    from tierctl.cli.commands import _price_views as views

    try:
        if pattern is not None:
            if key is not None:
                raise click.UsageError("--list goes without KEY: `tierctl price --list PATTERN`.")
            book = PriceBook.load(region or PriceBook.regions()[0])
            answer = views.listed(book, pattern, region, form)
            code = Exit.DONE
        else:
            if key is None:
                raise click.UsageError("Which price? Name a KEY, or use --list to see every key.")
            if region is None:
                known = ", ".join(PriceBook.regions())
                raise click.UsageError(f"Which region? Add --region. Regions with prices: {known}.")
            units = _units(quantity)
            found = PriceBook.load(region).price(key)
            answer = views.shown(found, units, form)
            code = Exit.DONE if isinstance(found, PriceRow) else Exit.FINDINGS
    except PriceFileError as error:  # nothing the caller typed could mend it
        problem = error.diagnostic
        raise click.ClickException(f"{problem.what} {problem.fix}") from error
    except PriceError as error:
        raise _usage(error) from error
    if not answer:
        raise click.UsageError(f"No price key has {pattern!r} in it. --list alone prints them all.")
    give(answer, output)
    ctx.exit(code)


def _usage(error: Any) -> click.UsageError:
    """Return the error of the catalogue as one of usage, with all that it says."""
    problem = error.diagnostic
    parts = [f"{problem.what} {problem.fix}"]
    if problem.suggestion:
        parts.append(f"Did you mean {problem.suggestion!r}?")
    return click.UsageError(" ".join(parts))


def _units(text: str) -> Decimal:
    """Return the quantity: plain digits, because 1,000 is a thousand here and one elsewhere."""
    import re
    from decimal import Decimal

    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII):
        return Decimal(text)
    advice = "Write digits with a point for decimals, such as 1000 or 0.5."
    if re.fullmatch(r"[0-9]{1,3}([,_' ][0-9]{3})+(\.[0-9]+)?", text, re.ASCII):
        plain = re.sub(r"[,_' ]", "", text)
        advice = f"Leave out the separators: {plain}. A comma means different things to readers."
    raise click.BadParameter(f"{text!r} is not a quantity. {advice}", param_hint="QUANTITY")
