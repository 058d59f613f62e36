"""docs/upgrade-guide.md is what the catalogue and the planner say now."""

from __future__ import annotations

import importlib.util
import itertools
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2]


def written() -> str:
    """The page as scripts/write_upgrade_guide.py would write it."""
    path = FOLDER / "scripts" / "write_upgrade_guide.py"
    spec = importlib.util.spec_from_file_location("write_upgrade_guide", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.guide())


def test_the_guide_is_current() -> None:
    """Whoever changes a tier, a row or an operator writes the guide anew."""
    committed = (FOLDER / "docs" / "upgrade-guide.md").read_text(encoding="utf-8")

    assert written() == committed, "run scripts/write_upgrade_guide.py"


def test_the_guide_has_every_pair_both_ways() -> None:
    """Six plans, what never changes in place, the plan document's claims, and the sources."""
    text = written()

    for start, goal in itertools.permutations(("minimum", "medium", "enterprise"), 2):
        assert f"\n## {start} to {goal}\n" in text
    for title in (
        "What cannot change in place",
        "What the tiered-addon plan says",
        "A stack that is not ours",
        "Where the figures are from",
    ):
        assert f"\n## {title}\n" in text
