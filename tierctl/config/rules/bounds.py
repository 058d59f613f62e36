"""The plan document's ranges: what still counts as a tier when a client overrides it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import Severity

_PLAN = "The tiered-addon plan, 'Tier-Specific Configurations'"
_APPLICATION = (
    "application:\n  cache_client: cluster\n  services:\n    web:\n"
    "      image: public.ecr.aws/nginx/nginx:1.29\n      port: 80\n      health_check_path: /\n"
)


def measured(subject: Subject) -> Iterator[tuple[str, str, Decimal]]:
    """Each bounded value: its path, the bound it is held against, the value."""
    database, cache = subject.shapes.get("database"), subject.shapes.get("cache")
    if database:
        # an ACU of 0 pauses: less than any tier's floor, and an own rule speaks of it
        if database.min_acu:
            yield "database.min_acu", "acu", database.min_acu
        yield "database.max_acu", "acu", database.max_acu
    if cache:
        path = "cache.shards" if cache.shards > 1 else "cache.replicas_per_shard"
        yield path, "cache_nodes", Decimal(cache.nodes)
    for name, shape in subject.services():
        if shape.min_tasks:
            yield f"service.{name}.min_tasks", "tasks", Decimal(shape.min_tasks)
        yield f"service.{name}.max_tasks", "tasks", Decimal(shape.max_tasks)
        yield f"service.{name}.cpu", "cpu", Decimal(shape.cpu)
        yield f"service.{name}.memory_mib", "memory_mib", Decimal(shape.memory_mib)


def _beyond(subject: Subject) -> Iterator[Problem]:
    """Values beyond the tier's bounds."""
    bounds = subject.tier.bounds
    if bounds is None:
        return
    for path, bound, value in measured(subject):
        allowed = getattr(bounds, bound)
        if allowed.holds(value):
            continue
        fitting = [
            name for name, other in subject.tier.siblings if getattr(other, bound).holds(value)
        ]
        key = path.rsplit(".", 1)[-1]
        what = f"{value:f} nodes" if bound == "cache_nodes" else f"{value:f}"
        yield Problem(
            subject.place(path),
            f"'{path}' makes {what}; tier '{subject.tier.name}' goes from "
            f"{str(allowed).replace('-', ' to ').replace('+', ' up')}.",
            f"Take tier '{fitting[0]}', which goes there, or keep '{key}' within the tier."
            if fitting
            else f"No tier goes there: keep '{key}' within the tier, or write a tier of your own.",
            fitting[0] if fitting else None,
        )


RULES = (
    Rule(
        "beyond-tier",
        "an override goes beyond the tier",
        "It works, but what is promised, priced and supported is another size.",
        "Take the tier that fits, or write a custom tier with bounds of its own.",
        _PLAN,
        Example(
            "clients/example.yaml",
            "tier: minimum\nregion: eu-west-1\nfamilies: {database: {max_acu: 8}}\n" + _APPLICATION,
            "tier: medium\nregion: eu-west-1\nfamilies: {database: {max_acu: 8}}\n" + _APPLICATION,
        ),
        _beyond,
        Severity.WARNING,
    ),
)
