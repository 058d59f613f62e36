"""Counters for billed types outside our families, from the rows the catalogue has for them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.costing.quantities import cache, network, observability
from tierctl.model.estimate import HOURS, OTHER, Basis, Line
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tierctl.costing.links import Links
    from tierctl.costing.meter import Meter
    from tierctl.model.inventory import Resource

LEAST_GB = {"valkey": Decimal("0.1"), "redis": Decimal(1), "memcached": Decimal(1)}
"""GB a serverless cache is metered for at the least (catalogue notes of elasticache.serverless)."""


def open_usage(meter: Meter, name: str, key: str, unit: str) -> Line:
    """A line that depends on usage no profile speaks of: its unit price is shown."""
    return Line(
        component=meter.component,
        address=meter.address,
        name=name,
        key=key,
        unit=unit,
        basis=Basis.USAGE,
        assumption="no usage is stated for it",
    )


def _hourly(
    component: str, name: str, key: str, *usage: tuple[str, str, str]
) -> Callable[[Resource, Links], Iterator[Line]]:
    """A counter for something billed by the hour, and perhaps by what passes it."""

    def count(resource: Resource, links: Links) -> Iterator[Line]:
        meter = links.meter(resource, component)
        yield meter.fixed(name, key, HOURS, "hours", "1 x 730 h")
        for title, row, unit in usage:
            yield open_usage(meter, title, row, unit)

    return count


def _monthly(
    name: str, key: str, unit: str, *usage: tuple[str, str, str]
) -> Callable[[Resource, Links], Iterator[Line]]:
    """A counter for something billed by the month."""

    def count(resource: Resource, links: Links) -> Iterator[Line]:
        meter = links.meter(resource, OTHER)
        yield meter.fixed(name, key, 1, unit, f"1 {unit}")
        for title, row, what in usage:
            yield open_usage(meter, title, row, what)

    return count


def _by_use(*usage: tuple[str, str, str]) -> Callable[[Resource, Links], Iterator[Line]]:
    """A counter for something billed by use alone."""

    def count(resource: Resource, links: Links) -> Iterator[Line]:
        meter = links.meter(resource, OTHER)
        for title, row, unit in usage:
            yield open_usage(meter, title, row, unit)

    return count


def endpoint(resource: Resource, links: Links) -> Iterator[Line]:
    """A VPC endpoint: gateways are free, interfaces billed in each zone."""
    meter = links.meter(resource, network.COMPONENT)
    kind, zones = resource.fact("kind"), resource.fact("zones")
    if kind == "Gateway":
        yield meter.free("Gateway endpoint", "gateway endpoints cost nothing")
        return
    if isinstance(kind, Unknown) or isinstance(zones, Unknown):
        yield meter.unknown("Endpoint hours", (kind if isinstance(kind, Unknown) else zones).reason)
        return
    if zones == 0:
        yield meter.unknown("Endpoint hours", "it names no subnets")
        return
    key = "vpc.endpoint_interface_hour"
    yield meter.fixed("Endpoint hours", key, zones * HOURS, "hours", f"{zones} zone(s) x 730 h")
    row = "vpc.gwlb_endpoint_gb" if kind == "GatewayLoadBalancer" else "vpc.endpoint_interface_gb"
    yield open_usage(meter, "Endpoint data", row, "GB")


def serverless_cache(resource: Resource, links: Links) -> Iterator[Line]:
    """A serverless cache: its least storage, and requests by use."""
    meter, engine = links.meter(resource, cache.COMPONENT), resource.fact("engine")
    if isinstance(engine, Unknown) or engine not in LEAST_GB:
        reason = engine.reason if isinstance(engine, Unknown) else f"no such engine: {engine}"
        yield meter.unknown("Serverless cache", reason)
        return
    stated = resource.fact("minimum_gb")
    least = LEAST_GB[engine] if stated is None else stated
    if isinstance(least, Unknown):
        yield meter.unknown("Serverless cache storage", least.reason)
    else:
        words = f"{least} GB at the least x 730 h; more as it fills"
        key = f"elasticache.serverless.{engine}.gb_hour"
        yield meter.fixed("Serverless cache storage", key, least * HOURS, "GB hours", words)
    yield open_usage(
        meter, "Serverless cache requests", f"elasticache.serverless.{engine}.ecpu", "ECPU"
    )


def web_acl(resource: Resource, links: Links) -> Iterator[Line]:
    """A web ACL and its rules."""
    meter, rules = links.meter(resource, OTHER), resource.fact("rules")
    yield meter.fixed("Web ACL", "waf.web_acl_month", 1, "web ACLs", "1 web ACL")
    if isinstance(rules, Unknown):
        yield meter.unknown("Web ACL rules", rules.reason, "waf.rule_month")
    elif rules:
        words = f"{rules} rule(s); a managed group counts as one and may cost more"
        yield meter.fixed("Web ACL rules", "waf.rule_month", rules, "rules", words)
    yield open_usage(meter, "Web ACL requests", "waf.request", "requests")


def queue(resource: Resource, links: Links) -> Iterator[Line]:
    """A queue: requests."""
    meter, fifo = links.meter(resource, OTHER), resource.fact("fifo")
    if isinstance(fifo, Unknown):
        yield meter.unknown("Queue requests", fifo.reason)
    else:
        key = f"sqs.{'fifo' if fifo else 'standard'}.request"
        yield open_usage(meter, "Queue requests", key, "requests")


def health_check(resource: Resource, links: Links) -> Iterator[Line]:
    """A health check: where its endpoint stands decides its price."""
    meter = links.meter(resource, OTHER)
    yield meter.unknown("Health check", "whether its endpoint is in AWS decides the price")


def resolver(resource: Resource, links: Links) -> Iterator[Line]:
    """A resolver endpoint: each of its addresses by the hour."""
    meter, count = links.meter(resource, network.COMPONENT), resource.fact("addresses")
    hours = count if isinstance(count, Unknown) else count * HOURS
    words = f"{count} address(es) x 730 h"
    key = "route53.resolver_eni_hour"
    yield meter.fixed("Resolver addresses", key, hours, "hours", words)


def ssm_parameter(resource: Resource, links: Links) -> Iterator[Line]:
    """A parameter: standard ones are free."""
    meter = links.meter(resource, OTHER)
    if resource.fact("tier") == "Standard":
        yield meter.free("Parameter", "standard parameters cost nothing")
    else:
        yield meter.unknown("Parameter", "advanced parameters are billed; no price is on file")


def kms_key(resource: Resource, links: Links) -> Iterator[Line]:
    """A key and its requests."""
    yield from observability.key(links.once(resource, OTHER, "key"))


def secret(resource: Resource, links: Links) -> Iterator[Line]:
    """A secret and its reads."""
    yield from observability.secrets(links.once(resource, OTHER, "secret"), 1)


def namespace(resource: Resource, links: Links) -> Iterator[Line]:
    """A private namespace: a hosted zone and its queries."""
    yield from observability.names(links.once(resource, OTHER, "namespace"))


def dashboard(resource: Resource, links: Links) -> Iterator[Line]:
    """A dashboard."""
    yield observability.dashboard(links.meter(resource, OTHER), 1)


COUNTERS: dict[str, Callable[[Resource, Links], Iterator[Line]]] = {
    "AWS::KMS::Key": kms_key,
    "AWS::KMS::ReplicaKey": kms_key,
    "AWS::SecretsManager::Secret": secret,
    "AWS::ServiceDiscovery::PrivateDnsNamespace": namespace,
    "AWS::ServiceDiscovery::PublicDnsNamespace": namespace,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::CloudWatch::CompositeAlarm": _monthly(
        "Composite alarm", "cloudwatch.alarm.composite_month", "alarms"
    ),
    "AWS::EC2::VPCEndpoint": endpoint,
    "AWS::ElastiCache::ServerlessCache": serverless_cache,
    "AWS::WAFv2::WebACL": web_acl,
    "AWS::SQS::Queue": queue,
    "AWS::SSM::Parameter": ssm_parameter,
    "AWS::Route53::HostedZone": _monthly(
        "Hosted zone",
        "route53.hosted_zone_month",
        "zones",
        ("Queries", "route53.query.standard", "queries"),
    ),
    "AWS::Route53::HealthCheck": health_check,
    "AWS::Route53Resolver::ResolverEndpoint": resolver,
    "AWS::ElasticLoadBalancing::LoadBalancer": _hourly(
        "Load Balancer", "Classic load balancer hours", "clb.hour"
    ),
    "AWS::EC2::TransitGatewayAttachment": _hourly(
        network.COMPONENT,
        "Transit gateway attachment",
        "vpc.transit_gateway_attachment_hour",
        ("Transit gateway data", "vpc.transit_gateway_gb", "GB"),
    ),
    "AWS::EC2::TransitGatewayVpcAttachment": _hourly(
        network.COMPONENT,
        "Transit gateway attachment",
        "vpc.transit_gateway_attachment_hour",
        ("Transit gateway data", "vpc.transit_gateway_gb", "GB"),
    ),
    "AWS::EC2::VPNConnection": _hourly(
        network.COMPONENT, "VPN connection", "vpc.vpn_connection_hour"
    ),
    "AWS::ECR::Repository": _by_use(("Image storage", "ecr.storage_gb_month", "GB")),
    "AWS::CloudFront::Distribution": _by_use(
        ("Data out, North America", "cloudfront.us.internet_out_gb", "GB"),
        ("Requests, North America", "cloudfront.us.https_request", "requests"),
    ),
    "AWS::RDS::DBProxy": _by_use(
        ("Proxy capacity", "aurora.postgresql.rds_proxy.acu_hour", "ACU hours")
    ),
    "AWS::Backup::BackupPlan": _by_use(("Backup storage, EFS", "backup.efs.warm_gb_month", "GB")),
    "AWS::CloudTrail::Trail": _by_use(
        ("Management events of a second trail", "cloudtrail.management_event_paid", "events"),
        ("Data events", "cloudtrail.data_event", "events"),
    ),
    "AWS::Config::ConfigRule": _by_use(("Evaluations", "config.rule_evaluation", "evaluations")),
    "AWS::Config::ConfigurationRecorder": _by_use(
        ("Items recorded", "config.item_recorded", "items")
    ),
    "AWS::GuardDuty::Detector": _by_use(
        ("CloudTrail events", "guardduty.cloudtrail_event", "events"),
        ("Flow and DNS logs", "guardduty.flow_dns_log_gb", "GB"),
    ),
}
