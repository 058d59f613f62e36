"""Which memory Fargate offers with which CPU."""

from __future__ import annotations

import functools

from tierctl.catalog.limits import limits


@functools.cache
def memory_choices(cpu: int) -> tuple[int, ...]:
    """Memory in MiB that a task of so many CPU units may have; none for an unknown CPU."""
    data = limits("fargate")
    row = data["memory_mib_by_cpu"].get(str(cpu))
    if row is None:
        return ()
    least, most, step = row
    return tuple(data["memory_mib_of_256"]) if step == 0 else tuple(range(least, most + 1, step))
