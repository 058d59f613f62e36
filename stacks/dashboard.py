"""The dashboard: one page that answers whether the promise is kept and what is running out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_cloudwatch as cloudwatch

if TYPE_CHECKING:
    from aws_cdk import Stack

    from stacks.parts import Parts
    from tierctl.model.environment import Environment

WIDTH, HEIGHT, COLUMNS = 8, 6, 3


def dashboard(stack: Stack, environment: Environment, parts: Parts) -> None:
    """Create it, when the Shape asks for one."""
    if not environment.observability.dashboard:
        return
    widgets = [
        _widget(stack, position, title, metrics)
        for position, (title, metrics) in enumerate(_graphs(environment, parts))
    ]
    cloudwatch.CfnDashboard(
        stack,
        "Dashboard",
        dashboard_name=environment.identity.stack_name,
        dashboard_body=stack.to_json_string({"widgets": widgets}),
    )


def _graphs(environment: Environment, parts: Parts) -> list[tuple[str, list[list[Any]]]]:
    """Title and metrics of each graph, in CloudWatch's own notation."""
    name = environment.identity.stack_name
    balancer = ["LoadBalancer", parts.loadbalancer.balancer.attr_load_balancer_full_name]
    cluster = ["DBClusterIdentifier", parts.database.cluster.ref]
    elb, nodes = "AWS/ApplicationELB", environment.observability.cache_node_ids
    graphs: list[tuple[str, list[list[Any]]]] = [
        ("Requests", [[elb, "RequestCount", *balancer, {"stat": "Sum"}]]),
        ("Response time p95", [[elb, "TargetResponseTime", *balancer, {"stat": "p95"}]]),
        (
            "Server errors",
            [
                [elb, "HTTPCode_Target_5XX_Count", *balancer, {"stat": "Sum"}],
                [elb, "HTTPCode_ELB_5XX_Count", *balancer, {"stat": "Sum"}],
            ],
        ),
        ("Database capacity (ACU)", [["AWS/RDS", "ServerlessDatabaseCapacity", *cluster]]),
        (
            "Database connections",
            [["AWS/RDS", "DatabaseConnections", *cluster, {"stat": "Maximum"}]],
        ),
        ("Cache memory %", _by_node("DatabaseMemoryUsagePercentage", nodes)),
        ("Cache hit rate %", _by_node("CacheHitRate", nodes)),
        (
            "Service CPU %",
            [
                ["AWS/ECS", "CPUUtilization", "ClusterName", name, "ServiceName", service]
                for service, _ in environment.services
            ],
        ),
        (
            "File system",
            [["AWS/EFS", "TotalIOBytes", "FileSystemId", parts.filesystem.id, {"stat": "Sum"}]],
        ),
    ]
    if parts.network.nat_ids:
        out = "BytesOutToDestination"
        graphs.append(
            (
                "NAT gateways, bytes out",
                [
                    ["AWS/NATGateway", out, "NatGatewayId", gateway, {"stat": "Sum"}]
                    for gateway in parts.network.nat_ids
                ],
            )
        )
    return graphs


def _by_node(metric: str, nodes: tuple[str, ...]) -> list[list[Any]]:
    """One line for each cache node."""
    return [["AWS/ElastiCache", metric, "CacheClusterId", node] for node in nodes]


def _widget(stack: Stack, position: int, title: str, metrics: list[list[Any]]) -> dict[str, Any]:
    """A graph in its place on the page."""
    row, column = divmod(position, COLUMNS)
    return {
        "type": "metric",
        "x": column * WIDTH,
        "y": row * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": title,
            "region": stack.region,
            "view": "timeSeries",
            "period": 300,
            "metrics": metrics,
        },
    }
