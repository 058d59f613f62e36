"""A marker in each data store, so that "nothing was lost" is checked, not believed.

In: the stores as the services list them. Out: {ARN: marker}. A marker is made from what identifies
one life of a store (its resource id, its creation time), so it survives every update and dies with
the store; a store that is replaced under the same name has another marker. A store that takes over
another's data (adoption, restore) inherits its marker. What a stack deleted or kept is recorded.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierctl.sandbox.clients import Clients

STORES = frozenset(
    {
        "AWS::RDS::DBCluster",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::ElastiCache::CacheCluster",
        "AWS::EFS::FileSystem",
        "AWS::S3::Bucket",
        "AWS::KMS::Key",
        "AWS::SecretsManager::Secret",
    }
)


class Markers:
    """Markers of the stores that exist, and a record of those that left a stack."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._inherited: dict[str, str] = {}
        self.records: list[dict[str, str]] = []

    def kept(self, resource_type: str, physical_id: str, how: str) -> None:
        """Record that a store left its stack: Delete, Snapshot or Retain."""
        if resource_type in STORES:
            self.records.append({"type": resource_type, "id": physical_id, "policy": how})

    def inherit(self, life: str, from_life: str) -> None:
        """Let one life of a store carry on another's data."""
        self._inherited[life] = self._inherited.get(from_life, from_life)

    def marker(self, life: str) -> str:
        """Return the marker of one life of a store."""
        source = self._inherited.get(life, life)
        return hashlib.sha256(source.encode()).hexdigest()[:16]

    def all(self, region: str) -> dict[str, str]:
        """Return the marker of every store there is, by ARN."""
        found = {**self._databases(region), **self._caches(region), **self._others(region)}
        return {arn: self.marker(life) for arn, life in found.items()}

    def _databases(self, region: str) -> dict[str, str]:
        clusters = self._clients("rds", region).describe_db_clusters()["DBClusters"]
        return {c["DBClusterArn"]: c["DbClusterResourceId"] for c in clusters}

    def _caches(self, region: str) -> dict[str, str]:
        cache = self._clients("elasticache", region)
        groups = cache.describe_replication_groups()["ReplicationGroups"]
        single = cache.describe_cache_clusters()["CacheClusters"]
        return {
            **{g["ARN"]: f"{g['ARN']} {g['ReplicationGroupCreateTime']}" for g in groups},
            **{
                c["ARN"]: f"{c['ARN']} {c['CacheClusterCreateTime']}"
                for c in single
                if not c.get("ReplicationGroupId")
            },
        }

    def _others(self, region: str) -> dict[str, Any]:
        found: dict[str, str] = {}
        for system in self._clients("efs", region).describe_file_systems()["FileSystems"]:
            found[system["FileSystemArn"]] = system["FileSystemId"]
        for bucket in self._clients("s3", region).list_buckets()["Buckets"]:
            found[f"arn:aws:s3:::{bucket['Name']}"] = f"{bucket['Name']} {bucket['CreationDate']}"
        kms = self._clients("kms", region)
        for key in kms.list_keys()["Keys"]:
            state = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["KeyState"]
            if state != "PendingDeletion":  # its data can no longer be read
                found[key["KeyArn"]] = key["KeyId"]
        for secret in self._clients("secretsmanager", region).list_secrets()["SecretList"]:
            found[secret["ARN"]] = secret["ARN"]
        return found
