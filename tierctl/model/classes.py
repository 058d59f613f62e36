"""The three classes of resource, and what may never happen to each.

One table, used by the stack (deletion policies), the stack policy, the gate and the planner.
A type that is not listed is disposable only if the table says so: `class_of` returns None for
a type nobody has thought about, and callers must treat that as data.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ResourceClass(StrEnum):
    """How precious a resource is."""

    DATA = "data"
    """Never replaced, never removed."""
    IDENTITY = "identity"
    """Never replaced; removed only when the step's operator names it."""
    DISPOSABLE = "disposable"
    """Holds nothing and is nobody's address: free to replace or remove."""


@dataclass(frozen=True, slots=True)
class Treatment:
    """What a type's class is, and the policy data resources carry.

    `policy` is the value of both DeletionPolicy and UpdateReplacePolicy: DeletionPolicy alone
    does not cover replacement (CloudFormation user guide, "UpdateReplacePolicy", 2026-08).
    """

    resource_class: ResourceClass
    policy: str | None = None


_DATA_SNAPSHOT = Treatment(ResourceClass.DATA, "Snapshot")
_DATA_RETAIN = Treatment(ResourceClass.DATA, "Retain")
_IDENTITY = Treatment(ResourceClass.IDENTITY)
_DISPOSABLE = Treatment(ResourceClass.DISPOSABLE)

TREATMENTS: dict[str, Treatment] = {
    # Snapshot is offered for these two and not for EFS or S3 (same guide, "DeletionPolicy").
    "AWS::ElastiCache::ReplicationGroup": _DATA_SNAPSHOT,
    "AWS::RDS::DBCluster": _DATA_SNAPSHOT,
    "AWS::EFS::FileSystem": _DATA_RETAIN,
    "AWS::S3::Bucket": _DATA_RETAIN,
    "AWS::KMS::Key": _DATA_RETAIN,
    "AWS::SecretsManager::Secret": _DATA_RETAIN,
    # Not born by us, met in templates of others; as precious.
    "AWS::ElastiCache::CacheCluster": _DATA_SNAPSHOT,
    "AWS::ElastiCache::ServerlessCache": _DATA_SNAPSHOT,
    "AWS::DynamoDB::Table": _DATA_RETAIN,
    "AWS::SQS::Queue": _DATA_RETAIN,
    "AWS::Backup::BackupVault": _DATA_RETAIN,
    "AWS::EC2::VPC": _IDENTITY,
    "AWS::EC2::Subnet": _IDENTITY,
    "AWS::EC2::InternetGateway": _IDENTITY,
    "AWS::EC2::VPCGatewayAttachment": _IDENTITY,
    "AWS::EC2::RouteTable": _IDENTITY,
    "AWS::EC2::SubnetRouteTableAssociation": _IDENTITY,
    "AWS::EC2::SecurityGroup": _IDENTITY,
    "AWS::RDS::DBSubnetGroup": _IDENTITY,
    "AWS::RDS::DBClusterParameterGroup": _IDENTITY,
    "AWS::RDS::DBInstance": _IDENTITY,
    "AWS::ElastiCache::SubnetGroup": _IDENTITY,
    "AWS::EFS::MountTarget": _IDENTITY,
    "AWS::EFS::AccessPoint": _IDENTITY,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _IDENTITY,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _IDENTITY,
    "AWS::ElasticLoadBalancingV2::Listener": _IDENTITY,
    "AWS::ECS::Cluster": _IDENTITY,
    "AWS::ECS::Service": _IDENTITY,
    "AWS::Logs::LogGroup": _IDENTITY,
    "AWS::ServiceDiscovery::PrivateDnsNamespace": _IDENTITY,
    "AWS::ServiceDiscovery::Service": _IDENTITY,
    "AWS::SNS::Topic": _IDENTITY,
    "AWS::KMS::Alias": _IDENTITY,
    "AWS::SecretsManager::SecretTargetAttachment": _IDENTITY,
    "AWS::Route53::RecordSet": _IDENTITY,
    "AWS::CertificateManager::Certificate": _IDENTITY,
    "AWS::ECS::TaskDefinition": _DISPOSABLE,
    "AWS::ECS::ClusterCapacityProviderAssociations": _DISPOSABLE,
    "AWS::ApplicationAutoScaling::ScalableTarget": _DISPOSABLE,
    "AWS::ApplicationAutoScaling::ScalingPolicy": _DISPOSABLE,
    "AWS::CloudWatch::Alarm": _DISPOSABLE,
    "AWS::CloudWatch::Dashboard": _DISPOSABLE,
    "AWS::Budgets::Budget": _DISPOSABLE,
    "AWS::SNS::Subscription": _DISPOSABLE,
    "AWS::SNS::TopicPolicy": _DISPOSABLE,
    "AWS::S3::BucketPolicy": _DISPOSABLE,
    "AWS::IAM::Role": _DISPOSABLE,
    "AWS::IAM::Policy": _DISPOSABLE,
    "AWS::IAM::ManagedPolicy": _DISPOSABLE,
    "AWS::EC2::NatGateway": _DISPOSABLE,
    "AWS::EC2::EIP": _DISPOSABLE,
    "AWS::EC2::Route": _DISPOSABLE,
    "AWS::EC2::FlowLog": _DISPOSABLE,
    "AWS::EC2::VPCEndpoint": _DISPOSABLE,
    "AWS::EC2::SecurityGroupIngress": _DISPOSABLE,
    "AWS::EC2::SecurityGroupEgress": _DISPOSABLE,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _DISPOSABLE,
    "AWS::CDK::Metadata": _DISPOSABLE,
}


READER_PREFIX = "DatabaseReader"
"""Logical ids of readers start so: an instance of the shared volume that holds nothing."""


def class_of(resource_type: str, logical_id: str = "") -> ResourceClass | None:
    """The class of a resource, or None when the table has no word on its type.

    The logical id tells a reader, which may come and go, from the writer.
    """
    if resource_type == "AWS::RDS::DBInstance" and logical_id.startswith(READER_PREFIX):
        return ResourceClass.DISPOSABLE
    treatment = TREATMENTS.get(resource_type)
    return treatment.resource_class if treatment else None
