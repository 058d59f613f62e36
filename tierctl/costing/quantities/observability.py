"""Observability: key, secrets, logs, alarms, metrics, dashboard, names and notifications.

Free tiers belong to the account, not to an environment: they are shown, never taken off.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.costing.meter import Meter, plain
from tierctl.model.estimate import OTHER
from tierctl.model.money import Spread
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment
    from tierctl.model.estimate import Line
    from tierctl.model.usage import UsageProfile

COMPRESSED = Decimal("0.15")
"""Stored size of a log as a share of what was ingested (AWS Pricing Calculator, catalogue note of
cloudwatch.logs.storage_gb_month)."""
MONTH_DAYS = Decimal("30.4375")
YEAR_MONTHS = Decimal(12)
FOR_EVER_MONTHS = Decimal(60)
"""High figure for logs that never expire: what five years have gathered."""
NODES_IN_ALARM = 5
"""Nodes of a shard that its alarms look at (stacks/alarms.py: ten metrics fit one alarm)."""
INSIGHTS_LOW = (8, 6, 11)
INSIGHTS_HIGH = (13, 10, 15)
"""Container Insights metrics for a cluster, a task family, a service: the CloudWatch pricing
page's example, and the ECS metrics that the CloudWatch user guide lists (2026-10; which of them
a Fargate cluster really reports was not confirmed on a bill)."""


def lines(environment: Environment, usage: UsageProfile) -> Iterator[Line]:
    """Everything observability bills."""
    meter = Meter(OTHER, "observability", usage)
    shape = environment.observability
    yield from key(meter)
    yield from secrets(meter, 1)
    yield from _logs(environment, meter)
    yield alarms(meter, _alarm_metrics(environment))
    if shape.dashboard:
        yield dashboard(meter, 1)
    if shape.container_insights:
        yield from container_insights(meter, len(environment.services))
    yield from names(meter)
    yield topic(meter)
    if shape.monthly_budget_usd is not None:
        yield budget(meter)
    for name, reason in FREE.items():
        yield meter.free(name, reason)


FREE = {
    "ECS cluster": "a cluster costs nothing; its tasks do",
    "IAM roles and policies": "IAM costs nothing",
    "Security groups": "AWS charges nothing for them",
    "ACM certificate": "public certificates for integrated services cost nothing",
}


def _logs(environment: Environment, meter: Meter) -> Iterator[Line]:
    """Every log group of the stack."""
    days = environment.observability.log_retention_days
    if environment.network.source == "created":
        kept = environment.network.flow_log_retention_days
        yield from logs(meter, "Flow logs", "flow_log_gb", kept, vended=True)
    yield from logs(meter, "Database logs", "database_log_gb", days)
    yield from logs(meter, "Cache logs", "cache_log_gb", days, vended=True)
    for name, _ in environment.services:
        yield from logs(meter.of(OTHER, f"service/{name}"), f"{name} logs", "service_log_gb", days)
    audit = environment.observability.audit_log_retention_days
    yield from logs(meter, "Audit logs", "other_log_gb", audit)


def _alarm_metrics(environment: Environment) -> int:
    """Metrics over all alarms: an alarm over an expression bills each metric in it."""
    shape = environment.observability
    public = [c for c in environment.application.services if c.paths]
    count = 3 + 2 * len(public) + 2
    shards: dict[str, int] = {}
    for node in shape.cache_node_ids:
        shard = node.rpartition("-")[0]
        shards[shard] = shards.get(shard, 0) + 1
    for nodes in shards.values():
        count += 4 * min(nodes, NODES_IN_ALARM)
    count += 1 if shape.filesystem_credits else 0
    return count + (environment.network.nat_gateways if _has_nat(environment) else 0)


def _has_nat(environment: Environment) -> bool:
    """Whether the stack makes its own NAT gateways."""
    return environment.network.source == "created"


def key(meter: Meter) -> Iterator[Line]:
    """A customer-managed key; each of the first two yearly rotations adds a key month."""
    turned = meter.spread("key_rotations")
    if turned is None:
        yield meter.fixed("KMS key", "kms.key_month", 1, "keys", "1 key, not yet rotated")
    else:
        count = turned + Spread.of(1)
        words = "1 key and its billed rotations, two at the most"
        figures = ("key_rotations",)
        yield meter.derived("KMS key", "kms.key_month", count, "keys", words, figures)
    yield meter.used("KMS requests", "kms.request", "kms_requests", "requests")


def secrets(meter: Meter, count: int) -> Iterator[Line]:
    """Secrets and the times they are read."""
    yield meter.fixed(
        "Secrets", "secretsmanager.secret_month", count, "secrets", f"{count} secret(s)"
    )
    yield secret_requests(meter)


def secret_requests(meter: Meter) -> Line:
    """Reads of secrets."""
    return meter.used(
        "Secret requests", "secretsmanager.api_request", "secret_requests", "requests"
    )


def logs(
    meter: Meter, name: str, figure: str, days: int | Unknown | None, *, vended: bool = False
) -> Iterator[Line]:
    """One log group: what is written, and what has gathered after a year.

    Vended logs (VPC flow logs, ElastiCache's) have their own price; below 10 TB it is the same.
    """
    key_ = "cloudwatch.logs.vended_to_cwl_gb" if vended else "cloudwatch.logs.ingest_gb"
    yield meter.used(f"{name}, written", key_, figure, "GB")
    yield stored(meter, name, figure, days)


def stored(meter: Meter, name: str, figure: str, days: int | Unknown | None) -> Line:
    """What a group holds: low after its first month, expected after a year, high when full."""
    title, key_ = f"{name}, kept", "cloudwatch.logs.storage_gb_month"
    if isinstance(days, Unknown):
        return meter.unknown(title, days.reason, key_)
    months = FOR_EVER_MONTHS if days is None else round(days / MONTH_DAYS, 2)
    written = meter.spread(figure)
    kept = (
        Spread(
            written.low * COMPRESSED * min(months, Decimal(1)),
            written.expected * COMPRESSED * min(months, YEAR_MONTHS),
            written.high * COMPRESSED * months,
        )
        if written
        else None
    )
    span = "for ever" if days is None else f"{days} days"
    words = f"kept {span}, {plain(COMPRESSED)} of the size written; expected after a year"
    return meter.derived(title, key_, kept, "GB", words, (figure,))


def alarms(meter: Meter, metrics: int, key_: str = "standard") -> Line:
    """Alarms, counted by the metrics they look at."""
    return meter.fixed(
        "Alarms",
        f"cloudwatch.alarm.{key_}_month",
        metrics,
        "alarm metrics",
        f"{metrics} metric(s) in alarms; an alarm over an expression bills each of its metrics",
    )


def dashboard(meter: Meter, count: int) -> Line:
    """Dashboards; the account's first three are free and are not taken off."""
    return meter.fixed(
        "Dashboard", "cloudwatch.dashboard_month", count, "dashboards", f"{count} dashboard(s)"
    )


def container_insights(meter: Meter, services: int) -> Iterator[Line]:
    """Container Insights: custom metrics, and the events they are made from."""
    low, high = (
        Decimal(cluster + (task + service) * services)
        for cluster, task, service in (INSIGHTS_LOW, INSIGHTS_HIGH)
    )
    yield meter.fixed(
        "Container Insights metrics",
        "cloudwatch.metric_month",
        Spread(low, high, high),
        "metrics",
        f"{INSIGHTS_HIGH[0]} for the cluster and {INSIGHTS_HIGH[1] + INSIGHTS_HIGH[2]} for each "
        f"of {services} service(s)",
    )
    yield meter.used(
        "Container Insights events", "cloudwatch.logs.ingest_gb", "insights_log_gb", "GB"
    )


def names(meter: Meter) -> Iterator[Line]:
    """Service discovery: a private zone and its queries; registering ECS tasks is free.

    Source: ECS developer guide, "Service discovery"; from memory, unconfirmed.
    """
    words = "1 private zone (Cloud Map namespace)"
    yield meter.fixed("Private zone", "route53.hosted_zone_month", 1, "zones", words)
    yield meter.used("Private zone queries", "route53.query.standard", "dns_queries", "queries")
    yield meter.free(
        "Service registration", "ECS tasks are registered and checked at no charge (unconfirmed)"
    )


def topic(meter: Meter) -> Line:
    """The alarm topic."""
    return meter.free(
        "Alarm topic",
        "a topic costs nothing to hold; of e-mails the account's first 1,000 a month are free, "
        "then $2 per 100,000 (SNS pricing, unconfirmed, no row in the catalogue)",
    )


def budget(meter: Meter) -> Line:
    """The environment's AWS Budget."""
    return meter.free(
        "AWS Budget", "budgets without actions are free (AWS Budgets pricing, unconfirmed)"
    )
