"""Database operators: capacity apart from instances, and the reboot that makes it whole.

Sources: the rows of `catalog/behaviours/database.yaml`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.catalog.limits import limits
from tierctl.planning.moves import Lane, Move, changed, differing, version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment

WRITER = "database.writer"
CONNECTIONS = "database.peak_connections"
CLUSTER_FIELDS = (
    "min_acu",
    "max_acu",
    "auto_pause_after_s",
    "backup_retention_days",
    "statement_timeout_s",
)

INSTANCE_FIELDS = ("readers", "performance_insights")
CAPACITY = ("min_acu", "max_acu", "auto_pause_after_s")
PAUSE = ("min_acu", "auto_pause_after_s")


def settled(state: Environment, goal: Environment) -> bool:
    """Whether the database is the goal's."""
    return state.database == goal.database


def moves(state: Environment, goal: Environment) -> Iterator[Move]:
    """The changes of the database that AWS accepts next, on the way to the goal."""
    yield from _cluster(state, goal)
    yield from _instances(state, goal)
    yield from _reboot(state, goal)
    yield from _storage(state, goal)
    yield from _engine(state, goal)


def _cluster(state: Environment, goal: Environment) -> Iterator[Move]:
    """Capacity and settings of the cluster: online, in one update, without the instances."""
    database, target = state.database, goal.database
    values = differing(database, target, CLUSTER_FIELDS)
    if _instances_first(state, goal):
        values = {name: value for name, value in values.items() if name not in CAPACITY}
    if values.get("min_acu") == 0 and not can_pause(database.engine_version):
        values = {name: value for name, value in values.items() if name not in PAUSE}
    if not values:
        return
    rules = tuple(_cluster_rules(state, goal, values))
    lower = target.max_acu < database.max_acu or target.min_acu < database.min_acu
    titles = []
    if {"min_acu", "max_acu"} & values.keys():
        titles.append(f"set capacity to {target.min_acu}-{target.max_acu} ACU")
    if values.keys() - {"min_acu", "max_acu"}:
        titles.append("change database settings")
    yield Move(
        title=" and ".join(titles),
        lane=Lane.STORES,
        rules=rules,
        after=changed(state, "database", **values),
        facts=(CONNECTIONS,) if lower and target.max_acu < database.max_acu else (),
    )


def _instances_first(state: Environment, goal: Environment) -> bool:
    """Whether instances change before capacity shrinks: going down, readers leave first.

    Insights want 2 ACU, and a reader that is about to leave need not be restarted for a limit
    (upgrade facts, section 5, the way down). Not while a restart is owed: it comes first then.
    """
    database, target = state.database, goal.database
    shrinks = target.max_acu < database.max_acu
    owed = database.connections_max_acu != database.max_acu
    return shrinks and not owed and bool(differing(database, target, INSTANCE_FIELDS))


def can_pause(engine_version: str) -> bool:
    """Whether a running version can pause at 0 ACU: the version's upgrade comes first otherwise."""
    major, minor = version(engine_version)[:2]
    first = limits("aurora")["auto_pause_from"]
    least = first.get(str(major))
    return minor >= least if least is not None else major > max(int(known) for known in first)


def _cluster_rules(state: Environment, goal: Environment, values: dict[str, Any]) -> Iterator[str]:
    """The rows a change of the cluster is made of."""
    database, target = state.database, goal.database
    if {"min_acu", "max_acu"} & values.keys():
        lower = target.max_acu < database.max_acu or target.min_acu < database.min_acu
        yield "database.capacity.lower" if lower else "database.capacity.raise"
    if values.get("min_acu") == 0:
        yield "database.pause"
    if {"statement_timeout_s", "auto_pause_after_s"} & values.keys():
        yield "database.settings"
    if "backup_retention_days" in values:
        fewer = target.backup_retention_days < database.backup_retention_days
        if fewer:
            yield "database.backups.fewer"
        elif "statement_timeout_s" not in values:
            yield "database.settings"


def _instances(state: Environment, goal: Environment) -> Iterator[Move]:
    """Readers and what each instance measures, apart from capacity."""
    database, target = state.database, goal.database
    values = differing(database, target, INSTANCE_FIELDS)
    # while a restart is owed, an update of an instance might carry it out unannounced
    if not values or database.connections_max_acu != database.max_acu:
        return
    # instances that come are born with the new max_connections, so capacity and restart come first
    if target.max_acu > database.max_acu:
        return
    rules, titles, facts = [], [], []
    if target.readers != database.readers:
        more = target.readers > database.readers
        rules.append("database.reader.add" if more else "database.reader.remove")
        count = abs(target.readers - database.readers)
        noun = "reader" if count == 1 else "readers"
        titles.append(f"{'add' if more else 'remove'} {count} database {noun}")
        facts += [] if more else [WRITER]
    if target.performance_insights != database.performance_insights:
        rules.append("database.insights")
        titles.append(
            f"switch Performance Insights {'on' if target.performance_insights else 'off'}"
        )
    yield Move(
        title=" and ".join(titles),
        lane=Lane.STORES,
        rules=tuple(rules),
        after=changed(state, "database", **values),
        facts=tuple(facts),
    )


def _reboot(state: Environment, goal: Environment) -> Iterator[Move]:
    """The restart that makes the new max_connections real, once everything else is done."""
    database, target = state.database, goal.database
    if database.connections_max_acu == target.connections_max_acu:
        return
    if database.max_acu != target.max_acu:
        return
    # readers first: one that is promoted meanwhile has the new limit
    readers = database.readers > 0
    who = "readers, then the writer," if readers else "writer"
    yield Move(
        title=f"restart the database {who} for the new max_connections",
        lane=Lane.STORES,
        rules=("database.reboot",),
        after=changed(state, "database", connections_max_acu=target.connections_max_acu),
        kind="action",
        action="reboot-instances" if readers else "reboot-writer",
        alone=True,
    )


def _storage(state: Environment, goal: Environment) -> Iterator[Move]:
    """The other storage type, alone and spelled out."""
    target = goal.database.storage_type
    if state.database.storage_type != target:
        optimized = target == "aurora-iopt1"
        yield Move(
            title=f"move to {'I/O-Optimized' if optimized else 'standard'} storage",
            lane=Lane.STORES,
            rules=("database.storage.optimized" if optimized else "database.storage.standard",),
            after=changed(state, "database", storage_type=target),
            alone=True,
        )


def _engine(state: Environment, goal: Environment) -> Iterator[Move]:
    """A later version; there is no way back."""
    target = goal.database.engine_version
    if version(target) > version(state.database.engine_version):
        yield Move(
            title=f"upgrade PostgreSQL to {target}",
            lane=Lane.STORES,
            rules=("database.engine.upgrade",),
            after=changed(state, "database", engine_version=target),
            alone=True,
        )
