"""Alarms: the promise and AWS's limits as thresholds, told to the environment's topic.

A metric that says nothing says nothing wrong: missing data never rings, except where silence is
the fault. At most ten metrics fit one alarm, so cache alarms are one for each shard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_cloudwatch as cloudwatch

if TYPE_CHECKING:
    from aws_cdk import Stack

    from stacks.parts import Parts
    from tierctl.model.environment import Environment

LEAST_REQUESTS = 100
"""Below so many requests in a period a rate means nothing."""
LEAST_LOOKUPS = 1000
CREDIT_FLOOR_BYTES = 200_000_000_000
"""A file system is born with 2.1 TB of burst credits and earns them by its size: at a tenth
there is time to change its mode before it slows down (EFS user guide, "Bursting", 2026-08)."""
MEMORY_PERCENT = 90
NODES_IN_ALARM = 5
"""Two metrics a node, ten metrics an alarm: nodes beyond the fifth of a shard are not summed."""

_alarm = cloudwatch.CfnAlarm


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric with its dimensions and statistic."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    statistic: str

    def properties(self) -> dict[str, Any]:
        """As the alarm's own keys, percentile statistics apart."""
        chosen = "extended_statistic" if self.statistic.startswith("p") else "statistic"
        return {
            "namespace": self.namespace,
            "metric_name": self.name,
            "dimensions": [
                _alarm.DimensionProperty(name=name, value=value)
                for name, value in self.dimensions.items()
            ],
            chosen: self.statistic,
        }


class Alarms:
    """Every alarm of an environment."""

    def __init__(self, stack: Stack, environment: Environment, parts: Parts) -> None:
        self._stack = stack
        self._environment = environment
        self._shape = environment.observability
        self._parts = parts
        self._topic = parts.observability.topic.ref
        self._traffic()
        self._database()
        self._cache()
        self._files()
        self._nat()

    def _traffic(self) -> None:
        """Latency, errors and health, as users see them."""
        balancer = self._parts.loadbalancer.balancer.attr_load_balancer_full_name
        total = {"LoadBalancer": balancer}
        requests = self._elb("RequestCount", total, "Sum")
        self._math(
            "ErrorRate",
            f"Server errors above {self._shape.error_rate_percent} % of requests",
            f"IF(requests>={LEAST_REQUESTS},100*(FILL(own,0)+FILL(theirs,0))/requests,0)",
            {
                "requests": requests,
                "own": self._elb("HTTPCode_ELB_5XX_Count", total, "Sum"),
                "theirs": self._elb("HTTPCode_Target_5XX_Count", total, "Sum"),
            },
            "GreaterThanThreshold",
            float(self._shape.error_rate_percent),
        )
        for service, target in self._parts.loadbalancer.targets.items():
            name = service.title().replace("-", "")
            where = {**total, "TargetGroup": target.attr_target_group_full_name}
            self._plain(
                f"{name}Latency",
                f"95th percentile of {service} above {self._shape.p95_ms} ms",
                self._elb("TargetResponseTime", where, "p95"),
                "GreaterThanThreshold",
                self._shape.p95_ms / 1000,
            )
            self._plain(
                f"{name}Unhealthy",
                f"Tasks of {service} fail their health check",
                self._elb("UnHealthyHostCount", where, "Maximum"),
                "GreaterThanOrEqualToThreshold",
                1,
            )

    def _elb(self, name: str, dimensions: dict[str, str], statistic: str) -> Metric:
        """A load balancer metric."""
        return Metric("AWS/ApplicationELB", name, dimensions, statistic)

    def _database(self) -> None:
        """Connections against what max_acu allows, and capacity against max_acu itself."""
        where = {"DBClusterIdentifier": self._parts.database.cluster.ref}
        self._plain(
            "DatabaseConnections",
            "Connections near the most that the capacity allows",
            Metric("AWS/RDS", "DatabaseConnections", where, "Maximum"),
            "GreaterThanThreshold",
            self._shape.database_connections,
        )
        self._plain(
            "DatabaseCapacity",
            f"Capacity above {self._shape.database_acu_percent} % of max_acu",
            Metric("AWS/RDS", "ACUUtilization", where, "Average"),
            "GreaterThanThreshold",
            self._shape.database_acu_percent,
        )

    def _cache(self) -> None:
        """Hit rate, evictions and memory of each shard."""
        shards: dict[str, list[str]] = {}
        for node in self._shape.cache_node_ids:
            shards.setdefault(node.rpartition("-")[0], []).append(node)
        for number, nodes in enumerate(shards.values(), 1):
            seen = nodes[:NODES_IN_ALARM]
            hits = self._each(seen, "CacheHits", "Sum", "h")
            misses = self._each(seen, "CacheMisses", "Sum", "m")
            found, lost = f"({'+'.join(hits)})", f"({'+'.join(misses)})"
            rate = f"IF({found}+{lost}>={LEAST_LOOKUPS},100*{found}/({found}+{lost}),100)"
            self._math(
                f"CacheHitRate{number}",
                f"Shard {number} answers less than {self._shape.cache_hit_rate_percent} % itself",
                rate,
                {**hits, **misses},
                "LessThanThreshold",
                self._shape.cache_hit_rate_percent,
            )
            evicted = self._each(seen, "Evictions", "Sum", "e")
            self._math(
                f"CacheEvictions{number}",
                f"Shard {number} evicts keys for want of memory",
                "+".join(evicted),
                evicted,
                "GreaterThanThreshold",
                self._shape.cache_evictions,
            )
            memory = self._each(seen, "DatabaseMemoryUsagePercentage", "Maximum", "u")
            self._math(
                f"CacheMemory{number}",
                f"A node of shard {number} is above {MEMORY_PERCENT} % of its memory",
                f"MAX([{','.join(memory)}])",
                memory,
                "GreaterThanThreshold",
                MEMORY_PERCENT,
            )

    def _each(
        self, nodes: list[str], metric: str, statistic: str, prefix: str
    ) -> dict[str, Metric]:
        """The same metric of several nodes, by the name it has in an expression."""
        return {
            f"{prefix}{index}": Metric(
                "AWS/ElastiCache", metric, {"CacheClusterId": node}, statistic
            )
            for index, node in enumerate(nodes, 1)
        }

    def _files(self) -> None:
        """Burst credits, where the file system lives on them."""
        if not self._shape.filesystem_credits:
            return
        where = {"FileSystemId": self._parts.filesystem.id}
        self._plain(
            "FilesystemCredits",
            "Burst credits run out: throughput will fall to the baseline",
            Metric("AWS/EFS", "BurstCreditBalance", where, "Minimum"),
            "LessThanThreshold",
            CREDIT_FLOOR_BYTES,
        )

    def _nat(self) -> None:
        """Ports of each NAT gateway: connections out begin to fail."""
        for number, gateway in enumerate(self._parts.network.nat_ids, 1):
            where = {"NatGatewayId": gateway}
            self._plain(
                f"NatPorts{number}",
                "The NAT gateway has no port left for new connections",
                Metric("AWS/NATGateway", "ErrorPortAllocation", where, "Sum"),
                "GreaterThanThreshold",
                0,
            )

    def _plain(
        self, name: str, description: str, metric: Metric, comparison: str, threshold: float
    ) -> None:
        """An alarm over one metric."""
        self._alarm(
            name,
            description,
            comparison,
            threshold,
            period=self._shape.alarm_period_s,
            **metric.properties(),
        )

    def _math(
        self,
        name: str,
        description: str,
        expression: str,
        metrics: dict[str, Metric],
        comparison: str,
        threshold: float,
    ) -> None:
        """An alarm over an expression of several metrics."""
        query = _alarm.MetricDataQueryProperty
        inputs = [
            query(
                id=key,
                return_data=False,
                metric_stat=_alarm.MetricStatProperty(
                    metric=_alarm.MetricProperty(
                        namespace=metric.namespace,
                        metric_name=metric.name,
                        dimensions=metric.properties()["dimensions"],
                    ),
                    period=self._shape.alarm_period_s,
                    stat=metric.statistic,
                ),
            )
            for key, metric in metrics.items()
        ]
        result = query(id="result", expression=expression, label=name, return_data=True)
        self._alarm(name, description, comparison, threshold, metrics=[result, *inputs])

    def _alarm(
        self, name: str, description: str, comparison: str, threshold: float, **what: Any
    ) -> None:
        """The alarm itself; it tells the topic when it rings and when it stops."""
        _alarm(
            self._stack,
            f"{name}Alarm",
            alarm_name=f"{self._environment.identity.stack_name}-{name}",
            alarm_description=description,
            comparison_operator=comparison,
            threshold=threshold,
            evaluation_periods=self._shape.alarm_datapoints,
            datapoints_to_alarm=self._shape.alarm_datapoints,
            treat_missing_data="notBreaching",
            alarm_actions=[self._topic],
            ok_actions=[self._topic],
            **what,
        )
