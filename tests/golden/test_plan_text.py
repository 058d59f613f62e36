"""What `tierctl plan` says of every ordered pair, word for word: a change is seen in review.

Written anew with `pytest --update`. No figure rests on these files alone: sums and bounds are
checked in `tests/property/test_plans.py`, orders in the sandbox.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tests.property.test_plans import FACTS, RESOLVED
from tierctl.planning.planner import plan
from tierctl.reporting.plan_document import plan_document
from tierctl.reporting.plan_text import text

FOLDER = Path(__file__).parent / "plans"
PAIRS = [
    (start, goal, name)
    for start, goal in itertools.permutations(("minimum", "medium", "enterprise"), 2)
    for name in ("staging", "production")
]


def said(start: str, goal: str, name: str) -> str:
    """The text of a plan, and the rules of each step with the seconds each adds."""
    found = plan(RESOLVED[start, name].environment, RESOLVED[goal, name].environment, FACTS)
    document = plan_document(found)
    lines = [text(document), "Because"]
    for step in document["steps"]:
        for reason in step["because"]:
            low, high = reason["downtime_s"]
            sources = ", ".join(source["url"].split("//")[1] for source in reason["sources"])
            lines.append(f"{step['number']:>3}. {reason['rule']} [{low}, {high}] s")
            lines.append(f"     {reason['confidence']}: {sources}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("start", "goal", "name"), PAIRS)
def test_a_plan_reads_as_it_did(update: bool, start: str, goal: str, name: str) -> None:
    """Steps, order, figures, reasons and sources of a built-in pair."""
    path = FOLDER / f"{start}-{goal}-{name}.txt"
    found = said(start, goal, name)
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == found


def test_no_golden_is_left_over() -> None:
    """A file for every pair and no other."""
    assert {path.stem for path in FOLDER.glob("*.txt")} == {"-".join(pair) for pair in PAIRS}
