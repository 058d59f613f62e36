"""Observability operators: retention, insights, alarms, dashboard, budget, online.

Sources: the rows of `catalog/behaviours/observability.yaml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.catalog.behaviours import behaviours
from tierctl.planning.moves import Lane, Move, differing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment

RETENTION = ("log_retention_days", "audit_log_retention_days")


def settled(state: Environment, goal: Environment) -> bool:
    """Whether logs, alarms and dashboard are the goal's."""
    return state.observability == goal.observability


def moves(state: Environment, goal: Environment) -> Iterator[Move]:
    """Everything of the family in one update: none of it is noticed by what it watches."""
    before, after = state.observability, goal.observability
    if before == after:
        return
    rules = []
    kept = differing(before, after, RETENTION)
    if any(days < getattr(before, name) for name, days in kept.items()):
        rules.append("observability.retention.shorter")
    if any(days > getattr(before, name) for name, days in kept.items()):
        rules.append("observability.retention.longer")
    if before.container_insights != after.container_insights:
        rules.append("observability.insights")
    if differing(before, after, behaviours()["observability.alarms"].fields):
        rules.append("observability.alarms")
    yield Move(
        title="bring logs, alarms and dashboard up to the new size",
        lane=Lane.EDGE,
        rules=tuple(rules),
        after=state.with_shape("observability", after),
    )
