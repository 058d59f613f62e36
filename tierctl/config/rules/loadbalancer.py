"""Rules of the load balancer: the zones it stands in."""

from __future__ import annotations

from collections.abc import Iterator

from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import Severity

ZONES = 3
_SOURCE = (
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "target-group-register-targets.html"
)


def _tier(bad: str, good: str) -> Example:
    """A tier with a changed load balancer."""
    head = "extends: minimum\nfamilies:\n  loadbalancer: "
    return Example("tiers/example.yaml", f"{head}{bad}\n", f"{head}{good}\n")


def _zones(subject: Subject) -> Iterator[Problem]:
    """A balancer in fewer zones than the tasks it sends requests to."""
    shape = subject.shapes.get("loadbalancer")
    if shape and shape.zones < ZONES:
        yield Problem(
            subject.place("loadbalancer.zones"),
            f"'loadbalancer.zones' is {shape.zones}, and tasks run in {ZONES} zones.",
            f"Set 'zones: {ZONES}', or leave it away.",
        )


RULES = (
    Rule(
        "loadbalancer-zones",
        "the load balancer leaves a zone that tasks run in",
        "Elastic Load Balancing sends nothing to targets in a zone it does not stand in: every "
        "third request would find fewer tasks than run.",
        "Let it stand in every zone of the tasks.",
        _SOURCE,
        _tier("{zones: 2}", "{zones: 3}"),
        _zones,
        severity=Severity.WARNING,
    ),
)
