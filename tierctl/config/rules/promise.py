"""What a tier promises, and what a client demands, against what the Shapes deliver.

A tier's promise is for environments that lack nothing: staging says what it lacks. A demand is a
client's and holds wherever the client states it.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tierctl.config.delivery import Component, Delivery, delivered
from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import Severity

_SLA = "https://aws.amazon.com/legal/service-level-agreements/"
_BETTER = {
    "two tasks or more": "Let the load balancer find it sooner: 'health_check_interval_s: 5'.",
    "one task": "Set 'min_tasks: 2'.",
    "no task": "Set 'min_tasks: 2'.",
    "spot capacity": "Set 'capacity: FARGATE'.",
    "no reader": "Set 'readers: 1'.",
    "a reader": "Nothing shorter is documented for a failover of the database.",
    "no failover": "Set 'replicas_per_shard: 1', 'automatic_failover: true' and 'multi_az: true'.",
    "automatic failover in one zone": "Set 'multi_az: true'.",
    "standard_ia": "Set 'storage_class: standard'.",
    "intelligent_tiering": "Set 'storage_class: standard', at a higher price for old objects.",
}
_APPLICATION = (
    "application:\n  cache_client: cluster\n  services:\n    web:\n"
    "      image: public.ecr.aws/nginx/nginx:1.29\n      port: 80\n      health_check_path: /\n"
)


def _complete(subject: Subject) -> Delivery | None:
    """What is delivered, when every family could be read."""
    needed = ("loadbalancer", "database", "cache", "filesystem", "bucket")
    if any(family not in subject.shapes for family in needed):
        return None
    return delivered(subject.shapes)


def _better(component: Component) -> str:
    """What would improve a component."""
    return _BETTER.get(component.when, "No Shape of ours does better.")


def _uptime(delivery: Delivery, target: Decimal, who: str) -> Problem | None:
    """Too little uptime."""
    if delivery.uptime_percent >= target:
        return None
    weak = delivery.weakest
    return Problem(
        None,
        f"{who} {target:f} % uptime; the Shapes deliver {delivery.uptime_percent} % together. "
        f"The weakest is {weak.name} with {weak.when.replace('_', ' ')}: {weak.uptime_percent} % "
        f"({weak.confidence}).",
        _better(weak),
    )


def _recovery(delivery: Delivery, target: int, who: str) -> Iterator[Problem]:
    """Components that take too long, one finding each."""
    for component in delivery.components:
        if component.recovery_s[1] > target:
            low, high = component.recovery_s
            yield Problem(
                None,
                f"{who} recovery in {target} s; {component.name} with "
                f"{component.when.replace('_', ' ')} takes {low} to {high} s "
                f"({component.recovery_confidence}).",
                _better(component),
            )


def _placed(subject: Subject, problem: Problem, *paths: str) -> Problem:
    """A finding where the target is written."""
    return Problem(subject.place(*paths), problem.what, problem.fix, problem.suggestion)


def _promise_uptime(subject: Subject) -> Iterator[Problem]:
    """The tier's uptime."""
    delivery = None if subject.lacks else _complete(subject)
    if delivery:
        who = f"Tier '{subject.tier.name}' promises"
        problem = _uptime(delivery, subject.tier.promise.uptime_percent, who)
        if problem:
            yield _placed(subject, problem, "promise.uptime_percent")


def _promise_recovery(subject: Subject) -> Iterator[Problem]:
    """The tier's recovery."""
    delivery = None if subject.lacks else _complete(subject)
    if delivery:
        who = f"Tier '{subject.tier.name}' promises"
        for problem in _recovery(delivery, subject.tier.promise.recovery_s, who):
            yield _placed(subject, problem, "promise.recovery_s")


def _demands(subject: Subject) -> Iterator[Problem]:
    """The client's demands."""
    delivery, demands = _complete(subject), subject.demands
    if not delivery or not demands:
        return
    who = f"Client '{subject.client.name}' demands in {subject.environment}"
    if demands.uptime_percent is not None:
        problem = _uptime(delivery, demands.uptime_percent, who)
        if problem:
            yield _placed(subject, problem, "demands.uptime_percent")
    if demands.recovery_s is not None:
        for problem in _recovery(delivery, demands.recovery_s, who):
            yield _placed(subject, problem, "demands.recovery_s")


def _client(demands: str, tier: str) -> str:
    """A client with demands on production."""
    return (
        f"tier: {tier}\nregion: eu-west-1\n{_APPLICATION}environments:\n  production:\n"
        f"    demands: {{{demands}}}\n"
    )


RULES = (
    Rule(
        "promise-uptime",
        "the uptime promised is more than the Shapes deliver",
        "A promise that AWS does not make to us cannot be made to a customer.",
        "Strengthen the weakest component, or promise less.",
        _SLA,
        Example(
            "tiers/example.yaml",
            "extends: minimum\npromise: {uptime_percent: 99.9}\n",
            "extends: minimum\npromise: {uptime_percent: 95}\n",
        ),
        _promise_uptime,
        Severity.WARNING,
    ),
    Rule(
        "promise-recovery",
        "the recovery promised is faster than the Shapes deliver",
        "The slowest component decides how long a customer waits.",
        "Strengthen the component, or promise more time.",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
        "Concepts.AuroraHighAvailability.html",
        Example(
            "tiers/example.yaml",
            "extends: minimum\npromise: {recovery_s: 300}\n",
            "extends: minimum\npromise: {recovery_s: 600}\n",
        ),
        _promise_recovery,
        Severity.WARNING,
    ),
    Rule(
        "demand-not-met",
        "a client demands more than the Shapes deliver",
        "The client insists on it, so nothing less is deployed.",
        "Strengthen the component, take a larger tier, or agree on less.",
        _SLA,
        Example(
            "clients/example.yaml",
            _client("recovery_s: 60", "minimum"),
            _client("recovery_s: 60", "enterprise"),
        ),
        _demands,
    ),
)
