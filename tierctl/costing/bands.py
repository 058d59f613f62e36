"""The plan document's band beside the computed figures, and why it cannot hold where it cannot.

In: the estimates of a tier's environments and its Band. Out: a verdict with its reason, made of
the figures themselves. May not: move a figure towards the band.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.model.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.model.estimate import Estimate
    from tierctl.model.promise import Band

BANDED = ("staging", "production")
"""The plan's bands are for these two together."""
CENT = Decimal("0.01")
_NAMED = 4


@dataclass(frozen=True, slots=True)
class BandCheck:
    """What the plan document says, what was computed, and how the two stand to each other."""

    low_usd: int
    high_usd: int
    computed: Money
    verdict: str
    reason: str
    at_least: bool = False


def against_band(estimates: Sequence[Estimate], band: Band | None) -> BandCheck | None:
    """The check, or None when there is no band or not both environments it is for."""
    chosen = [e for e in estimates if e.environment in BANDED]
    if band is None or {e.environment for e in chosen} != set(BANDED):
        return None
    if {e.currency for e in chosen} != {"USD"}:
        return None
    computed = total((e.total for e in chosen), "USD")
    at_least = any(estimate.at_least for estimate in chosen)
    if computed.expected <= band.high_usd and at_least:
        verdict = "unknown"
        reason = "Something could not be priced, so where the figure lies is not known."
    elif computed.expected < band.low_usd:
        verdict, reason = "under", "The computed figure is below the plan document's band."
    elif computed.expected <= band.high_usd:
        verdict, reason = "within", "The computed figure lies in the plan document's band."
    else:
        verdict, reason = "over", _reason(chosen, band, computed)
    return BandCheck(band.low_usd, band.high_usd, computed, verdict, reason, at_least)


def _reason(estimates: Sequence[Estimate], band: Band, computed: Money) -> str:
    """Which floors fill the band, largest first."""
    floors: dict[str, Decimal] = {}
    for estimate in estimates:
        for line in estimate.lines:
            if line.cost:
                name = line.line.component
                floors[name] = floors.get(name, Decimal(0)) + line.cost.low
    largest = sorted(floors.items(), key=lambda item: (-item[1], item[0]))[:_NAMED]
    words = ", ".join(f"{name} ${floor.quantize(CENT)}" for name, floor in largest)
    floor = computed.low.quantize(CENT)
    if computed.low > band.high_usd:
        start = f"Even at the least use the month comes to ${floor}, above the band"
    else:
        start = f"The least use comes to ${floor}; expected use is above the band"
    return f"{start}. At today's prices the floors are: {words}, staging and production together."
