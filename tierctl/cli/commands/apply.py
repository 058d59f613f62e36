"""`tierctl apply`: carry a plan out, through the gate, from wherever the environment stands."""

from __future__ import annotations

from pathlib import Path

import click

from tierctl.cli.app import App, pass_app, say
from tierctl.cli.exits import Exit


@click.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--to-step", type=click.IntRange(min=0), help="Stop after this step.")
@click.option(
    "--yes-irreversible",
    "irreversible",
    type=int,
    multiple=True,
    metavar="STEP",
    help="Say yes to a step that cannot be taken back; repeatable.",
)
@click.option("--take-over", is_flag=True, help="Take the lock of a run that is gone for good.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@pass_app
def apply(
    app: App,
    *,
    plan: Path,
    to_step: int | None,
    irreversible: tuple[int, ...],
    take_over: bool,
    dry_run: bool,
) -> int:
    """Carry out PLAN, a file of `tierctl plan --format json -o plan.json`.

    Looks where the environment stands and goes on from there: run again after whatever stopped
    it. Each update goes through a change set and the gate, is watched, and is checked against
    the services before the next.

    \b
    tierctl apply plan.json --dry-run
    tierctl apply plan.json --yes-irreversible 9
    """
    from tierctl.cli.commands import _applying

    try:
        return _applying.carry_out(
            app,
            plan,
            to_step=to_step,
            irreversible=frozenset(irreversible),
            take_over=take_over,
            dry_run=dry_run,
        )
    except _applying.RefusedError as error:
        say(str(error))
        return Exit.FINDINGS
    except (_applying.AwsError, _applying.SynthesisError) as error:
        say(str(error))
        say(f"Once that is mended, the same command goes on: tierctl apply {plan}")
        return Exit.FAILED
