"""Ranges of quantities and of money: low, expected, high, all of them exact.

In: Decimals. Out: the same, added and multiplied. May not: round, use a float, or add two
currencies; `CurrencyError` is raised instead, for such a sum means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ZERO = Decimal(0)


class CurrencyError(ValueError):
    """Two currencies met in one sum."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity as low, expected and high; never out of order."""

    low: Decimal
    expected: Decimal
    high: Decimal

    def __post_init__(self) -> None:
        if not self.low <= self.expected <= self.high:
            raise ValueError(f"{self.low}, {self.expected}, {self.high} are not in order")

    @staticmethod
    def of(value: Decimal | int) -> Spread:
        """A quantity that is known."""
        exact = Decimal(value)
        return Spread(exact, exact, exact)

    @property
    def is_exact(self) -> bool:
        """Whether low and high are the same."""
        return self.low == self.high

    def __add__(self, other: Spread) -> Spread:
        return Spread(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def times(self, factor: Decimal | int) -> Spread:
        """Every figure multiplied by a factor that is not negative."""
        return Spread(self.low * factor, self.expected * factor, self.high * factor)

    def by(self, other: Spread) -> Spread:
        """Figure by figure, low with low."""
        return Spread(self.low * other.low, self.expected * other.expected, self.high * other.high)

    def clamped(self, least: Decimal | int, most: Decimal | int) -> Spread:
        """Every figure brought within bounds."""
        low, expected, high = (
            min(max(value, Decimal(least)), Decimal(most))
            for value in (self.low, self.expected, self.high)
        )
        return Spread(low, expected, high)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount a month as low, expected and high, in one currency."""

    spread: Spread
    currency: str

    @staticmethod
    def nothing(currency: str) -> Money:
        """Zero of a currency."""
        return Money(Spread.of(0), currency)

    @property
    def low(self) -> Decimal:
        """The least."""
        return self.spread.low

    @property
    def expected(self) -> Decimal:
        """What to expect."""
        return self.spread.expected

    @property
    def high(self) -> Decimal:
        """The most."""
        return self.spread.high

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise CurrencyError(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.spread + other.spread, self.currency)

    def times(self, factor: Decimal | int) -> Money:
        """Every figure multiplied."""
        return Money(self.spread.times(factor), self.currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero of the currency when there is nothing to add."""
    result = Money.nothing(currency)
    for amount in amounts:
        result = result + amount
    return result
