"""Cost against budget, costs side by side, the plan's band, and paying ahead."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tierctl.config.compare import at_tier
from tierctl.config.project import Project
from tierctl.costing.actual import read_actual
from tierctl.costing.bands import against_band
from tierctl.costing.checks import cost_findings
from tierctl.costing.compare import cost_rows
from tierctl.costing.measured import read_measured
from tierctl.costing.subjects import Pricer
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Severity
from tierctl.model.promise import Band

FOLDER = Path(__file__).resolve().parents[2]


def findings(budget: str, region: str = "us-east-1") -> list[Diagnostic]:
    """What is said of a client with this budget."""
    text = (FOLDER / "clients" / "default.yaml").read_text(encoding="utf-8")
    text += f"\nfamilies: {{observability: {{monthly_budget_usd: {budget}}}}}\n"
    project = Project(FOLDER, extra={"clients/mine.yaml": text.encode()})
    resolution = at_tier(project, "minimum", "production", "mine", region, {})
    return cost_findings([(project, resolution)])


def test_a_budget_that_holds_says_nothing() -> None:
    """Expected $162.21 is below 200."""
    assert findings("200") == []


def test_a_budget_below_what_is_expected_is_a_warning() -> None:
    """It holds at the least use only; the place and the next whole dollar are named."""
    (found,) = findings("150")

    assert (found.rule, found.severity) == ("cost-over-budget", Severity.WARNING)
    assert "monthly_budget_usd: 163" in found.fix
    assert found.place is not None
    assert found.place.file == "clients/mine.yaml"


def test_a_budget_below_the_least_is_an_error() -> None:
    """Whatever nobody does, it costs more."""
    (found,) = findings("100")

    assert found.severity is Severity.ERROR


def test_costs_stand_side_by_side(project: Project) -> None:
    """A row for each component and three totals, one column a tier."""
    pricer = Pricer(project, {}, {})
    rows = cost_rows([pricer.tier(name, "production") for name in ("minimum", "medium")])
    by_path = {row["path"]: row["values"] for row in rows}

    assert by_path["cost.total.expected"] == ["162.21", "403.76"]
    assert by_path["cost.Load Balancer"] == ["17.01", "20.51"]


@pytest.mark.parametrize(
    ("low", "high", "verdict"), [(1, 10, "over"), (600, 700, "within"), (900, 1000, "under")]
)
def test_the_band_is_judged_by_the_expected_total(
    project: Project, low: int, high: int, verdict: str
) -> None:
    """Over, within or under, and never moved."""
    estimates = Pricer(project, {}, {}).tier("medium").estimates
    found = against_band(estimates, Band(low_usd=low, high_usd=high))

    assert found is not None
    assert found.verdict == verdict


def test_paying_ahead_buys_only_what_is_surely_used(project: Project) -> None:
    """The low quantity is committed: two nodes of m7g.large at 0.0856 instead of 0.1264."""
    pricer = Pricer(project, {}, {})
    found = pricer.committed(pricer.tier("enterprise", "production"), "1y_no_upfront").what_if[0]
    saved = {line.line.line.name: line.saved.expected for line in found.lines}

    exact = 4 * 730 * (Decimal("0.1264") - Decimal("0.0856"))
    assert abs(saved["cache.m7g.large hours"] - exact) < Decimal("0.0001")


def test_another_region_has_no_rates_and_says_so(project: Project) -> None:
    """No saving is carried over from us-east-1."""
    pricer = Pricer(project, {}, {})
    subject = pricer.tier("minimum", "production", region="eu-west-1")
    found = pricer.committed(subject, "1y_no_upfront").what_if[0]

    assert found.lines == ()
    assert "No rate" in found.note


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b"[]", b"{}", b'{"ResultsByTime": [1]}', b"[" * 9999]
)
def test_a_file_that_is_no_cost_export_is_refused(data: bytes) -> None:
    """Any bytes give one diagnostic with a place."""
    with pytest.raises(InvalidConfigurationError):
        read_actual(data, "x.json")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"MetricDataResults": [{"Id": "lcu", "Values": []}]}',
        b'{"MetricDataResults": [{"Id": "lcu", "Values": [-1]}]}',
        b'{"MetricDataResults": [{"Id": "lcu", "Values": ["x"]}]}',
        b'{"MetricDataResults": [{"Label": "VolumeReadIOPs", "Values": [1], "Timestamps": [1]}]}',
    ],
)
def test_a_file_that_is_no_metric_answer_is_refused(data: bytes) -> None:
    """Empty, negative, textual or single values cannot be brought to a month."""
    with pytest.raises(InvalidConfigurationError):
        read_measured(data, "x.json")


def test_a_subject_says_at_least_when_one_of_its_estimates_does(project: Project) -> None:
    """One line without a price is enough."""
    subject = Pricer(project, {}, {}).tier("medium", region="eu-west-1")

    assert subject.at_least
    assert not replace(subject, estimates=()).at_least
