"""The observability family: logs, alarms, dashboard, key and budget of an environment."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tierctl.model.attributes import attribute

_ALARM = "AWS::CloudWatch::Alarm"
_TOLD = (f"{_ALARM}.Threshold", f"{_ALARM}.AlarmDescription")
_DASHBOARD = "AWS::CloudWatch::Dashboard"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservabilityShape:
    """How long logs are kept and when somebody is told.

    The thresholds are not chosen but follow from the tier's promise and from AWS's limits
    (`tierctl.config.thresholds`); they are fields because a template differs by them.
    """

    log_retention_days: int = attribute(
        "Days that service, database and cache logs are kept.",
        minimum=1,
        example="30",
        moves=("AWS::Logs::LogGroup.RetentionInDays",),
    )
    audit_log_retention_days: int = attribute(
        "Days that the audit log is kept.",
        minimum=1,
        example="365",
        moves=("AWS::Logs::LogGroup.RetentionInDays",),
    )
    container_insights: bool = attribute(
        "Container Insights metrics for the ECS cluster.",
        example="true",
        moves=("AWS::ECS::Cluster.ClusterSettings",),
    )
    dashboard: bool = attribute("A CloudWatch dashboard.", example="true", moves=(_DASHBOARD,))
    alarm_period_s: int = attribute(
        "Seconds that one datapoint of an alarm covers.",
        choices=("60", "300", "900", "3600"),
        example="300",
        moves=(_ALARM,),
    )
    alarm_datapoints: int = attribute(
        "Datapoints in a row that must be over the threshold.",
        minimum=1,
        maximum=10,
        example="2",
        moves=(f"{_ALARM}.EvaluationPeriods", f"{_ALARM}.DatapointsToAlarm"),
    )
    p95_ms: int = attribute(
        "Alarm: 95th percentile response time in milliseconds; the promise's unless said.",
        derived=True,
        minimum=1,
        moves=_TOLD,
    )
    error_rate_percent: Decimal = attribute(
        "Alarm: server errors per hundred requests; the promise's unless said.",
        derived=True,
        minimum=0,
        maximum=100,
        moves=_TOLD,
    )
    database_connections: int = attribute(
        "Alarm: open database connections; 80 % of what max_acu allows unless said.",
        derived=True,
        minimum=1,
        moves=_TOLD,
    )
    cache_node_ids: tuple[str, ...] = attribute(
        "Cache nodes that are watched, by CacheClusterId; those of the cache unless said.",
        derived=True,
        moves=(_ALARM, f"{_DASHBOARD}.DashboardBody"),
    )
    filesystem_credits: bool = attribute(
        "Alarm: burst credits of the file system; where it is bursting unless said.",
        derived=True,
        moves=(_ALARM,),
    )
    database_acu_percent: int = attribute(
        "Alarm: share of the most capacity in use.", default=90, moves=_TOLD
    )
    cache_hit_rate_percent: int = attribute(
        "Alarm: cache hit rate below this.", default=80, moves=_TOLD
    )
    cache_evictions: int = attribute(
        "Alarm: evictions within one period.", default=1000, moves=_TOLD
    )
    monthly_budget_usd: int | None = attribute(
        "AWS Budget for the environment; tells the topic at 80 and 100 percent.",
        minimum=1,
        default=None,
        moves=("AWS::Budgets::Budget",),
    )
