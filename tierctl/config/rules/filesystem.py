"""Rules of the file system: throughput modes."""

from __future__ import annotations

from collections.abc import Iterator

from tierctl.config.rules.rule import Example, Problem, Rule, Subject

_SOURCE = "https://docs.aws.amazon.com/efs/latest/ug/managing-throughput.html"


def _tier(bad: str, good: str) -> Example:
    """A tier with a changed file system."""
    head = "extends: minimum\nfamilies:\n  filesystem: "
    return Example("tiers/example.yaml", f"{head}{bad}\n", f"{head}{good}\n")


def _needs_rate(subject: Subject) -> Iterator[Problem]:
    """Provisioned throughput without a figure."""
    shape = subject.shapes.get("filesystem")
    if shape and shape.throughput_mode == "provisioned" and shape.provisioned_mibps is None:
        yield Problem(
            subject.place("filesystem.throughput_mode", "filesystem.provisioned_mibps"),
            "'filesystem.throughput_mode' is 'provisioned', without 'provisioned_mibps'.",
            "Add 'provisioned_mibps: 10', or set 'throughput_mode: elastic'.",
        )


def _rate_unused(subject: Subject) -> Iterator[Problem]:
    """A figure that the mode does not use."""
    shape = subject.shapes.get("filesystem")
    if shape and shape.throughput_mode != "provisioned" and shape.provisioned_mibps is not None:
        yield Problem(
            subject.place("filesystem.provisioned_mibps", "filesystem.throughput_mode"),
            f"'filesystem.provisioned_mibps' is given, and the mode is '{shape.throughput_mode}'.",
            "Set 'throughput_mode: provisioned', or remove 'provisioned_mibps'.",
        )


RULES = (
    Rule(
        "filesystem-provisioned-rate",
        "provisioned throughput has no rate",
        "EFS bills and grants provisioned throughput by the MiB/s that are stated.",
        "State the rate, or use elastic throughput.",
        _SOURCE,
        _tier(
            "{throughput_mode: provisioned}",
            "{throughput_mode: provisioned, provisioned_mibps: 10}",
        ),
        _needs_rate,
    ),
    Rule(
        "filesystem-rate-unused",
        "a rate is stated that the mode does not use",
        "Whoever wrote it believes in a throughput that is not there.",
        "Use provisioned throughput, or remove the rate.",
        _SOURCE,
        _tier("{provisioned_mibps: 10}", "{throughput_mode: bursting}"),
        _rate_unused,
    ),
)
