"""The file system: regional, general purpose, encrypted; mounted over TLS with IAM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import aws_efs as efs

from stacks.naming import document, settle

if TYPE_CHECKING:
    from aws_cdk import Stack

    from stacks.network import Network
    from tierctl.model.environment import Environment

PORT = 2049
USER = "1000"


class Filesystem:
    """The file system, a mount target in each zone, and one access point."""

    def __init__(
        self, stack: Stack, environment: Environment, network: Network, key_arn: str
    ) -> None:
        shape = environment.filesystem
        self.security_group = network.security_group("Filesystem", "Mount targets", egress=False)
        self.filesystem = efs.CfnFileSystem(
            stack,
            "Filesystem",
            encrypted=True,
            kms_key_id=key_arn,
            performance_mode="generalPurpose",
            # always spelled out: left away, EFS keeps the mode it has
            throughput_mode=shape.throughput_mode,
            provisioned_throughput_in_mibps=shape.provisioned_mibps,
            lifecycle_policies=_lifecycle(shape.infrequent_access_after_days),
            backup_policy=efs.CfnFileSystem.BackupPolicyProperty(
                status="ENABLED" if shape.backup else "DISABLED"
            ),
            bypass_policy_lockout_safety_check=False,
            # no Allow: only roles whose own policy names this file system may mount it
            file_system_policy=document(
                {
                    "Sid": "RefusePlainText",
                    "Effect": "Deny",
                    "Principal": {"AWS": "*"},
                    "Action": "*",
                    "Resource": "*",
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
            ),
        )
        settle(self.filesystem)
        self.id = self.filesystem.ref
        self.targets = [
            efs.CfnMountTarget(
                stack,
                f"MountTarget{number}",
                file_system_id=self.id,
                subnet_id=subnet,
                security_groups=[self.security_group],
            )
            for number, subnet in enumerate(network.isolated, 1)
        ]
        self.access_point = efs.CfnAccessPoint(
            stack,
            "AccessPoint",
            file_system_id=self.id,
            posix_user=efs.CfnAccessPoint.PosixUserProperty(uid=USER, gid=USER),
            root_directory=efs.CfnAccessPoint.RootDirectoryProperty(
                path="/app",
                creation_info=efs.CfnAccessPoint.CreationInfoProperty(
                    owner_uid=USER, owner_gid=USER, permissions="0750"
                ),
            ),
        )


def _lifecycle(days: int | None) -> list[efs.CfnFileSystem.LifecyclePolicyProperty] | None:
    """To Infrequent Access after so many days, and back on the first read."""
    if days is None:
        return None
    unit = "DAY" if days == 1 else "DAYS"
    policy = efs.CfnFileSystem.LifecyclePolicyProperty
    return [
        policy(transition_to_ia=f"AFTER_{days}_{unit}"),
        policy(transition_to_primary_storage_class="AFTER_1_ACCESS"),
    ]
