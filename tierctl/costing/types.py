"""CloudFormation types that cost nothing by themselves, and those billed without a price here.

Two tables of reasons. A type in neither, and without a counter of its own, is unknown: it is
listed as not priced, for nobody has thought about it.
"""

from __future__ import annotations

_NOTHING = "AWS charges nothing for it"
_PART = "part of another resource, which is billed"
FREE: dict[str, str] = {
    **dict.fromkeys(
        (
            "AWS::EC2::VPC",
            "AWS::EC2::Subnet",
            "AWS::EC2::InternetGateway",
            "AWS::EC2::EgressOnlyInternetGateway",
            "AWS::EC2::VPCGatewayAttachment",
            "AWS::EC2::RouteTable",
            "AWS::EC2::Route",
            "AWS::EC2::SubnetRouteTableAssociation",
            "AWS::EC2::NetworkAcl",
            "AWS::EC2::NetworkAclEntry",
            "AWS::EC2::SubnetNetworkAclAssociation",
            "AWS::EC2::SecurityGroup",
            "AWS::EC2::SecurityGroupIngress",
            "AWS::EC2::SecurityGroupEgress",
            "AWS::EC2::DHCPOptions",
            "AWS::EC2::VPCDHCPOptionsAssociation",
            "AWS::EC2::VPCCidrBlock",
            "AWS::EC2::SubnetCidrBlock",
            "AWS::EC2::CustomerGateway",
            "AWS::EC2::VPNGateway",
            "AWS::EC2::LaunchTemplate",
            "AWS::EC2::KeyPair",
            "AWS::EC2::PrefixList",
            "AWS::EC2::VPCPeeringConnection",
            "AWS::CertificateManager::Certificate",
            "AWS::CloudFormation::WaitCondition",
            "AWS::CloudFormation::WaitConditionHandle",
            "AWS::CDK::Metadata",
            "AWS::SSM::Document",
            "AWS::SSM::Association",
            "AWS::Events::Rule",
            "AWS::Events::EventBusPolicy",
            "AWS::AutoScaling::AutoScalingGroup",
            "AWS::AutoScaling::LaunchConfiguration",
            "AWS::AutoScaling::ScalingPolicy",
            "AWS::AutoScaling::LifecycleHook",
            "AWS::ResourceGroups::Group",
            "AWS::ServiceCatalogAppRegistry::Application",
            "AWS::ServiceCatalogAppRegistry::ResourceAssociation",
            "AWS::Athena::WorkGroup",
            "AWS::Glue::Database",
            "AWS::XRay::SamplingRule",
            "AWS::XRay::Group",
        ),
        _NOTHING,
    ),
    **dict.fromkeys(
        (
            "AWS::ElastiCache::SubnetGroup",
            "AWS::ElastiCache::ParameterGroup",
            "AWS::ElastiCache::User",
            "AWS::ElastiCache::UserGroup",
            "AWS::RDS::DBSubnetGroup",
            "AWS::RDS::DBParameterGroup",
            "AWS::RDS::DBClusterParameterGroup",
            "AWS::RDS::OptionGroup",
            "AWS::RDS::EventSubscription",
            "AWS::RDS::DBProxyTargetGroup",
            "AWS::RDS::DBProxyEndpoint",
            "AWS::EFS::MountTarget",
            "AWS::EFS::AccessPoint",
            "AWS::S3::BucketPolicy",
            "AWS::S3::AccessPoint",
            "AWS::ECS::CapacityProvider",
            "AWS::ECS::ClusterCapacityProviderAssociations",
            "AWS::ECS::PrimaryTaskSet",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            "AWS::ElasticLoadBalancingV2::Listener",
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            "AWS::ElasticLoadBalancingV2::ListenerCertificate",
            "AWS::EC2::EIPAssociation",
            "AWS::EC2::VolumeAttachment",
            "AWS::EC2::TransitGateway",
            "AWS::EC2::TransitGatewayRoute",
            "AWS::EC2::TransitGatewayRouteTable",
            "AWS::EC2::TransitGatewayRouteTableAssociation",
            "AWS::EC2::TransitGatewayRouteTablePropagation",
            "AWS::EC2::VPNGatewayRoutePropagation",
            "AWS::EC2::VPNConnectionRoute",
            "AWS::KMS::Alias",
            "AWS::SecretsManager::SecretTargetAttachment",
            "AWS::SecretsManager::ResourcePolicy",
            "AWS::SecretsManager::RotationSchedule",
            "AWS::Logs::LogStream",
            "AWS::Logs::MetricFilter",
            "AWS::Logs::SubscriptionFilter",
            "AWS::Logs::ResourcePolicy",
            "AWS::Route53::RecordSet",
            "AWS::Route53::RecordSetGroup",
            "AWS::Route53Resolver::ResolverRule",
            "AWS::Route53Resolver::ResolverRuleAssociation",
            "AWS::WAFv2::WebACLAssociation",
            "AWS::WAFv2::IPSet",
            "AWS::WAFv2::RegexPatternSet",
            "AWS::WAFv2::LoggingConfiguration",
            "AWS::SQS::QueuePolicy",
            "AWS::SNS::Subscription",
            "AWS::SNS::TopicPolicy",
            "AWS::ServiceDiscovery::Service",
            "AWS::ServiceDiscovery::Instance",
            "AWS::Backup::BackupSelection",
            "AWS::Backup::BackupVault",
            "AWS::CloudFront::OriginAccessControl",
            "AWS::CloudFront::CloudFrontOriginAccessIdentity",
            "AWS::CloudFront::CachePolicy",
            "AWS::CloudFront::OriginRequestPolicy",
            "AWS::CloudFront::ResponseHeadersPolicy",
            "AWS::Config::DeliveryChannel",
            "AWS::Lambda::Permission",
            "AWS::Lambda::Version",
            "AWS::Lambda::Alias",
            "AWS::Lambda::EventSourceMapping",
            "AWS::Lambda::LayerVersion",
            "AWS::Lambda::LayerVersionPermission",
            "AWS::Lambda::EventInvokeConfig",
            "AWS::Lambda::Url",
            "AWS::ApiGateway::Account",
            "AWS::ApiGateway::Deployment",
            "AWS::ApiGateway::Stage",
            "AWS::ApiGateway::Method",
            "AWS::ApiGateway::Resource",
            "AWS::ApiGatewayV2::Integration",
            "AWS::ApiGatewayV2::Route",
            "AWS::ApiGatewayV2::Stage",
            "AWS::Events::EventBus",
        ),
        _PART,
    ),
    "AWS::SNS::Topic": "a topic costs nothing to hold; deliveries are billed, of e-mails the "
    "account's first 1,000 a month are free (SNS pricing, unconfirmed, no row in the catalogue)",
    "AWS::Budgets::Budget": "budgets without actions are free (AWS Budgets pricing, unconfirmed)",
    "AWS::ECS::TaskDefinition": "billed where a service runs it",
    "AWS::ApplicationAutoScaling::ScalableTarget": "billed as the tasks it lets run",
    "AWS::EC2::FlowLog": "billed as the logs it writes",
}
PRESENT_ELSEWHERE = "its prices are not in the catalogue"
FREE_PREFIXES: dict[str, str] = {"AWS::IAM::": "IAM costs nothing"}
BILLED: dict[str, str] = {
    "AWS::WAFv2::RuleGroup": f"rule groups are billed by their rules; {PRESENT_ELSEWHERE}",
    "AWS::EC2::Instance": f"EC2 instances are billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::EC2::Volume": f"EBS volumes are billed by the GB; {PRESENT_ELSEWHERE}",
    "AWS::DynamoDB::Table": f"tables are billed by capacity or request; {PRESENT_ELSEWHERE}",
    "AWS::DynamoDB::GlobalTable": f"tables are billed by capacity or request; {PRESENT_ELSEWHERE}",
    "AWS::Lambda::Function": f"functions are billed by use; {PRESENT_ELSEWHERE}",
    "AWS::ApiGateway::RestApi": f"APIs are billed by request; {PRESENT_ELSEWHERE}",
    "AWS::ApiGatewayV2::Api": f"APIs are billed by request; {PRESENT_ELSEWHERE}",
    "AWS::StepFunctions::StateMachine": f"billed by use; {PRESENT_ELSEWHERE}",
    "AWS::CloudFormation::Stack": "a nested stack: price its own template",
    "AWS::CloudFormation::CustomResource": "a custom resource: what it makes is not known",
    "AWS::RDS::GlobalCluster": "replication to other regions is billed by use; not counted here",
    "AWS::EKS::Cluster": f"clusters are billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::Kinesis::Stream": f"streams are billed by the hour or by use; {PRESENT_ELSEWHERE}",
    "AWS::KinesisFirehose::DeliveryStream": f"billed by the GB; {PRESENT_ELSEWHERE}",
    "AWS::OpenSearchService::Domain": f"domains are billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::MSK::Cluster": f"clusters are billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::AmazonMQ::Broker": f"brokers are billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::Redshift::Cluster": f"clusters are billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::FSx::FileSystem": f"file systems are billed by the GB; {PRESENT_ELSEWHERE}",
    "AWS::GlobalAccelerator::Accelerator": f"billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::DocDB::DBCluster": f"clusters are billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::Neptune::DBCluster": f"clusters are billed by the hour; {PRESENT_ELSEWHERE}",
    "AWS::MemoryDB::Cluster": f"clusters are billed by the hour; {PRESENT_ELSEWHERE}",
}


def free_reason(kind: str) -> str | None:
    """Why a type costs nothing, or None when it does or nobody knows."""
    if kind in FREE:
        return FREE[kind]
    return next((why for prefix, why in FREE_PREFIXES.items() if kind.startswith(prefix)), None)


def unpriced_reason(kind: str) -> str:
    """Why a type has no price."""
    if kind in BILLED:
        return BILLED[kind]
    if kind.startswith("Custom::"):
        return BILLED["AWS::CloudFormation::CustomResource"]
    if kind.startswith("AWS::Serverless::"):
        return "a transform makes other resources of it, which are not known here"
    return f"whether {kind} is billed is not known here"
