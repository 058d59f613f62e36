"""A Plan as the versioned JSON document that every view and executor reads.

In: a Plan. Out: a dict of kind `plan`, described by `schemas/plan.json`. Text, runbook and page are
rendered from this document, so that they cannot say anything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.catalog.behaviours import behaviour
from tierctl.catalog.limits import limits
from tierctl.model.document import to_document
from tierctl.reporting.documents import Document, document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from tierctl.model.plan import Plan, Step


def plan_document(plan: Plan, unpriced: Iterable[str] = ()) -> Document:
    """The plan as a document; `unpriced` names bill lines that its cost leaves out."""
    identity = plan.start.identity
    return document(
        "plan",
        client=identity.client,
        environment=identity.environment,
        stack=identity.stack_name,
        **{"from": identity.tier, "to": plan.goal.identity.tier},
        verdict=str(plan.verdict),
        reasons=[to_document(reason) for reason in plan.reasons],
        totals={**_totals(plan), "unpriced": sorted(unpriced)},
        assumed=list(plan.assumed),
        stands_for=list(plan.stands_for),
        notes=list(plan.notes),
        claims=_claims(plan),
        start=to_document(plan.start),
        goal=to_document(plan.goal),
        steps=[_step(step) for step in plan.steps],
    )


def _totals(plan: Plan) -> Document:
    """The sums over all steps."""
    return {
        "steps": len(plan.steps),
        "downtime_s": list(plan.downtime_s),
        "downtime_estimated": any(step.downtime_estimated for step in plan.steps),
        "duration_s": list(plan.duration_s),
        "duration_estimated": any(step.duration_estimated for step in plan.steps),
        "irreversible_steps": [step.number for step in plan.steps if step.one_way],
        "cost_change_per_month_usd": _money(plan.cost_change_usd),
    }


def _step(step: Step) -> Document:
    """One step."""
    return {
        "number": step.number,
        "kind": step.kind,
        "action": step.action or None,
        "title": step.title,
        "changes": [to_document(change) for change in step.changes],
        "because": [_because(rule) for rule in step.because],
        "disruption": step.disruption,
        "downtime_s": list(step.downtime_s),
        "downtime_estimated": step.downtime_estimated,
        "duration_s": list(step.duration_s),
        "duration_estimated": step.duration_estimated,
        "reversible": not step.one_way,
        "reversible_how": list(step.reversible),
        "data_risk": step.data_risk,
        "confidence": step.confidence,
        "pre_checks": list(step.before),
        "verification": list(step.verify),
        "rollback": list(step.rollback),
        "cost_change_per_month_usd": _money(step.cost_change_usd),
        "after": to_document(step.after),
    }


def _because(rule: str) -> Document:
    """A row of the catalogue, with its own share of the step's figures."""
    row = behaviour(rule)
    return {
        "rule": rule,
        "what": row.what,
        "disruption": row.disruption.word,
        "downtime_s": list(row.downtime_s),
        "downtime_estimated": row.downtime_estimated,
        "duration_s": list(row.duration_s),
        "confidence": row.confidence,
        "sources": [to_document(source) for source in row.sources],
    }


def _claims(plan: Plan) -> list[Document]:
    """The plan document's own figures for what this plan does, where ours differ."""
    tiers = (plan.start.identity.tier, plan.goal.identity.tier)
    families = {rule.split(".")[0] for step in plan.steps for rule in step.because}
    found = []
    for claim in limits("claims")["claims"]:
        if claim["family"] not in families or claim.get("tiers", list(tiers)) != list(tiers):
            continue
        rows = [
            behaviour(rule)
            for step in plan.steps
            for rule in step.because
            if rule.startswith(f"{claim['family']}.")
        ]
        low, high = sum(r.downtime_s[0] for r in rows), sum(r.downtime_s[1] for r in rows)
        if [low, high] != claim.get("downtime_s", [0, 0]):
            found.append(
                {
                    "about": claim["about"],
                    "says": claim["says"],
                    "downtime_s": [low, high],
                    "reason": claim["reason"],
                }
            )
    return found


def _money(amount: Decimal | None) -> Any:
    """Dollars and cents as text; None when not priced."""
    return None if amount is None else f"{amount:.2f}"
