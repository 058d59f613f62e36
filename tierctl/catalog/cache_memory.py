"""How much a cache node holds."""

from __future__ import annotations

from decimal import Decimal

from tierctl.catalog.limits import limits

GIB = 1024**3


def memory_gib(node_type: str) -> Decimal | None:
    """Memory of a node type in GiB, or None when it is not on file."""
    known = limits("cache_memory")["gib"].get(node_type)
    return Decimal(known) if known is not None else None


def usable_bytes(node_type: str, shards: int) -> int | None:
    """Bytes that the shards of a cache can hold beside the reserve, or None when unknown."""
    memory = memory_gib(node_type)
    if memory is None:
        return None
    share = Decimal(100 - limits("cache_memory")["reserved_percent"]) / 100
    return int(memory * share * shards * GIB)
