"""Plans as templates: legal from one to the next, what was asked for at the end, and synthesised.

The same independent rules as for a thousand random plans, here over what the stack really writes;
and the proof that the light templates used there move as the real ones do.
"""

from __future__ import annotations

import itertools
import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.cdk.conftest import ENVIRONMENTS, TIERS
from tests.property import worlds
from tests.property.legality import STORES, Update, violations
from tests.property.projection import STAND_INS, project
from tests.property.test_plans import BASES, FACTS
from tierctl.model.classes import ResourceClass, class_of
from tierctl.planning.planner import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cdk.conftest import Template
    from tierctl.model.environment import Environment
    from tierctl.model.plan import Plan

BUILT_IN = [(a, b, name) for a, b in itertools.permutations(TIERS, 2) for name in ENVIRONMENTS]
CUSTOM = [
    (a, b, "production")
    for custom in ("growth", "hybrid", "performance", "security")
    for a, b in itertools.permutations((custom, "medium"), 2)
]
# the groups whose every property the light template has; of the others only "something" counts
JUDGED = STORES | {"AWS::ECS::TaskDefinition", "AWS::ECS::Service", "AWS::ECS::Cluster",
                   "AWS::EC2::NatGateway"}  # fmt: skip

Synthesise = "Callable[[Environment], Template]"


def way(found: Plan, synthesise: Callable[[Environment], Template]) -> list[tuple[str, Template]]:
    """The kinds of a plan's steps with the template after each."""
    steps = [(step.kind, synthesise(step.after)) for step in found.steps]
    return [("start", synthesise(found.start)), *steps]


@pytest.mark.parametrize(("start", "goal", "name"), BUILT_IN + CUSTOM)
def test_every_template_follows_legally_on_the_last(
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    start: str,
    goal: str,
    name: str,
) -> None:
    """Between two shipped tiers no update breaks a rule that AWS documents."""
    found = plan(environment_of(start, name), environment_of(goal, name), FACTS)

    assert [] == violations(way(found, synthesise))


@pytest.mark.parametrize(("start", "goal", "name"), BUILT_IN)
def test_the_last_template_is_the_goal(
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    start: str,
    goal: str,
    name: str,
) -> None:
    """Going up, all resources are the goal's; going down, all but what the plan names as equal."""
    found = plan(environment_of(start, name), environment_of(goal, name), FACTS)
    end, wanted = synthesise(found.end)["Resources"], synthesise(found.goal)["Resources"]
    apart = {key for key in end.keys() | wanted.keys() if end.get(key) != wanted.get(key)}

    if not found.stands_for:
        assert set() == apart
        return
    assert TIERS.index(goal) < TIERS.index(start)
    data = {key for key in apart if class_of(wanted.get(key, end.get(key))["Type"], key)
            is ResourceClass.DATA}  # fmt: skip
    assert data <= {"Cache", "Bucket"}
    known = {"AWS::ECS::TaskDefinition", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}
    assert {end.get(k, wanted.get(k))["Type"] for k in apart - data} <= known  # type: ignore[index]


def moved(update: Update) -> tuple[set[tuple[str, str]], bool]:
    """What moves of judged resources, and whether anything else does."""
    found: set[tuple[str, str]] = set()
    other = False
    for name, what in update.changes():
        if name and update.kind_of(name) in JUDGED and name != "LogBucket":
            found.add((name, what))
        elif name:
            other = True
        else:
            found.add((name, what))
    return found, other


def judged(template: Template) -> dict[str, dict[str, Any]]:
    """The judged resources, with plain properties only: what both kinds of template spell alike."""
    light = ("Tags", "ContainerDefinitions", "LifecycleConfiguration", "ClusterSettings",
             "IntelligentTieringConfigurations", "DeploymentConfiguration")  # fmt: skip
    return {
        name: {
            **{k: v for k, v in resource["Properties"].items() if k not in light},
            "UpdatePolicy": resource.get("UpdatePolicy"),
        }
        for name, resource in template["Resources"].items()
        if resource["Type"] in JUDGED
    }


def same_spelling(real: Template, light: Template) -> None:
    """Every property of the light template stands in the real one with the same value."""
    known = judged(real)
    for name, properties in judged(light).items():
        assert properties.items() <= known[name].items(), name
    counted = ("AWS::RDS::DBInstance", "AWS::EC2::NatGateway", "AWS::ECS::Service")
    for kind in counted:
        ids = [{n for n, r in t["Resources"].items() if r["Type"] == kind} for t in (real, light)]
        assert ids[0] == ids[1]


@pytest.mark.parametrize(("start", "goal", "name"), BUILT_IN)
def test_the_light_template_moves_as_the_real_one(
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    start: str,
    goal: str,
    name: str,
) -> None:
    """Step by step the same properties of judged resources move, and something else or nothing."""
    found = plan(environment_of(start, name), environment_of(goal, name), FACTS)
    before = found.start
    for step in found.steps:
        real = Update(synthesise(before), synthesise(step.after))
        light = Update(project(before), project(step.after))
        assert moved(real) == moved(light), step.title
        same_spelling(real.after, light.after)
        before = step.after


@settings(
    max_examples=25, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(pair=worlds.pairs(BASES))
def test_random_templates_are_judged_alike(
    synthesise: Callable[[Environment], Template], pair: tuple[Environment, Environment]
) -> None:
    """A leap between two random environments breaks the same rules in both kinds of template."""
    leaps = [
        [("start", make(pair[0])), ("update", make(pair[1]))] for make in (synthesise, project)
    ]
    real, light = (sorted(violations(leap)) for leap in leaps)

    assert real == light


def test_stand_ins_are_no_store() -> None:
    """What the light template only counts is of a type that no rule looks at."""
    assert STAND_INS not in JUDGED


def test_a_shuffled_plan_is_noticed(
    environment_of: Callable[..., Environment], synthesise: Callable[[Environment], Template]
) -> None:
    """The rules are no formality: a way through the same steps in another order breaks some."""
    found = plan(
        environment_of("minimum", "production"), environment_of("enterprise", "production"), FACTS
    )
    steps = way(found, synthesise)
    dice = random.Random(1)  # noqa: S311  an order, not a secret
    for _ in range(10):
        shuffled = steps[1:]
        dice.shuffle(shuffled)
        if shuffled != steps[1:]:
            assert violations([steps[0], *shuffled])


def test_an_update_in_one_leap_is_refused(
    environment_of: Callable[..., Environment], synthesise: Callable[[Environment], Template]
) -> None:
    """`cdk deploy -c tier=enterprise` over minimum, without a plan, breaks ten rules and more."""
    leap = [("start", synthesise(environment_of("minimum", "production"))),
            ("update", synthesise(environment_of("enterprise", "production")))]  # fmt: skip
    found = violations(leap)

    assert len(found) >= 8
    for words in ("failover before a replica", "cluster mode from disabled to enabled",
                  "resharding outside cluster mode", "ACU range together with an instance",
                  "something beside a change of throughput mode",
                  "an application rollout together with a store"):  # fmt: skip
        assert any(words in text for text in found), json.dumps(found, indent=1)
