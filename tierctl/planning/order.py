"""Families' ways merged into one sequence: what may share an update, and in which order.

In: each family's moves. Out: groups of moves, each group one step. Up: network, stores,
application, edge, because the application must not ask for what the stores do not yet have; down
in reverse, because stores must not shrink under an application that still asks. An application
rollout never shares an update with a store: a tripped circuit breaker would roll the store back. A
move that must be alone is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.planning.moves import Lane

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tierctl.model.environment import Environment
    from tierctl.planning.moves import Move
    from tierctl.planning.search import Way

Group = tuple[tuple[str, "Move"], ...]
QUIET = frozenset({"cache.settings", "cache.snapshots.fewer"})
"""Rows so small that the family's next move may share the update."""


def goes_up(start: Environment, goal: Environment) -> bool:
    """Whether the application will ask for as much or more of the stores than it does now.

    Compared by what it may ask for at most: processor, and database connections; when both stay,
    by whether the database may grow.
    """
    now, then = _demand(start), _demand(goal)
    if now == then:
        return goal.database.max_acu >= start.database.max_acu
    return all(after >= before for before, after in zip(now, then, strict=True)) or (
        sum(then) > sum(now)
    )


def _demand(environment: Environment) -> tuple[int, int]:
    """Most processor units and most database connections of all services together."""
    shapes = [shape for _, shape in environment.services]
    return (
        sum(shape.cpu * shape.max_tasks for shape in shapes),
        sum(shape.db_pool_max * shape.max_tasks for shape in shapes),
    )


def ordered(ways: Iterable[Way], *, up: bool) -> list[Group]:
    """Groups of (family, move), each one step, in the order to do them."""
    left = {way.family: list(way.moves) for way in ways if way.moves}
    lanes = list(Lane) if up else list(reversed(Lane))
    groups: list[Group] = []
    while any(left.values()):
        groups.append(_next(left, lanes))
    return groups


def _next(left: dict[str, list[Move]], lanes: list[Lane]) -> Group:
    """The next step: everything of the first lane that may be done together."""
    for lane in lanes:
        heads = {f: moves[0] for f, moves in left.items() if moves and moves[0].lane is lane}
        waiting = {f for f in heads if any(m.lane is not lane for m in left[f][1:])}
        if lane is Lane.APPLICATION and _stores_wait(left, heads, lanes):
            # clients move first where a store cannot go on without it
            heads = {f: move for f, move in heads.items() if f in waiting}
        together = {f: move for f, move in heads.items() if not move.alone}
        if together:
            return _take(left, together, lane)
        if heads:
            family = next(iter(heads))
            return ((family, left[family].pop(0)),)
    # only rollouts that nothing waits for, held back above, are left before later stores
    family = next(f for f, moves in left.items() if moves)
    return ((family, left[family].pop(0)),)


def _stores_wait(left: dict[str, list[Move]], heads: dict[str, Move], lanes: list[Lane]) -> bool:
    """Whether, going up, some rollout has to come before stores that are not done."""
    up = lanes.index(Lane.STORES) < lanes.index(Lane.APPLICATION)
    return up and any(move.lane is Lane.STORES for f in heads for move in left[f][1:])


def _take(left: dict[str, list[Move]], together: dict[str, Move], lane: Lane) -> Group:
    """Take the heads, and after a quiet one its family's next, if that may come along."""
    group: list[tuple[str, Move]] = []
    for family in together:
        move = left[family].pop(0)
        group.append((family, move))
        following = left[family][0] if left[family] else None
        if (
            following is not None
            and set(move.rules) <= QUIET
            and following.lane is lane
            and not following.alone
        ):
            group.append((family, left[family].pop(0)))
    return tuple(group)
