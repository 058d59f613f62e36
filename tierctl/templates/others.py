"""Facts of billed types outside our eight families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.templates.values import Props

if TYPE_CHECKING:
    from collections.abc import Callable

Facts = dict[str, Any]


def vpc_endpoint(props: Props) -> Facts:
    """A VPC endpoint; an interface is billed in each zone."""
    return {
        "kind": props.word("VpcEndpointType", default="Gateway"),
        "zones": props.count("SubnetIds"),
    }


def web_acl(props: Props) -> Facts:
    """A web ACL and its rules."""
    return {"rules": props.count("Rules"), "scope": props.word("Scope")}


def queue(props: Props) -> Facts:
    """A queue."""
    return {"fifo": props.flag("FifoQueue")}


def health_check(props: Props) -> Facts:
    """A health check."""
    return {"kind": props.word("HealthCheckConfig", "Type")}


def resolver_endpoint(props: Props) -> Facts:
    """A resolver endpoint, billed by its addresses."""
    return {"addresses": props.count("IpAddresses")}


def hosted_zone(props: Props) -> Facts:
    """A hosted zone."""
    return {"private": bool(props.items("VPCs"))}


def ssm_parameter(props: Props) -> Facts:
    """A parameter; the advanced ones are billed."""
    return {"tier": props.word("Tier", default="Standard")}


READERS: dict[str, Callable[[Props], Facts]] = {
    "AWS::EC2::VPCEndpoint": vpc_endpoint,
    "AWS::WAFv2::WebACL": web_acl,
    "AWS::SQS::Queue": queue,
    "AWS::Route53::HealthCheck": health_check,
    "AWS::Route53Resolver::ResolverEndpoint": resolver_endpoint,
    "AWS::Route53::HostedZone": hosted_zone,
    "AWS::SSM::Parameter": ssm_parameter,
}
