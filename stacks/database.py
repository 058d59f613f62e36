"""The database: Aurora PostgreSQL Serverless v2, one writer and readers by Shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager

from stacks.naming import settle
from tierctl.model.classes import READER_PREFIX

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_logs as logs

    from stacks.network import Network
    from tierctl.model.environment import Environment

PORT = 5432
NAME = "app"
USER = "app"
ENGINE = "aurora-postgresql"


class Database:
    """The cluster, its secret and its endpoints."""

    def __init__(
        self,
        stack: Stack,
        environment: Environment,
        network: Network,
        key_arn: str,
        log_group: logs.CfnLogGroup,
    ) -> None:
        self._stack = stack
        self._shape = environment.database
        self.identifier = environment.identity.stack_name
        self.security_group = network.security_group("Database", "Database", egress=False)
        self.secret = secretsmanager.CfnSecret(
            stack,
            "DatabaseSecret",
            description=f"Master user of {self.identifier}",
            kms_key_id=key_arn,
            generate_secret_string=secretsmanager.CfnSecret.GenerateSecretStringProperty(
                secret_string_template=f'{{"username":"{USER}"}}',
                generate_string_key="password",
                password_length=32,
                # what a connection URL would have to escape
                exclude_characters=" %+~`#$&*()|[]{}:;<>?!'/@\"\\",
            ),
        )
        settle(self.secret)
        self.cluster = self._cluster(network, key_arn)
        self.cluster.add_resource_dependency(log_group)
        self._instances()
        secretsmanager.CfnSecretTargetAttachment(
            stack,
            "DatabaseSecretAttachment",
            secret_id=self.secret.ref,
            target_id=self.cluster.ref,
            target_type="AWS::RDS::DBCluster",
        )

    def _cluster(self, network: Network, key_arn: str) -> rds.CfnDBCluster:
        """The cluster: shared storage, capacity range, backups."""
        shape = self._shape
        subnets = rds.CfnDBSubnetGroup(
            self._stack,
            "DatabaseSubnets",
            db_subnet_group_description="Isolated subnets of three zones",
            subnet_ids=network.isolated,
        )
        parameters = rds.CfnDBClusterParameterGroup(
            self._stack,
            "DatabaseParameters",
            family=shape.parameter_group_family,
            description=f"Parameters of {self.identifier}",
            parameters={
                "rds.force_ssl": "1",
                # dynamic: takes effect without a reboot
                "statement_timeout": str(shape.statement_timeout_s * 1000),
            },
        )
        cluster = rds.CfnDBCluster(
            self._stack,
            "Database",
            db_cluster_identifier=self.identifier,
            engine=ENGINE,
            engine_version=shape.engine_version,
            database_name=NAME,
            master_username=self._from_secret("username"),
            master_user_password=self._from_secret("password"),
            port=PORT,
            db_subnet_group_name=subnets.ref,
            db_cluster_parameter_group_name=parameters.ref,
            vpc_security_group_ids=[self.security_group],
            storage_encrypted=True,
            kms_key_id=key_arn,
            # spelled out: removing the property changes nothing, so a way back must name it
            storage_type=shape.storage_type,
            serverless_v2_scaling_configuration=(
                rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
                    min_capacity=float(shape.min_acu),
                    max_capacity=float(shape.max_acu),
                    seconds_until_auto_pause=shape.auto_pause_after_s,
                )
            ),
            backup_retention_period=shape.backup_retention_days,
            preferred_backup_window="01:00-02:00",
            preferred_maintenance_window="sun:02:30-sun:03:30",
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            enable_iam_database_authentication=True,
            enable_cloudwatch_logs_exports=["postgresql"],
        )
        settle(cluster)
        return cluster

    def _from_secret(self, key: str) -> str:
        """A dynamic reference: the value never stands in the template."""
        return f"{{{{resolve:secretsmanager:{self.secret.ref}:SecretString:{key}}}}}"

    def _instances(self) -> None:
        """The writer, then readers that may be promoted."""
        writer = self._instance("DatabaseWriter", promotion_tier=0)
        for number in range(1, self._shape.readers + 1):
            # one after another, and none before the writer: the first to exist is the writer
            self._instance(f"{READER_PREFIX}{number}", promotion_tier=1).add_resource_dependency(
                writer
            )

    def _instance(self, logical_id: str, promotion_tier: int) -> rds.CfnDBInstance:
        """One serverless instance.

        ApplyImmediately false keeps CloudFormation from rebooting it when a capacity change
        left it pending-reboot (RDS resource provider, PR 599).
        """
        shape = self._shape
        return rds.CfnDBInstance(
            self._stack,
            logical_id,
            db_cluster_identifier=self.cluster.ref,
            db_instance_class="db.serverless",
            engine=ENGINE,
            promotion_tier=promotion_tier,
            publicly_accessible=False,
            apply_immediately=False,
            auto_minor_version_upgrade=False,
            enable_performance_insights=shape.performance_insights,
            performance_insights_retention_period=7 if shape.performance_insights else None,
        )

    def variables(self) -> dict[str, str]:
        """What services read; DATABASE_SECRET comes as a secret beside them."""
        return {
            "DATABASE_HOST": self.cluster.attr_endpoint_address,
            # the reader endpoint answers with the writer while there is no reader
            "DATABASE_READER_HOST": self.cluster.attr_read_endpoint_address,
            "DATABASE_PORT": str(PORT),
            "DATABASE_NAME": NAME,
        }
