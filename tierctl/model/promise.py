"""A tier is a promise before it is a template: what its users are told they get."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tierctl.model.attributes import attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From so many to so many; an empty `most` has no upper end."""

    least: int = attribute("Least.", minimum=0)
    most: int | None = attribute("Most; empty when there is no upper end.", default=None)

    def __str__(self) -> str:
        """`100-1000`, or `1000+`."""
        return f"{self.least}-{self.most}" if self.most is not None else f"{self.least}+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """What the tier is expected to show under load (three-tier strategy, "Benchmarks")."""

    p95_ms: int = attribute("95th percentile response time in milliseconds.", minimum=1)
    requests_per_s: int = attribute("Requests each second.", minimum=1)
    error_rate_percent: Decimal = attribute("Errors per hundred requests.", minimum=0, maximum=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What a tier promises. What its Shapes deliver is computed and shown beside it."""

    users: Span = attribute("Concurrent users.")
    latency_p95_ms: int = attribute("95th percentile response time in milliseconds.", minimum=1)
    uptime_percent: Decimal = attribute("Share of time it answers.", minimum=0, maximum=100)
    recovery_s: int = attribute("Seconds until a failed component works again.", minimum=1)
    benchmark: Benchmark = attribute("Expected figures under load.")
    compliance: str = attribute("Compliance it is meant for.", choices=("none", "basic", "full"))
    team_size: Span = attribute("Developers it is meant for.")
    support: str = attribute(
        "Support that comes with it.", choices=("Community", "Standard", "Premium")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The plan document's monthly figures for staging and production together, in US dollars."""

    low_usd: int = attribute("Low end.", minimum=0)
    high_usd: int = attribute("High end.", minimum=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """From so much to so much; an empty `most` has no upper end."""

    least: Decimal = attribute("Least.", minimum=0)
    most: Decimal | None = attribute("Most; empty when there is no upper end.", default=None)

    def holds(self, value: Decimal | int) -> bool:
        """Whether a value lies in it."""
        return self.least <= value and (self.most is None or value <= self.most)

    def __str__(self) -> str:
        """`0.5-2`, or `2+`."""
        return f"{self.least}-{self.most}" if self.most is not None else f"{self.least}+"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The plan document's ranges: what still counts as this tier when something is overridden."""

    acu: Range = attribute("Aurora capacity, least and most.")
    tasks: Range = attribute("Tasks of one service.")
    cpu: Range = attribute("CPU units of one task.")
    memory_mib: Range = attribute("Memory of one task in MiB.")
    cache_nodes: Range = attribute("Nodes of the cache, over all shards.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a client insists on: an Environment that delivers less is refused, not warned of."""

    uptime_percent: Decimal | None = attribute(
        "Share of time it must answer.", minimum=0, maximum=100, default=None
    )
    recovery_s: int | None = attribute(
        "Seconds within which any failed component must work again.", minimum=1, default=None
    )
