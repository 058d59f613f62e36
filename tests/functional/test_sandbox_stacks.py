"""The sandbox's CloudFormation, asked by boto3 over HTTP as any user would ask it."""

from __future__ import annotations

import copy
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tierctl.sandbox.deploying import Deployer
from tierctl.sandbox.session import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = (f"stack-{number}" for number in itertools.count(1))


@pytest.fixture(scope="module", name="sandbox")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox.running() as running:
        yield running


@pytest.fixture(name="stack")
def _stack(sandbox: Sandbox) -> Deployer:
    return Deployer(sandbox, next(NAMES))


def template(**resources: Any) -> dict[str, Any]:
    """Return a template of (type, properties[, attributes])."""
    entries = {}
    for name, (kind, properties, *rest) in resources.items():
        entries[name] = {"Type": kind, "Properties": properties, **(rest[0] if rest else {})}
    return {"Resources": entries}


def queue(**properties: Any) -> tuple[str, dict[str, Any]]:
    """Return an SQS queue."""
    return "AWS::SQS::Queue", properties


def group(**properties: Any) -> tuple[Any, ...]:
    """Return a replication group that reshards online."""
    kept = {
        "ReplicationGroupDescription": "a cache",
        "CacheNodeType": "cache.t4g.micro",
        "Engine": "valkey",
        "TransitEncryptionEnabled": True,
        **properties,
    }
    return (
        "AWS::ElastiCache::ReplicationGroup",
        kept,
        {"UpdatePolicy": {"UseOnlineResharding": True}},
    )


def refused(call: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """Return the text of an API error."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **options)
    return str(caught.value)


def change_of(change_set: dict[str, Any], logical_id: str) -> dict[str, Any]:
    """Return one resource's change."""
    changes = [c["ResourceChange"] for c in change_set["Changes"]]
    return next(c for c in changes if c["LogicalResourceId"] == logical_id)


def test_a_stack_is_created_with_real_resources(sandbox: Sandbox, stack: Deployer) -> None:
    """What a template declares exists afterwards for boto3, with outputs that name it."""
    body = template(Jobs=queue(VisibilityTimeout=77))
    body["Outputs"] = {
        "Url": {"Value": {"Ref": "Jobs"}},
        "Arn": {"Value": {"Fn::GetAtt": "Jobs.Arn"}},
    }
    outcome = stack.deploy(body)
    assert outcome.status == "CREATE_COMPLETE"
    assert outcome.statuses("Jobs") == [
        "CREATE_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
    ]
    attributes = sandbox.client("sqs").get_queue_attributes(
        QueueUrl=stack.outputs()["Url"], AttributeNames=["All"]
    )["Attributes"]
    assert attributes["VisibilityTimeout"] == "77"
    assert attributes["QueueArn"] == stack.outputs()["Arn"]


def test_a_type_without_a_row_fails_loudly(stack: Deployer) -> None:
    """A type the sandbox does not know ends in a rollback that names it, never in success."""
    outcome = stack.deploy(template(Broker=("AWS::AmazonMQ::Broker", {})))
    assert outcome.status == "ROLLBACK_COMPLETE"
    assert "the sandbox cannot create AWS::AmazonMQ::Broker" in outcome.reasons()


def test_a_property_that_nothing_carries_fails_loudly(stack: Deployer) -> None:
    """A property no API call takes is named with its type instead of being dropped."""
    outcome = stack.deploy(template(Keys=("AWS::KMS::Alias", {"AliasName": "alias/x", "Odd": 1})))
    assert outcome.status == "ROLLBACK_COMPLETE"
    assert "cannot carry Odd of AWS::KMS::Alias" in outcome.reasons()


def test_a_failed_create_removes_what_it_made(sandbox: Sandbox, stack: Deployer) -> None:
    """A rollback of a create deletes the resources that had already been created."""
    body = template(First=("AWS::SNS::Topic", {"TopicName": "gone-again"}),
                    Second=("AWS::AmazonMQ::Broker", {}, {"DependsOn": "First"}))  # fmt: skip
    assert stack.deploy(body).status == "ROLLBACK_COMPLETE"
    topics = sandbox.client("sns").list_topics()["Topics"]
    assert not any("gone-again" in topic["TopicArn"] for topic in topics)


def test_an_update_in_place_keeps_the_resource(sandbox: Sandbox, stack: Deployer) -> None:
    """A mutable property changes without a new physical id, and a dropped resource is deleted."""
    stack.deploy(template(Jobs=queue(VisibilityTimeout=30), Old=queue()))
    before = stack.physical_id("Jobs")
    outcome = stack.deploy(template(Jobs=queue(VisibilityTimeout=60)))
    assert outcome.status == "UPDATE_COMPLETE"
    assert outcome.statuses("Old") == ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"]
    assert stack.physical_id("Jobs") == before
    answer = sandbox.client("sqs").get_queue_attributes(
        QueueUrl=before, AttributeNames=["VisibilityTimeout"]
    )
    assert answer["Attributes"]["VisibilityTimeout"] == "60"


def test_nothing_to_update_is_refused(stack: Deployer) -> None:
    """UpdateStack and CreateChangeSet say in AWS's words that nothing would change."""
    body = template(Jobs=queue())
    stack.deploy(body)
    assert "No updates are to be performed." in refused(stack.deploy, body)
    change_set = stack.change_set(body)
    assert change_set["Status"] == "FAILED"
    assert change_set["StatusReason"].startswith("The submitted information didn't contain changes")


def test_a_deletion_policy_alone_is_no_update(stack: Deployer) -> None:
    """CloudFormation takes a changed DeletionPolicy only together with another change."""
    stack.deploy(template(Jobs=queue()))
    kept = template(Jobs=(*queue(), {"DeletionPolicy": "Retain"}))
    assert "No updates are to be performed." in refused(stack.deploy, kept)


def test_a_create_only_change_replaces(sandbox: Sandbox, stack: Deployer) -> None:
    """A file system whose encryption changes is a new one, and the old one's marker dies."""
    stack.deploy(template(Files=("AWS::EFS::FileSystem", {"Encrypted": False})))
    old, markers = stack.physical_id("Files"), sandbox.markers()
    encrypted = template(Files=("AWS::EFS::FileSystem", {"Encrypted": True}))
    change = change_of(stack.change_set(encrypted), "Files")
    assert (change["Replacement"], change["PolicyAction"]) == ("True", "ReplaceAndDelete")
    assert stack.deploy(encrypted).status == "UPDATE_COMPLETE"
    assert stack.physical_id("Files") != old
    assert not any(arn.endswith(old) for arn in sandbox.markers())
    assert any(arn.endswith(old) for arn in markers)


def test_a_removed_key_has_no_marker(sandbox: Sandbox, stack: Deployer) -> None:
    """A key that its stack no longer has is pending deletion, so what it encrypted is lost."""
    key = ("AWS::KMS::Key", {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}})
    stack.deploy(template(Key=key, Jobs=queue()))
    name = stack.physical_id("Key")
    assert any(arn.endswith(name) for arn in sandbox.markers())
    stack.deploy(template(Jobs=queue()))
    assert not any(arn.endswith(name) for arn in sandbox.markers())


def test_a_failed_update_without_rollback_waits(sandbox: Sandbox, stack: Deployer) -> None:
    """With rollback disabled a failed update stays as it is until RollbackStack takes it back."""
    stack.deploy(template(Jobs=queue(VisibilityTimeout=30)))
    broken = template(Jobs=queue(VisibilityTimeout=50), Broker=("AWS::AmazonMQ::Broker", {}))
    assert stack.deploy(broken, DisableRollback=True).status == "UPDATE_FAILED"
    seen = len(stack.events())
    sandbox.client("cloudformation").rollback_stack(StackName=stack.name)
    outcome = stack.settled(seen)
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert outcome.statuses("Jobs")[-1] == "UPDATE_COMPLETE"


def test_update_replace_policy_retain_keeps_the_old_one(sandbox: Sandbox, stack: Deployer) -> None:
    """With UpdateReplacePolicy Retain the replaced store stays, outside the stack."""
    retain = {"UpdateReplacePolicy": "Retain"}
    kind = "AWS::EFS::FileSystem"
    stack.deploy(template(Files=(kind, {"Encrypted": False}, retain)))
    old = stack.physical_id("Files")
    outcome = stack.deploy(template(Files=(kind, {"Encrypted": True}, retain)))
    assert "DELETE_SKIPPED" in outcome.statuses("Files")
    assert any(arn.endswith(old) for arn in sandbox.markers())
    assert {"type": kind, "id": old, "policy": "Retain"} in sandbox.kept()


def test_a_custom_named_resource_is_not_replaced(stack: Deployer) -> None:
    """A create-only change of a store with an explicit name is refused in AWS's words."""
    stack.deploy(template(Cache=group(ReplicationGroupId="named-cache", Port=6379)))
    outcome = stack.deploy(template(Cache=group(ReplicationGroupId="named-cache", Port=6380)))
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        "Rename named-cache and update the stack again." in outcome.reasons()
    )


def test_a_failed_update_rolls_back(sandbox: Sandbox, stack: Deployer) -> None:
    """What was changed before the failure is changed back, and the marker survives."""
    before = template(Jobs=queue(VisibilityTimeout=30), Cache=group(ReplicationGroupId="rolled"))
    stack.deploy(before)
    url, markers = stack.physical_id("Jobs"), sandbox.markers()
    after = copy.deepcopy(before)
    after["Resources"]["Jobs"]["Properties"]["VisibilityTimeout"] = 90
    after["Resources"]["Cache"]["Properties"]["AutomaticFailoverEnabled"] = True
    after["Resources"]["Cache"]["DependsOn"] = "Jobs"
    outcome = stack.deploy(after)
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "at least one read replica" in outcome.reasons()
    answer = sandbox.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    assert answer["Attributes"]["VisibilityTimeout"] == "30"
    assert sandbox.markers() == markers


def test_a_rollback_that_fails_can_be_continued(sandbox: Sandbox, stack: Deployer) -> None:
    """UPDATE_ROLLBACK_FAILED, then ContinueUpdateRollback with the stuck resource skipped."""
    base = {"NumNodeGroups": 1, "ReplicasPerNodeGroup": 1, "AutomaticFailoverEnabled": True}
    stack.deploy(
        template(Cache=group(ReplicationGroupId="stuck", ClusterMode="compatible", **base))
    )
    broken = template(
        Cache=group(ReplicationGroupId="stuck", ClusterMode="enabled", **base),
        Broker=("AWS::AmazonMQ::Broker", {}, {"DependsOn": "Cache"}),
    )
    # cluster mode cannot go back from enabled, so the rollback is trapped
    assert stack.deploy(broken).status == "UPDATE_ROLLBACK_FAILED"
    client = sandbox.client("cloudformation")
    assert "can not be updated" in refused(stack.deploy, broken)
    seen = len(stack.events())
    client.continue_update_rollback(StackName=stack.name, ResourcesToSkip=["Cache"])
    assert stack.settled(seen).status == "UPDATE_ROLLBACK_COMPLETE"


def test_the_cache_goes_from_one_node_to_shards(sandbox: Sandbox, stack: Deployer) -> None:
    """Replica, failover, cluster mode and shards are reached in place with one marker."""
    cache = sandbox.client("elasticache")
    counts = {"NumNodeGroups": 1, "ReplicasPerNodeGroup": 0}
    stack.deploy(template(Cache=group(ReplicationGroupId="grown", **counts)))
    marker = {arn: m for arn, m in sandbox.markers().items() if "grown" in arn}
    failover = {"AutomaticFailoverEnabled": True, "MultiAZEnabled": True}
    for change in (
        {"ReplicasPerNodeGroup": 1},
        failover,
        {"ClusterMode": "compatible"},
        {"ClusterMode": "enabled"},
        {"NumNodeGroups": 2},
    ):
        counts = {**counts, **change}
        outcome = stack.deploy(template(Cache=group(ReplicationGroupId="grown", **counts)))
        assert outcome.status == "UPDATE_COMPLETE", outcome.reasons()
    shown = cache.describe_replication_groups(ReplicationGroupId="grown")["ReplicationGroups"][0]
    assert [len(n["NodeGroupMembers"]) for n in shown["NodeGroups"]] == [2, 2]
    assert shown["ConfigurationEndpoint"]["Address"].startswith("clustercfg.grown.")
    members = [c["CacheClusterId"] for c in cache.describe_cache_clusters()["CacheClusters"]]
    assert set(shown["MemberClusters"]) <= set(members)
    assert {arn: m for arn, m in sandbox.markers().items() if "grown" in arn} == marker


def test_a_single_cache_is_adopted_with_its_data(sandbox: Sandbox, stack: Deployer) -> None:
    """A group made with PrimaryClusterId takes over the running node and its marker."""
    node = ("AWS::ElastiCache::CacheCluster",
            {"ClusterName": "legacy", "CacheNodeType": "cache.t3.micro", "Engine": "redis",
             "NumCacheNodes": 1}, {"DeletionPolicy": "Retain"})  # fmt: skip
    stack.deploy(template(Node=node))
    marker = next(m for arn, m in sandbox.markers().items() if arn.endswith(":legacy"))
    adopter = group(ReplicationGroupId="adopter", PrimaryClusterId="legacy", Engine="redis")
    assert stack.deploy(template(Node=node, Cache=adopter)).status == "UPDATE_COMPLETE"
    markers = sandbox.markers()
    assert next(m for arn, m in markers.items() if arn.endswith(":adopter")) == marker
    shown = sandbox.client("elasticache").describe_replication_groups(ReplicationGroupId="adopter")
    assert shown["ReplicationGroups"][0]["MemberClusters"] == ["legacy"]


def test_num_node_groups_without_online_resharding_replaces(stack: Deployer) -> None:
    """NumNodeGroups is only mutable with UpdatePolicy UseOnlineResharding."""
    kind, properties, policy = group(NumNodeGroups=1, ReplicasPerNodeGroup=1)
    stack.deploy(template(Cache=(kind, properties)))
    wider = {**properties, "NumNodeGroups": 2}
    assert (
        change_of(stack.change_set(template(Cache=(kind, wider))), "Cache")["Replacement"] == "True"
    )
    change = change_of(stack.change_set(template(Cache=(kind, wider, policy))), "Cache")
    assert change["Replacement"] == "False"


def test_a_modified_key_makes_its_users_conditional(stack: Deployer) -> None:
    """A create-only KmsKeyId that reads an attribute of a modified key is Dynamic, not Static."""
    body = template(
        Key=("AWS::KMS::Key", {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}}),
        Files=(
            "AWS::EFS::FileSystem",
            {"Encrypted": True, "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}},
        ),
    )
    stack.deploy(body)
    after = copy.deepcopy(body)
    after["Resources"]["Key"]["Properties"]["EnableKeyRotation"] = True
    change_set = stack.change_set(after)
    assert change_of(change_set, "Key")["Replacement"] == "False"
    files = change_of(change_set, "Files")
    assert files["Replacement"] == "Conditional"
    detail = files["Details"][0]
    assert (detail["Evaluation"], detail["ChangeSource"], detail["CausingEntity"]) == (
        "Dynamic", "ResourceAttribute", "Key.Arn",
    )  # fmt: skip
    assert detail["Target"]["RequiresRecreation"] == "Always"
    system = stack.physical_id("Files")
    outcome = stack.execute(change_set)
    assert outcome.statuses("Files") == []
    assert stack.physical_id("Files") == system


def test_a_parameter_change_is_named_as_the_cause(stack: Deployer) -> None:
    """A changed parameter gives a Static ParameterReference beside a Dynamic modification."""
    body = template(Jobs=queue(VisibilityTimeout={"Ref": "Seconds"}))
    body["Parameters"] = {"Seconds": {"Type": "Number", "Default": 30}}
    stack.deploy(body)
    asked = [{"ParameterKey": "Seconds", "ParameterValue": "45"}]
    details = change_of(stack.change_set(body, Parameters=asked), "Jobs")["Details"]
    found = {(d["Evaluation"], d["ChangeSource"], d.get("CausingEntity")) for d in details}
    assert found == {
        ("Static", "ParameterReference", "Seconds"),
        ("Dynamic", "DirectModification", None),
    }


def test_a_stack_policy_holds_during_updates(sandbox: Sandbox, stack: Deployer) -> None:
    """A denied replacement or removal fails the update with AWS's text and rolls it back."""
    named = {"Files": ("AWS::EFS::FileSystem", {"Encrypted": False})}
    stack.deploy(template(**named, Jobs=queue()))
    policy = {"Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*",
         "Resource": "*", "Condition": {"StringLike": {"ResourceType": ["AWS::EFS::*"]}}},
    ]}  # fmt: skip
    client = sandbox.client("cloudformation")
    client.set_stack_policy(StackName=stack.name, StackPolicyBody=json.dumps(policy))
    replaced = template(Files=("AWS::EFS::FileSystem", {"Encrypted": True}), Jobs=queue())
    outcome = stack.deploy(replaced)
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Statement [#2] does not allow [Update:Replace]" in outcome.reasons()
    outcome = stack.deploy(template(Jobs=queue()))
    assert "does not allow [Update:Delete]" in outcome.reasons()
    assert stack.deploy(template(**named)).status == "UPDATE_COMPLETE"
    allow = json.dumps({"Statement": [{**policy["Statement"][0]}]})
    outcome = stack.deploy(
        template(Files=("AWS::EFS::FileSystem", {"Encrypted": True})),
        StackPolicyDuringUpdateBody=allow,
    )
    assert outcome.status == "UPDATE_COMPLETE"


def test_termination_protection_refuses_deletion(sandbox: Sandbox, stack: Deployer) -> None:
    """A protected stack is not deleted until the protection is taken off."""
    client = sandbox.client("cloudformation")
    stack.deploy(template(Jobs=queue()), EnableTerminationProtection=True)
    assert "TerminationProtection is enabled" in refused(client.delete_stack, StackName=stack.name)
    client.update_termination_protection(StackName=stack.name, EnableTerminationProtection=False)
    stack_id = stack.stack()["StackId"]
    client.delete_stack(StackName=stack.name)
    assert Deployer(sandbox, stack_id).settled().status == "DELETE_COMPLETE"


def test_deletion_policies_are_honoured(sandbox: Sandbox, stack: Deployer) -> None:
    """Retain keeps a store, Snapshot leaves a snapshot, both are on the record."""
    stack.deploy(
        template(
            Kept=("AWS::S3::Bucket", {"BucketName": "kept-after-all"},
                  {"DeletionPolicy": "Retain"}),
            Cache=("AWS::ElastiCache::ReplicationGroup",
                   {"ReplicationGroupId": "snapped", "ReplicationGroupDescription": "a cache",
                    "CacheNodeType": "cache.t4g.micro"}, {"DeletionPolicy": "Snapshot"}),
        )
    )  # fmt: skip
    stack_id = stack.stack()["StackId"]
    sandbox.client("cloudformation").delete_stack(StackName=stack.name)
    assert Deployer(sandbox, stack_id).settled().status == "DELETE_COMPLETE"
    buckets = [b["Name"] for b in sandbox.client("s3").list_buckets()["Buckets"]]
    assert "kept-after-all" in buckets
    snapshots = sandbox.client("elasticache").describe_snapshots()["Snapshots"]
    assert any(s["ReplicationGroupId"] == "snapped" for s in snapshots)
    policies = {record["id"]: record["policy"] for record in sandbox.kept()}
    assert (policies["kept-after-all"], policies["snapped"]) == ("Retain", "Snapshot")


def test_an_export_in_use_can_neither_change_nor_go(sandbox: Sandbox, stack: Deployer) -> None:
    """Changing or removing an imported export fails the update; deleting its stack is refused."""

    def exporting(value: str | None) -> dict[str, Any]:
        body = template(Jobs=queue())
        outputs = {"Other": {"Value": "x"}}
        if value:
            outputs["Shared"] = {"Value": value, "Export": {"Name": "shared-value"}}  # type: ignore[dict-item]
        return {**body, "Outputs": outputs}

    stack.deploy(exporting("one"))
    user = Deployer(sandbox, next(NAMES))
    topic = ("AWS::SNS::Topic", {"DisplayName": {"Fn::ImportValue": "shared-value"}})
    user.deploy(template(News=topic))
    outcome = stack.deploy(exporting("two"))
    assert outcome.status == "UPDATE_ROLLBACK_COMPLETE"
    assert f"cannot be updated as it is in use by {user.name}" in outcome.reasons()
    assert "cannot be deleted as it is in use" in stack.deploy(exporting(None)).reasons()
    client = sandbox.client("cloudformation")
    assert "in use by" in refused(client.delete_stack, StackName=stack.name)
    assert client.list_imports(ExportName="shared-value")["Imports"] == [user.name]


def test_secrets_reach_the_database_and_never_the_stack(sandbox: Sandbox, stack: Deployer) -> None:
    """A generated secret is used through a dynamic reference and learns the database's address."""
    secret = {
        "Fn::Join": [
            "",
            ["{{resolve:secretsmanager:", {"Ref": "Login"}, ":SecretString:password::}}"],
        ]
    }
    body = template(
        Login=("AWS::SecretsManager::Secret",
               {"GenerateSecretString": {"SecretStringTemplate": '{"username":"app"}',
                                         "GenerateStringKey": "password", "PasswordLength": 24,
                                         "ExcludePunctuation": True}}),
        Data=("AWS::RDS::DBCluster",
              {"Engine": "aurora-postgresql", "MasterUsername": "app", "MasterUserPassword": secret,
               "DatabaseName": "shop", "StorageType": "aurora",
               "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 2}}),
        Joined=("AWS::SecretsManager::SecretTargetAttachment",
                {"SecretId": {"Ref": "Login"}, "TargetId": {"Ref": "Data"},
                 "TargetType": "AWS::RDS::DBCluster"}),
    )  # fmt: skip
    assert stack.deploy(body).status == "CREATE_COMPLETE"
    client = sandbox.client("secretsmanager")
    known = json.loads(client.get_secret_value(SecretId=stack.physical_id("Login"))["SecretString"])
    assert (known["username"], len(known["password"]), known["dbname"]) == ("app", 24, "shop")
    cluster = sandbox.client("rds").describe_db_clusters()["DBClusters"][0]
    assert (known["host"], known["engine"]) == (cluster["Endpoint"], "postgres")
    body["Resources"]["Data"]["Properties"]["ServerlessV2ScalingConfiguration"]["MaxCapacity"] = 8
    assert stack.deploy(body).status == "UPDATE_COMPLETE"
    cluster = sandbox.client("rds").describe_db_clusters()["DBClusters"][0]
    assert cluster["ServerlessV2ScalingConfiguration"]["MaxCapacity"] == 8
    assert cluster["StorageType"] == "aurora"


def test_drift_is_found(sandbox: Sandbox, stack: Deployer) -> None:
    """A change behind the stack's back is MODIFIED; what cannot be read is not called in sync."""
    stack.deploy(template(Files=("AWS::EFS::FileSystem", {"ThroughputMode": "bursting"}),
                          Alias=("AWS::SQS::QueuePolicy",
                                 {"Queues": [], "PolicyDocument": {}})))  # fmt: skip
    client = sandbox.client("cloudformation")
    sandbox.client("efs").update_file_system(
        FileSystemId=stack.physical_id("Files"), ThroughputMode="elastic"
    )
    run = client.detect_stack_drift(StackName=stack.name)["StackDriftDetectionId"]
    status = client.describe_stack_drift_detection_status(StackDriftDetectionId=run)
    assert (status["StackDriftStatus"], status["DriftedStackResourceCount"]) == ("DRIFTED", 1)
    records = client.describe_stack_resource_drifts(StackName=stack.name)["StackResourceDrifts"]
    found = {r["LogicalResourceId"]: r["StackResourceDriftStatus"] for r in records}
    assert found == {"Files": "MODIFIED", "Alias": "NOT_CHECKED"}


def test_an_existing_store_is_imported(sandbox: Sandbox, stack: Deployer) -> None:
    """An IMPORT change set takes a resource into the stack and may change nothing else."""
    stack.deploy(template(Jobs=queue()))
    sandbox.client("s3").create_bucket(Bucket="found-outside")
    bucket = ("AWS::S3::Bucket", {"BucketName": "found-outside"}, {"DeletionPolicy": "Retain"})
    asked = [{"ResourceType": "AWS::S3::Bucket", "LogicalResourceId": "Found",
              "ResourceIdentifier": {"BucketName": "found-outside"}}]  # fmt: skip
    change_set = stack.change_set(
        template(Jobs=queue(), Found=bucket), "IMPORT", ResourcesToImport=asked
    )
    assert change_of(change_set, "Found")["Action"] == "Import"
    assert stack.execute(change_set).status == "IMPORT_COMPLETE"
    assert stack.physical_id("Found") == "found-outside"
    changed = template(Jobs=queue(VisibilityTimeout=5), Found=bucket, More=bucket)
    asked[0]["LogicalResourceId"] = "More"
    assert stack.change_set(changed, "IMPORT", ResourcesToImport=asked)["Status"] == "FAILED"
    asked[0]["ResourceIdentifier"] = {"BucketName": "never-made"}  # type: ignore[dict-item]
    missing = template(Jobs=queue(), Found=bucket, More=bucket)
    outcome = stack.execute(stack.change_set(missing, "IMPORT", ResourcesToImport=asked))
    assert outcome.status == "IMPORT_ROLLBACK_COMPLETE"
    unsaid = template(Jobs=queue(), Found=bucket, More=bucket[:2])
    assert "must have DeletionPolicy" in refused(
        stack.change_set, unsaid, "IMPORT", ResourcesToImport=asked
    )


def test_change_sets_are_found_by_stack_and_name(sandbox: Sandbox, stack: Deployer) -> None:
    """Two stacks may have change sets of one name; a deleted one is gone."""
    client = sandbox.client("cloudformation")
    other = Deployer(sandbox, next(NAMES))
    for each in (stack, other):
        each.deploy(template(Jobs=queue()))
        client.create_change_set(
            StackName=each.name,
            ChangeSetName="same",
            TemplateBody=json.dumps(template(Jobs=queue(VisibilityTimeout=9))),
        )
    found = client.describe_change_set(ChangeSetName="same", StackName=other.name)
    assert found["StackName"] == other.name
    client.delete_change_set(ChangeSetName="same", StackName=other.name)
    text = refused(client.describe_change_set, ChangeSetName="same", StackName=other.name)
    assert "does not exist" in text
    assert client.describe_change_set(ChangeSetName="same", StackName=stack.name)["Changes"]


def test_the_clock_moves_forward_only(sandbox: Sandbox, stack: Deployer) -> None:
    """Events carry the advanced time, and a step back is refused."""
    stack.deploy(template(Jobs=queue()))
    sandbox.advance(24 * 3600)
    outcome = stack.deploy(template(Jobs=queue(VisibilityTimeout=44)))
    first, last = stack.events()[0]["Timestamp"], outcome.events[-1]["Timestamp"]
    assert (last - first).total_seconds() >= 24 * 3600
    with pytest.raises(Exception, match="not negative"):
        sandbox.advance(-1)


def test_an_unknown_operation_is_refused_by_name(sandbox: Sandbox) -> None:
    """An operation the sandbox does not play fails instead of pretending."""
    text = refused(sandbox.client("cloudformation").list_stack_sets)
    assert "does not answer cloudformation ListStackSets" in text
