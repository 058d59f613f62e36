"""The one stack: an Environment in, a CloudFormation template out.

One stack for each environment, so that an upgrade step is one update that CloudFormation orders
and rolls back as a whole. No tier in a name, an id or a description: a change of tier is an
update. The Environment travels in the template's Metadata and can be read back from there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aws_cdk as cdk

from stacks.acknowledged import acknowledge
from stacks.alarms import Alarms
from stacks.bucket import Buckets
from stacks.cache import PORT as CACHE_PORT
from stacks.cache import Cache
from stacks.dashboard import dashboard
from stacks.database import Database
from stacks.filesystem import Filesystem
from stacks.loadbalancer import Loadbalancer
from stacks.network import Network
from stacks.observability import Observability
from stacks.parts import Parts
from stacks.service import Services
from tierctl.model.document import to_document

if TYPE_CHECKING:
    from constructs import Construct

    from tierctl.model.environment import Environment

METADATA_KEY = "tierctl"
METADATA_VERSION = 1
TIER_TAGGED = ["AWS::ECS::Cluster", "AWS::ECS::Service", "AWS::EC2::NatGateway"]
"""Where the tier is a tag: resources that nothing refers to by attribute. On any other a change
of the tag would make CloudFormation doubt everything that reads that attribute."""


class EnvironmentStack(cdk.Stack):
    """Everything of one environment."""

    def __init__(self, scope: Construct, environment: Environment) -> None:
        identity, placement = environment.identity, environment.placement
        super().__init__(
            scope,
            identity.stack_name,
            stack_name=identity.stack_name,
            description=f"{identity.app} for {identity.client}, {identity.environment}",
            env=cdk.Environment(account=placement.account, region=placement.region),
            termination_protection=True,
            analytics_reporting=False,
        )
        self.template_options.metadata = {
            METADATA_KEY: {"version": METADATA_VERSION, "environment": to_document(environment)}
        }
        observability = Observability(self, environment)
        network = Network(self, environment, observability)
        key = observability.key_arn
        # RDS writes to a group of this name; made first, it has retention and the key
        database_logs = observability.log_group(
            "DatabaseLogs",
            f"/aws/rds/cluster/{identity.stack_name}/postgresql",
            environment.observability.log_retention_days,
        )
        buckets = Buckets(self, environment, key)
        parts = Parts(
            network=network,
            observability=observability,
            cache=Cache(
                self, environment, network, key, observability.service_log("CacheLogs", "cache")
            ),
            database=Database(self, environment, network, key, database_logs),
            filesystem=Filesystem(self, environment, network, key),
            buckets=buckets,
            loadbalancer=Loadbalancer(self, environment, network, buckets),
        )
        services = Services(self, environment, parts)
        Alarms(self, environment, parts)
        dashboard(self, environment, parts)
        self._outputs(parts, services)
        self._tags(environment)
        acknowledge(self, environment)

    def _outputs(self, parts: Parts, services: Services) -> None:
        """What people and pipelines look up. No export: an export in use could never change."""
        outputs = {
            "Url": f"{parts.loadbalancer.scheme}://{parts.loadbalancer.host}",
            "LoadBalancerDnsName": parts.loadbalancer.balancer.attr_dns_name,
            "CacheHost": parts.cache.host,
            "CachePort": str(CACHE_PORT),
            "DatabaseHost": parts.database.cluster.attr_endpoint_address,
            "DatabaseReaderHost": parts.database.cluster.attr_read_endpoint_address,
            "DatabaseSecretArn": parts.database.secret.ref,
            "BucketName": parts.buckets.bucket.ref,
            "FileSystemId": parts.filesystem.id,
            "ClusterName": services.cluster.ref,
            "VpcId": parts.network.vpc_id,
            "KeyArn": parts.observability.key_arn,
            "AlarmTopicArn": parts.observability.topic.ref,
            "AuditLogGroup": services.audit_log.ref,
        }
        for name, value in outputs.items():
            cdk.CfnOutput(self, name, value=value)

    def _tags(self, environment: Environment) -> None:
        """Whose it is, on everything; how large it is, where that touches nothing else."""
        identity = environment.identity
        tags = cdk.Tags.of(self)
        tags.add("app", identity.app)
        tags.add("client", identity.client)
        tags.add("environment", identity.environment)
        tags.add("cost-centre", identity.cost_centre)
        tags.add("stack", identity.stack_name)
        tags.add("tier", identity.tier, include_resource_types=TIER_TAGGED)
