"""Rules of logs and of the budget."""

from __future__ import annotations

from collections.abc import Iterator

from tierctl.catalog.limits import limits
from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import Severity

_LOGS = "https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html"


def _tier(bad: str, good: str) -> Example:
    """A tier, broken and mended."""
    return Example(
        "tiers/example.yaml", f"extends: minimum\n{bad}\n", f"extends: minimum\n{good}\n"
    )


def _retention(subject: Subject) -> Iterator[Problem]:
    """Days that CloudWatch Logs does not accept."""
    accepted = limits("log_retention")["days"]
    fields = (
        ("observability", "log_retention_days"),
        ("observability", "audit_log_retention_days"),
        ("network", "flow_log_retention_days"),
    )
    for family, key in fields:
        shape = subject.shapes.get(family)
        days = getattr(shape, key, None)
        if days is not None and days not in accepted:
            # never fewer than asked for, where there is such a value: logs may be evidence
            near = next((value for value in accepted if value >= days), accepted[-1])
            yield Problem(
                subject.place(f"{family}.{key}"),
                f"'{family}.{key}' is {days}; CloudWatch Logs accepts "
                f"{', '.join(map(str, accepted))}.",
                f"Set '{key}: {near}'.",
                str(near),
            )


def _audit(subject: Subject) -> Iterator[Problem]:
    """An audit log that is kept for less than ordinary logs."""
    shape = subject.shapes.get("observability")
    if shape and shape.audit_log_retention_days < shape.log_retention_days:
        yield Problem(
            subject.place(
                "observability.audit_log_retention_days", "observability.log_retention_days"
            ),
            f"'audit_log_retention_days' is {shape.audit_log_retention_days}, and ordinary logs "
            f"are kept {shape.log_retention_days} days.",
            f"Set 'audit_log_retention_days: {shape.log_retention_days}' or more.",
        )


def _band(subject: Subject) -> Iterator[Problem]:
    """A band upside down."""
    band = subject.tier.band
    if band and band.low_usd > band.high_usd:
        yield Problem(
            subject.place("budget_band.high_usd"),
            f"'budget_band.high_usd' is {band.high_usd}, and low_usd is {band.low_usd}.",
            f"Set 'high_usd: {band.low_usd}' or more, or lower 'low_usd'.",
        )
    for key in ("users", "team_size"):
        span = getattr(subject.tier.promise, key)
        if span.most is not None and span.least > span.most:
            yield Problem(
                subject.place(f"promise.{key}.most", f"promise.{key}"),
                f"'promise.{key}.most' is {span.most}, and least is {span.least}.",
                f"Set 'most: {span.least}' or more, or lower 'least'.",
            )


def _budget(subject: Subject) -> Iterator[Problem]:
    """A budget below what the tier is said to cost."""
    shape, band = subject.shapes.get("observability"), subject.tier.band
    if not shape or not band or shape.monthly_budget_usd is None:
        return
    # the band is for staging and production together: half of its low end for one of them
    least = band.low_usd // 2
    if shape.monthly_budget_usd < least:
        yield Problem(
            subject.place("observability.monthly_budget_usd"),
            f"'monthly_budget_usd' is {shape.monthly_budget_usd}, and the tier is said to cost "
            f"{band.low_usd} to {band.high_usd} for two environments.",
            f"Set 'monthly_budget_usd: {least}' or more, or take a smaller tier.",
        )


RULES = (
    Rule(
        "log-retention",
        "the log retention is none of AWS's values",
        "CloudWatch Logs refuses any other number of days.",
        "Use one of the values.",
        _LOGS,
        _tier(
            "families: {observability: {log_retention_days: 45}}",
            "families: {observability: {log_retention_days: 60, audit_log_retention_days: 90}}",
        ),
        _retention,
    ),
    Rule(
        "audit-log-shorter",
        "the audit log is kept for less than ordinary logs",
        "The log that proves what happened would be gone first.",
        "Keep it at least as long.",
        _LOGS,
        _tier(
            "families: {observability: {audit_log_retention_days: 7}}",
            "families: {observability: {audit_log_retention_days: 90}}",
        ),
        _audit,
        Severity.WARNING,
    ),
    Rule(
        "range-order",
        "a range ends before it begins",
        "No figure lies in it, and every comparison with it would be wrong.",
        "Let the end be no less than the beginning.",
        "tierctl/model/promise.py",
        _tier(
            "budget_band: {low_usd: 300, high_usd: 200}",
            "budget_band: {low_usd: 200, high_usd: 300}",
        ),
        _band,
    ),
    Rule(
        "budget-below-tier",
        "the budget is below the tier",
        "The budget's alarm would sound every month and soon be ignored.",
        "Raise the budget, or take a smaller tier.",
        "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html",
        Example(
            "tiers/example.yaml",
            "extends: minimum\nbudget_band: {low_usd: 150, high_usd: 250}\n"
            "families: {observability: {monthly_budget_usd: 20}}\n",
            "extends: minimum\nbudget_band: {low_usd: 150, high_usd: 250}\n"
            "families: {observability: {monthly_budget_usd: 150}}\n",
        ),
        _budget,
        Severity.WARNING,
    ),
)
