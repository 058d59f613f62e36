"""The loadbalancer family: one Application Load Balancer."""

from __future__ import annotations

from dataclasses import dataclass

from tierctl.model.attributes import attribute

BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadbalancerShape:
    """The internet-facing balancer. Whether it speaks HTTPS follows from the domain."""

    zones: int = attribute(
        "Zones it stands in; each has a public IPv4 address that is billed.",
        minimum=2,
        maximum=3,
        default=3,
        moves=(f"{BALANCER}.Subnets",),
    )
    idle_timeout_s: int = attribute(
        "Seconds after which an idle connection is closed.",
        minimum=1,
        maximum=4000,
        default=60,
        moves=(f"{BALANCER}.LoadBalancerAttributes",),
    )
    access_log_days: int = attribute(
        "Days that access logs are kept in the log bucket.",
        minimum=1,
        default=90,
        moves=("AWS::S3::Bucket.LifecycleConfiguration",),
    )
    deletion_protection: bool = attribute(
        "Whether the balancer refuses to be deleted.",
        default=False,
        moves=(f"{BALANCER}.LoadBalancerAttributes",),
    )
