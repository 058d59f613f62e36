"""The planner: two Environments in, a Plan out.

Searches each family's way, merges the ways into steps, adds snapshots and waits, and says what
blocks, what has to be confirmed, what was assumed and what stands for what. Deterministic: the same
inputs give the same plan to the last byte.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tierctl.catalog.behaviours import behaviour
from tierctl.config.thresholds import cache_node_ids
from tierctl.model.plan import Plan, Reason, Step, Verdict
from tierctl.planning import order
from tierctl.planning.facts import Facts
from tierctl.planning.moves import Lane, Move
from tierctl.planning.operators import OPERATORS, bucket, cache
from tierctl.planning.reach import IDENTITY, fixed, out_of_reach
from tierctl.planning.search import find_way, transfer
from tierctl.planning.steps import make_step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from decimal import Decimal

    from tierctl.model.environment import Environment
    from tierctl.planning.order import Group

    Price = Callable[[Environment], Decimal | None]

SNAPSHOTS = {"cache": "snapshot-cache", "database": "snapshot-database"}
BEFORE_ONE_WAY = ("cache", "database")


def plan(
    start: Environment,
    goal: Environment,
    facts: Facts | None = None,
    price: Price | None = None,
) -> Plan:
    """The plan from where an environment stands to a goal.

    Args:
        start: Where it stands.
        goal: What is asked for.
        facts: What is known of the live account; nothing when left out.
        price: Expected dollars a month of an Environment; steps are not priced without it.
    """
    known = facts or Facts()
    target = _attainable(start, goal)
    ways = [find_way(family, start, target) for family in OPERATORS]
    up = order.goes_up(start, target)
    groups = list(_with_snapshots(order.ordered(ways, up=up)))
    reasons = [*fixed(start, goal), *out_of_reach(ways, target)]
    steps, found, assumed = _steps(start, target, groups, known, price)
    reasons += found
    confirm = [*_confirmations(steps)]
    blocked = bool(reasons)
    return Plan(
        start=start,
        goal=goal,
        steps=tuple(steps),
        verdict=Verdict.BLOCKED if blocked else Verdict.CONFIRM if confirm else Verdict.READY,
        reasons=(*reasons, *confirm),
        stands_for=tuple(_stands_for(start, goal)),
        assumed=tuple(dict.fromkeys(assumed)),
        notes=tuple(_notes(start, steps)),
    )


def _attainable(start: Environment, goal: Environment) -> Environment:
    """The goal with what stands for it, alarms looking at the nodes there will really be."""
    end_cache = cache.wanted(start, goal)
    end_bucket = dataclasses.replace(
        bucket.wanted(start, goal), acknowledge=goal.bucket.acknowledge
    )
    watched = goal.observability.cache_node_ids
    group = goal.identity.stack_name
    if watched == cache_node_ids(goal.cache, group):
        watched = cache_node_ids(end_cache, group)
    observability = dataclasses.replace(goal.observability, cache_node_ids=watched)
    endpoint = "primary" if end_cache.cluster_mode == "disabled" else "configuration"
    bindings = dataclasses.replace(goal.bindings, cache_endpoint=endpoint)
    return dataclasses.replace(
        goal,
        cache=end_cache,
        bucket=end_bucket,
        observability=observability,
        bindings=bindings,
        placement=start.placement,
        identity=dataclasses.replace(
            goal.identity, **{name: getattr(start.identity, name) for name in IDENTITY}
        ),
    )


def _with_snapshots(groups: list[Group]) -> Iterator[Group]:
    """Each group, after a snapshot of any store that takes a step without a way back."""
    for group in groups:
        for family, move in group:
            if family in BEFORE_ONE_WAY and any(behaviour(r).one_way for r in move.rules):
                yield ((family, _snapshot(family, move)),)
        yield group


def _snapshot(family: str, move: Move) -> Move:
    """The action that takes it; `after` is set when the step is made."""
    return Move(
        title=f"take a snapshot of the {family}",
        lane=Lane.STORES,
        rules=(f"{family}.snapshot",),
        after=move.after,
        kind="action",
        action=SNAPSHOTS[family],
        alone=True,
    )


def _steps(
    start: Environment,
    goal: Environment,
    groups: list[Group],
    facts: Facts,
    price: Price | None,
) -> tuple[list[Step], list[Reason], list[str]]:
    """Every step with the Environment after it, what blocks one, and what it assumes."""
    steps: list[Step] = []
    reasons: list[Reason] = []
    assumed: list[str] = []
    state = start
    last_update = _last_update(groups)
    for index, group in enumerate(groups):
        for _, move in group:
            reasons += [r for r in facts.blocking(move, state) if r not in reasons]
            assumed += facts.assumptions(move)
            wait = facts.seconds_to_wait(move)
            if wait:
                steps.append(_wait(len(steps) + 1, state, wait, price))
        after = state
        for family, move in group:
            if move.rules != (f"{family}.snapshot",):
                after = transfer(family, move.after, after)
        if index == last_update and not any(move.alone for _, move in group):
            after = _finished(after, goal)
        steps.append(make_step(len(steps) + 1, group, state, after, price))
        state = after
    if state.identity != goal.identity:
        # nothing comes along with an update that must be alone, tags neither
        after = _finished(state, goal)
        steps.append(make_step(len(steps) + 1, (_rename(after),), state, after, price))
    return steps, reasons, assumed


def _finished(state: Environment, goal: Environment) -> Environment:
    """With the tags, and with what no template shows and so is no update by itself.

    That is what somebody has acknowledged, and what the application's cache client can do.
    """
    return dataclasses.replace(
        state,
        identity=goal.identity,
        bucket=dataclasses.replace(state.bucket, acknowledge=goal.bucket.acknowledge),
        application=dataclasses.replace(
            state.application, cache_client=goal.application.cache_client
        ),
    )


def _last_update(groups: list[Group]) -> int | None:
    """The index of the last update: the one that also changes the tier's tag."""
    updates = [i for i, group in enumerate(groups) if group[0][1].kind == "update"]
    return updates[-1] if updates else None


def _rename(after: Environment) -> tuple[str, Move]:
    """The tags alone, where nothing else changes."""
    return "observability", Move(
        title="change the tags", lane=Lane.EDGE, rules=("observability.tags",), after=after
    )


def _wait(number: int, state: Environment, seconds: int, price: Price | None) -> Step:
    """Wait until EFS takes the next change."""
    move = Move(
        title="wait until the file system takes another throughput change",
        lane=Lane.STORES,
        rules=("filesystem.wait",),
        after=state,
        kind="wait",
    )
    step = make_step(number, (("filesystem", move),), state, state, price)
    return dataclasses.replace(step, duration_s=(seconds, seconds))


def _confirmations(steps: list[Step]) -> Iterator[Reason]:
    """What somebody has to say yes to."""
    for step in steps:
        if step.one_way:
            yield Reason(
                rule="one-way",
                what=f"Step {step.number} ({step.title}) cannot be taken back.",
                fix=f"Say so when applying: --yes-irreversible {step.number}",
            )
        if step.data_risk in ("medium", "high", "total"):
            yield Reason(
                rule="data-risk",
                what=f"Step {step.number} ({step.title}) may remove data: {step.data_risk}.",
                fix=f"Say so when applying: --yes-irreversible {step.number}",
            )


def _stands_for(start: Environment, goal: Environment) -> Iterator[str]:
    """Where the end is declared equal to the goal without being it."""
    end = _attainable(start, goal)
    if end.cache != goal.cache:
        more = end.cache.nodes - goal.cache.nodes
        extra = f", with {more} node more" if more == 1 else ""
        yield (
            "The cache stays in cluster mode, which cannot be left: one shard with "
            f"{end.cache.replicas_per_shard} replica and failover stands for cluster mode "
            f"disabled{extra}."
        )
    if end.bucket != goal.bucket:
        yield "The bucket's versioning is suspended, which stands for off: it was on once."


def _notes(start: Environment, steps: list[Step]) -> Iterator[str]:
    """What a person should know besides."""
    rules = {rule for step in steps for rule in step.because}
    if rules & {"network.nat.add", "network.nat.remove"}:
        yield (
            "Addresses that traffic leaves from change with the NAT gateways: tell whoever "
            "allows them by list."
        )
    if "cache.cluster_mode.enabled" in rules:
        yield (
            "Alarms then watch the nodes by the ids a cluster is born with; that a group moved "
            "into cluster mode takes these ids is unconfirmed. Compare with MemberClusters."
        )
    capacities = {shape.capacity for step in steps for _, shape in step.after.services}
    if "FARGATE_SPOT" in capacities and start.identity.environment != "production":
        yield "Spot capacity has no fallback: a rollout waits while AWS has none to give."
