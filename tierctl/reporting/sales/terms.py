"""What a seller adds to the figures: whom it is for, currency, rate, margin, an hour's worth.

In: what the command line said, checked there. Out: amounts as they are shown. May not: change the
dollars underneath.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}
CENT = Decimal("0.01")
WHOLE = Decimal(1)
MINUTES_FROM_S, HOURS_FROM_S = 120, 7200
TO = " \N{EN DASH} "
"""Between the ends of a range."""
TIMES = "\N{MULTIPLICATION SIGN}"
NONE = "\N{EN DASH}"
"""A cell that has nothing to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture that was looked at: `kind` is png or jpeg."""

    data: bytes
    kind: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The seller's side of the report.

    Attributes:
        customer: Whom it is for, as typed; escaped wherever it is written.
        margin: Per cent on top of AWS's prices.
        currency: Code of the currency shown.
        rate: What a US dollar is in it.
        outage: What an hour without an answer costs the customer, in US dollars; None unknown.
    """

    customer: str = ""
    logo: Logo | None = None
    margin: Decimal = Decimal(0)
    currency: str = "USD"
    rate: Decimal = Decimal(1)
    outage: Decimal | None = None

    def price(self, usd: Decimal) -> Decimal:
        """Dollars of cost as a price in the currency, with the margin."""
        return usd * self.factor

    @property
    def factor(self) -> Decimal:
        """What a dollar of cost becomes."""
        return (1 + self.margin / 100) * self.rate

    def shown(self, usd: Decimal, step: Decimal = CENT) -> str:
        """Dollars of cost as the customer reads them."""
        return amount(self.price(usd), self.currency, step)

    def span(self, low: Decimal, high: Decimal, step: Decimal = CENT) -> str:
        """From so much to so much; one figure where both read the same."""
        least, most = self.shown(low, step), self.shown(high, step)
        return least if least == most else f"{least}{TO}{most}"


def amount(value: Decimal, currency: str, step: Decimal = CENT) -> str:
    """An amount with its currency: `$1,234.50`, `CHF 1,234.50`."""
    number = value.quantize(step, ROUND_HALF_UP)
    sign = SIGNS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    return f"{'-' if number < 0 else ''}{sign}{abs(number):,}"


def number(value: Decimal, places: int = 1) -> str:
    """A plain number for reading, without needless zeros."""
    text = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds(low: int, high: int) -> str:
    """A length of time in words: seconds below two minutes, minutes below two hours."""
    if high == 0:
        return "none"
    if high < MINUTES_FROM_S:
        return f"{low} to {high} seconds" if low != high else f"{high} seconds"
    unit, size = ("minutes", 60) if high < HOURS_FROM_S else ("hours", 3600)
    least, most = number(Decimal(low) / size), number(Decimal(high) / size)
    return f"{least} to {most} {unit}" if least != most else f"{most} {unit}"
