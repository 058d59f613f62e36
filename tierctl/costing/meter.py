"""A Meter writes Lines for one address: the one place that decides what an unknown becomes.

In: a name, a price key and a quantity, which may be Unknown or rest on usage nobody stated.
Out: a Line. May not: look at prices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.model.estimate import Basis, Line
from tierctl.model.money import Spread
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from tierctl.model.usage import UsageProfile

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Meter:
    """Where lines go, and the usage they may read."""

    component: str
    address: str
    usage: UsageProfile

    def of(self, component: str, address: str | None = None) -> Meter:
        """The same usage for another component or address."""
        return replace(self, component=component, address=address or self.address)

    def fixed(
        self,
        name: str,
        key: str,
        quantity: Decimal | int | Spread | Unknown,
        unit: str,
        assumption: str,
    ) -> Line:
        """A line that is billed whether anybody comes or not."""
        if isinstance(quantity, Unknown):
            return self.unknown(name, quantity.reason, key)
        spread = quantity if isinstance(quantity, Spread) else Spread.of(quantity)
        return self._line(name, key, spread, unit, Basis.FIXED, assumption, "")

    def used(
        self,
        name: str,
        key: str,
        figure: str,
        unit: str,
        factor: Decimal | int = ONE,
        assumption: str = "",
    ) -> Line:
        """A line that is one usage figure times a factor."""
        value = self.usage.get(figure)
        spread = value.spread.times(factor) if value else None
        words = assumption or (value.because if value else "")
        return self._line(name, key, spread, unit, Basis.USAGE, words, self.provenance(figure))

    def derived(
        self,
        name: str,
        key: str,
        quantity: Spread | None,
        unit: str,
        assumption: str,
        figures: tuple[str, ...],
    ) -> Line:
        """A line made from several usage figures; None when one of them is not stated."""
        source = "; ".join(dict.fromkeys(self.provenance(figure) for figure in figures))
        return self._line(name, key, quantity, unit, Basis.USAGE, assumption, source)

    def free(self, name: str, reason: str) -> Line:
        """A line that costs nothing, and why."""
        return Line(component=self.component, address=self.address, name=name, free=reason)

    def unknown(self, name: str, reason: str, key: str | None = None) -> Line:
        """A line that is billed and cannot be counted or priced."""
        return Line(
            component=self.component, address=self.address, name=name, key=key, unknown=reason
        )

    def spread(self, figure: str) -> Spread | None:
        """A usage figure, or None when it is not stated."""
        value = self.usage.get(figure)
        return value.spread if value else None

    def because(self, figure: str) -> str:
        """The reason beside a usage figure."""
        value = self.usage.get(figure)
        return value.because if value else ""

    def provenance(self, figure: str) -> str:
        """Where a usage figure came from."""
        value = self.usage.get(figure)
        return value.provenance if value else f"{figure} is not stated"

    def _line(  # noqa: PLR0917 - the columns of a bill
        self,
        name: str,
        key: str,
        quantity: Spread | None,
        unit: str,
        basis: Basis,
        assumption: str,
        provenance: str,
    ) -> Line:
        return Line(
            component=self.component,
            address=self.address,
            name=name,
            key=key,
            quantity=quantity,
            unit=unit,
            basis=basis,
            assumption=assumption,
            provenance=provenance,
        )


def plain(number: Decimal | int) -> str:
    """A number without an exponent or needless zeros."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
