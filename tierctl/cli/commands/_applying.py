"""What `apply` does once it is called: imported then, so that `--help` need not."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

from tierctl.aws.account import AwsError, connect
from tierctl.aws.apply import Options, RefusedError, Run, final_environment
from tierctl.aws.assembly import Assembly, SynthesisError, synthesise
from tierctl.aws.lock import held
from tierctl.aws.updates import Stack
from tierctl.cli.app import App, say
from tierctl.cli.exits import Exit
from tierctl.config.compare import at_tier
from tierctl.config.planned import read_plan
from tierctl.config.records import write_record

if TYPE_CHECKING:
    from pathlib import Path

    from tierctl.model.environment import Environment

POLL_S = 2.0
"""Between two looks at a running update; the cdk command line takes five."""

__all__ = ["AwsError", "RefusedError", "SynthesisError", "carry_out"]


def carry_out(
    app: App,
    path: Path,
    *,
    to_step: int | None,
    irreversible: frozenset[int],
    take_over: bool,
    dry_run: bool,
) -> int:
    """Apply a plan file; returns the exit code."""
    project = app.project
    plan = read_plan(path)
    if plan["verdict"] == "blocked":
        reasons = "\n".join(f"  - {r['what']} {r['fix']}" for r in plan["reasons"])
        raise RefusedError(f"The plan is blocked:\n{reasons}")
    account = connect(final_environment(plan).placement.region)
    absolute = str(path.resolve())

    def assemble(step: int) -> Assembly:
        return synthesise(project.folder, {"plan": absolute, "step": str(step)})

    def recorded(environment: Environment) -> None:
        known = environment.identity
        born = at_tier(project, known.tier, known.environment, known.client, None, {})
        write_record(project, environment, born.environment)

    run = Run(
        plan=plan,
        account=account,
        synthesise=assemble,
        recorded=recorded,
        tell=say,
        stack=Stack(account, plan["stack"], poll_s=POLL_S),
    )
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    lock = contextlib.nullcontext() if dry_run else held(
        account, plan["stack"], now, take_over=take_over
    )  # fmt: skip
    with lock:
        number = run.carry_out(Options(to_step, irreversible, dry_run))
    total = len(plan["steps"])
    say(f"{plan['stack']} stands at step {number} of {total}." if not dry_run else "Nothing done.")
    return Exit.DONE
