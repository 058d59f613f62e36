"""After any plan, tier and record give the environment back: a plain `cdk deploy` is empty."""

from __future__ import annotations

import dataclasses
import itertools
import shutil
from typing import TYPE_CHECKING

import pytest

from tierctl.config.project import Project
from tierctl.config.records import write_record
from tierctl.config.resolve import Request, resolve
from tierctl.planning.facts import Facts
from tierctl.planning.planner import plan

if TYPE_CHECKING:
    from pathlib import Path

TIERS = ("minimum", "medium", "enterprise", "growth", "hybrid", "performance", "security")
PAIRS = list(itertools.permutations(TIERS, 2))


@pytest.mark.parametrize("environment", ["staging", "production"])
@pytest.mark.parametrize(("start", "goal"), PAIRS, ids=["-".join(pair) for pair in PAIRS])
def test_the_recorded_tier_is_where_the_plan_ended(
    project: Project, tmp_path: Path, start: str, goal: str, environment: str
) -> None:
    """Every ordered pair: what `app.py` resolves next is the Environment of the last step."""
    for folder in ("tiers", "clients"):
        shutil.copytree(project.folder / folder, tmp_path / folder)
    here = Project(tmp_path)
    before, after = (
        resolve(here, Request(tier=tier, environment=environment), {}).environment
        for tier in (start, goal)
    )
    end = plan(before, after, Facts()).end

    write_record(here, end, after)
    again = resolve(here, Request(tier=goal, environment=environment), {}).environment

    for field in dataclasses.fields(end):
        assert getattr(end, field.name) == getattr(again, field.name), field.name
