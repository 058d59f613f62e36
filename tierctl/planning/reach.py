"""What a plan cannot reach in place, and the migration that would.

In: both ends, and how far each family's search came. Out: reasons, each with its way out.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tierctl.catalog.limits import limits
from tierctl.model.plan import Reason
from tierctl.planning.operators import service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment
    from tierctl.planning.search import Way

IDENTITY = ("app", "client", "environment")
"""What the stack, and everything with a name, is named by."""


def fixed(start: Environment, goal: Environment) -> Iterator[Reason]:
    """Parts of Placement that differ: none of them can change in place."""
    migrations = limits("migrations")["fields"]
    for field in dataclasses.fields(start.placement):
        if getattr(start.placement, field.name) != getattr(goal.placement, field.name):
            name = f"placement.{field.name}"
            yield Reason(
                rule="out-of-reach",
                what=f"{name} cannot change in place.",
                fix=migrations[name],
            )
    for name in IDENTITY:
        if getattr(start.identity, name) != getattr(goal.identity, name):
            yield Reason(
                rule="out-of-reach",
                what=f"identity.{name} is part of the stack's name and cannot change in place.",
                fix=migrations["identity"],
            )


def out_of_reach(ways: list[Way], goal: Environment) -> Iterator[Reason]:
    """What no sequence of updates reaches, and the migration that would."""
    migrations = limits("migrations")["fields"]
    for way in ways:
        if way.reached:
            continue
        if way.family == "service" and not service.keeps_addresses(way.end, goal):
            yield Reason(
                rule="out-of-reach",
                what="The application's ports or its domain differ; they cannot change in place.",
                fix=migrations["application"],
            )
        for name, old, new in _apart(way, goal):
            fix = migrations.get(name, "No operator makes this change, so it is not planned.")
            yield Reason(
                rule="out-of-reach",
                what=f"{name} cannot get from {old} to {new} in place; it stays at {old}.",
                fix=_offer(name, way.end, goal) or fix,
            )


def _apart(way: Way, goal: Environment) -> Iterator[tuple[str, object, object]]:
    """Fields in which the nearest place differs from the goal."""
    if way.family == "service":
        for name, _ in goal.services:
            if name not in dict(way.end.services):
                yield "service", "no service", name
        for name, _ in way.end.services:
            if name not in dict(goal.services):
                yield "service", name, "no service"
        return
    end, target = getattr(way.end, way.family), getattr(goal, way.family)
    for field in dataclasses.fields(end):
        old, new = getattr(end, field.name), getattr(target, field.name)
        if old != new:
            yield f"{way.family}.{field.name}", old, new


def _offer(name: str, end: Environment, goal: Environment) -> str | None:
    """For an application without a cluster client: as much cache without cluster mode."""
    if name not in ("cache.cluster_mode", "cache.shards"):
        return None
    if end.application.cache_client == "cluster":
        return None
    return (
        f"The application's cache client is 'standalone' and a cluster breaks it. As much without "
        f"cluster mode: cache: {{cluster_mode: disabled, shards: 1, replicas_per_shard: 2, "
        f"node_type: a type with {goal.cache.shards} times the memory of "
        f"{goal.cache.node_type}}} in the client file. Or say cache_client: cluster once the "
        f"application speaks the protocol."
    )
