"""The sandbox refuses what AWS refuses: each rule of strictness.yaml is broken once, over HTTP."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tierctl.sandbox.deploying import Deployer
from tierctl.sandbox.rules import all_rules, check, version
from tierctl.sandbox.session import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP = "AWS::ElastiCache::ReplicationGroup"
SMALL = {"NumNodeGroups": 1, "ReplicasPerNodeGroup": 0}
PAIR = {"NumNodeGroups": 1, "ReplicasPerNodeGroup": 1}
SAFE = {**PAIR, "AutomaticFailoverEnabled": True}
CLUSTER = {**SAFE, "ClusterMode": "enabled",
           "CacheParameterGroupName": "default.valkey8.cluster.on"}  # fmt: skip
PLAIN = {"TransitEncryptionEnabled": False}
PREFERRED = {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"}
REQUIRED = {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "required"}
REDIS = {"Engine": "redis", "EngineVersion": "7.1"}

# rule: the group as it is born, and the call that breaks the rule
GROUPS: dict[str, tuple[dict[str, Any], str, dict[str, Any]]] = {
    "failover-needs-replica": (
        SMALL, "modify_replication_group", {"AutomaticFailoverEnabled": True}),
    "failover-stays-in-cluster-mode": (
        CLUSTER, "modify_replication_group", {"AutomaticFailoverEnabled": False}),
    "multi-az-needs-failover": (PAIR, "modify_replication_group", {"MultiAZEnabled": True}),
    "at-most-five-replicas": (PAIR, "increase_replica_count", {"NewReplicaCount": 6}),
    "last-replica-stays": (SAFE, "decrease_replica_count", {"NewReplicaCount": 0}),
    "cluster-mode-one-step": (SAFE, "modify_replication_group", {"ClusterMode": "enabled"}),
    "cluster-mode-needs-failover": (
        PAIR, "modify_replication_group", {"ClusterMode": "compatible"}),
    "cluster-mode-needs-engine": (
        {**SAFE, "Engine": "redis", "EngineVersion": "6.2"}, "modify_replication_group",
        {"ClusterMode": "compatible"}),
    "cluster-mode-alone": (
        SAFE, "modify_replication_group",
        {"ClusterMode": "compatible", "SnapshotRetentionLimit": 3}),
    "parameter-group-follows-mode": (
        SAFE, "modify_replication_group",
        {"CacheParameterGroupName": "default.valkey8.cluster.on"}),
    "compatible-takes-no-scaling": (
        {**SAFE, "ClusterMode": "compatible"}, "modify_replication_group",
        {"CacheNodeType": "cache.m7g.large"}),
    "resharding-needs-cluster-mode": (
        SAFE, "modify_replication_group_shard_configuration", {"NodeGroupCount": 2}),
    "node-type-and-engine-apart": (
        SAFE, "modify_replication_group",
        {"CacheNodeType": "cache.m7g.large", "EngineVersion": "8.1"}),
    "tls-in-two-steps-on": ({**PAIR, **PLAIN}, "modify_replication_group", REQUIRED),
    "tls-in-two-steps-off": ({**PAIR, **REQUIRED}, "modify_replication_group", PLAIN),
    "cache-engine-goes-up": (PAIR, "modify_replication_group", {"EngineVersion": "7.2"}),
    "only-redis-becomes-valkey": (
        PAIR, "modify_replication_group",
        {"Engine": "redis", "EngineVersion": "7.1", "CacheParameterGroupName": "default.redis7"}),
    "valkey-comes-with-version-and-parameters": (
        {**PAIR, **REDIS}, "modify_replication_group", {"Engine": "valkey"}),
}  # fmt: skip
ELSEWHERE = {
    "multi-az-needs-replica", "resharding-alone", "shards-stay-where-the-data-is",
    "scale-down-keeps-what-is-stored", "primary-stays", "subnet-in-use", "efs-once-a-day",
    "provisioned-needs-a-number", "elastic-is-general-purpose", "optimized-once-a-month",
    "database-engine-goes-up", "pause-needs-engine", "versioning-never-off",
}  # fmt: skip


@pytest.fixture(scope="module", name="sandbox")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox.running() as running:
        yield running


def message_of(rule_id: str) -> re.Pattern[str]:
    """What a rule's refusal says, whatever stands in its gaps."""
    rule = next(rule for rule in all_rules() if rule.id == rule_id)
    parts = re.split(r"\{[^}]*\}+", rule.message)
    return re.compile(re.escape(rule.code) + ".*" + ".*".join(map(re.escape, parts)), re.DOTALL)


def refused(rule_id: str, call: Any, **params: Any) -> None:
    """A call is refused by one rule, with its code and words."""
    with pytest.raises(ClientError) as caught:
        call(**params)
    assert message_of(rule_id).search(str(caught.value)), caught.value


def born(sandbox: Sandbox, name: str, settings: dict[str, Any]) -> Any:
    """A client of ElastiCache, once the group exists."""
    client = sandbox.client("elasticache")
    base = {"Engine": "valkey", "EngineVersion": "8.0", "CacheNodeType": "cache.t4g.small",
            "ReplicationGroupDescription": "a cache", **REQUIRED}  # fmt: skip
    wanted = {**base, **settings}
    if not wanted["TransitEncryptionEnabled"]:
        del wanted["TransitEncryptionMode"]
    client.create_replication_group(ReplicationGroupId=name, **wanted)
    return client


@pytest.mark.parametrize("rule_id", GROUPS)
def test_a_cache_rule_refuses(sandbox: Sandbox, rule_id: str) -> None:
    """The call that breaks the rule gets AWS's error, and the group stays as it is."""
    settings, operation, params = GROUPS[rule_id]
    name = f"g-{rule_id}"[:40].rstrip("-")
    client = born(sandbox, name, settings)
    before = client.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]

    refused(
        rule_id,
        getattr(client, operation),
        ReplicationGroupId=name,
        ApplyImmediately=True,
        **params,
    )

    after = client.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"]
    assert before == after


def test_every_rule_is_broken_by_a_test() -> None:
    """A rule that no test breaks could say anything."""
    assert {rule.id for rule in all_rules()} == GROUPS.keys() | ELSEWHERE


def test_every_rule_says_where_it_is_written() -> None:
    """Source, date and a sentence, for each."""
    for rule in all_rules():
        assert rule.source.startswith("https://")
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", rule.date)
        assert rule.message.endswith(".")
        assert rule.at


def test_multi_az_is_not_born_without_a_replica(sandbox: Sandbox) -> None:
    """CreateReplicationGroup wants the replica from the start."""
    settings = {"MultiAZEnabled": True, "AutomaticFailoverEnabled": True, "NumNodeGroups": 2,
                "ReplicasPerNodeGroup": 0}  # fmt: skip
    with pytest.raises(ClientError, match=message_of("multi-az-needs-replica").pattern):
        born(sandbox, "g-born", settings)


def stack_with(sandbox: Sandbox, name: str, **properties: Any) -> tuple[Deployer, dict[str, Any]]:
    """A stack of one group, deployed."""
    group = {"ReplicationGroupId": name, "ReplicationGroupDescription": "a cache",
             "CacheNodeType": "cache.t4g.medium", "Engine": "valkey", "EngineVersion": "8.0",
             **REQUIRED, **properties}  # fmt: skip
    body = {
        "Resources": {
            "Cache": {
                "Type": GROUP,
                "Properties": group,
                "UpdatePolicy": {"UseOnlineResharding": True},
            }
        }
    }
    stack = Deployer(sandbox, f"stack-{name}")
    assert stack.deploy(body).status == "CREATE_COMPLETE"
    return stack, body


def test_resharding_is_alone(sandbox: Sandbox) -> None:
    """NumNodeGroups with another property of the group fails the update and changes nothing."""
    stack, body = stack_with(sandbox, "alone", **CLUSTER)
    body["Resources"]["Cache"]["Properties"] |= {"NumNodeGroups": 2, "SnapshotRetentionLimit": 5}
    outcome = stack.deploy(body)

    assert "UPDATE_ROLLBACK_COMPLETE" == outcome.status
    assert "NumNodeGroups has to be the only change" in outcome.reasons()


def test_a_scale_down_below_what_is_stored_is_reported_as_done(sandbox: Sandbox) -> None:
    """CloudFormation says UPDATE_COMPLETE; the service kept the larger nodes."""
    stack, body = stack_with(sandbox, "stored", **PAIR)
    sandbox.state_facts({"stored bytes stored": 1_500_000_000})
    body["Resources"]["Cache"]["Properties"]["CacheNodeType"] = "cache.t4g.micro"

    assert "UPDATE_COMPLETE" == stack.deploy(body).status
    client = sandbox.client("elasticache")
    [shown] = client.describe_replication_groups(ReplicationGroupId="stored")["ReplicationGroups"]
    assert "cache.t4g.medium" == shown["CacheNodeType"]


def test_shards_stay_where_the_data_is(sandbox: Sandbox) -> None:
    """Without room none leaves and the call fails; with some, fewer leave than asked."""
    client = born(sandbox, "full", {**CLUSTER, "NumNodeGroups": 3})
    room = 1_000_000_000  # of a cache.t4g.small, about
    params = {"ReplicationGroupId": "full", "NodeGroupCount": 1, "ApplyImmediately": True,
              "NodeGroupsToRetain": ["0001"]}  # fmt: skip
    call = client.modify_replication_group_shard_configuration
    sandbox.state_facts({"full bytes stored": 3 * room})
    refused("shards-stay-where-the-data-is", call, **params)
    sandbox.state_facts({"full bytes stored": room})
    call(**params)

    [shown] = client.describe_replication_groups(ReplicationGroupId="full")["ReplicationGroups"]
    assert 2 == len(shown["NodeGroups"])


def test_a_primary_stays(sandbox: Sandbox) -> None:
    """DeleteCacheCluster of a primary is refused."""
    client = born(sandbox, "kept", PAIR)
    refused("primary-stays", client.delete_cache_cluster, CacheClusterId="kept-001")


def test_a_subnet_in_use_stays(sandbox: Sandbox) -> None:
    """Neither cache nor database gives up a subnet of its group."""
    ec2 = sandbox.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-east-1{z}")[
            "Subnet"
        ]["SubnetId"]
        for n, z in enumerate("ab")
    ]
    cache = sandbox.client("elasticache")
    cache.create_cache_subnet_group(
        CacheSubnetGroupName="used", CacheSubnetGroupDescription="x", SubnetIds=subnets
    )
    born(sandbox, "g-subnets", {**SMALL, "CacheSubnetGroupName": "used"})
    refused("subnet-in-use", cache.modify_cache_subnet_group,
            CacheSubnetGroupName="used", SubnetIds=subnets[:1])  # fmt: skip
    rds = sandbox.client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="used", DBSubnetGroupDescription="x", SubnetIds=subnets
    )
    rds.modify_db_subnet_group(DBSubnetGroupName="used", SubnetIds=subnets[::-1])
    database(sandbox, "db-subnets", DBSubnetGroupName="used")
    refused("subnet-in-use", rds.modify_db_subnet_group,
            DBSubnetGroupName="used", SubnetIds=subnets[:1])  # fmt: skip


def test_efs_takes_one_change_a_day(sandbox: Sandbox) -> None:
    """A mode change or a decrease once in 24 hours by the sandbox's clock; a raise at any time."""
    efs = sandbox.client("efs")
    name = efs.create_file_system(CreationToken="a")["FileSystemId"]

    def change(mode: str, mibps: float | None = None) -> None:
        given = {"ProvisionedThroughputInMibps": mibps} if mibps else {}
        efs.update_file_system(FileSystemId=name, ThroughputMode=mode, **given)

    change("provisioned", 8)
    refused("efs-once-a-day", change, mode="elastic")
    change("provisioned", 64)
    refused("efs-once-a-day", change, mode="provisioned", mibps=16)
    sandbox.advance(23.9 * 3600)
    refused("efs-once-a-day", change, mode="elastic")
    sandbox.advance(0.2 * 3600)
    change("provisioned", 16)
    refused("efs-once-a-day", change, mode="elastic")
    refused("provisioned-needs-a-number", efs.update_file_system,
            FileSystemId=efs.create_file_system(CreationToken="b")["FileSystemId"],
            ThroughputMode="provisioned")  # fmt: skip
    wide = efs.create_file_system(CreationToken="c", PerformanceMode="maxIO")["FileSystemId"]
    refused("elastic-is-general-purpose", efs.update_file_system,
            FileSystemId=wide, ThroughputMode="elastic")  # fmt: skip


def test_a_rollback_of_a_throughput_change_is_trapped(sandbox: Sandbox) -> None:
    """Something beside a mode change fails, the way back is refused: UPDATE_ROLLBACK_FAILED."""
    files = {"Type": "AWS::EFS::FileSystem", "Properties": {"ThroughputMode": "bursting"}}
    stack = Deployer(sandbox, "trap")
    stack.deploy({"Resources": {"Files": files}})
    broker = {"Type": "AWS::AmazonMQ::Broker", "Properties": {}, "DependsOn": "Files"}
    elastic = {**files, "Properties": {"ThroughputMode": "elastic"}}
    outcome = stack.deploy({"Resources": {"Files": elastic, "Broker": broker}})

    assert "UPDATE_ROLLBACK_FAILED" == outcome.status
    assert "maximum number of throughput mode changes" in outcome.reasons()


def database(sandbox: Sandbox, name: str, **settings: Any) -> Any:
    """A client of RDS, once a cluster with one instance exists."""
    rds = sandbox.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=name, Engine="aurora-postgresql", MasterUsername="app",
        MasterUserPassword="not-a-secret",
        **{"EngineVersion": "16.6", "StorageType": "aurora", **settings,
           "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 2}},
    )  # fmt: skip
    return rds


def test_a_database_moves_only_as_aurora_does(sandbox: Sandbox) -> None:
    """I/O-Optimized once in 30 days, versions upwards only, pause where the version can."""
    rds = database(sandbox, "moves", EngineVersion="16.2")
    change = rds.modify_db_cluster
    refused("database-engine-goes-up", change, DBClusterIdentifier="moves", EngineVersion="15.7")
    refused("pause-needs-engine", change, DBClusterIdentifier="moves",
            ServerlessV2ScalingConfiguration={"MinCapacity": 0, "MaxCapacity": 2})  # fmt: skip
    for storage in ("aurora-iopt1", "aurora"):
        change(DBClusterIdentifier="moves", StorageType=storage)
    refused(
        "optimized-once-a-month", change, DBClusterIdentifier="moves", StorageType="aurora-iopt1"
    )
    sandbox.advance(30 * 86400 + 60)
    change(DBClusterIdentifier="moves", StorageType="aurora-iopt1")


@pytest.mark.parametrize(("immediately", "restarts"), [(None, 1), (True, 1), (False, 0)])
def test_an_instance_that_waits_for_a_restart_gets_one(
    sandbox: Sandbox, immediately: bool | None, restarts: int
) -> None:
    """After a new maximum capacity the next update of an instance restarts it, unless told not."""
    name = f"waits-{immediately}".lower()
    instance: dict[str, Any] = {"DBClusterIdentifier": {"Ref": "Database"},
                                "DBInstanceIdentifier": f"{name}-1", "Engine": "aurora-postgresql",
                                "DBInstanceClass": "db.serverless"}  # fmt: skip
    if immediately is not None:
        instance["ApplyImmediately"] = immediately
    cluster: dict[str, Any] = {
        "DBClusterIdentifier": name, "Engine": "aurora-postgresql", "EngineVersion": "16.6",
        "MasterUsername": "app", "MasterUserPassword": "not-a-secret",
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 2},
    }  # fmt: skip
    writer = {"Type": "AWS::RDS::DBInstance", "Properties": instance}
    body = {
        "Resources": {
            "Database": {"Type": "AWS::RDS::DBCluster", "Properties": cluster},
            "Writer": writer,
        }
    }
    stack = Deployer(sandbox, f"stack-{name}")
    assert "CREATE_COMPLETE" == stack.deploy(body).status
    cluster["ServerlessV2ScalingConfiguration"] = {"MinCapacity": 0.5, "MaxCapacity": 8}
    assert "UPDATE_COMPLETE" == stack.deploy(body).status
    assert "pending-reboot" == status(sandbox, f"{name}-1")
    instance["PromotionTier"] = 1
    assert "UPDATE_COMPLETE" == stack.deploy(body).status

    assert restarts == sandbox.state_facts({}).get(f"{name}-1 restarts", 0)
    assert ("in-sync" if restarts else "pending-reboot") == status(sandbox, f"{name}-1")


def status(sandbox: Sandbox, name: str) -> str:
    """Whether an instance's parameters are in force."""
    answer = sandbox.client("rds").describe_db_instances(DBInstanceIdentifier=name)
    groups = answer["DBInstances"][0]["DBParameterGroups"]
    return str(groups[0]["ParameterApplyStatus"]) if groups else "in-sync"


def test_versioning_is_never_taken_away(sandbox: Sandbox) -> None:
    """S3 takes Enabled and Suspended; a template that drops the property suspends."""
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="versions-by-hand")
    refused("versioning-never-off", s3.put_bucket_versioning,
            Bucket="versions-by-hand", VersioningConfiguration={"Status": "Off"})  # fmt: skip
    enabled = {"BucketName": "versions", "VersioningConfiguration": {"Status": "Enabled"}}
    stack = Deployer(sandbox, "versions")
    stack.deploy({"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": enabled}}})
    plain = {"BucketName": "versions"}
    stack.deploy({"Resources": {"B": {"Type": "AWS::S3::Bucket", "Properties": plain}}})

    assert "Suspended" == s3.get_bucket_versioning(Bucket="versions")["Status"]


def test_a_rule_at_another_moment_is_silent() -> None:
    """Only the rules of a moment are asked."""
    assert frozenset() == check("DescribeReplicationGroups", want={"failover": True})


def test_versions_compare_as_numbers() -> None:
    """7.10 is later than 7.2, and a word counts for nothing."""
    assert version("7.10") > version("7.2") > version("7.0.7") > version("x")


def test_a_service_keeps_its_capacity_strategy(sandbox: Sandbox) -> None:
    """Spot or on demand is shown as it was asked for, at creation and after an update."""
    ecs = sandbox.client("ecs")
    ecs.create_cluster(clusterName="c")
    ecs.register_task_definition(
        family="t", containerDefinitions=[{"name": "x", "image": "x", "memory": 9}]
    )

    def strategy() -> list[dict[str, Any]]:
        [service] = ecs.describe_services(cluster="c", services=["s"])["services"]
        assert "launchType" not in service
        return list(service["capacityProviderStrategy"])

    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    ecs.create_service(cluster="c", serviceName="s", taskDefinition="t", desiredCount=1,
                       capacityProviderStrategy=spot)  # fmt: skip
    assert spot == strategy()
    demand = [{"capacityProvider": "FARGATE", "weight": 1}]
    ecs.update_service(cluster="c", service="s", capacityProviderStrategy=demand)
    assert [{**demand[0], "base": 0}] == strategy()
    ecs.update_service(cluster="c", service="s", desiredCount=2)
    assert [{**demand[0], "base": 0}] == strategy()


def test_markers_cover_every_region_that_is_used(sandbox: Sandbox) -> None:
    """A store in Frankfurt has its marker without being asked for by region."""
    client = sandbox.client("efs", "eu-central-1")
    arn = client.create_file_system(CreationToken="far")["FileSystemArn"]

    assert arn in sandbox.markers()
    assert arn in sandbox.markers("eu-central-1")
    assert arn not in sandbox.markers("us-east-1")
