"""Plans between environments that nobody thought of: legal, whole, honest and the same twice."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.property import worlds
from tests.property.legality import violations
from tests.property.projection import project
from tierctl.catalog.behaviours import DataRisk, Disruption, behaviours
from tierctl.catalog.price_book import PriceBook
from tierctl.config.project import Project
from tierctl.config.resolve import Request, resolve
from tierctl.config.usage import usage_of
from tierctl.costing.pricing import estimate_environment
from tierctl.model.plan import Plan, Verdict
from tierctl.planning.facts import Facts
from tierctl.planning.planner import plan
from tierctl.reporting.plan_document import plan_document

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierctl.model.environment import Environment

FOLDER = Path(__file__).resolve().parents[2]
PROJECT = Project(FOLDER)
FACTS = Facts(
    {
        "cache.bytes_stored": 1_000_000,
        "database.peak_connections": 10,
        "database.writer": "DatabaseWriter",
        "service.running_tasks": {"web": 1, "backend": 1},
    },
    now=dt.datetime(2026, 11, 21, tzinfo=dt.UTC),
)
RESOLVED = {
    (tier, name): resolve(PROJECT, Request(tier=tier, environment=name), {})
    for tier in ("minimum", "medium", "enterprise")
    for name in ("staging", "production")
}
BASES = [resolution.environment for resolution in RESOLVED.values()]
PAIRS = worlds.pairs(BASES)
RANDOM = settings(
    deadline=None,
    database=None,
    derandomize=True,  # the same thousand everywhere: a red run is red for everybody
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def way(found: Plan) -> list[tuple[str, dict[str, Any]]]:
    """The kinds of the steps with the light template after each."""
    steps = [(step.kind, project(step.after)) for step in found.steps]
    return [("start", project(found.start)), *steps]


@settings(RANDOM, max_examples=1200)
@given(PAIRS)
def test_every_step_of_a_random_pair_is_legal(pair: tuple[Environment, Environment]) -> None:
    """No plan between two valid environments breaks a rule that AWS documents."""
    assert [] == violations(way(plan(*pair, FACTS)))


def plain(environment: Environment) -> Environment:
    """An Environment without what no template shows."""
    application = dataclasses.replace(environment.application, cache_client="cluster")
    bucket = dataclasses.replace(environment.bucket, acknowledge=())
    return dataclasses.replace(environment, application=application, bucket=bucket)


@settings(RANDOM, max_examples=300)
@given(PAIRS)
def test_a_plan_ends_where_it_says(pair: tuple[Environment, Environment]) -> None:
    """At the goal, or at what is declared equal to it in words, or blocked with reasons."""
    found = plan(*pair, FACTS)
    if found.verdict is Verdict.BLOCKED:
        assert all(reason.what and reason.fix for reason in found.reasons)
        return
    end, goal = plain(found.end), plain(found.goal)
    apart = {
        f.name for f in dataclasses.fields(end) if getattr(end, f.name) != getattr(goal, f.name)
    }
    allowed = set()
    if any("cluster mode" in sentence for sentence in found.stands_for):
        allowed |= {"cache", "bindings", "observability"}
    if any("versioning" in sentence for sentence in found.stands_for):
        allowed.add("bucket")
    assert set() == apart - allowed
    if "cache" in apart:
        assert (1, True) == (end.cache.shards, end.cache.automatic_failover)
        assert end.cache.replicas_per_shard >= max(1, goal.cache.replicas_per_shard)


@settings(RANDOM, max_examples=200)
@given(st.sampled_from(BASES).flatmap(worlds.environments))
def test_from_a_place_to_itself_there_is_nothing_to_do(environment: Environment) -> None:
    """No step, no second, no reason."""
    found = plan(environment, environment, FACTS)

    assert ((), (), Verdict.READY) == (found.steps, found.reasons, found.verdict)


@settings(RANDOM, max_examples=60)
@given(PAIRS)
def test_the_same_question_has_the_same_bytes(pair: tuple[Environment, Environment]) -> None:
    """Two plans of one pair are the same document to the last byte."""
    first, second = (json.dumps(plan_document(plan(*pair, FACTS))) for _ in range(2))

    assert first == second


@settings(RANDOM, max_examples=200)
@given(PAIRS)
def test_figures_are_sums_of_rows(pair: tuple[Environment, Environment]) -> None:
    """A step's seconds are its rows', the plan's are its steps', the worst row names a step."""
    found = plan(*pair, FACTS)
    rows = behaviours()
    for step in found.steps:
        own = [rows[rule] for rule in step.because]
        assert tuple(sum(r.downtime_s[i] for r in own) for i in (0, 1)) == step.downtime_s
        if step.kind != "wait":
            longest = max(r.duration_s[0] for r in own)
            assert (longest, sum(r.duration_s[1] for r in own)) == step.duration_s
        assert max(r.disruption for r in own).word == step.disruption
        assert max(r.data_risk for r in own).word == step.data_risk
        assert any(r.one_way for r in own) == step.one_way
        assert all(r.sources for r in own)
    totals = plan_document(found)["totals"]
    for name in ("downtime_s", "duration_s"):
        each = [getattr(step, name) for step in found.steps]
        assert [sum(e[0] for e in each), sum(e[1] for e in each)] == totals[name]
    assert [s.number for s in found.steps if s.one_way] == totals["irreversible_steps"]
    assert list(range(1, len(found.steps) + 1)) == [step.number for step in found.steps]


def pricer() -> Callable[[Environment], Decimal | None]:
    """Expected dollars a month at one profile of use."""
    usage = usage_of(PROJECT, RESOLVED["medium", "production"]).profile
    book = PriceBook.load("us-east-1")

    def price(environment: Environment) -> Decimal | None:
        total = estimate_environment(environment, usage, book)
        return None if total.at_least else total.total.expected

    return price


PRICE = pricer()


@settings(RANDOM, max_examples=25)
@given(PAIRS)
def test_steps_cost_what_the_ends_differ_by(pair: tuple[Environment, Environment]) -> None:
    """The changes of the bill along the way add up to the difference of both ends."""
    found = plan(*pair, FACTS, PRICE)
    old, new = PRICE(found.start), PRICE(found.end)

    assert old is not None
    assert new is not None
    assert new - old == found.cost_change_usd


FAMILIES = ("network", "cache", "database", "filesystem", "bucket", "services")


@settings(RANDOM, max_examples=250)
@given(PAIRS, st.sampled_from(FAMILIES))
def test_more_to_change_never_disrupts_less(
    pair: tuple[Environment, Environment], family: str
) -> None:
    """A plan with one family left as it is disrupts no more, and risks no more, than the whole."""
    start, goal = pair
    kept = {family: getattr(start, family)}
    if family == "cache":
        kept |= {"bindings": start.bindings, "application": start.application}
    less = plan(start, dataclasses.replace(goal, **kept), FACTS)
    whole = plan(start, goal, FACTS)

    assert worst(less) <= worst(whole)
    assert less.downtime_s[1] <= whole.downtime_s[1]


def worst(found: Plan) -> tuple[int, int]:
    """The worst disruption and the worst risk of a plan."""
    rows = [behaviours()[rule] for step in found.steps for rule in step.because]
    disruption = max((row.disruption for row in rows), default=Disruption.NONE)
    return int(disruption), int(max((row.data_risk for row in rows), default=DataRisk.NONE))


def test_no_row_is_more_hopeful_than_the_facts() -> None:
    """A row's downtime is no lower than upgrade-behaviour.yaml's, unless a reason is written."""
    known = yaml.safe_load((FOLDER / "tests/data/fact_bounds.yaml").read_text(encoding="utf-8"))
    rows = behaviours()
    assert rows.keys() == known.keys()
    for rule, bound in known.items():
        assert bound["fact"] or bound["reason"], rule
        if "downtime_s" in bound and "reason" not in bound:
            assert rows[rule].downtime_s[0] >= bound["downtime_s"][0], rule
            assert rows[rule].downtime_s[1] >= bound["downtime_s"][1], rule


def test_built_in_ways_spend_no_more_than_today() -> None:
    """The upper bounds of the downtime of every built-in pair do not rise unseen."""
    most = {
        ("minimum", "medium"): 75,
        ("minimum", "enterprise"): 225,
        ("medium", "enterprise"): 215,
        ("medium", "minimum"): 80,
        ("enterprise", "minimum"): 160,
        ("enterprise", "medium"): 155,
    }
    for (start, goal), seconds in most.items():
        found = plan(
            RESOLVED[start, "production"].environment,
            RESOLVED[goal, "production"].environment,
            FACTS,
        )
        assert (0, seconds) == found.downtime_s
