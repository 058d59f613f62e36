"""Buckets: objects by class, requests, Intelligent-Tiering's monitoring, and access logs."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter
from tierctl.model.money import Spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.estimate import Line
    from tierctl.model.shapes import BucketShape
    from tierctl.model.usage import UsageProfile

COMPONENT = "S3 Storage"
INFREQUENT, TIERING = "standard_ia", "intelligent_tiering"
_COLD = ("bucket_gb", "bucket_cold_share")
_FROZEN = (*_COLD, "bucket_frozen_share")


def lines(shape: BucketShape, usage: UsageProfile) -> Iterator[Line]:
    """Everything the two buckets bill."""
    meter = Meter(COMPONENT, "bucket", usage)
    yield from objects(meter, shape.storage_class, archived=_archive(shape))
    yield from requests(meter, shape.storage_class)
    if shape.versioning != "off":
        yield noncurrent(meter)
    yield from log_bucket(meter)


def _archive(shape: BucketShape) -> str:
    """Where Intelligent-Tiering keeps what was not touched for ninety days."""
    if shape.archive_access_after_days is not None:
        return "archive"
    if shape.deep_archive_access_after_days is not None:
        return "deep_archive"
    return "archive_instant"


def objects(meter: Meter, storage_class: str, archived: str = "archive_instant") -> Iterator[Line]:
    """Stored objects by the class they lie in."""
    if storage_class == INFREQUENT:
        yield _part(meter, "S3 Standard", "s3.standard.gb_month", warm=True)
        yield _part(meter, "S3 Standard-IA", "s3.standard_ia.gb_month", warm=False)
    elif storage_class == TIERING:
        yield _part(
            meter, "S3 Intelligent-Tiering, frequent", "s3.int.frequent.gb_month", warm=True
        )
        yield _frozen(meter, "S3 Intelligent-Tiering, infrequent", "s3.int.infrequent.gb_month")
        name = f"S3 Intelligent-Tiering, {archived.replace('_', ' ')}"
        yield _frozen(meter, name, f"s3.int.{archived}.gb_month", frozen=True)
        key = "s3.int.monitoring_object_month"
        yield meter.used("S3 Intelligent-Tiering monitoring", key, "bucket_objects", "objects")
    else:
        yield meter.used("S3 Standard", "s3.standard.gb_month", "bucket_gb", "GB")


def _part(meter: Meter, name: str, key: str, *, warm: bool) -> Line:
    """The warm or the cold part of the objects."""
    share = meter.spread("bucket_cold_share")
    factor = (1 - share.expected if warm else share.expected) if share else None
    because = meter.because("bucket_gb" if warm else "bucket_cold_share")
    return meter.derived(name, key, _times(meter, factor), "GB", because, _COLD)


def _frozen(meter: Meter, name: str, key: str, *, frozen: bool = False) -> Line:
    """Cold objects that are not frozen, or those that are."""
    cold, ice = meter.spread("bucket_cold_share"), meter.spread("bucket_frozen_share")
    factor = None
    if cold and ice:
        within = min(ice.expected, cold.expected)
        factor = within if frozen else cold.expected - within
    because = meter.because("bucket_frozen_share" if frozen else "bucket_cold_share")
    return meter.derived(name, key, _times(meter, factor), "GB", because, _FROZEN)


def _times(meter: Meter, factor: Decimal | None) -> Spread | None:
    """That share of the stored GB."""
    stored = meter.spread("bucket_gb")
    return stored.times(factor) if stored and factor is not None else None


def requests(meter: Meter, storage_class: str) -> Iterator[Line]:
    """Requests. Objects are written to Standard and moved by rule, which bills the move."""
    yield meter.used(
        "S3 PUT requests", "s3.standard.put_request", "bucket_put_requests", "requests"
    )
    yield meter.used(
        "S3 GET requests", "s3.standard.get_request", "bucket_get_requests", "requests"
    )
    into = {INFREQUENT: "standard_ia", TIERING: "int"}.get(storage_class)
    if into is not None:
        key = f"s3.lifecycle.into_{into}_request"
        yield meter.used("S3 lifecycle moves", key, "bucket_moved_objects", "requests")
    if storage_class == INFREQUENT:
        key = "s3.standard_ia.retrieval_gb"
        yield meter.used("S3 Standard-IA retrieval", key, "bucket_cold_read_gb", "GB")


def noncurrent(meter: Meter) -> Line:
    """Versions that are no longer current, at Standard's rate."""
    return meter.used(
        "S3 noncurrent versions", "s3.standard.gb_month", "bucket_noncurrent_gb", "GB"
    )


def log_bucket(meter: Meter) -> Iterator[Line]:
    """The bucket that access logs go to."""
    yield meter.used("S3 access logs", "s3.standard.gb_month", "log_bucket_gb", "GB")
    key = "s3.standard.put_request"
    yield meter.used("S3 access log files", key, "log_bucket_put_requests", "requests")
