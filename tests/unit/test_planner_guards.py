"""What the planner holds back, and why: one case for each guard."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.property.test_plans import FACTS, RESOLVED
from tierctl.model.plan import Plan, Verdict
from tierctl.planning.facts import Facts, problem
from tierctl.planning.planner import plan

if TYPE_CHECKING:
    from tierctl.model.environment import Environment


def shipped(tier: str) -> Environment:
    """A built-in tier in production."""
    return RESOLVED[tier, "production"].environment


def having(base: Environment, family: str, **values: Any) -> Environment:
    """An Environment with some fields of a family changed."""
    shape = dataclasses.replace(getattr(base, family), **values)
    return dataclasses.replace(base, **{family: shape})


def rules(found: Plan) -> list[str]:
    """Every rule in order."""
    return [rule for step in found.steps for rule in step.because]


def test_readers_are_born_after_the_restart() -> None:
    """Going up, capacity and restart come first: a new reader then has the new limit at once."""
    order = rules(plan(shipped("medium"), shipped("enterprise"), FACTS))

    capacity, restart = order.index("database.capacity.raise"), order.index("database.reboot")
    assert capacity < restart < order.index("database.reader.add")
    assert restart < order.index("database.insights")


def test_readers_leave_before_capacity_shrinks() -> None:
    """Going down, what leaves need not be restarted, and Insights never run below 2 ACU."""
    order = rules(plan(shipped("enterprise"), shipped("medium"), FACTS))

    leaves = order.index("database.reader.remove")
    assert leaves < order.index("database.capacity.lower") < order.index("database.reboot")


def test_readers_that_stay_are_restarted_too() -> None:
    """A reader kept through a change of capacity is restarted before the writer."""
    start = having(shipped("enterprise"), "database", readers=1)
    goal = having(start, "database", max_acu=Decimal(64), connections_max_acu=Decimal(64))
    actions = [step.action for step in plan(start, goal, FACTS).steps if step.kind == "action"]

    assert ["reboot-instances"] == actions


def test_a_restart_that_is_owed_is_no_dead_end() -> None:
    """From a state in between, with a restart owed, the plan still ends at the goal."""
    start = having(shipped("enterprise"), "database", connections_max_acu=Decimal(8))
    found = plan(start, shipped("medium"), FACTS)

    assert Verdict.BLOCKED is not found.verdict
    assert found.goal.database == found.end.database


def test_a_reader_that_became_the_writer_blocks_its_removal() -> None:
    """The removal would be a failover; failing back is somebody's decision."""
    facts = Facts({**FACTS.values, "database.writer": "DatabaseReader1"})
    found = plan(shipped("enterprise"), shipped("medium"), facts)

    assert Verdict.BLOCKED is found.verdict
    [reason] = [r for r in found.reasons if r.rule == "reader-is-writer"]
    assert "failover-db-cluster" in reason.fix


def test_an_update_that_must_be_alone_takes_no_tags_along() -> None:
    """Down to minimum the throughput mode is last: tags follow by themselves."""
    last, tags = plan(shipped("medium"), shipped("minimum"), FACTS).steps[-2:]

    assert ("filesystem.throughput.mode",) == last.because
    assert "medium" == last.after.identity.tier
    assert ("observability.tags",) == tags.because
    assert "minimum" == tags.after.identity.tier


@pytest.mark.parametrize(("share", "blocked"), [(0.79, False), (0.81, True)])
def test_shards_leave_only_with_room_for_one_and_a_half_times(share: float, blocked: bool) -> None:
    """Half the data moves onto one shard, which needs 1.5 times that free: 5/4 of all it holds."""
    start = shipped("enterprise")
    room = 6_380_000_000 * 75 // 100 * 1_073_741_824 // 1_000_000_000  # cache.m7g.large
    facts = Facts({**FACTS.values, "cache.bytes_stored": int(room * share)})
    goal = having(start, "cache", shards=1)
    found = plan(start, goal, facts)

    assert blocked is any(reason.rule == "does-not-fit" for reason in found.reasons)


def test_the_engine_is_upgraded_before_it_may_pause() -> None:
    """16.2 cannot pause: the version comes first, then the minimum of 0."""
    start = having(shipped("medium"), "database", engine_version="16.2")
    goal = having(shipped("medium"), "database", min_acu=Decimal(0), auto_pause_after_s=300)
    order = rules(plan(start, goal, FACTS))

    assert order.index("database.engine.upgrade") < order.index("database.pause")


def test_old_versions_expire_only_with_a_yes() -> None:
    """A first rule removes nothing that is there; one on a versioned bucket is a risk."""
    first = plan(shipped("minimum"), shipped("enterprise"), FACTS)
    start = having(shipped("enterprise"), "bucket", noncurrent_expiry_days=365)
    sooner = plan(start, shipped("enterprise"), FACTS)

    assert "data-risk" not in [reason.rule for reason in first.reasons]
    assert ["data-risk"] == [reason.rule for reason in sooner.reasons]
    assert Verdict.CONFIRM is sooner.verdict


def test_words_alone_are_no_update() -> None:
    """What is acknowledged, and what the cache client can do, is in no template."""
    start = shipped("medium")
    said = having(start, "bucket", acknowledge=("expires-current-objects",))
    client = "standalone" if start.application.cache_client == "cluster" else "cluster"
    able = having(start, "application", cache_client=client)

    assert () == plan(start, said, FACTS).steps
    assert () == plan(start, able, FACTS).steps


@pytest.mark.parametrize("name", ["app", "client", "environment"])
def test_another_stack_is_no_upgrade(name: str) -> None:
    """Whose environment it is names everything; the plan is blocked and renames nothing."""
    goal = having(shipped("enterprise"), "identity", **{name: "other"})
    found = plan(shipped("medium"), goal, FACTS)

    assert Verdict.BLOCKED is found.verdict
    assert shipped("medium").identity.stack_name == found.end.identity.stack_name


def test_another_port_is_no_upgrade() -> None:
    """A target group's port can only change by replacement."""
    start = shipped("medium")
    [first, *rest] = start.application.services
    services = (dataclasses.replace(first, port=first.port + 1), *rest)
    found = plan(start, having(start, "application", services=services), FACTS)

    assert ["out-of-reach"] == [reason.rule for reason in found.reasons]
    assert () == found.steps


def test_a_throughput_change_of_today_is_waited_for() -> None:
    """With the time of the last change known, a wait step says how long; none after a day."""
    now = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    waits = []
    for hours in (3, 25):
        last = (now - dt.timedelta(hours=hours)).isoformat()
        facts = Facts({**FACTS.values, "filesystem.last_throughput_change": last}, now=now)
        found = plan(shipped("minimum"), shipped("medium"), facts)
        waits.append([step.duration_s for step in found.steps if step.kind == "wait"])

    assert [[(21 * 3600, 21 * 3600)], []] == waits


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("cache.bytes_stored", [0, 5], ["many", -1, 1.5, True, None]),
        ("database.peak_connections", [12], ["12", {}]),
        ("service.running_tasks", [{"web": 2}, {}], [3, {"web": "two"}, []]),
        ("filesystem.last_throughput_change", ["2026-11-21T08:00:00+00:00"],
         ["yesterday", "2026-11-21T08:00:00", 5]),
        ("database.writer", ["DatabaseWriter"], [1, None]),
    ],
)  # fmt: skip
def test_facts_are_of_their_kind(name: str, good: list[Any], bad: list[Any]) -> None:
    """A fact that cannot be one is said to be wrong before anything is planned with it."""
    assert [None] * len(good) == [problem(name, value) for value in good]
    assert all("wanted" in (problem(name, value) or "") for value in bad)
