"""Rebuild the price files from the AWS Price List.

    python scripts/refresh_prices.py --check                     what would move, nothing written
    python scripts/refresh_prices.py --region eu-west-1          rebuild one region
    python scripts/refresh_prices.py --resume                    go on after an interruption

Needs credentials with pricing:GetProducts. A region's file is written only when every row that can
be queried has found exactly one product with a price above zero (or of zero, where the row says
why), and none of them a known wrong row. Exit codes: 0 done, 1 findings, 2 usage, 3 AWS failed.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run from a checkout

from tierctl.aws.price_list import ENDPOINT_REGIONS, Patience, PriceListError, Request, ask
from tierctl.aws.price_refresh import Checkpoint, Refreshed, refresh
from tierctl.catalog import price_file
from tierctl.catalog.price_checks import place_of, schema_problems
from tierctl.model.diagnostics import Diagnostic, Place, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tierctl.aws.price_list import PricingClient

FINDINGS, AWS_FAILED = 1, 3
_PLAIN_EVERY = 50  # rows between two lines of progress off a terminal


def _boto3_client(endpoint: str) -> PricingClient:
    """Return a client that leaves waiting and retrying to us."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    try:
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=30)
        client: PricingClient = boto3.client("pricing", region_name=endpoint, config=config)
    except BotoCoreError as error:
        raise PriceListError(
            Diagnostic(
                rule="price-list-unreachable",
                summary="No AWS client",
                what=f"boto3 made no pricing client: {type(error).__name__}: {error}",
                fix="Check the profile and the configuration of the AWS SDK.",
            )
        ) from error
    return client


@dataclass(frozen=True)
class Tools:
    """What the script takes from outside; a test passes its own as click's `obj`."""

    client: Callable[[str], PricingClient] = _boto3_client
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    today: Callable[[], dt.date] = lambda: dt.datetime.now(tz=dt.UTC).date()
    catalogue: Path = field(default=price_file.PRICES_FOLDER)


@dataclass
class _Run:
    """One call of the script: its options, and what its regions share."""

    tools: Tools
    folder: Path
    check: bool
    resume: bool
    asked: dict[Request, tuple[str, ...]] = field(default_factory=dict)  # global rows repeat
    done: list[Checkpoint] = field(default_factory=list)


@click.command()
@click.option("--region", "regions", multiple=True, help="Region to rebuild; may be repeated.")
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to (default: the catalogue's own).",
)
@click.option("--check", is_flag=True, help="Report only; write no price file.")
@click.option("--resume", is_flag=True, help="Use the answers of an interrupted run.")
@click.option(
    "--endpoint",
    type=click.Choice(ENDPOINT_REGIONS),
    default=ENDPOINT_REGIONS[0],
    show_default=True,
    help="Where to reach the Price List API; it has prices of every region.",
)
@click.pass_context
def main(
    ctx: click.Context,
    *,
    regions: tuple[str, ...],
    output: Path | None,
    check: bool,
    resume: bool,
    endpoint: str,
) -> None:
    """Rebuild the price files from the AWS Price List."""
    tools = ctx.obj if isinstance(ctx.obj, Tools) else Tools()
    known = price_file.region_names(tools.catalogue)
    if unknown := [region for region in regions if region not in known]:
        hint = f"{', '.join(unknown)} has no price file to rebuild. Regions: {', '.join(known)}."
        raise click.BadParameter(hint, param_hint="--region")
    run = _Run(tools, output or tools.catalogue, check, resume)
    try:
        client = tools.client(endpoint)
        patience = Patience(tools.sleep, tools.jitter)
        results = [
            _one_region(run, region, lambda request: ask(client, request, patience))
            for region in dict.fromkeys(regions or known)
        ]
        for checkpoint in run.done:  # only now: --resume must not ask for a finished region again
            checkpoint.remove()
    except KeyboardInterrupt as error:
        click.echo("Interrupted; --resume goes on from here.", err=True)
        raise click.Abort from error
    except PriceListError as error:
        click.echo(render(error.diagnostic), err=True)
        ctx.exit(AWS_FAILED)
    except OSError as error:
        raise click.UsageError(
            f"{error.filename or run.folder}: {error.strerror or error}"
        ) from error
    ctx.exit(FINDINGS if any(results) else 0)


def _one_region(run: _Run, region: str, query: Callable[[Request], tuple[str, ...]]) -> bool:
    """Rebuild one region; say whether there were findings."""
    tools = run.tools
    path = tools.catalogue / f"{region}.json"
    try:
        document = price_file.read(path)
        problems = schema_problems(document)
    except ValueError as error:
        problems = [f"not JSON: {error}"]
    if problems:
        click.echo(f"{path}: {'; '.join(problems[:5])}\nRun scripts/check_catalog.py first.")
        return True
    target = run.folder / path.name
    beside = target.with_name(f"{path.name}.checkpoint")
    checkpoint = Checkpoint(beside, tools.today(), resume=run.resume)
    if checkpoint.resumed:
        click.echo(f"{region}: going on with {checkpoint.resumed} answers given before.", err=True)

    def answer(request: Request) -> tuple[str, ...]:
        given = run.asked.get(request) or checkpoint.get(request)
        if given is None:
            given = query(request)
            checkpoint.keep(request, given)
        run.asked[request] = given
        return given

    text = path.read_text(encoding="utf-8")

    def place(key: str) -> Place:
        return place_of(path, text, key)

    with _progress(region) as told:
        result = refresh(document, answer, tools.today(), told, place)
    _report(region, result)
    if result.findings:
        click.echo(f"{region}: {len(result.findings)} findings, so {target} was not written.")
        return True
    if run.check:
        click.echo(f"{region}: nothing written (--check).")
    else:
        price_file.write(target, result.document)
        click.echo(f"{region}: {target} written.")
    run.done.append(checkpoint)
    return False


def _report(region: str, result: Refreshed) -> None:
    """Print what moved, what stayed and what is wrong."""
    for finding in result.findings:
        click.echo(render(finding))
    for title, lines in (
        ("moved", result.moves),
        ("under another SKU", result.renamed),
        ("kept as they were", result.kept),
    ):
        click.echo(f"{region}: {len(lines)} {title}")
        for line in lines:
            click.echo(f"  {line}")
    click.echo(f"{region}: {result.confirmed} confirmed at the same price")


@contextmanager
def _progress(region: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on a terminal, a line now and then elsewhere; always on stderr."""
    if not sys.stderr.isatty():

        def plain(done: int, total: int, _key: str) -> None:
            if done % _PLAIN_EVERY == 0 or done == total:
                click.echo(f"{region}: {done} of {total} rows", err=True)

        yield plain
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task: Any = bar.add_task(region)

        def drawn(done: int, total: int, key: str) -> None:
            bar.update(task, completed=done, total=total, description=f"{region} {key}")

        yield drawn


if __name__ == "__main__":
    main()
