"""Estimates as a versioned document: every other form says the same as this one.

In: Estimates and what was made of them. Out: plain dicts, figures as exact strings, validated in
tests against `schemas/estimate.schema.json`. May not: compute a cost.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.model.estimate import Free, Priced, Unpriced, UsageBased

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.costing.actual import ActualRow
    from tierctl.costing.commitments import WhatIf
    from tierctl.costing.subjects import CostReport, Subject
    from tierctl.model.estimate import Estimate, PricedLine
    from tierctl.model.money import Money, Spread

FORMAT_VERSION = 1


def document(report: CostReport) -> dict[str, Any]:
    """The report as data."""
    estimates = [e for subject in report.subjects for e in subject.estimates]
    oldest = sorted(e.oldest_price for e in estimates if e.oldest_price)
    newest = sorted(e.newest_price for e in estimates if e.newest_price)
    return {
        "kind": "estimate",
        "format_version": FORMAT_VERSION,
        "currency": estimates[0].currency if estimates else "USD",
        "month_hours": 730,
        "prices": {
            "oldest": oldest[0] if oldest else None,
            "newest": newest[-1] if newest else None,
        },
        "subjects": [_subject(subject) for subject in report.subjects],
        "actual": [_actual(row) for row in report.actual],
    }


def _subject(subject: Subject) -> dict[str, Any]:
    band, budget = subject.band, subject.budget
    return {
        "name": subject.name,
        "title": subject.title,
        "total": money(subject.total),
        "at_least": subject.at_least,
        "plan_band": None
        if band is None
        else {
            "low_usd": band.low_usd,
            "high_usd": band.high_usd,
            "verdict": band.verdict,
            "reason": band.reason,
        },
        "budget": None
        if budget is None
        else {"usd": text(budget.usd), "expected": text(budget.expected), "over": budget.over},
        "commitments": [_what_if(one) for one in subject.what_if],
        "estimates": [_estimate(estimate) for estimate in subject.estimates],
    }


def _what_if(one: WhatIf) -> dict[str, Any]:
    return {
        "term": one.term,
        "saved": text(one.saved.expected),
        "note": one.note,
        "lines": [
            {
                "name": line.line.line.name,
                "address": line.line.line.address,
                "commitment": line.commitment,
                "kind": line.kind,
                "saved": text(line.saved.expected),
                "share": text(line.share),
                "at_most": line.at_most,
                "confidence": line.confidence,
                "source": line.source,
            }
            for line in one.lines
        ],
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    coverage = estimate.coverage
    return {
        "subject": estimate.subject,
        "environment": estimate.environment,
        "client": estimate.client,
        "region": estimate.region,
        "usage": estimate.usage,
        "total": money(estimate.total),
        "at_least": estimate.at_least,
        "components": [
            {"name": name, **money(estimate.component(name))} for name in estimate.component_names
        ],
        "coverage": None
        if coverage is None
        else {
            "resources": coverage.resources,
            "priced": coverage.priced,
            "free": coverage.free,
            "usage_based": coverage.usage_based,
            "not_priced": coverage.not_priced,
        },
        "notes": list(estimate.notes),
        "lines": [line_document(line) for line in estimate.lines],
    }


def line_document(priced: PricedLine) -> dict[str, Any]:
    """One line with everything that is known of it."""
    line, outcome = priced.line, priced.outcome
    cost = priced.cost
    rate = outcome.rate if isinstance(outcome, Priced | UsageBased) else None
    reason = outcome.reason if isinstance(outcome, Free | Unpriced) else None
    return {
        "component": line.component,
        "address": line.address,
        "name": line.name,
        "status": status(priced),
        "key": line.key,
        "quantity": None if line.quantity is None else _spread(line.quantity),
        "unit": line.unit or None,
        "cost": None if cost is None else _spread(cost.spread),
        "assumption": line.assumption or None,
        "provenance": line.provenance or None,
        "unit_price": rate.price if rate else None,
        "source": rate.source if rate else None,
        "date": rate.date if rate else None,
        "confidence": rate.confidence if rate else None,
        "free_tier": (rate.free_tier or None) if rate else None,
        "service_code": rate.service_code if rate else None,
        "sku": rate.sku if rate else None,
        "reason": reason,
    }


def status(priced: PricedLine) -> str:
    """The outcome's name."""
    match priced.outcome:
        case Priced():
            return "priced"
        case UsageBased():
            return "usage_based"
        case Free():
            return "free"
        case Unpriced():
            return "unpriced"


def _actual(row: ActualRow) -> dict[str, Any]:
    return {
        "group": row.group,
        "months": row.months,
        "currency": row.currency,
        "paid": text(row.paid),
        "estimated": None if row.estimated is None else money(row.estimated),
        "difference": None if row.difference is None else text(row.difference),
    }


def money(amount: Money) -> dict[str, str]:
    """Low, expected and high."""
    return _spread(amount.spread)


def _spread(spread: Spread) -> dict[str, str]:
    return {
        "low": text(spread.low),
        "expected": text(spread.expected),
        "high": text(spread.high),
    }


def text(number: Decimal) -> str:
    """An exact number, without exponent or needless zeros."""
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def environments(subjects: Sequence[Subject]) -> tuple[str, ...]:
    """Environment names over all subjects, in order of first appearance."""
    return tuple(dict.fromkeys(e.environment for s in subjects for e in s.estimates))
