"""Optima as a versioned document: text, Markdown and CSV are made from this one.

In: Optima by tier. Out: a dict of kind `optimization`, described by `schemas/optimization.json`.
May not: compute a saving.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.costing.bands import BANDED
from tierctl.planning.overrides import written
from tierctl.reporting.cost_document import text as exact
from tierctl.reporting.documents import Document, document

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tierctl.model.promise import Band
    from tierctl.planning.optimize import Finding, Optimum

CENT = Decimal("0.01")


def optimization(subjects: Sequence[tuple[str, str, Band | None, Sequence[Optimum]]]) -> Document:
    """The answer of `optimize`: name, title, band and optima of each tier."""
    return document(
        "optimization",
        currency="USD",
        subjects=[_subject(*subject) for subject in subjects],
    )


def _subject(name: str, title: str, band: Band | None, optima: Sequence[Optimum]) -> Document:
    """One tier: its environments, and all of them together."""
    before = sum((o.before.total.expected for o in optima), Decimal(0))
    after = sum((o.after.total.expected for o in optima), Decimal(0))
    ahead = after - sum((o.committed.saved.expected for o in optima), Decimal(0))
    both = {o.environment for o in optima} == set(BANDED)
    return {
        "name": name,
        "title": title,
        "environments": [_optimum(o) for o in optima],
        "together": {
            "before": exact(before),
            "after": exact(after),
            "after_commitments": exact(ahead),
        },
        "plan_band": _band(band, before, after, ahead) if band and both else None,
        "way": _way(band if both else None, before, optima),
    }


def _way(band: Band | None, before: Decimal, optima: Sequence[Optimum]) -> list[Document]:
    """From what it costs to the least, one decision after the other, and where each stands.

    Environments have estimates of their own, and commitments cover lines of their own: their
    savings add up. Within an environment they need not, so its combination is one step.
    """
    steps = [(f"the savings of {o.environment}", o.saved, False) for o in optima if o.saved]
    steps.sort(key=lambda step: -step[1])
    kinds: dict[str, tuple[Decimal, bool]] = {}
    for found in optima:
        for line in found.committed.lines:
            saved, most = kinds.get(line.kind, (Decimal(0), False))
            kinds[line.kind] = (saved + line.saved.expected, most or line.at_most)
    ahead = [(kind, saved, most) for kind, (saved, most) in kinds.items() if saved >= CENT]
    # sure amounts first: what is known only as a most should decide nothing that they can
    steps += sorted(ahead, key=lambda step: (step[2], -step[1]))
    way: list[Document] = []
    total = before
    for what, saved, most in steps:
        total -= saved
        way.append(
            {
                "step": what,
                "saved": exact(saved),
                "at_most": most,
                "total": exact(total),
                "band": _stands(band, total) if band else None,
            }
        )
    return way


def _band(band: Band, *totals: Decimal) -> Document:
    """Where each total stands to the plan document's band."""
    names = ("before", "after", "after_commitments")
    return {
        "low_usd": band.low_usd,
        "high_usd": band.high_usd,
        **{name: _stands(band, total) for name, total in zip(names, totals, strict=True)},
    }


def _stands(band: Band, total: Decimal) -> str:
    """under, within or over."""
    if total < band.low_usd:
        return "under"
    return "within" if total <= band.high_usd else "over"


def _optimum(found: Optimum) -> Document:
    """One environment."""
    return {
        "environment": found.environment,
        "client": found.client,
        "region": found.before.region,
        "promised": found.promised,
        "before": exact(found.before.total.expected),
        "after": exact(found.after.total.expected),
        "saved": exact(found.saved),
        "at_least": found.before.at_least,
        "combinations_priced": found.tried,
        "way_up_checked_to": found.onward,
        "override": dict(found.override),
        "yaml": written(found.environment, found.override) if found.override else "",
        "savings": [_finding(f, found.environment) for f in found.findings],
        "commitments": {
            "term": found.committed.term,
            "saved": exact(found.committed.saved.expected),
            "note": found.committed.note,
            "lines": _commitments(found),
        },
    }


def _finding(finding: Finding, environment: str) -> Document:
    """One saving."""
    candidate = finding.candidate
    return {
        "name": candidate.name,
        "title": candidate.title,
        "status": str(finding.status),
        "chosen": finding.chosen,
        "saved": None if finding.saved is None else exact(finding.saved),
        "at_most": finding.at_most,
        "trades": candidate.trades,
        "takes_nothing": candidate.takes_nothing,
        "reason": finding.reason or None,
        "switch": written(environment, candidate.override) if candidate.override else None,
    }


def _commitments(found: Optimum) -> list[Document]:
    """What paying ahead takes off, by the commitment that is bought."""
    groups: dict[str, dict[str, Any]] = {}
    for line in found.committed.lines:
        group = groups.setdefault(line.kind, {"saved": Decimal(0), "at_most": False, "covers": []})
        group["saved"] += line.saved.expected
        group["at_most"] = group["at_most"] or line.at_most
        group["covers"].append(line.line.line.name)
    return [
        {
            "kind": kind,
            "saved": exact(group["saved"]),
            "at_most": group["at_most"],
            "covers": _once(group["covers"]),
        }
        for kind, group in groups.items()
        if group["saved"] >= CENT
    ]


def _once(names: Iterable[str]) -> list[str]:
    """Names without repetition, in order."""
    return list(dict.fromkeys(names))
