"""Service operators: one rollout for everything that a service changes.

Sources: the rows of `catalog/behaviours/service.yaml`. Releases (another image or variable) roll
out the same way and together with it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tierctl.planning.moves import Lane, Move, differing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment
    from tierctl.model.shapes import ServiceShape

RUNNING = "service.running_tasks"
ROLLS = (
    "cpu",
    "memory_mib",
    "architecture",
    "db_pool_max",
    "retry_attempts",
    "health_check_interval_s",
)
SCALES = ("min_tasks", "max_tasks", "cpu_target_percent")


def settled(state: Environment, goal: Environment) -> bool:
    """Whether every service is the goal's, in size and in what it runs."""
    return (
        state.services == goal.services
        and not _released(state, goal)
        and state.schedule == goal.schedule
    )


def moves(state: Environment, goal: Environment) -> Iterator[Move]:
    """One rollout of all services."""
    if settled(state, goal) or not _same_services(state, goal):
        return
    if not keeps_addresses(state, goal):
        return
    rules: list[str] = []
    fewer = False
    for name, shape in goal.services:
        before = state.service(name)
        rules += [rule for rule in _rules(before, shape) if rule not in rules]
        fewer = fewer or shape.max_tasks < before.max_tasks
    if _released(state, goal) or state.schedule != goal.schedule:
        rules.append("service.release")
    sized = [name for name, shape in goal.services if shape != state.service(name)]
    title = f"roll out {' and '.join(sized)}" if sized else "roll out the application"
    after = dataclasses.replace(
        state, services=goal.services, application=goal.application, schedule=goal.schedule
    )
    yield Move(
        title=title,
        lane=Lane.APPLICATION,
        rules=tuple(rules),
        after=after,
        facts=(RUNNING,) if fewer else (),
    )


def _released(state: Environment, goal: Environment) -> bool:
    """Whether what runs differs; what its cache client can do is in no template."""
    client = goal.application.cache_client
    return dataclasses.replace(state.application, cache_client=client) != goal.application


def _same_services(state: Environment, goal: Environment) -> bool:
    """Whether no service comes or goes: that would add or remove an identity."""
    return [name for name, _ in state.services] == [name for name, _ in goal.services]


def keeps_addresses(state: Environment, goal: Environment) -> bool:
    """Whether ports and domain stay: a target group's port and a listener's cannot change."""

    def addresses(environment: Environment) -> object:
        application = environment.application
        return application.domain, [(s.name, s.port) for s in application.services]

    return addresses(state) == addresses(goal)


def _rules(before: ServiceShape, after: ServiceShape) -> Iterator[str]:
    """The rows one service's change is made of."""
    if differing(before, after, ROLLS):
        yield "service.rollout"
    if differing(before, after, SCALES):
        lower = after.max_tasks < before.max_tasks or after.min_tasks < before.min_tasks
        yield "service.range.lower" if lower else "service.range.raise"
    if before.capacity != after.capacity:
        yield "service.capacity"
