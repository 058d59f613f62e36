"""The load balancer: HTTPS when a certificate can be had, HTTP otherwise; access logs always."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_route53 as route53

from stacks.bucket import BALANCER_PREFIX
from stacks.network import EVERYWHERE

if TYPE_CHECKING:
    from aws_cdk import Stack

    from stacks.bucket import Buckets
    from stacks.network import Network
    from tierctl.model.environment import Domain, Environment, ServiceContract

HTTP, HTTPS = 80, 443
DEFAULT_PATH = "/*"
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
_action = elbv2.CfnListener.ActionProperty


class Loadbalancer:
    """The balancer, a target group for each public service, and the listeners."""

    def __init__(
        self, stack: Stack, environment: Environment, network: Network, buckets: Buckets
    ) -> None:
        self._stack = stack
        self._environment = environment
        self._network = network
        self.security_group = network.security_group("Balancer", "Load balancer", egress=True)
        shape = environment.loadbalancer
        attributes = {
            "access_logs.s3.enabled": "true",
            "access_logs.s3.bucket": buckets.logs.ref,
            "access_logs.s3.prefix": BALANCER_PREFIX,
            "deletion_protection.enabled": str(shape.deletion_protection).lower(),
            "idle_timeout.timeout_seconds": str(shape.idle_timeout_s),
            "routing.http.drop_invalid_header_fields.enabled": "true",
        }
        self.balancer = elbv2.CfnLoadBalancer(
            stack,
            "Balancer",
            type="application",
            scheme="internet-facing",
            ip_address_type="ipv4",
            subnets=network.public[: shape.zones],
            security_groups=[self.security_group],
            load_balancer_attributes=[
                elbv2.CfnLoadBalancer.LoadBalancerAttributeProperty(key=key, value=value)
                for key, value in attributes.items()
            ],
        )
        # Elastic Load Balancing writes a test object when logs are switched on
        self.balancer.add_resource_dependency(buckets.log_policy)
        if network.internet is not None:
            self.balancer.node.add_dependency(network.internet)
        public = [c for c in environment.application.services if c.paths]
        self.targets = {contract.name: self._target_group(contract) for contract in public}
        self.listeners = self._listeners(environment.application.domain, public)
        self.scheme = "https" if environment.application.domain else "http"
        domain = environment.application.domain
        self.host = domain.name if domain else self.balancer.attr_dns_name

    def _target_group(self, contract: ServiceContract) -> elbv2.CfnTargetGroup:
        """Where one service's tasks register. No name: a named one could never change its port."""
        shape = self._environment.service(contract.name)
        attribute = elbv2.CfnTargetGroup.TargetGroupAttributeProperty
        return elbv2.CfnTargetGroup(
            self._stack,
            f"{contract.name.title().replace('-', '')}Targets",
            target_type="ip",
            protocol="HTTP",
            port=contract.port,
            vpc_id=self._network.vpc_id,
            health_check_enabled=True,
            health_check_protocol="HTTP",
            health_check_path=contract.health_check_path,
            health_check_interval_seconds=shape.health_check_interval_s,
            health_check_timeout_seconds=min(5, shape.health_check_interval_s - 1),
            healthy_threshold_count=2,
            unhealthy_threshold_count=3,
            matcher=elbv2.CfnTargetGroup.MatcherProperty(http_code="200-299"),
            target_group_attributes=[
                attribute(key="deregistration_delay.timeout_seconds", value="30"),
                attribute(key="load_balancing.algorithm.type", value="least_outstanding_requests"),
            ],
        )

    def _listeners(
        self, domain: Domain | None, public: list[ServiceContract]
    ) -> list[elbv2.CfnListener]:
        """HTTP alone, or HTTPS with HTTP sending everybody there."""
        self._let_in(HTTP)
        if domain is None:
            listener = self._listener("HttpListener", HTTP, "HTTP", self._default(public), None)
            self._rules(listener, public)
            return [listener]
        self._let_in(HTTPS)
        redirect = _action(
            type="redirect",
            redirect_config=elbv2.CfnListener.RedirectConfigProperty(
                protocol="HTTPS", port=str(HTTPS), status_code="HTTP_301"
            ),
        )
        http = self._listener("HttpListener", HTTP, "HTTP", redirect, None)
        certificate = domain.certificate_arn or self._certificate(domain)
        https = self._listener("HttpsListener", HTTPS, "HTTPS", self._default(public), certificate)
        self._rules(https, public)
        return [http, https]

    def _listener(
        self,
        logical_id: str,
        port: int,
        protocol: str,
        action: elbv2.CfnListener.ActionProperty,
        certificate: str | None,
    ) -> elbv2.CfnListener:
        """One port."""
        own = elbv2.CfnListener.CertificateProperty(certificate_arn=certificate)
        return elbv2.CfnListener(
            self._stack,
            logical_id,
            load_balancer_arn=self.balancer.ref,
            port=port,
            protocol=protocol,
            default_actions=[action],
            certificates=[own] if certificate else None,
            ssl_policy=TLS_POLICY if certificate else None,
        )

    def _default(self, public: list[ServiceContract]) -> elbv2.CfnListener.ActionProperty:
        """To the service that takes every path, or 404 when none does."""
        for contract in public:
            if DEFAULT_PATH in contract.paths:
                return _action(type="forward", target_group_arn=self.targets[contract.name].ref)
        return _action(
            type="fixed-response",
            fixed_response_config=elbv2.CfnListener.FixedResponseConfigProperty(
                status_code="404", content_type="text/plain", message_body="Not found"
            ),
        )

    def _rules(self, listener: elbv2.CfnListener, public: list[ServiceContract]) -> None:
        """A rule for each service that takes some paths only."""
        rule = elbv2.CfnListenerRule
        priority = 0
        for contract in public:
            paths = [path for path in contract.paths if path != DEFAULT_PATH]
            if not paths:
                continue
            priority += 10
            rule(
                self._stack,
                f"{contract.name.title().replace('-', '')}Rule",
                listener_arn=listener.ref,
                priority=priority,
                conditions=[
                    rule.RuleConditionProperty(
                        field="path-pattern",
                        path_pattern_config=rule.PathPatternConfigProperty(values=paths),
                    )
                ],
                actions=[
                    rule.ActionProperty(
                        type="forward", target_group_arn=self.targets[contract.name].ref
                    )
                ],
            )

    def _let_in(self, port: int) -> None:
        """The one door that is open to everybody."""
        ec2.CfnSecurityGroupIngress(
            self._stack,
            f"BalancerIngress{port}",
            group_id=self.security_group,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ip=EVERYWHERE,
            description="Users",
        )

    def _certificate(self, domain: Domain) -> str:
        """A certificate validated in the zone, and the name that leads to the balancer."""
        certificate = acm.CfnCertificate(
            self._stack,
            "Certificate",
            domain_name=domain.name,
            validation_method="DNS",
            domain_validation_options=[
                acm.CfnCertificate.DomainValidationOptionProperty(
                    domain_name=domain.name, hosted_zone_id=domain.hosted_zone_id
                )
            ],
        )
        route53.CfnRecordSet(
            self._stack,
            "DomainRecord",
            hosted_zone_id=domain.hosted_zone_id,
            name=f"{domain.name}.",
            type="A",
            alias_target=route53.CfnRecordSet.AliasTargetProperty(
                dns_name=self.balancer.attr_dns_name,
                hosted_zone_id=self.balancer.attr_canonical_hosted_zone_id,
                evaluate_target_health=True,
            ),
        )
        return certificate.ref
