"""Load balancer operators: zones and attributes, online.

Sources: the rows of `catalog/behaviours/loadbalancer.yaml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.planning.moves import Lane, Move

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment


def settled(state: Environment, goal: Environment) -> bool:
    """Whether the load balancer is the goal's."""
    return state.loadbalancer == goal.loadbalancer


def moves(state: Environment, goal: Environment) -> Iterator[Move]:
    """The changes of the load balancer, in one update."""
    before, after = state.loadbalancer, goal.loadbalancer
    if before == after:
        return
    rules = []
    if after.zones != before.zones:
        more = after.zones > before.zones
        rules.append("loadbalancer.zones.add" if more else "loadbalancer.zones.remove")
    if after.access_log_days < before.access_log_days:
        rules.append("loadbalancer.logs.shorter")
    online = (after.idle_timeout_s, after.deletion_protection)
    if online != (before.idle_timeout_s, before.deletion_protection) or (
        after.access_log_days > before.access_log_days
    ):
        rules.append("loadbalancer.attributes")
    yield Move(
        title="change the load balancer",
        lane=Lane.EDGE,
        rules=tuple(rules),
        after=state.with_shape("loadbalancer", after),
    )
