"""What Shapes deliver: composed from rows with a source, never better than the weakest."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierctl.config.delivery import delivered
from tierctl.config.project import Project
from tierctl.config.resolve import Request, resolve
from tierctl.model.environment import Environment


def environment(project: Project, tier: str, name: str = "production") -> Environment:
    """A shipped environment."""
    return resolve(project, Request(tier=tier, environment=name), {}).environment


@pytest.mark.parametrize(
    ("tier", "uptime", "database", "cache"),
    [
        # 0.9999 x 0.995^2 x 0.999 x 0.995 x 0.9999 x 0.999, and so on: worked by hand
        ("minimum", "98.29", (60, 600), (120, 600)),
        ("medium", "98.77", (60, 600), (1, 60)),
        ("enterprise", "99.84", (30, 60), (1, 60)),
    ],
)
def test_shipped_tiers_deliver_what_the_design_says(
    project: Project, tier: str, uptime: str, database: tuple[int, int], cache: tuple[int, int]
) -> None:
    """Up to ten minutes for a database without reader, a minute with one; likewise the cache."""
    found = delivered(dict(environment(project, tier).shapes()))
    rows = {c.name: c for c in found.components}
    assert found.uptime_percent == Decimal(uptime)
    assert rows["database"].recovery_s == database
    assert rows["cache"].recovery_s == cache


def test_uptime_is_rounded_down_and_below_the_weakest(project: Project) -> None:
    """The product is never above its weakest factor."""
    for tier in project.names("tiers"):
        found = delivered(dict(environment(project, tier).shapes()))
        assert found.uptime_percent <= found.weakest.uptime_percent
        assert found.recovery_s == found.slowest.recovery_s


@settings(deadline=None)
@given(data=st.data())
def test_more_of_a_component_never_delivers_less(project: Project, data: st.DataObject) -> None:
    """A reader, a replica with failover, a second task: each can only help."""
    tier = data.draw(st.sampled_from(project.names("tiers")))
    before = environment(project, tier)
    change = data.draw(st.sampled_from(["reader", "replica", "task"]))
    if change == "reader":
        shape = dataclasses.replace(before.database, readers=before.database.readers + 1)
        after = before.with_shape("database", shape)
    elif change == "replica":
        stronger = dataclasses.replace(
            before.cache,
            replicas_per_shard=before.cache.replicas_per_shard + 1,
            automatic_failover=True,
            multi_az=True,
        )
        after = before.with_shape("cache", stronger)
    else:
        web = before.service("web")
        after = before.with_shape(
            "service/web", dataclasses.replace(web, min_tasks=web.min_tasks + 1)
        )
    one, two = delivered(dict(before.shapes())), delivered(dict(after.shapes()))
    assert two.uptime_percent >= one.uptime_percent
    assert two.recovery_s[1] <= one.recovery_s[1]


def test_a_family_that_could_not_be_read_is_absent(project: Project) -> None:
    """Unknown is not zero: without the database no row of it is invented."""
    shapes = dict(environment(project, "medium").shapes())
    del shapes["database"]
    assert "database" not in {c.name for c in delivered(shapes).components}
