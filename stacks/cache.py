"""The cache: one ElastiCache replication group at every size.

Create-only properties are the same in every size from birth: id, port, subnet group, key,
encryption. No AuthToken, ever: adding one later replaces the group.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import CfnUpdatePolicy
from aws_cdk import aws_elasticache as elasticache

from stacks.naming import settle

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_logs as logs

    from stacks.network import Network
    from tierctl.model.environment import Environment

PORT = 6379


class Cache:
    """The group, and the endpoint services are told."""

    def __init__(
        self,
        stack: Stack,
        environment: Environment,
        network: Network,
        key_arn: str,
        log_group: logs.CfnLogGroup,
    ) -> None:
        shape = environment.cache
        self.security_group = network.security_group("Cache", "Cache nodes", egress=False)
        subnets = elasticache.CfnSubnetGroup(
            stack,
            "CacheSubnets",
            description="Isolated subnets of three zones",
            subnet_ids=network.isolated,
        )
        encrypted = shape.transit_encryption != "disabled"
        self.group = elasticache.CfnReplicationGroup(
            stack,
            "Cache",
            replication_group_id=environment.identity.stack_name,
            replication_group_description=f"Cache of {environment.identity.stack_name}",
            engine=shape.engine,
            engine_version=shape.engine_version,
            cache_node_type=shape.node_type,
            cache_parameter_group_name=shape.parameter_group,
            cluster_mode=shape.cluster_mode,
            num_node_groups=shape.shards,
            replicas_per_node_group=shape.replicas_per_shard,
            automatic_failover_enabled=shape.automatic_failover,
            multi_az_enabled=shape.multi_az,
            port=PORT,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[self.security_group],
            at_rest_encryption_enabled=shape.at_rest_encryption,
            kms_key_id=key_arn if shape.at_rest_encryption else None,
            transit_encryption_enabled=encrypted,
            transit_encryption_mode=shape.transit_encryption if encrypted else None,
            snapshot_retention_limit=shape.snapshot_retention_days,
            snapshot_window="02:00-03:00",
            preferred_maintenance_window="sun:03:30-sun:04:30",
            # the plan moves engine versions, so that the record stays true
            auto_minor_version_upgrade=False,
            primary_cluster_id=shape.adopted_cluster_id,
            log_delivery_configurations=[
                elasticache.CfnReplicationGroup.LogDeliveryConfigurationRequestProperty(
                    destination_type="cloudwatch-logs",
                    destination_details=elasticache.CfnReplicationGroup.DestinationDetailsProperty(
                        cloud_watch_logs_details=(
                            elasticache.CfnReplicationGroup.CloudWatchLogsDestinationDetailsProperty(
                                log_group=log_group.ref
                            )
                        )
                    ),
                    log_format="json",
                    log_type="slow-log",
                )
            ],
        )
        self.group.cfn_options.update_policy = CfnUpdatePolicy(
            use_online_resharding=shape.online_resharding
        )
        settle(self.group)
        configuration = environment.bindings.cache_endpoint == "configuration"
        self.host = (
            self.group.attr_configuration_end_point_address
            if configuration
            else self.group.attr_primary_end_point_address
        )
        tls = environment.bindings.cache_tls
        self._variables = {
            "REDIS_HOST": self.host,
            "REDIS_PORT": str(PORT),
            "REDIS_URL": f"{'rediss' if tls else 'redis'}://{self.host}:{PORT}",
            "REDIS_TLS": "true" if tls else "false",
            "REDIS_CLUSTER_MODE": "true" if configuration else "false",
        }

    def variables(self) -> dict[str, str]:
        """What services read: the same names at every size."""
        return dict(self._variables)
