"""What is billed and what it comes to: a Line before prices, a PricedLine after, an Estimate.

In: lines from quantities, prices from the catalogue. Out: totals by component. Unknown is never
zero: a line without a price keeps its reason, and a total with one in it reads "at least".
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tierctl.model.money import Money, Spread, total

HOURS = Decimal(730)
"""Hours in a month, as AWS's own calculator counts (365 days of 24 hours over 12)."""

COMPONENTS = (
    "Web Service",
    "Backend Service",
    "Aurora Database",
    "Redis Cache",
    "S3 Storage",
    "EFS Storage",
    "Load Balancer",
    "VPC/Networking",
    "Other AWS",
)
"""The rows of the plan document's tables, in its order and words."""
OTHER = COMPONENTS[-1]


class Basis(StrEnum):
    """What a quantity follows from."""

    FIXED = "fixed"
    """From the Shape alone: it is billed whether anybody comes or not."""
    USAGE = "usage"
    """From what is done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing AWS bills, before its price.

    Attributes:
        component: Row of the tables.
        address: Shape address or logical id.
        name: What it is, the same words everywhere.
        key: Price key; None when it is free or has no price row.
        quantity: How many units a month; None when nobody said how much it is used.
        unit: What is counted.
        basis: Whether the quantity follows from the Shape or from usage.
        assumption: The sum that led to the quantity, in words a customer can check.
        provenance: Where usage figures came from.
        free: Why it costs nothing, when it does.
        unknown: Why its quantity or price cannot be known, when it cannot.
    """

    component: str
    address: str
    name: str
    key: str | None = None
    quantity: Spread | None = None
    unit: str = ""
    basis: Basis = Basis.FIXED
    assumption: str = ""
    provenance: str = ""
    free: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """The price a line was multiplied with.

    Attributes:
        price: Of a unit; with volume tiers, of the first units and how far they reach.
        unit: What the price list counts.
        source: Where it was read.
        date: When it was last seen; None when its source has no date.
        confidence: high, med or low.
        service_code: AWS's code of the service.
        sku: AWS's number of the price, when it is known.
        free_tier: What the account is given first; shown, never taken off.
    """

    price: str
    unit: str
    source: str
    date: str | None
    confidence: str
    service_code: str
    sku: str | None = None
    free_tier: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """A fixed quantity times a price of the catalogue."""

    cost: Money
    rate: Rate


@dataclass(frozen=True, slots=True)
class UsageBased:
    """A usage quantity times a price; `cost` is None when nobody said how much it is used."""

    cost: Money | None
    rate: Rate


@dataclass(frozen=True, slots=True)
class Free:
    """AWS charges nothing for it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unpriced:
    """It is billed, or may be, and what it costs is not known. Never zero."""

    reason: str


Outcome = Priced | UsageBased | Free | Unpriced


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line and what became of it."""

    line: Line
    outcome: Outcome

    @property
    def cost(self) -> Money | None:
        """What it costs a month, None when that is not known; free lines cost zero of nothing."""
        match self.outcome:
            case Priced() | UsageBased():
                return self.outcome.cost
            case Free() | Unpriced():
                return None

    @property
    def is_open(self) -> bool:
        """Whether its cost is missing from the total, which is then a least."""
        match self.outcome:
            case Unpriced():
                return True
            case UsageBased():
                return self.outcome.cost is None
            case Priced() | Free():
                return False


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many resources of a template were priced, and how many not."""

    resources: int
    priced: int
    free: int
    usage_based: int
    not_priced: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What one environment, or one template, costs a month.

    Attributes:
        subject: Tier name, or the template's file name.
        environment: Environment name; empty for a template.
        client: Client name; empty for a template.
        region: Where it stands.
        currency: Of every figure in it.
        usage: Name of the usage profile.
        lines: Everything billed, free or unknown, in a fixed order.
        oldest_price: Date of the oldest price used.
        newest_price: Date of the newest.
        notes: What a reader should know beside the figures.
        coverage: For a template.
        stack: Name of the stack; empty for a template.
    """

    subject: str
    environment: str
    client: str
    region: str
    currency: str
    usage: str
    lines: tuple[PricedLine, ...]
    oldest_price: str | None = None
    newest_price: str | None = None
    notes: tuple[str, ...] = ()
    coverage: Coverage | None = None
    stack: str = ""

    @property
    def total(self) -> Money:
        """Everything that could be priced."""
        return total((c for c in (p.cost for p in self.lines) if c), self.currency)

    @property
    def open_lines(self) -> tuple[PricedLine, ...]:
        """Lines whose cost is missing from the total."""
        return tuple(line for line in self.lines if line.is_open)

    @property
    def at_least(self) -> bool:
        """Whether the total is only a least."""
        return bool(self.open_lines)

    @property
    def component_names(self) -> tuple[str, ...]:
        """The rows: the nine of the plan, services with names of their own after the first two.

        A template has those rows that it has lines for.
        """
        present = {p.line.component for p in self.lines}
        extra = sorted(present - set(COMPONENTS))
        every = (*COMPONENTS[:2], *extra, *COMPONENTS[2:])
        return every if self.environment else tuple(name for name in every if name in present)

    def component(self, name: str) -> Money:
        """What one row costs."""
        costs = (p.cost for p in self.lines if p.line.component == name)
        return total((cost for cost in costs if cost), self.currency)
