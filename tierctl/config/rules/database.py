"""Rules of the database: the capacity range, pausing, versions, connections."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tierctl.catalog.aurora import max_connections
from tierctl.catalog.limits import limits
from tierctl.config.rules.cache import version_number
from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import Severity, nearest

_CAPACITY = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
    "aurora-serverless-v2.setting-capacity.html"
)
_PAUSE = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
    "aurora-serverless-v2-auto-pause.html"
)
_INSIGHTS_ACU = 2
"""AWS advises Performance Insights from 2 ACU on (Aurora user guide, setting capacity)."""


def _tier(bad: str, good: str) -> Example:
    """A tier with a changed database."""
    head = "extends: minimum\nfamilies:\n  database:\n"

    def text(keys: str) -> str:
        return head + "".join(f"    {key}\n" for key in keys.split("; "))

    return Example("tiers/example.yaml", text(bad), text(good))


def _order(subject: Subject) -> Iterator[Problem]:
    """A capacity range upside down."""
    database = subject.shapes.get("database")
    if database and database.min_acu > database.max_acu:
        yield Problem(
            subject.place("database.max_acu", "database.min_acu"),
            f"'database.max_acu' is {database.max_acu}, and 'database.min_acu' is "
            f"{database.min_acu}.",
            f"Set 'max_acu: {database.min_acu}' or more, or lower 'min_acu'.",
        )


def _pause_delay(subject: Subject) -> Iterator[Problem]:
    """A delay until pausing where nothing can pause."""
    database = subject.shapes.get("database")
    if database and database.auto_pause_after_s is not None and database.min_acu > 0:
        yield Problem(
            subject.place("database.auto_pause_after_s", "database.min_acu"),
            f"'database.auto_pause_after_s' is given, and 'database.min_acu' is "
            f"{database.min_acu}: only a cluster with 0 pauses.",
            "Set 'min_acu: 0', or remove 'auto_pause_after_s'.",
        )


def _pause_version(subject: Subject) -> Iterator[Problem]:
    """Pausing with a version that cannot."""
    database = subject.shapes.get("database")
    if not database or database.min_acu > 0:
        return
    major, minor = version_number(database.engine_version)[:2]
    table = limits("aurora")["auto_pause_from"]
    first = table.get(str(major))
    if (first is None and major < min(map(int, table))) or (first is not None and minor < first):
        least = f"{major}.{first}" if first is not None else "16.3"
        yield Problem(
            subject.place("database.engine_version", "database.min_acu"),
            f"'database.min_acu' is 0, and PostgreSQL {database.engine_version} cannot pause.",
            f"Set 'engine_version: \"{least}\"' or later, or 'min_acu: 0.5'.",
        )


def _pause_wakes(subject: Subject) -> Iterator[Problem]:
    """Pausing where users wait for the wake-up."""
    database = subject.shapes.get("database")
    if database and database.min_acu == 0 and not subject.lacks:
        yield Problem(
            subject.place("database.min_acu"),
            "'database.min_acu' is 0: the first request after a pause waits about 15 s, after a "
            "day about 30 s.",
            f"Set 'min_acu: 0.5' where {subject.tier.promise.latency_p95_ms} ms are promised.",
        )


def _version(subject: Subject) -> Iterator[Problem]:
    """A version AWS does not offer."""
    database = subject.shapes.get("database")
    known = limits("aurora_versions")["versions"]
    if database and database.engine_version not in known:
        near = nearest(database.engine_version, known)
        yield Problem(
            subject.place("database.engine_version"),
            f"'database.engine_version' is {database.engine_version}, which Aurora PostgreSQL "
            "does not list.",
            f"Set 'engine_version: \"{near or known[-1]}\"', or another that is listed.",
            near,
        )


def _insights(subject: Subject) -> Iterator[Problem]:
    """Performance Insights on very little capacity."""
    database = subject.shapes.get("database")
    if database and database.performance_insights and database.min_acu < _INSIGHTS_ACU:
        yield Problem(
            subject.place("database.performance_insights", "database.min_acu"),
            f"'database.performance_insights' is true, and 'database.min_acu' is "
            f"{database.min_acu}.",
            f"Set 'min_acu: {_INSIGHTS_ACU}', or 'performance_insights: false'.",
        )


def _pools(subject: Subject) -> Iterator[Problem]:
    """Connection pools that together ask for more than the database gives."""
    database = subject.shapes.get("database")
    services = list(subject.services())
    if not database or not services:
        return
    wanted = sum(shape.db_pool_max * shape.max_tasks for _, shape in services)
    allowed = max_connections(database.max_acu, database.min_acu)
    if wanted > allowed.value:
        name, largest = max(services, key=lambda row: row[1].db_pool_max * row[1].max_tasks)
        least = Decimal(largest.db_pool_max * allowed.value) / wanted
        yield Problem(
            subject.place(
                f"service.{name}.db_pool_max", f"service.{name}.max_tasks", "database.max_acu"
            ),
            f"All tasks at their most open {wanted} connections; {database.max_acu} ACU allow "
            f"{'about ' if allowed.estimated else ''}{allowed.value}.",
            f"Set 'db_pool_max: {max(1, int(least))}' or 'max_tasks' lower, or 'max_acu' higher.",
        )


RULES = (
    Rule(
        "database-capacity-order",
        "the most capacity is below the least",
        "Aurora refuses a range whose end lies before its beginning.",
        "Raise the most or lower the least.",
        _CAPACITY,
        _tier("min_acu: 4; max_acu: 2", "min_acu: 2; max_acu: 4"),
        _order,
    ),
    Rule(
        "database-pause-delay",
        "a pause is timed that never comes",
        "Aurora pauses only a cluster whose least capacity is 0.",
        "Set the least capacity to 0, or remove the delay.",
        _PAUSE,
        _tier("auto_pause_after_s: 600", "min_acu: 0; auto_pause_after_s: 600"),
        _pause_delay,
    ),
    Rule(
        "database-pause-version",
        "the version cannot pause",
        "Pausing exists from certain minor versions on.",
        "Use a later version, or a least capacity of 0.5.",
        _PAUSE,
        _tier('min_acu: 0; engine_version: "15.4"', 'min_acu: 0; engine_version: "15.7"'),
        _pause_version,
    ),
    Rule(
        "database-pause-wakes-slowly",
        "users wait while the database wakes",
        "A paused cluster takes 15 to 30 seconds to answer, far over any tier's promise.",
        "Keep half a unit running where users are served.",
        _PAUSE,
        _tier("min_acu: 0", "min_acu: 0.5"),
        _pause_wakes,
        Severity.WARNING,
    ),
    Rule(
        "database-version-unknown",
        "the database has no such version",
        "CloudFormation refuses a version that Aurora does not have.",
        "Use a version that AWS offers.",
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/",
        _tier('engine_version: "16.99"', 'engine_version: "16.9"'),
        _version,
    ),
    Rule(
        "database-insights-capacity",
        "Performance Insights has too little capacity",
        "AWS advises 2 ACU or more: the agent takes memory from the buffer cache.",
        "Raise the least capacity, or turn it off.",
        _CAPACITY,
        _tier("performance_insights: true", "performance_insights: false"),
        _insights,
        Severity.WARNING,
    ),
    Rule(
        "database-connections-exceeded",
        "tasks may open more connections than the database gives",
        "The last tasks to start are refused, in the hour of the greatest load.",
        "Use smaller pools, fewer tasks or more capacity.",
        _CAPACITY,
        Example(
            "tiers/example.yaml",
            "extends: minimum\nfamilies:\n  service:\n    web: {db_pool_max: 200}\n",
            "extends: minimum\nfamilies:\n  service:\n    web: {db_pool_max: 20}\n",
        ),
        _pools,
        Severity.WARNING,
    ),
)
