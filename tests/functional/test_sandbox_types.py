"""Types the project's stack does not use yet, or only in some tiers: each exists, changes, goes."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from tierctl.sandbox.deploying import Deployer
from tierctl.sandbox.session import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
         "Principal": {"Service": "rds.amazonaws.com"}}]}  # fmt: skip
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*",
         "Resource": "*"}]}  # fmt: skip
VISIBLE = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}


def ref(name: str) -> dict[str, str]:
    """Return a Ref."""
    return {"Ref": name}


def att(name: str, attribute: str) -> dict[str, Any]:
    """Return a GetAtt."""
    return {"Fn::GetAtt": [name, attribute]}


RESOURCES: dict[str, tuple[str, dict[str, Any]]] = {
    "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16", "Tags": [{"Key": "a", "Value": "1"}]}),
    "One": ("AWS::EC2::Subnet", {"VpcId": ref("Vpc"), "CidrBlock": "10.0.0.0/24",
            "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}}),
    "Two": ("AWS::EC2::Subnet", {"VpcId": ref("Vpc"), "CidrBlock": "10.0.1.0/24",
            "AvailabilityZone": {"Fn::Select": ["1", {"Fn::GetAZs": ref("AWS::Region")}]}}),
    "Group": ("AWS::EC2::SecurityGroup", {"GroupDescription": "g", "VpcId": ref("Vpc"),
              "SecurityGroupEgress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                                       "CidrIp": "0.0.0.0/0"}],
              "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": "80",
                                        "CidrIp": "10.0.0.0/8", "Description": "web"}]}),
    "Out": ("AWS::EC2::SecurityGroupEgress", {"GroupId": att("Group", "GroupId"),
            "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.0.0.0/16"}),
    "Role": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": TRUST,
             "Policies": [{"PolicyName": "own", "PolicyDocument": ALLOW}],
             "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]}),
    "Extra": ("AWS::IAM::Policy", {"PolicyName": "extra", "Roles": [ref("Role")],
              "PolicyDocument": ALLOW}),
    "Managed": ("AWS::IAM::ManagedPolicy", {"PolicyDocument": ALLOW, "Roles": [ref("Role")]}),
    "Zone": ("AWS::Route53::HostedZone", {"Name": "shop.example"}),
    "Name": ("AWS::Route53::RecordSet", {"HostedZoneId": ref("Zone"), "Name": "www.shop.example",
             "Type": "CNAME", "TTL": "60", "ResourceRecords": ["one.example"]}),
    "Certificate": ("AWS::CertificateManager::Certificate", {"DomainName": "shop.example",
                    "SubjectAlternativeNames": ["*.shop.example"], "ValidationMethod": "DNS"}),
    "Balancer": ("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Subnets": [ref("One"), ref("Two")],
                 "SecurityGroups": [att("Group", "GroupId")], "Scheme": "internal",
                 "LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds",
                                             "Value": "30"}]}),
    "Targets": ("AWS::ElasticLoadBalancingV2::TargetGroup", {"VpcId": ref("Vpc"), "Port": 80,
                "Protocol": "HTTP", "TargetType": "ip", "HealthCheckPath": "/health",
                "Matcher": {"HttpCode": "200-299"}}),
    "Secure": ("AWS::ElasticLoadBalancingV2::Listener", {"LoadBalancerArn": ref("Balancer"),
               "Port": 443, "Protocol": "HTTPS", "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
               "Certificates": [{"CertificateArn": ref("Certificate")}],
               "DefaultActions": [{"Type": "forward", "TargetGroupArn": ref("Targets")}]}),
    "Rule": ("AWS::ElasticLoadBalancingV2::ListenerRule", {"ListenerArn": ref("Secure"),
             "Priority": 5, "Actions": [{"Type": "forward", "TargetGroupArn": ref("Targets")}],
             "Conditions": [{"Field": "path-pattern",
                             "PathPatternConfig": {"Values": ["/api/*"]}}]}),
    "Wall": ("AWS::WAFv2::WebACL", {"Scope": "REGIONAL", "DefaultAction": {"Allow": {}},
             "VisibilityConfig": VISIBLE, "Rules": []}),
    "Join": ("AWS::WAFv2::WebACLAssociation", {"ResourceArn": ref("Balancer"),
             "WebACLArn": att("Wall", "Arn")}),
    "Cluster": ("AWS::ECS::Cluster", {"ClusterSettings": [{"Name": "containerInsights",
                "Value": "enabled"}]}),
    "Capacity": ("AWS::ECS::ClusterCapacityProviderAssociations", {"Cluster": ref("Cluster"),
                 "CapacityProviders": ["FARGATE", "FARGATE_SPOT"],
                 "DefaultCapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT",
                                                      "Weight": 1}]}),
    "Password": ("AWS::SecretsManager::Secret",
                 {"SecretString": '{"username":"u","password":"p"}'}),
    "Rotation": ("AWS::SecretsManager::RotationSchedule", {"SecretId": ref("Password"),
                 "RotationRules": {"AutomaticallyAfterDays": 30}}),
    "Subnets": ("AWS::RDS::DBSubnetGroup", {"DBSubnetGroupDescription": "d",
                "SubnetIds": [ref("One"), ref("Two")]}),
    "Parameters": ("AWS::RDS::DBClusterParameterGroup", {"Family": "aurora-postgresql16",
                   "Description": "d", "Parameters": {"log_statement": "ddl"}}),
    "Data": ("AWS::RDS::DBCluster", {"Engine": "aurora-postgresql", "MasterUsername": "u",
             "MasterUserPassword": "password-1", "DBSubnetGroupName": ref("Subnets"),
             "DBClusterParameterGroupName": ref("Parameters"),
             "ServerlessV2ScalingConfiguration": {"MinCapacity": 1, "MaxCapacity": 4}}),
    "Writer": ("AWS::RDS::DBInstance", {"Engine": "aurora-postgresql",
               "DBInstanceClass": "db.serverless", "DBClusterIdentifier": ref("Data"),
               "PromotionTier": 0, "ApplyImmediately": False}),
    "Proxy": ("AWS::RDS::DBProxy", {"DBProxyName": "front", "EngineFamily": "POSTGRESQL",
              "RoleArn": att("Role", "Arn"), "VpcSubnetIds": [ref("One"), ref("Two")],
              "Auth": [{"AuthScheme": "SECRETS", "SecretArn": ref("Password")}]}),
    "ProxyTargets": ("AWS::RDS::DBProxyTargetGroup", {"DBProxyName": ref("Proxy"),
                     "TargetGroupName": "default", "DBClusterIdentifiers": [ref("Data")],
                     "ConnectionPoolConfigurationInfo": {"MaxConnectionsPercent": 80}}),
    "User": ("AWS::ElastiCache::User", {"UserId": "app", "UserName": "default", "Engine": "valkey",
             "AccessString": "on ~* +@all", "NoPasswordRequired": True}),
    "Users": ("AWS::ElastiCache::UserGroup", {"UserGroupId": "apps", "Engine": "valkey",
              "UserIds": [ref("User")]}),
    "CacheParameters": ("AWS::ElastiCache::ParameterGroup", {"CacheParameterGroupFamily": "valkey8",
                        "Description": "d", "Properties": {"maxmemory-policy": "allkeys-lru"}}),
    "Logs": ("AWS::Logs::LogGroup", {"RetentionInDays": 14}),
    "Errors": ("AWS::Logs::MetricFilter", {"LogGroupName": ref("Logs"), "FilterPattern": "ERROR",
               "MetricTransformations": [{"MetricName": "errors", "MetricNamespace": "app",
                                          "MetricValue": "1"}]}),
    "Query": ("AWS::Logs::QueryDefinition", {"Name": "slow", "QueryString": "fields @message",
              "LogGroupNames": [ref("Logs")]}),
    "High": ("AWS::CloudWatch::Alarm", {"MetricName": "errors", "Namespace": "app", "Threshold": 5,
             "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": "2", "Period": 60,
             "Statistic": "Sum"}),
    "Both": ("AWS::CloudWatch::CompositeAlarm", {"AlarmRule": {"Fn::Sub": 'ALARM("${ High }")'}}),
    "Board": ("AWS::CloudWatch::Dashboard", {"DashboardBody": '{"widgets":[]}'}),
    "Budget": ("AWS::Budgets::Budget", {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY",
               "BudgetLimit": {"Amount": 300, "Unit": "USD"}}, "NotificationsWithSubscribers": [
                   {"Notification": {"NotificationType": "ACTUAL", "Threshold": 80,
                                     "ComparisonOperator": "GREATER_THAN"},
                    "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "a@b.example"}]}]}),
    "Vault": ("AWS::Backup::BackupVault", {"BackupVaultName": "vault"}),
    "Plan": ("AWS::Backup::BackupPlan", {"BackupPlan": {"BackupPlanName": "plan",
             "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": ref("Vault"),
                                 "ScheduleExpression": "cron(0 5 * * ? *)",
                                 "Lifecycle": {"DeleteAfterDays": 35}}]}}),
    "Selection": ("AWS::Backup::BackupSelection", {"BackupPlanId": ref("Plan"), "BackupSelection": {
                  "SelectionName": "all", "IamRoleArn": att("Role", "Arn"), "Resources": ["*"]}}),
    "News": ("AWS::SNS::Topic", {"DisplayName": "news"}),
    "Reader": ("AWS::SNS::Subscription", {"TopicArn": ref("News"), "Protocol": "email",
               "Endpoint": "a@b.example"}),
    "Images": ("AWS::ECR::Repository", {"ImageTagMutability": "IMMUTABLE"}),
    "Setting": ("AWS::SSM::Parameter", {"Type": "String", "Value": "one"}),
    "Store": ("AWS::S3::Bucket", {"VersioningConfiguration": {"Status": "Enabled"},
              "IntelligentTieringConfigurations": [{"Id": "deep", "Status": "Enabled",
                  "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}]}],
              "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Id": "r",
                  "Transitions": [{"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}],
                  "NoncurrentVersionExpiration": {"NoncurrentDays": 30}}]}}),
}  # fmt: skip

CHANGES: dict[str, tuple[str, Any]] = {
    "Vpc": ("Tags", [{"Key": "b", "Value": "2"}]),
    "Group": ("SecurityGroupIngress", [{"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81,
              "CidrIp": "10.0.0.0/8"}]),
    "Role": ("Policies", []),
    "Managed": ("PolicyDocument", {**ALLOW, "Statement": [{"Effect": "Allow", "Action": "s3:Get*",
                "Resource": "*"}]}),
    "Name": ("ResourceRecords", ["two.example"]),
    "Targets": ("HealthCheckPath", "/ready"),
    "Rule": ("Priority", 9),
    "Wall": ("DefaultAction", {"Block": {}}),
    "Capacity": ("CapacityProviders", ["FARGATE", "FARGATE_SPOT"]),
    "Parameters": ("Parameters", {"log_statement": "all"}),
    "Data": ("ServerlessV2ScalingConfiguration", {"MinCapacity": 2, "MaxCapacity": 8}),
    "Writer": ("PromotionTier", 1),
    "ProxyTargets": ("ConnectionPoolConfigurationInfo", {"MaxConnectionsPercent": 60}),
    "User": ("AccessString", "on ~app:* +@all"),
    "Logs": ("RetentionInDays", 30),
    "Query": ("QueryString", "fields @timestamp"),
    "High": ("Threshold", 3),
    "Both": ("AlarmRule", {"Fn::Sub": 'NOT ALARM("${High}")'}),
    "Budget": ("Budget", {"BudgetType": "COST", "TimeUnit": "MONTHLY",
               "BudgetLimit": {"Amount": 400, "Unit": "USD"}}),
    "Setting": ("Value", "two"),
    "Store": ("VersioningConfiguration", {"Status": "Suspended"}),
}  # fmt: skip


@pytest.fixture(scope="module", name="stack")
def _stack() -> Iterator[Deployer]:
    with Sandbox.running() as running:
        yield Deployer(running, "breadth")


def body(resources: dict[str, tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    """Return a template."""
    return {
        "Resources": {n: {"Type": kind, "Properties": p, "DeletionPolicy": "Delete"}
                      for n, (kind, p) in resources.items()}
    }  # fmt: skip


def test_every_type_is_created_changed_and_deleted(stack: Deployer) -> None:
    """One stack of fifty resources is created, updated in place and deleted without a failure."""
    outcome = stack.deploy(body(RESOURCES))
    assert outcome.status == "CREATE_COMPLETE", outcome.reasons()
    before = {name: stack.physical_id(name) for name in RESOURCES}
    changed = copy.deepcopy(RESOURCES)
    for name, (key, value) in CHANGES.items():
        changed[name][1][key] = value
    outcome = stack.deploy(body(changed))
    assert outcome.status == "UPDATE_COMPLETE", outcome.reasons()
    assert {name: stack.physical_id(name) for name in RESOURCES} == before
    client = stack.sandbox.client
    efs_free = client("rds").describe_db_clusters()["DBClusters"][0]
    assert efs_free["ServerlessV2ScalingConfiguration"]["MaxCapacity"] == 8
    assert client("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    budget = client("budgets").describe_budget(
        AccountId="123456789012", BudgetName=before["Budget"]
    )
    assert float(budget["Budget"]["BudgetLimit"]["Amount"]) == 400
    group = client("ec2").describe_security_groups(GroupIds=[before["Group"]])["SecurityGroups"][0]
    assert [rule["FromPort"] for rule in group["IpPermissions"]] == [81]
    assert sorted(rule["FromPort"] for rule in group["IpPermissionsEgress"]) == [443, 5432]
    vpc = client("ec2").describe_vpcs(VpcIds=[before["Vpc"]])["Vpcs"][0]
    assert {tag["Key"]: tag["Value"] for tag in vpc["Tags"]} == {"b": "2"}
    rules = client("s3").get_bucket_lifecycle_configuration(Bucket=before["Store"])["Rules"]
    assert rules[0]["Transitions"][0]["StorageClass"] == "INTELLIGENT_TIERING"
    stack_id = stack.stack()["StackId"]
    client("cloudformation").delete_stack(StackName=stack.name)
    gone = Deployer(stack.sandbox, stack_id).settled()
    assert gone.status == "DELETE_COMPLETE", gone.reasons()


def test_the_template_is_given_back(stack: Deployer) -> None:
    """GetTemplateSummary lists types and identifiers of a template that was never deployed."""
    client = stack.sandbox.client("cloudformation")
    summary = client.get_template_summary(TemplateBody=json.dumps(body(RESOURCES)))
    assert "AWS::RDS::DBProxy" in summary["ResourceTypes"]
    identifiers = {
        s["ResourceType"]: s["ResourceIdentifiers"] for s in summary["ResourceIdentifierSummaries"]
    }
    assert identifiers["AWS::S3::Bucket"] == ["BucketName"]
