"""The network family: what the VPC costs and how it lets traffic out."""

from __future__ import annotations

from dataclasses import dataclass

from tierctl.model.attributes import attribute


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkShape:
    """One VPC over three zones: public, private (egress by NAT) and isolated subnets.

    The address range, the zones and an imported VPC's ids are Placement, not Shape: they are
    the same at every size and can never change in place.
    """

    source: str = attribute(
        "Whether tierctl creates the VPC or uses one that exists.",
        choices=("created", "imported"),
        default="created",
        moves=("AWS::EC2",),
    )
    nat_gateways: int = attribute(
        "NAT gateways, one per zone from the first; each has its own public address.",
        minimum=1,
        maximum=3,
        example="1",
        moves=(
            "AWS::EC2::NatGateway",
            "AWS::EC2::EIP",
            "AWS::EC2::Route.NatGatewayId",
            "AWS::CloudWatch::Alarm",
            "AWS::CloudWatch::Dashboard.DashboardBody",
        ),
    )
    flow_log_retention_days: int = attribute(
        "Days that VPC flow logs are kept in CloudWatch Logs.",
        minimum=1,
        example="30",
        moves=("AWS::Logs::LogGroup.RetentionInDays",),
    )
