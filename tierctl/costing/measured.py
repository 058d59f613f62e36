"""Usage as CloudWatch measured it.

In: the answer of `aws cloudwatch get-metric-data`, as JSON. Out: usage figures with their
provenance. A result whose Id or Label is a usage figure's name is taken as that figure; known AWS
metrics are recognised by Label. What is not recognised is told, never guessed.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place
from tierctl.model.money import Spread
from tierctl.model.usage import USAGE, UsageValue

MONTH_S = Decimal(730 * 3600)
_GB = Decimal(1024**3)


@dataclass(frozen=True, slots=True)
class _Metric:
    """What a metric says: a mean to take as it is, or a sum to bring to a month."""

    figure: str
    is_sum: bool
    divisor: Decimal = Decimal(1)


METRICS: dict[str, _Metric] = {
    "ConsumedLCUs": _Metric("lcu", is_sum=False),
    "ServerlessDatabaseCapacity": _Metric("mean_acu", is_sum=False),
    "VolumeBytesUsed": _Metric("database_gb", is_sum=False, divisor=_GB),
    "VolumeReadIOPs": _Metric("database_io_requests", is_sum=True),
    "VolumeWriteIOPs": _Metric("database_io_requests", is_sum=True),
    "BytesUsedForCache": _Metric("cache_data_gb", is_sum=False, divisor=_GB),
    "StorageBytes": _Metric("filesystem_gb", is_sum=False, divisor=_GB),
    "DataReadIOBytes": _Metric("filesystem_read_gb", is_sum=True, divisor=_GB),
    "DataWriteIOBytes": _Metric("filesystem_write_gb", is_sum=True, divisor=_GB),
    "BucketSizeBytes": _Metric("bucket_gb", is_sum=False, divisor=_GB),
    "NumberOfObjects": _Metric("bucket_objects", is_sum=False),
    "RunningTaskCount": _Metric("mean_tasks", is_sum=False),
    "BytesOutToDestination": _Metric("nat_gb", is_sum=True, divisor=_GB),
    "BytesInFromDestination": _Metric("nat_gb", is_sum=True, divisor=_GB),
}
"""Metric names as AWS writes them (CloudWatch metrics of each service's user guide, 2026-08).
Two metrics of one figure are added."""


def read_measured(data: bytes, file: str) -> tuple[dict[str, UsageValue], tuple[str, ...]]:
    """Figures by name, and the labels that say nothing to us.

    Raises:
        InvalidConfigurationError: The bytes are no such answer.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"), parse_float=Decimal)
        results = document["MetricDataResults"]
        figures: dict[str, Decimal] = {}
        labels: dict[str, list[str]] = {}
        unknown: list[str] = []
        for result in results:
            name = str(result.get("Label") or result["Id"])
            metric = _metric(str(result.get("Id", "")), name)
            if metric is None:
                unknown.append(name)
                continue
            value = _value(metric, result) / metric.divisor
            figures[metric.figure] = figures.get(metric.figure, Decimal(0)) + value
            labels.setdefault(metric.figure, []).append(name)
    except InvalidConfigurationError:
        raise
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        line = getattr(error, "lineno", 1)
        raise _refused(file, f"It is not JSON: {error}.", line) from error
    except RecursionError as error:
        raise _refused(file, "It nests too deeply.") from error
    except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
        raise _refused(file, f"It has not the form of get-metric-data: {error}.") from error
    return {
        figure: UsageValue(
            Spread.of(value.quantize(Decimal("0.0001"))),
            f"measured: {', '.join(labels[figure])}",
            f"CloudWatch, {file}",
        )
        for figure, value in figures.items()
    }, tuple(unknown)


def _metric(identifier: str, label: str) -> _Metric | None:
    """What a result measures."""
    for name in (identifier, label):
        if name in USAGE:
            return _Metric(name, is_sum=False)
    return METRICS.get(label.rsplit(maxsplit=1)[-1] if label else "")


def _value(metric: _Metric, result: Any) -> Decimal:
    """The mean of a result, or its sum brought to a month."""
    values = [Decimal(str(value)) for value in result["Values"]]
    if not values or not all(value.is_finite() and value >= 0 for value in values):
        raise ValueError(f"{result.get('Label')} has no values, or one below zero")
    if not metric.is_sum:
        return sum(values, Decimal(0)) / len(values)
    stamps = sorted(_stamp(stamp) for stamp in result["Timestamps"])
    gaps = [later - earlier for earlier, later in itertools.pairwise(stamps)]
    if not gaps or not min(gaps):
        raise ValueError(f"{result.get('Label')} needs two datapoints to tell its period")
    return sum(values, Decimal(0)) / (min(gaps) * len(values)) * MONTH_S


def _stamp(stamp: Any) -> Decimal:
    """Seconds of a timestamp, written as ISO 8601 or as a number."""
    if isinstance(stamp, int | Decimal):
        return Decimal(stamp)
    moment = dt.datetime.fromisoformat(str(stamp))
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return Decimal(str(aware.timestamp()))


def _refused(file: str, why: str, line: int = 1) -> InvalidConfigurationError:
    """The file is no such answer."""
    return InvalidConfigurationError(
        [
            Diagnostic(
                "measured-not-read",
                "the metrics cannot be read",
                f"{file}: {why}",
                "Save the answer of: aws cloudwatch get-metric-data --metric-data-queries ... ",
                place=Place(file, line, 1),
            )
        ]
    )
