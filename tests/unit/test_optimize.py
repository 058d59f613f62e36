"""The search for savings: each priced anew, none that breaks a promise or bars the way up."""

from __future__ import annotations

import dataclasses
import itertools
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from tierctl.catalog.price_book import PriceBook
from tierctl.config.compare import at_tier
from tierctl.config.delivery import delivered
from tierctl.config.project import Project
from tierctl.config.tiers import load_tier
from tierctl.config.usage import usage_of
from tierctl.costing.pricing import estimate_environment
from tierctl.costing.subjects import Pricer
from tierctl.planning.optimize import Optimum, Search, applied, broken
from tierctl.planning.overrides import laid_over, merged, written
from tierctl.planning.planner import plan
from tierctl.planning.savings import Status

FOLDER = Path(__file__).resolve().parents[2]
PROJECT = Project.find(FOLDER)
BUILT_IN = ("minimum", "medium", "enterprise")
CASES = list(itertools.product(BUILT_IN, ("staging", "production")))
FOUND: dict[tuple[str, str, str | None], Optimum] = {}


def optimum(tier: str, environment: str, client: str | None = None) -> Optimum:
    """The answer for an environment, searched once."""
    key = (tier, environment, client)
    if key not in FOUND:
        FOUND[key] = Search(Pricer(PROJECT, {}, {}), tier, environment, client, None).optimum()
    return FOUND[key]


def priced_anew(tier: str, environment: str, override: dict[str, object]) -> Decimal:
    """An override in the client's file as a user would write it, priced from scratch."""
    text = yaml.safe_load((FOLDER / "clients/default.yaml").read_text(encoding="utf-8"))
    if override:
        text["environments"] = {environment: override}
    extra = {"clients/default.yaml": yaml.safe_dump(text).encode()}
    project = dataclasses.replace(PROJECT, extra=extra)
    resolution = at_tier(project, tier, environment, None, None, {})
    usage = usage_of(PROJECT, at_tier(PROJECT, tier, environment, None, None, {})).profile
    book = PriceBook.load(resolution.environment.placement.region)
    return estimate_environment(resolution.environment, usage, book).total.expected


@pytest.mark.parametrize(("tier", "environment"), CASES)
def test_the_combination_costs_what_its_yaml_gives(tier: str, environment: str) -> None:
    """Writing the printed lines into the client's file gives exactly the price that is shown."""
    found = optimum(tier, environment)
    lines = written(environment, found.override)
    override = yaml.safe_load(lines)["environments"][environment]
    assert priced_anew(tier, environment, override) == found.after.total.expected
    assert priced_anew(tier, environment, {}) == found.before.total.expected


@pytest.mark.parametrize(("tier", "environment"), CASES)
def test_every_saving_is_worth_what_it_says(tier: str, environment: str) -> None:
    """Each saving that is offered saves its figure when it is the only one switched on."""
    found = optimum(tier, environment)
    for finding in found.findings:
        if finding.status is Status.OFFERED:
            alone = priced_anew(tier, environment, dict(finding.candidate.override))
            assert found.before.total.expected - alone == finding.saved
            assert finding.saved > 0


@pytest.mark.parametrize(("tier", "environment"), CASES)
def test_the_combination_is_the_cheapest(tier: str, environment: str) -> None:
    """No single saving and no subset of the offered ones, priced independently, costs less."""
    found = optimum(tier, environment)
    offered = [f.candidate for f in found.findings if f.status is Status.OFFERED]
    for count in range(1, len(offered) + 1):
        if count > 2 and count != len(offered):
            continue
        for some in itertools.combinations(offered, count):
            cost = priced_anew(tier, environment, merged(c.override for c in some))
            assert found.after.total.expected <= cost


@pytest.mark.parametrize(("tier", "environment"), CASES)
def test_a_promise_that_is_kept_stays_kept(tier: str, environment: str) -> None:
    """What production delivers with the savings is no less than before, wherever it is promised."""
    found = optimum(tier, environment)
    if not found.promised:
        assert environment == "staging"
        return
    project = laid_over(PROJECT, "default", environment, found.override)
    before = at_tier(PROJECT, tier, environment, None, None, {}).environment
    after = at_tier(project, tier, environment, None, None, {}).environment
    promise = load_tier(PROJECT, tier).promise
    assert not list(broken(promise, before, after))
    assert (
        delivered(dict(after.shapes())).uptime_percent
        >= delivered(dict(before.shapes())).uptime_percent
    )


@pytest.mark.parametrize(("tier", "environment"), CASES)
def test_an_upgrade_takes_the_savings_back_in_place(tier: str, environment: str) -> None:
    """From the savings the planner reaches the tier as it was, and every tier above it."""
    found = optimum(tier, environment)
    project = laid_over(PROJECT, "default", environment, found.override)
    saved = at_tier(project, tier, environment, None, None, {}).environment
    for goal in BUILT_IN[BUILT_IN.index(tier) :]:
        target = at_tier(PROJECT, goal, environment, None, None, {}).environment
        for way in (plan(saved, target), plan(target, saved) if goal == tier else None):
            reasons = [r.rule for r in way.reasons] if way else []
            assert "out-of-reach" not in reasons


def test_spot_is_refused_where_it_breaks_the_promise() -> None:
    """Production stays on on-demand capacity at every size, and the reason names the figure."""
    for tier in BUILT_IN:
        finding = next(
            f for f in optimum(tier, "production").findings if f.candidate.name == "spot"
        )
        assert finding.status is Status.REFUSED
        assert finding.saved is not None
        assert finding.saved > 0
        assert "promised" in finding.reason


def test_advice_is_never_counted() -> None:
    """What the stack does not build is priced beside, with its reason, and never chosen."""
    for tier, environment in CASES:
        found = optimum(tier, environment)
        advice = [f for f in found.findings if f.status is Status.ADVICE]
        assert {"nat-instance", "ipv6", "infrequent-logs", "balancer-zones"} <= {
            f.candidate.name for f in advice
        }
        assert all(f.reason and not f.chosen for f in advice)
        assert next(f for f in advice if f.candidate.name == "nat-instance").at_most


def test_no_way_of_leaving_a_zone_that_tasks_stand_in() -> None:
    """Fewer balancer zones are only advice while the tasks' subnets do not follow the balancer.

    AWS sends nothing to targets in a zone the balancer has left; when the stack follows, this
    test fails and the saving can be offered.
    """
    stack = (FOLDER / "stacks" / "service.py").read_text(encoding="utf-8")
    assert "subnets=parts.network.private," in stack
    finding = next(
        f for f in optimum("minimum", "staging").findings if f.candidate.name == "balancer-zones"
    )
    assert finding.saved == Decimal("3.65")
    assert finding.status is Status.ADVICE


def test_minimum_comes_inside_its_band() -> None:
    """Sleeping staging nearly reaches the plan's $250; paying ahead for a year comes inside."""
    both = [optimum("minimum", name) for name in ("staging", "production")]
    before = sum((o.before.total.expected for o in both), Decimal(0))
    after = sum((o.after.total.expected for o in both), Decimal(0))
    ahead = after - sum((o.committed.saved.expected for o in both), Decimal(0))
    assert before > 280
    assert 250 < after < 260
    assert 150 <= ahead <= 250


def test_a_client_that_sleeps_already_is_told_so() -> None:
    """What a client's file switched on is in place, not offered again."""
    found = optimum("growth", "staging", "globex")
    night = next(f for f in found.findings if f.candidate.name == "night-stop")
    assert night.status is Status.PRESENT


def test_demands_of_a_client_are_kept() -> None:
    """A saving that the configuration refuses, such as one below a demand, is not offered."""
    found = optimum("growth", "production", "globex")
    spot = next(f for f in found.findings if f.candidate.name == "spot")
    assert spot.status is Status.REFUSED
    assert "demands" in spot.reason or "promised" in spot.reason


def test_fields_are_applied_to_their_own_shape_alone() -> None:
    """The search changes exactly the fields it is told to."""
    base = at_tier(PROJECT, "medium", "staging", None, None, {}).environment
    other = applied(base, {("database", "min_acu"): Decimal(0), ("service/web", "max_tasks"): 3})
    assert other.database.min_acu == 0
    assert other.service("web").max_tasks == 3
    assert other.service("backend") == base.service("backend")
    assert applied(base, {}) == base


def test_an_override_lies_on_what_the_file_says() -> None:
    """Single keys are replaced; what stands beside them in the client's file is kept."""
    project = laid_over(
        PROJECT, "globex", "staging", {"families": {"cache": {"node_type": "cache.t4g.micro"}}}
    )
    node = at_tier(project, "growth", "staging", "globex", None, {}).environment
    kept = at_tier(PROJECT, "growth", "staging", "globex", None, {}).environment
    assert node.cache.node_type == "cache.t4g.micro"
    assert node.schedule == kept.schedule
    assert node.application == kept.application
