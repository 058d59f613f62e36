"""Best-first search of one family's way: least risk, then downtime, then time, then updates.

In: where the environment stands and the goal. Out: the moves, or the nearest place that can be
reached. Families are searched one by one: their operators never look at one another's fields.
"""

from __future__ import annotations

import dataclasses
import heapq
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.planning.operators import OPERATORS

if TYPE_CHECKING:
    from tierctl.model.environment import Environment
    from tierctl.planning.moves import Move

Cost = tuple[int, int, int, int]
OWN: dict[str, tuple[str, ...]] = {
    "cache": ("cache", "bindings"),
    "service": ("services", "application", "schedule"),
}
"""Environment fields of a family, where they are more than the Shape of its name."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a family gets there.

    Attributes:
        moves: In order.
        end: Where it ends: at the goal, or as near as operators lead.
        reached: Whether that is the goal, or declared equal to it.
    """

    family: str
    moves: tuple[Move, ...]
    end: Environment
    reached: bool


def fields_of(family: str) -> tuple[str, ...]:
    """The Environment fields a family's moves may change."""
    return OWN.get(family, (family,))


def transfer(family: str, source: Environment, target: Environment) -> Environment:
    """`target` with one family's fields as `source` has them."""
    values = {name: getattr(source, name) for name in fields_of(family)}
    return dataclasses.replace(target, **values)


def find_way(family: str, start: Environment, goal: Environment) -> Way:
    """The best way of a family from where it stands to the goal."""
    operators = OPERATORS[family]
    ties = itertools.count()
    queue: list[tuple[Cost, int, Environment, tuple[Move, ...]]] = [
        ((0, 0, 0, 0), next(ties), start, ())
    ]
    done: set[Any] = set()
    nearest: tuple[int, Cost, Environment, tuple[Move, ...]]
    nearest = (_distance(family, start, goal), (0, 0, 0, 0), start, ())
    while queue:
        cost, _, state, moves = heapq.heappop(queue)
        key = tuple(getattr(state, name) for name in fields_of(family))
        if key in done:
            continue
        done.add(key)
        if operators.settled(state, goal):
            return Way(family, moves, state, reached=True)
        here = (_distance(family, state, goal), cost, state, moves)
        if here[:2] < nearest[:2]:
            nearest = here
        for move in operators.moves(state, goal):
            total = _added(cost, move.cost)
            heapq.heappush(queue, (total, next(ties), move.after, (*moves, move)))
    return Way(family, nearest[3], nearest[2], reached=False)


def _added(one: Cost, other: Cost) -> Cost:
    """Costs add up part by part."""
    return (one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3])


def _distance(family: str, state: Environment, goal: Environment) -> int:
    """In how many fields of Shapes a state differs from the goal."""
    if family == "service":
        ours, theirs = dict(state.services), dict(goal.services)
        return sum(
            _fields_apart(shape, theirs[name]) if name in theirs else 1
            for name, shape in ours.items()
        ) + len(theirs.keys() - ours.keys())
    return _fields_apart(getattr(state, family), getattr(goal, family))


def _fields_apart(one: Any, other: Any) -> int:
    """How many fields of two records differ."""
    return sum(getattr(one, f.name) != getattr(other, f.name) for f in dataclasses.fields(one))
