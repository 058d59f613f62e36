"""What the two planning documents say a tier costs and is worth, as data.

In: `planned.yaml`. Out: typed records. May not: correct a figure; what does not add up in the
documents does not add up here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FILE = Path(__file__).with_name("planned.yaml")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedTier:
    """One tier of the tiered-addon plan: a span for each component and environment."""

    stated: Span
    cells: dict[tuple[str, str], Span]

    @property
    def added(self) -> Span:
        """What its own rows add up to."""
        return sum(low for low, _ in self.cells.values()), sum(h for _, h in self.cells.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyTier:
    """One tier of the three-tier strategy."""

    called: str
    infrastructure: int
    monitoring: int
    total: int
    performance: Decimal
    cost_multiple: Decimal
    break_even_users: int | None
    support: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Both documents."""

    addons: dict[str, PlannedTier]
    addons_source: str
    strategy: dict[str, StrategyTier]
    strategy_source: str


@cache
def planned() -> Planned:
    """The documents' figures."""
    data: dict[str, Any] = yaml.load(
        FILE.read_bytes(),
        Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader),  # noqa: S506 - both are safe
    )
    addons, strategy = data["tiered_addons"], data["three_tiers"]
    return Planned(
        addons={name: _tier(addons["components"], row) for name, row in addons["tiers"].items()},
        addons_source=addons["source"],
        strategy={name: _strategy(row) for name, row in strategy["tiers"].items()},
        strategy_source=strategy["source"],
    )


def _tier(components: list[str], row: dict[str, Any]) -> PlannedTier:
    """The eighteen cells of a tier."""
    cells: dict[tuple[str, str], Span] = {}
    for environment in ("staging", "production"):
        for component, (low, high) in zip(components, row[environment], strict=True):
            cells[component, environment] = (low, high)
    low, high = row["stated"]
    return PlannedTier(stated=(low, high), cells=cells)


def _strategy(row: dict[str, Any]) -> StrategyTier:
    """One column of the strategy's tables."""
    exact = {key: Decimal(row[key]) for key in ("performance", "cost_multiple")}
    return StrategyTier(**{**row, **exact})
