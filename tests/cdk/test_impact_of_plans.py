"""The planner and `impact` know nothing of each other: each step of a plan, judged as anybody's."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING

import pytest

from tests.cdk.conftest import TIERS
from tierctl.planning.impact import impact
from tierctl.planning.impact_model import Verdict
from tierctl.planning.planner import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cdk.conftest import Template
    from tierctl.model.environment import Environment

PAIRS = list(itertools.permutations(TIERS, 2))
NEVER = (Verdict.REFUSED, Verdict.UNKNOWN)


@pytest.mark.parametrize(("start", "goal"), PAIRS)
def test_no_step_of_a_plan_is_refused_unknown_or_dangerous(
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    start: str,
    goal: str,
) -> None:
    """Between consecutive templates impact finds nothing refused, unknown or at risk.

    What one jump would do is refused or unknown: that is why there are steps.
    """
    one, two = (environment_of(tier, "production") for tier in (start, goal))
    steps = plan(one, two)
    templates = [
        json.dumps(synthesise(environment)).encode()
        for environment in (one, *(step.after for step in steps.steps))
    ]

    for number, (before, after) in enumerate(itertools.pairwise(templates), 1):
        found = impact((before, "before"), (after, "after"))
        told = steps.steps[number - 1].data_risk in ("medium", "high", "total")
        for change in found.changes:
            where = f"step {number}: {change.logical_id}: {change.blocks}"
            bad = [p for p in change.properties if p.verdict in NEVER]
            assert not bad, (where, [(p.path, p.why) for p in bad])
            assert told or not change.data_at_risk, where
    jump = impact((templates[0], "before"), (json.dumps(synthesise(two)).encode(), "after"))
    assert jump.blocking
