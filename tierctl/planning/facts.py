"""What only a live account knows, and what a plan does without it.

In: facts by name, from a reader or a file. Out: for each move, reasons that block it and
assumptions it rests on. A capacity that shrinks below what may be stored or used is refused without
the fact, never hoped for.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tierctl.catalog.aurora import max_connections
from tierctl.catalog.cache_memory import usable_bytes
from tierctl.model.plan import Reason
from tierctl.planning.operators import cache, database, filesystem, service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment
    from tierctl.planning.moves import Move

KNOWN = {
    cache.STORED: "bytes stored in the cache, all shards together",
    database.CONNECTIONS: "most database connections of the last weeks",
    database.WRITER: "logical id of the instance that is the writer now",
    filesystem.LAST_CHANGE: "time of the last throughput change, ISO 8601 with its zone",
    service.RUNNING: "running tasks by service name",
}
DAY_S = 86400
WRITER_ID = "DatabaseWriter"
"""Logical id of the instance that is born as the writer."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by name (`KNOWN`), and the time they are judged at."""

    values: dict[str, Any] = field(default_factory=dict)
    now: dt.datetime | None = None

    def blocking(self, move: Move, before: Environment) -> Iterator[Reason]:
        """Why a move may not be made: a fact is missing, or says no."""
        for name in move.facts:
            match name:
                case cache.STORED:
                    yield from self._stored(before, move.after)
                case database.WRITER:
                    yield from self._writer()
                case database.CONNECTIONS:
                    yield from self._connections(move.after)
                case service.RUNNING:
                    yield from self._running(before, move.after)
                case _:
                    pass  # the last throughput change is assumed, and waited for when known

    def assumptions(self, move: Move) -> Iterator[str]:
        """What a move rests on that nobody asked the account for."""
        if database.WRITER in move.facts:
            writer = self.values.get(database.WRITER)
            if writer is None:
                yield "the database's writer is DatabaseWriter, not a reader that was promoted"
        if filesystem.LAST_CHANGE in move.facts and filesystem.LAST_CHANGE not in self.values:
            yield "the file system's throughput was last changed more than 24 hours ago"

    def seconds_to_wait(self, move: Move) -> int:
        """Seconds until EFS takes another throughput change; 0 when it does, or nobody knows."""
        changed = self.values.get(filesystem.LAST_CHANGE)
        if filesystem.LAST_CHANGE not in move.facts or changed is None or self.now is None:
            return 0
        last = dt.datetime.fromisoformat(changed)
        return max(0, DAY_S - int((self.now - last).total_seconds()))

    def _writer(self) -> Iterator[Reason]:
        """Whether a reader that leaves has become the writer: then its removal is a failover."""
        writer = self.values.get(database.WRITER)
        if writer is not None and writer != WRITER_ID:
            yield Reason(
                rule="reader-is-writer",
                what=f"{writer} is the writer now, and readers are to be removed.",
                fix=f"Fail back to {WRITER_ID} first, in a quiet hour: aws rds failover-db-cluster "
                "--db-cluster-identifier STACK --target-db-instance-identifier ITS_ID",
            )

    def _stored(self, before: Environment, after: Environment) -> Iterator[Reason]:
        """Whether what the cache stores fits into what it will be.

        Shards that go leave only if those that stay have 1.5 times their data free; AWS removes
        fewer otherwise and says so in an event alone (ElastiCache, "Online resharding").
        """
        shape, stored = after.cache, self.values.get(cache.STORED)
        room = usable_bytes(shape.node_type, shape.shards)
        gone = before.cache.shards - shape.shards
        if gone > 0 and stored is not None:
            stored += math.ceil(stored * gone / before.cache.shards / 2)
        if stored is None:
            yield _missing(cache.STORED, "The cache would shrink")
        elif room is None:
            yield Reason(
                rule="capacity-unknown",
                what=f"The memory of {shape.node_type} is not on file.",
                fix="Choose a node type that is, or add it to catalog/limits/cache_memory.yaml.",
            )
        elif stored > room:
            yield Reason(
                rule="does-not-fit",
                what=f"The cache needs {stored:,} bytes for the change; {shape.shards} x "
                f"{shape.node_type} hold {room:,} beside the reserve.",
                fix="Keep the present node type or shards, or store less first.",
            )

    def _connections(self, after: Environment) -> Iterator[Reason]:
        """Whether the connections in use fit into what the capacity will allow."""
        peak = self.values.get(database.CONNECTIONS)
        allowed = max_connections(after.database.max_acu, after.database.min_acu).value
        if peak is None:
            yield _missing(database.CONNECTIONS, "The database would shrink")
        elif peak >= allowed:
            yield Reason(
                rule="does-not-fit",
                what=f"Up to {peak} connections are in use; {after.database.max_acu} ACU allow "
                f"about {allowed}.",
                fix="Lower DB_POOL_MAX or the number of tasks first, or keep more ACU.",
            )

    def _running(self, before: Environment, after: Environment) -> Iterator[Reason]:
        """Whether more tasks run than the new maximum allows."""
        running = self.values.get(service.RUNNING)
        if running is None:
            yield _missing(service.RUNNING, "Services may have fewer tasks")
            return
        for name, shape in after.services:
            count = running.get(name)
            if shape.max_tasks >= before.service(name).max_tasks:
                continue
            if count is None:
                yield _missing(f"{service.RUNNING}: {name}", "The service may have fewer tasks")
            elif count > shape.max_tasks:
                yield Reason(
                    rule="does-not-fit",
                    what=f"{count} tasks of {name} run; the new maximum is {shape.max_tasks}.",
                    fix="Wait until fewer run, or keep a higher maximum.",
                )


def problem(name: str, value: Any) -> str | None:
    """What is wrong with a fact's value, in words; None when it is of its kind."""
    match name:
        case cache.STORED | database.CONNECTIONS:
            return None if _count(value) else "a number, such as 120000000, is wanted."
        case service.RUNNING:
            fine = isinstance(value, dict) and all(_count(n) for n in value.values())
            return None if fine else 'numbers by service are wanted, such as {"web": 2}.'
        case filesystem.LAST_CHANGE:
            return None if _moment(value) else "a time such as 2026-11-21T08:00:00+00:00 is wanted."
        case _:
            return None if isinstance(value, str) else "a logical id is wanted: DatabaseWriter."


def _count(value: Any) -> bool:
    """Whether a value is a whole number, not negative."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _moment(value: Any) -> bool:
    """Whether a value is a time with its zone."""
    try:
        return dt.datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def _missing(name: str, why: str) -> Reason:
    """A fact that has to be known first."""
    about = KNOWN.get(name, name)
    return Reason(
        rule="fact-missing",
        what=f"{why}, and nobody said: {about} ({name}).",
        fix=f"Plan against the live account, or give it: --fact {name}=VALUE",
    )
