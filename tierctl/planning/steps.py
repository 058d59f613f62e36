"""A group of moves as one Step: figures from the rows, changes from the Environments."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from tierctl.catalog.behaviours import Behaviour, DataRisk, Disruption, behaviour
from tierctl.model.attributes import attributes_of
from tierctl.model.plan import Change, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from tierctl.model.environment import Environment
    from tierctl.planning.order import Group

SURENESS = ("confirmed", "inferred", "unconfirmed")


def make_step(
    number: int,
    group: Group,
    before: Environment,
    after: Environment,
    price: Callable[[Environment], Decimal | None] | None,
) -> Step:
    """The step of a group.

    Downtimes add up, for each row speaks of another endpoint or another moment. Changes of one
    update are made side by side, so it takes from as long as the longest to as long as all.
    """
    moves = [move for _, move in group]
    rules = tuple(dict.fromkeys(rule for move in moves for rule in move.rules))
    rows = [behaviour(rule) for rule in rules]
    return Step(
        number=number,
        kind=moves[0].kind,
        title="; ".join(move.title for move in moves),
        action=moves[0].action,
        after=after,
        changes=tuple(changes(before, after)),
        because=rules,
        disruption=max((row.disruption for row in rows), default=Disruption.UNKNOWN).word,
        downtime_s=(sum(r.downtime_s[0] for r in rows), sum(r.downtime_s[1] for r in rows)),
        downtime_estimated=any(r.downtime_estimated for r in rows),
        duration_s=(max(r.duration_s[0] for r in rows), sum(r.duration_s[1] for r in rows)),
        duration_estimated=any(r.duration_estimated for r in rows),
        reversible=tuple(dict.fromkeys(row.reversible for row in rows)),
        one_way=any(row.one_way for row in rows),
        data_risk=max((row.data_risk for row in rows), default=DataRisk.TOTAL).word,
        confidence=max((row.confidence for row in rows), key=SURENESS.index),
        before=_distinct(rows, "before"),
        verify=_distinct(rows, "verify"),
        rollback=tuple(dict.fromkeys(row.rollback for row in rows)),
        sources=tuple(dict.fromkeys(s.url for row in rows for s in row.sources)),
        cost_change_usd=_price_change(before, after, price),
    )


def _distinct(rows: list[Behaviour], name: str) -> tuple[str, ...]:
    """The sentences of all rows, each once."""
    return tuple(dict.fromkeys(text for row in rows for text in getattr(row, name)))


def _price_change(
    before: Environment,
    after: Environment,
    price: Callable[[Environment], Decimal | None] | None,
) -> Decimal | None:
    """Dollars a month more, or None when either end has no price."""
    if price is None:
        return None
    old, new = price(before), price(after)
    return None if old is None or new is None else new - old


def changes(before: Environment, after: Environment) -> Iterator[Change]:
    """Every field of Shapes and bindings that differs, with the properties it moves."""
    old = dict(before.shapes())
    for address, shape in after.shapes():
        if address in old:
            yield from _differences(address, old[address], shape)
    yield from _differences("bindings", before.bindings, after.bindings)
    yield from _differences("identity", before.identity, after.identity)


def _differences(address: str, old: Any, new: Any) -> Iterator[Change]:
    """The fields in which two records of one kind differ."""
    declared = {field.name: rule for field, rule in attributes_of(type(new))}
    for field in dataclasses.fields(new):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before != after:
            moved = declared[field.name].moves if field.name in declared else ()
            yield Change(address=address, field=field.name, old=before, new=after, properties=moved)
