"""Tiers' costs side by side, as rows of the feature matrix.

In: Subjects of one environment each, in the order of the columns. Out: rows in the form that
`compare` shows: section, path, label, values, differs. May not: print.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.costing.subjects import Subject

_CENT = Decimal("0.01")


def cost_rows(subjects: Sequence[Subject]) -> list[dict[str, Any]]:
    """A row for each component, then low, expected and high of the total; figures as text."""
    estimates = [subject.estimates[0] for subject in subjects]
    names = list(dict.fromkeys(n for e in estimates for n in e.component_names))
    rows = [
        _row(
            f"cost.{name}",
            name,
            [_text(e.component(name).expected) for e in estimates],
        )
        for name in names
    ]
    for part in ("low", "expected", "high"):
        values = [
            ("at least " if e.at_least else "") + _text(getattr(e.total, part)) for e in estimates
        ]
        rows.append(_row(f"cost.total.{part}", f"total {part}", values))
    return rows


def _row(path: str, label: str, values: list[str]) -> dict[str, Any]:
    return {
        "section": "cost",
        "path": path,
        "label": label,
        "values": values,
        "differs": any(value != values[0] for value in values),
    }


def _text(amount: Decimal) -> str:
    return str(amount.quantize(_CENT, ROUND_HALF_UP))
