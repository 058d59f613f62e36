"""Network operators: the number of NAT gateways, and how long flow logs are kept.

Sources: the rows of `catalog/behaviours/network.yaml`. Subnets, zones and ranges have no operator:
they can never change in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.planning.moves import Lane, Move, changed, differing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment


def settled(state: Environment, goal: Environment) -> bool:
    """Whether the network is the goal's."""
    return state.network == goal.network


def moves(state: Environment, goal: Environment) -> Iterator[Move]:
    """The changes of the network, in one update."""
    network, target = state.network, goal.network
    values = differing(network, target, ("nat_gateways", "flow_log_retention_days"))
    if not values or network.source != target.source:
        return
    rules, titles = [], []
    if "nat_gateways" in values:
        more = target.nat_gateways > network.nat_gateways
        rules.append("network.nat.add" if more else "network.nat.remove")
        noun = "gateway" if target.nat_gateways == 1 else "gateways"
        titles.append(f"go to {target.nat_gateways} NAT {noun}")
    if "flow_log_retention_days" in values:
        longer = target.flow_log_retention_days > network.flow_log_retention_days
        rules.append("network.flow_logs.longer" if longer else "network.flow_logs.shorter")
        titles.append(f"keep flow logs {target.flow_log_retention_days} days")
    yield Move(
        title=" and ".join(titles),
        # how long logs are kept is nothing that anybody else waits for
        lane=Lane.NETWORK if "nat_gateways" in values else Lane.EDGE,
        rules=tuple(rules),
        after=changed(state, "network", **values),
    )
