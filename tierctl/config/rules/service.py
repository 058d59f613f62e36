"""Rules of the services: Fargate's pairs, task counts, spot capacity."""

from __future__ import annotations

from collections.abc import Iterator

from tierctl.catalog.fargate import memory_choices
from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import Severity

_PAIRS = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html"
_SCALING = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html"
_SPOT = (
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html"
)


def _tier(bad: str, good: str) -> Example:
    """A tier with a changed web service."""
    head = "extends: minimum\nfamilies:\n  service:\n    web: "
    return Example("tiers/example.yaml", f"{head}{bad}\n", f"{head}{good}\n")


def _pair(subject: Subject) -> Iterator[Problem]:
    """CPU and memory that Fargate does not offer together."""
    for name, shape in subject.services():
        allowed = memory_choices(shape.cpu)
        if shape.memory_mib not in allowed:
            near = min(allowed, key=lambda value: (abs(value - shape.memory_mib), value))
            yield Problem(
                subject.place(f"service.{name}.memory_mib", f"service.{name}.cpu"),
                f"Fargate has no task of {shape.cpu} CPU units with {shape.memory_mib} MiB; with "
                f"{shape.cpu} it has {_spread(allowed)}.",
                f"Set 'memory_mib: {near}', or another cpu.",
                str(near),
            )


def _spread(values: tuple[int, ...]) -> str:
    """Values in few words: all of a few, or the ends and the step of many."""
    if len(values) <= 4:  # noqa: PLR2004 - so many read well in a row
        return ", ".join(map(str, values))
    return f"{values[0]} to {values[-1]} in steps of {values[1] - values[0]}"


def _count(subject: Subject) -> Iterator[Problem]:
    """Fewest tasks above most."""
    for name, shape in subject.services():
        if shape.min_tasks > shape.max_tasks:
            yield Problem(
                subject.place(f"service.{name}.max_tasks", f"service.{name}.min_tasks"),
                f"'service.{name}.max_tasks' is {shape.max_tasks}, and min_tasks is "
                f"{shape.min_tasks}.",
                f"Set 'max_tasks: {shape.min_tasks}' or more, or lower 'min_tasks'.",
            )


def _zero(subject: Subject) -> Iterator[Problem]:
    """A service that may stand at no task where users are served."""
    for name, shape in subject.services():
        if shape.min_tasks == 0 and not subject.lacks:
            yield Problem(
                subject.place(f"service.{name}.min_tasks"),
                f"'service.{name}.min_tasks' is 0: with no task there is no CPU to scale by, and "
                "nothing starts one again.",
                "Set 'min_tasks: 1' or more.",
            )


def _spot(subject: Subject) -> Iterator[Problem]:
    """Spot capacity where the tier's promise holds."""
    for name, shape in subject.services():
        if shape.capacity == "FARGATE_SPOT" and not subject.lacks:
            yield Problem(
                subject.place(f"service.{name}.capacity"),
                f"'service.{name}.capacity' is FARGATE_SPOT in an environment that lacks nothing.",
                "Set 'capacity: FARGATE', or state 'lacks: [on-demand capacity]'.",
            )


RULES = (
    Rule(
        "service-fargate-pair",
        "CPU and memory are no pair of Fargate's",
        "Fargate offers pairs, not ranges: 512 with 512 and 8192 with 8192 do not exist.",
        "Use a pair that exists.",
        _PAIRS,
        _tier("{cpu: 512, memory_mib: 512}", "{cpu: 512, memory_mib: 1024}"),
        _pair,
    ),
    Rule(
        "service-task-order",
        "the most tasks are fewer than the fewest",
        "Application Auto Scaling refuses a range whose end lies before its beginning.",
        "Raise the most or lower the fewest.",
        _SCALING,
        _tier("{min_tasks: 3, max_tasks: 2}", "{min_tasks: 2, max_tasks: 3}"),
        _count,
    ),
    Rule(
        "service-no-task",
        "a service may stand without a task",
        "Autoscaling by CPU cannot bring back a service that has no task to measure.",
        "Keep one task.",
        _SCALING,
        _tier("{min_tasks: 0}", "{min_tasks: 1}"),
        _zero,
        Severity.WARNING,
    ),
    Rule(
        "service-spot-without-notice",
        "spot capacity stands under a promise",
        "Spot tasks are taken back with two minutes' notice and have no fallback.",
        "Use on-demand capacity, or say what the environment lacks.",
        _SPOT,
        _tier("{capacity: FARGATE_SPOT}", "{capacity: FARGATE}"),
        _spot,
        Severity.WARNING,
    ),
)
