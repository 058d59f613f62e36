"""The network: a VPC over three zones with fixed masks, or one that exists already.

Every size has the same subnets, so that no size ever needs one replaced. Private subnets reach
out through a NAT gateway; data stores sit in isolated ones that reach nothing.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from stacks.naming import accept, document, settle, statement, trust

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_logs as logs
    from constructs import IDependable

    from stacks.observability import Observability
    from tierctl.model.environment import Environment

ZONES = 3
PRIVATE_BITS, SMALL_BITS = 4, 8
"""Prefix bits added to the VPC's: of a /16, private subnets are /20, the others /24."""
EVERYWHERE = "0.0.0.0/0"


class Network:
    """Subnet ids by kind, and what must stand before anything can reach out."""

    def __init__(
        self, stack: Stack, environment: Environment, observability: Observability
    ) -> None:
        self._stack = stack
        self._shape = environment.network
        self._placement = environment.placement
        self.nat_ids: list[str] = []
        self.egress: list[IDependable] = []
        self.internet: IDependable | None = None
        imported = environment.placement.imported
        if imported is not None:
            self.vpc_id = imported.vpc_id
            self.public = list(imported.public_subnet_ids)
            self.private = list(imported.private_subnet_ids)
            self.isolated = list(imported.isolated_subnet_ids)
            return
        self._vpc = ec2.CfnVPC(
            stack,
            "Vpc",
            cidr_block=environment.placement.vpc_cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
        )
        self.vpc_id = self._vpc.ref
        self._subnets()
        self._routes()
        name = f"/{environment.identity.stack_name}/flow-logs"
        days = environment.network.flow_log_retention_days
        self._flow_logs(observability.log_group("FlowLogs", name, days))

    def _subnets(self) -> None:
        """Three of each kind, at addresses that depend on nothing but the VPC's own."""
        whole = ipaddress.ip_network(self._placement.vpc_cidr)
        large = list(whole.subnets(prefixlen_diff=PRIVATE_BITS))
        public = list(large[ZONES].subnets(new_prefix=whole.prefixlen + SMALL_BITS))
        isolated = list(large[ZONES + 1].subnets(new_prefix=whole.prefixlen + SMALL_BITS))
        self.public = self._kind("Public", [str(n) for n in public[:ZONES]])
        self.private = self._kind("Private", [str(n) for n in large[:ZONES]])
        self.isolated = self._kind("Isolated", [str(n) for n in isolated[:ZONES]])

    def _kind(self, kind: str, ranges: list[str]) -> list[str]:
        """The three subnets of one kind."""
        subnets = []
        for number, (zone, cidr) in enumerate(zip(self._placement.zones, ranges, strict=True), 1):
            subnet = ec2.CfnSubnet(
                self._stack,
                f"{kind}Subnet{number}",
                vpc_id=self.vpc_id,
                availability_zone=zone,
                cidr_block=cidr,
                map_public_ip_on_launch=False,
            )
            accept(subnet, {"W3010": "Zones are Placement: named once, never looked up again."})
            subnets.append(subnet.ref)
        return subnets

    def _routes(self) -> None:
        """One way in and out for public subnets, NAT for private ones, none for isolated."""
        gateway = ec2.CfnInternetGateway(self._stack, "InternetGateway")
        attached = ec2.CfnVPCGatewayAttachment(
            self._stack, "InternetAttachment", vpc_id=self.vpc_id, internet_gateway_id=gateway.ref
        )
        public = self._table("Public", self.public)
        out = ec2.CfnRoute(
            self._stack,
            "PublicDefaultRoute",
            route_table_id=public,
            destination_cidr_block=EVERYWHERE,
            gateway_id=gateway.ref,
        )
        out.add_resource_dependency(attached)
        self.internet = out
        self._nat(out)
        tables = [public, self._table("Isolated", self.isolated)]
        for number, subnet in enumerate(self.private, 1):
            table = self._table(f"Private{number}", [subnet])
            route = ec2.CfnRoute(
                self._stack,
                f"Private{number}DefaultRoute",
                route_table_id=table,
                destination_cidr_block=EVERYWHERE,
                nat_gateway_id=self.nat_ids[(number - 1) % len(self.nat_ids)],
            )
            self.egress.append(route)
            tables.append(table)
        # S3 by gateway endpoint costs nothing and keeps its traffic off the NAT gateway's bill.
        ec2.CfnVPCEndpoint(
            self._stack,
            "S3Endpoint",
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{self._stack.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=tables,
        )

    def _table(self, kind: str, subnets: list[str]) -> str:
        """A route table and the subnets that use it."""
        table = ec2.CfnRouteTable(self._stack, f"{kind}RouteTable", vpc_id=self.vpc_id)
        for number, subnet in enumerate(subnets, 1):
            suffix = str(number) if len(subnets) > 1 else ""
            ec2.CfnSubnetRouteTableAssociation(
                self._stack,
                f"{kind}RouteTableAssociation{suffix}",
                route_table_id=table.ref,
                subnet_id=subnet,
            )
        return table.ref

    def _nat(self, out: ec2.CfnRoute) -> None:
        """A gateway and an address in each of the first zones."""
        for number in range(1, self._shape.nat_gateways + 1):
            address = ec2.CfnEIP(self._stack, f"NatAddress{number}", domain="vpc")
            gateway = ec2.CfnNatGateway(
                self._stack,
                f"NatGateway{number}",
                subnet_id=self.public[number - 1],
                allocation_id=address.attr_allocation_id,
            )
            gateway.add_resource_dependency(out)
            self.nat_ids.append(gateway.ref)

    def _flow_logs(self, group: logs.CfnLogGroup) -> None:
        """All traffic's records to CloudWatch Logs."""
        role = iam.CfnRole(
            self._stack,
            "FlowLogRole",
            assume_role_policy_document=trust(
                "vpc-flow-logs.amazonaws.com",
                StringEquals={"aws:SourceAccount": self._stack.account},
            ),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="write-flow-logs",
                    policy_document=document(
                        statement(
                            "Write",
                            [
                                "logs:CreateLogStream",
                                "logs:PutLogEvents",
                                "logs:DescribeLogStreams",
                            ],
                            group.attr_arn,
                        )
                    ),
                )
            ],
        )
        ec2.CfnFlowLog(
            self._stack,
            "FlowLog",
            resource_id=self.vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=group.ref,
            deliver_logs_permission_arn=role.attr_arn,
        )

    def security_group(self, name: str, description: str, *, egress: bool) -> str:
        """A security group's id. The description can never change: it replaces the group."""
        group = ec2.CfnSecurityGroup(
            self._stack,
            f"{name}SecurityGroup",
            group_description=description,
            vpc_id=self.vpc_id,
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="-1", cidr_ip=EVERYWHERE, description="Anywhere"
                )
                if egress
                else ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="icmp",
                    cidr_ip="255.255.255.255/32",
                    from_port=252,
                    to_port=86,
                    description="Nowhere: an empty list would mean anywhere",
                )
            ],
        )
        settle(group)
        return group.attr_group_id

    def let_in(self, name: str, group: str, port: int, source: str, description: str) -> None:
        """Allow one TCP port from another security group."""
        ec2.CfnSecurityGroupIngress(
            self._stack,
            f"{name}Ingress",
            group_id=group,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            source_security_group_id=source,
            description=description,
        )
