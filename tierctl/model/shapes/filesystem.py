"""The filesystem family: one EFS file system that the services mount."""

from __future__ import annotations

from dataclasses import dataclass

from tierctl.model.attributes import attribute

FILESYSTEM = "AWS::EFS::FileSystem"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesystemShape:
    """A regional, general-purpose, encrypted file system: these three can never change."""

    throughput_mode: str = attribute(
        "How throughput is given and billed; may change once in 24 hours.",
        choices=("bursting", "elastic", "provisioned"),
        example="bursting",
        moves=(f"{FILESYSTEM}.ThroughputMode",),
    )
    provisioned_mibps: int | None = attribute(
        "MiB/s when throughput_mode is provisioned.",
        minimum=1,
        maximum=3414,
        default=None,
        moves=(f"{FILESYSTEM}.ProvisionedThroughputInMibps",),
    )
    infrequent_access_after_days: int | None = attribute(
        "Days without access after which a file moves to Infrequent Access; empty never.",
        choices=("1", "7", "14", "30", "60", "90", "180", "270", "365"),
        default=None,
        moves=(f"{FILESYSTEM}.LifecyclePolicies",),
    )
    backup: bool = attribute(
        "AWS Backup's automatic daily backups, kept 35 days.",
        example="true",
        moves=(f"{FILESYSTEM}.BackupPolicy",),
    )
