"""File system: EFS storage by class, throughput by mode, and AWS Backup's copies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter, plain
from tierctl.model.money import Spread
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.estimate import Line
    from tierctl.model.shapes import FilesystemShape
    from tierctl.model.usage import UsageProfile

COMPONENT = "EFS Storage"
GB_PER_MIBPS = 20
"""Standard storage that includes one MiB/s of provisioned throughput (EFS pricing, 2026-08)."""
READ_AGAIN = Decimal("0.1")
"""Share of the cold files that is read in a month, which moves them back. Our assumption."""


def lines(shape: FilesystemShape, usage: UsageProfile) -> Iterator[Line]:
    """Everything the file system bills."""
    meter = Meter(COMPONENT, "filesystem", usage)
    cold = shape.infrequent_access_after_days is not None
    yield from storage(meter, shape.throughput_mode, cold=cold)
    yield from throughput(meter, shape.throughput_mode, shape.provisioned_mibps, cold=cold)
    yield backup(meter, enabled=shape.backup)


def _parts(meter: Meter, *, cold: bool) -> tuple[Spread | None, Spread | None]:
    """GB in Standard and in Infrequent Access."""
    data, share = meter.spread("filesystem_gb"), meter.spread("filesystem_cold_share")
    if data is None or (cold and share is None):
        return None, None
    part = share.expected if cold and share else Decimal(0)
    return data.times(1 - part), data.times(part)


def storage(meter: Meter, mode: str | Unknown, *, cold: bool) -> Iterator[Line]:
    """Storage; Infrequent Access has another price in elastic mode than in the others."""
    standard, infrequent = _parts(meter, cold=cold)
    figures = ("filesystem_gb", "filesystem_cold_share") if cold else ("filesystem_gb",)
    because = meter.because("filesystem_gb")
    yield meter.derived("EFS Standard", "efs.standard.gb_month", standard, "GB", because, figures)
    if not cold:
        return
    if isinstance(mode, Unknown):
        yield meter.unknown("EFS Infrequent Access", mode.reason)
        return
    kind = "elastic" if mode == "elastic" else "bursting_or_provisioned"
    because = meter.because("filesystem_cold_share")
    yield meter.derived(
        "EFS Infrequent Access", f"efs.ia.gb_month.{kind}", infrequent, "GB", because, figures
    )
    moved = infrequent.times(READ_AGAIN) if infrequent else None
    words = f"{plain(READ_AGAIN * 100)} % of the cold files are read in a month"
    yield meter.derived(
        "EFS Infrequent Access reads", "efs.ia.read_gb", moved, "GB", words, figures
    )
    yield meter.derived(
        "EFS Infrequent Access writes",
        "efs.ia.write_gb",
        moved,
        "GB",
        f"{words} and moved there again",
        figures,
    )


def throughput(
    meter: Meter, mode: str | Unknown, mibps: Decimal | int | Unknown | None, *, cold: bool
) -> Iterator[Line]:
    """What moving the bytes costs, by mode."""
    if isinstance(mode, Unknown):
        yield meter.unknown("EFS throughput", mode.reason)
    elif mode == "elastic":
        yield meter.used("EFS reads", "efs.elastic.read_gb", "filesystem_read_gb", "GB")
        yield meter.used("EFS writes", "efs.elastic.write_gb", "filesystem_write_gb", "GB")
    elif mode == "provisioned":
        yield _provisioned(meter, mibps, cold=cold)
    else:
        yield meter.free("EFS throughput", "bursting throughput comes with the storage")


def _provisioned(meter: Meter, mibps: Decimal | int | Unknown | None, *, cold: bool) -> Line:
    """Throughput beyond what the stored data includes."""
    name, key = "EFS provisioned throughput", "efs.provisioned_mibps_month"
    if mibps is None or isinstance(mibps, Unknown):
        reason = mibps.reason if mibps else "provisioned throughput is not stated"
        return meter.unknown(name, reason, key)
    standard, _ = _parts(meter, cold=cold)
    if standard is None:
        words = "no usage stated: nothing stored, so nothing included"
        return meter.fixed(name, key, Decimal(mibps), "MiB/s", words)
    beyond = Spread(  # more data includes more throughput: low data makes the high bill
        *(
            max(Decimal(0), mibps - stored / GB_PER_MIBPS)
            for stored in (standard.high, standard.expected, standard.low)
        )
    )
    words = f"{plain(mibps)} MiB/s less 1 for each {GB_PER_MIBPS} GB in Standard"
    return meter.derived(name, key, beyond, "MiB/s", words, ("filesystem_gb",))


def backup(meter: Meter, *, enabled: bool) -> Line:
    """Automatic daily backups, kept 35 days."""
    if not enabled:
        return meter.free("EFS backups", "no backups are taken")
    return meter.used("EFS backups", "backup.efs.warm_gb_month", "filesystem_backup_gb", "GB")
