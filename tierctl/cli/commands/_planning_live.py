"""Where a plan starts when nobody says it: the live account is asked."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from tierctl.aws.account import AwsError, connect
from tierctl.aws.live import NotOursError, read
from tierctl.cli.app import App, say
from tierctl.cli.commands import _planning_files
from tierctl.config.compare import at_tier
from tierctl.planning.facts import Facts

if TYPE_CHECKING:
    from tierctl.reporting.documents import Document

__all__ = ["AwsError", "NotOursError", "make"]


def make(
    app: App,
    goal: str,
    environment: str,
    client: str | None,
    region: str | None,
    given: Facts,
) -> Document:
    """The plan from where the environment stands in the account to a tier.

    Facts that are given win over those that are read.

    Raises:
        NotOursError: There is no such stack of ours.
        AwsError: The account cannot be read.
    """
    wanted = at_tier(app.project, goal, environment, client, region, app.variables).environment
    now = dt.datetime.now(dt.UTC)
    standing = read(connect(wanted.placement.region), wanted.identity.stack_name, now)
    for name, why in standing.unknown.items():
        if name not in given.values:
            say(f"Not known: {name}: {why}")
    facts = Facts({**standing.facts, **given.values}, now)
    return _planning_files.make(app, standing.environment, goal, facts)
