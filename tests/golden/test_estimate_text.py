"""The whole explained estimate of each tier and environment, as a reader sees it.

Numbers are proved elsewhere (accuracy, parity, properties); here a change of any word or figure is
seen. `pytest --update` writes the files anew.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tierctl.config.project import Project
from tierctl.costing.subjects import CostReport, Pricer
from tierctl.reporting.cost_text import rendered

FOLDER = Path(__file__).parent / "estimates"


@pytest.mark.parametrize("tier", ["minimum", "medium", "enterprise"])
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_explained_estimate(
    project: Project, tier: str, environment: str, *, update: bool
) -> None:
    """Text is what was read and agreed to."""
    subject = Pricer(project, {}, {}).tier(tier, environment)
    text = rendered(CostReport(subjects=(subject,)), explain=True)
    path = FOLDER / f"{tier}-{environment}.txt"
    if update:
        path.write_text(text, encoding="utf-8")

    assert path.read_text(encoding="utf-8") == text
