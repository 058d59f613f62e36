"""What was paid beside what was estimated.

In: a Cost Explorer answer (`aws ce get-cost-and-usage`), grouped by a tag, by service, or both,
as JSON. Out: one row for each group with the estimate it belongs to. May not: guess which
estimate a group belongs to; what matches none is listed so.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.model.estimate import Estimate
    from tierctl.model.money import Money

METRICS = ("UnblendedCost", "NetUnblendedCost", "AmortizedCost", "BlendedCost", "NetAmortizedCost")


@dataclass(frozen=True, slots=True)
class ActualRow:
    """One group of the bill beside an estimate."""

    group: str
    paid: Decimal
    currency: str
    estimated: Money | None
    months: int

    @property
    def difference(self) -> Decimal | None:
        """Paid less expected, a month."""
        return None if self.estimated is None else self.paid - self.estimated.expected


def read_actual(data: bytes, file: str) -> tuple[dict[str, Decimal], str, int]:
    """Mean monthly cost by group, the currency, and how many months were read.

    Raises:
        InvalidConfigurationError: The bytes are no such answer.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_float=str)
        periods = document["ResultsByTime"]
        sums: dict[str, Decimal] = {}
        currencies = set()
        for period in periods:
            for group in period["Groups"]:
                name = " ".join(str(key) for key in group["Keys"])
                amount = _metric(group["Metrics"])
                sums[name] = sums.get(name, Decimal(0)) + Decimal(str(amount["Amount"]))
                currencies.add(str(amount["Unit"]))
        months = len(periods)
        if not months or not sums:
            raise _refused(file, "It holds no groups.")
        if len(currencies) != 1:
            raise _refused(file, "It mixes currencies: " + ", ".join(sorted(currencies)) + ".")
        if not all(amount.is_finite() for amount in sums.values()):
            raise _refused(file, "An amount in it is no finite number.")
        means = {name: amount / months for name, amount in sums.items()}
        return means, currencies.pop(), months
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        line = getattr(error, "lineno", 1)
        raise _refused(file, f"It is not JSON: {error}.", line) from error
    except RecursionError as error:
        raise _refused(file, "It nests too deeply.") from error
    except (KeyError, TypeError, AttributeError, InvalidOperation, ValueError) as error:
        raise _refused(file, "It has not the form of get-cost-and-usage.") from error


def beside(
    estimates: Sequence[Estimate], paid: dict[str, Decimal], currency: str, months: int
) -> tuple[ActualRow, ...]:
    """Groups by name, each beside the estimate whose stack or environment its tag names."""
    rows = []
    for group, amount in sorted(paid.items()):
        value = group.split("$")[-1].strip()
        matching = [e for e in estimates if value in _names(e) and e.currency == currency]
        estimated = matching[0].total if len(matching) == 1 else None
        rows.append(ActualRow(group, amount, currency, estimated, months))
    return tuple(rows)


def _names(estimate: Estimate) -> tuple[str, ...]:
    """What a tag may call an environment."""
    suffix = f"{estimate.client}-{estimate.environment}"
    return (estimate.environment, suffix, estimate.stack)


def _metric(metrics: dict[str, Any]) -> Any:
    """The cost metric of a group; the first there is."""
    for name in METRICS:
        if name in metrics:
            return metrics[name]
    raise KeyError(METRICS[0])


def _refused(file: str, why: str, line: int = 1) -> InvalidConfigurationError:
    """The file is no Cost Explorer answer."""
    return InvalidConfigurationError(
        [
            Diagnostic(
                "actual-not-read",
                "the cost export cannot be read",
                f"{file}: {why}",
                "Save the answer of: aws ce get-cost-and-usage --granularity MONTHLY --metrics "
                "UnblendedCost --group-by Type=TAG,Key=stack ...",
                place=Place(file, line, 1),
            )
        ]
    )
