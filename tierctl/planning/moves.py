"""A Move: one change of one family, with its effect and the rows that say what it does.

Shared by the operators. In: an Environment and new field values. Out: moves.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from tierctl.catalog.behaviours import behaviour

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tierctl.model.environment import Environment
    from tierctl.model.shapes import Shape


class Lane(IntEnum):
    """Where a move belongs: up in this order, down in reverse."""

    NETWORK = 0
    STORES = 1
    APPLICATION = 2
    EDGE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing to do.

    Attributes:
        title: What a person would call it.
        lane: Which updates it may be part of.
        rules: Ids of the behaviour rows it is made of.
        after: The Environment once it is done.
        kind: update, action (one API call), wait, or manual.
        action: For an action, the call: `reboot-writer`, `snapshot-cache`.
        alone: Must be the only change of its update.
        facts: Names of live facts it cannot do without (`cache.bytes_stored`).
    """

    title: str
    lane: Lane
    rules: tuple[str, ...]
    after: Environment
    kind: str = "update"
    action: str = ""
    alone: bool = False
    facts: tuple[str, ...] = ()

    @property
    def cost(self) -> tuple[int, int, int, int]:
        """Risk, downtime, duration, updates: what the search makes least of, in this order."""
        rows = [behaviour(rule) for rule in self.rules]
        risk = sum(int(row.data_risk) + 10 * row.one_way for row in rows)
        return (
            risk,
            sum(row.downtime_s[1] for row in rows),
            sum(row.duration_s[1] for row in rows),
            1,
        )


def changed(state: Environment, address: str, **values: Any) -> Environment:
    """The Environment with some fields of one Shape changed."""
    shape = dict(state.shapes())[address]
    return state.with_shape(address, dataclasses.replace(shape, **values))


def bound(state: Environment, **values: Any) -> Environment:
    """The Environment with other bindings."""
    return dataclasses.replace(state, bindings=dataclasses.replace(state.bindings, **values))


def differing(state: Shape, goal: Shape, fields: Iterable[str]) -> dict[str, Any]:
    """The goal's values of those fields in which it differs."""
    return {
        name: getattr(goal, name) for name in fields if getattr(state, name) != getattr(goal, name)
    }


def version(text: str) -> tuple[int, ...]:
    """A version for comparing: (16, 11) is later than (16, 9)."""
    return tuple(int(part) for part in text.split("."))
