"""The sandbox's decisions, without a server: intrinsics, replacement, stack policy, rows."""

from __future__ import annotations

import json
from typing import Any

import boto3
import jmespath
import pytest

from tierctl.sandbox.cloudformation.diff import changes, same
from tierctl.sandbox.cloudformation.intrinsics import NO_VALUE, Unknown, resolve
from tierctl.sandbox.cloudformation.policy import denied
from tierctl.sandbox.cloudformation.rows import Row, Step, all_rows
from tierctl.sandbox.cloudformation.schemas import schema
from tierctl.sandbox.cloudformation.shapes import UncarriedError, to_api
from tierctl.sandbox.cloudformation.template import read_template, references
from tierctl.sandbox.wire import ApiError


class Scope:
    """A scope with one parameter, one resource and one that does not exist yet."""

    def ref(self, name: str) -> Any:
        """Return a value by name."""
        known = {"Size": "3", "AWS::Region": "us-east-1", "AWS::NoValue": NO_VALUE, "Box": "box-1"}
        return Unknown(name) if name == "Later" else known[name]

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return an attribute."""
        return Unknown(logical_id) if logical_id == "Later" else f"{logical_id}/{name}"

    def condition(self, name: str) -> bool:
        """Only Yes holds."""
        return name == "Yes"

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Return the one mapping."""
        return {"prod": {"size": "large"}} if name == "Sizes" else None

    def imported(self, name: str) -> str:
        """Return an export."""
        return f"imported-{name}"

    def zones(self, region: str) -> list[str]:
        """Return two zones."""
        return [f"{region}a", f"{region}b"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Size"}, "3"),
        ({"Fn::Sub": "${Box}-${ Box.Arn }-${!Raw}"}, "box-1-Box/Arn-${Raw}"),
        ({"Fn::Sub": ["${a}-${Size}", {"a": {"Ref": "Box"}}]}, "box-1-3"),
        ({"Fn::Join": [",", ["a", {"Ref": "Size"}]]}, "a,3"),
        ({"Fn::Select": ["1", {"Fn::Split": ["|", "a|b|c"]}]}, "b"),
        ({"Fn::GetAZs": ""}, ["us-east-1a", "us-east-1b"]),
        ({"Fn::Cidr": ["10.0.0.0/16", 2, "8"]}, ["10.0.0.0/24", "10.0.1.0/24"]),
        ({"Fn::FindInMap": ["Sizes", "prod", "size"]}, "large"),
        ({"Fn::FindInMap": ["Sizes", "x", "size", {"DefaultValue": "s"}]}, "s"),
        ({"Fn::If": ["Yes", "a", "b"]}, "a"),
        ({"Fn::If": ["No", "a", {"Ref": "AWS::NoValue"}]}, NO_VALUE),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}, {"b": [1]}),
        ({"Fn::ImportValue": "x"}, "imported-x"),
        ({"Fn::Base64": "hi"}, "aGk="),
        ({"Fn::ToJsonString": {"a": [1]}}, '{"a":[1]}'),
        ({"Fn::Length": [1, 2]}, 2),
        ({"Fn::And": [{"Condition": "Yes"}, {"Fn::Not": [{"Condition": "No"}]}]}, True),
        ({"Fn::Equals": [{"Ref": "Size"}, 3]}, True),
        ({"Fn::Join": ["", ["a", {"Ref": "Later"}]]}, Unknown("Later")),
        ({"Fn::Sub": "x-${Later.Arn}"}, Unknown("Later")),
        ("{{resolve:ssm:/a}}", "{{resolve:ssm:/a}}"),
    ],
)
def test_intrinsics_evaluate_as_cloudformation_says(value: Any, expected: Any) -> None:
    """Each function gives its documented value, and Unknown where AWS could not know it yet."""
    assert resolve(value, Scope()) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"Fn::Select": [5, ["a"]]},
        {"Fn::FindInMap": ["Sizes", "none", "size"]},
        {"Fn::Transform": {"Name": "X"}},
        {"Fn::If": ["Yes", "a"]},
    ],
)
def test_intrinsics_refuse_what_cannot_be_evaluated(value: Any) -> None:
    """A function that cannot be evaluated is a template error, never an empty value."""
    with pytest.raises(ApiError, match="Template error"):
        resolve(value, Scope())


def test_a_yaml_template_reads_like_json() -> None:
    """Short tags, dates and both kinds of reference are read as CloudFormation reads them."""
    text = """
    AWSTemplateFormatVersion: 2010-09-09
    Resources:
      A: {Type: "AWS::SQS::Queue", Properties: {QueueName: !Sub "${B}-${ C.Arn }"}}
      B: {Type: "AWS::SQS::Queue", DependsOn: C}
      C: {Type: "AWS::SQS::Queue", Properties: {Tags: [{Key: d, Value: 2026-01-01}]}}
    """
    template = read_template(text)
    assert template.body["AWSTemplateFormatVersion"] == "2010-09-09"
    assert references(template.resources["A"].properties) == {("B", None), ("C", "Arn")}
    assert template.resources["C"].properties["Tags"][0]["Value"] == "2026-01-01"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "At least one Resources member"),
        ('{"Resources": {"A": {}}}', "must contain a Type member"),
        ('{"Resources": {"A": {"Type": "X", "DependsOn": "B"}}}', "Unresolved resource"),
        ('{"Resources": {}, "Transform": "AWS::Serverless-2016-10-31"}', "transforms"),
        ("a: [", "not well-formed"),
    ],
)
def test_a_malformed_template_is_refused(text: str, message: str) -> None:
    """What AWS refuses at validation is refused with a message that says what is wrong."""
    with pytest.raises(ApiError, match=message):
        read_template(text)


RESHARDING = {"UseOnlineResharding": True}
GROUP = "AWS::ElastiCache::ReplicationGroup"


@pytest.mark.parametrize(
    ("kind", "before", "after", "policy", "expected"),
    [
        (
            "AWS::RDS::DBCluster",
            {"StorageEncrypted": False},
            {"StorageEncrypted": True},
            {},
            "Always",
        ),
        ("AWS::RDS::DBCluster", {"KmsKeyId": "a"}, {}, {}, "Always"),
        ("AWS::RDS::DBCluster", {"EngineVersion": "16.4"}, {"EngineVersion": "16.6"}, {}, "Never"),
        (
            "AWS::RDS::DBCluster",
            {"MasterUsername": "a"},
            {"MasterUsername": "b"},
            {},
            "Conditionally",
        ),
        (GROUP, {"Port": 6379}, {"Port": "6380"}, {}, "Always"),
        (GROUP, {"NumNodeGroups": 1}, {"NumNodeGroups": 2}, {}, "Always"),
        (GROUP, {"NumNodeGroups": 1}, {"NumNodeGroups": 2}, RESHARDING, "Never"),
        (GROUP, {"ReplicasPerNodeGroup": 1}, {"ReplicasPerNodeGroup": 2}, {}, "Never"),
        (GROUP, {"Engine": "redis"}, {"Engine": "valkey"}, {}, "Never"),
        (GROUP, {}, {"AuthToken": "x"}, {}, "Conditionally"),
        ("AWS::EFS::FileSystem", {"ThroughputMode": "a"}, {"ThroughputMode": "b"}, {}, "Never"),
        ("AWS::EFS::FileSystem", {"PerformanceMode": "a"}, {"PerformanceMode": "b"}, {}, "Always"),
        ("AWS::ECS::TaskDefinition", {"Cpu": "256"}, {"Cpu": "512"}, {}, "Always"),
        (
            "AWS::EC2::SecurityGroup",
            {"GroupDescription": "a"},
            {"GroupDescription": "b"},
            {},
            "Always",
        ),
        ("AWS::S3::Bucket", {"BucketName": "a"}, {"BucketName": "b"}, {}, "Always"),
    ],
)
def test_property_changes_replace_as_the_schemas_say(
    kind: str,
    before: dict[str, Any],
    after: dict[str, Any],
    policy: dict[str, Any],
    expected: str,
) -> None:
    """Create-only changes recreate, mutable ones do not, dated exceptions included."""
    (change,) = changes(kind, before, after, policy)
    assert change.recreation == expected


def test_equal_values_of_different_spelling_are_no_change() -> None:
    """5432 equals "5432" and true equals "true", inside lists too; order matters."""
    assert same({"a": [5432, True]}, {"a": ["5432", "true"]})
    assert not same([1, 2], [2, 1])
    assert not same(None, {})


ALLOW_ALL = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}


def deny(**rest: Any) -> dict[str, Any]:
    """Return a Deny statement."""
    return {"Effect": "Deny", "Action": "Update:Replace", "Principal": "*", **rest}


@pytest.mark.parametrize(
    ("statements", "action", "is_denied"),
    [
        ([], "Update:Modify", True),
        ([ALLOW_ALL], "Update:Replace", False),
        ([ALLOW_ALL, deny(Resource="*")], "Update:Replace", True),
        ([ALLOW_ALL, deny(Resource="*")], "Update:Modify", False),
        ([ALLOW_ALL, deny(Resource="LogicalResourceId/Da*")], "Update:Replace", True),
        ([ALLOW_ALL, deny(Resource="LogicalResourceId/Other")], "Update:Replace", False),
        ([ALLOW_ALL, deny(NotResource="LogicalResourceId/Data")], "Update:Replace", False),
        (
            [ALLOW_ALL, deny(Resource="*", Condition={"StringEquals": {"ResourceType": ["X"]}})],
            "Update:Replace",
            False,
        ),
        (
            [
                ALLOW_ALL,
                deny(Resource="*", Condition={"StringLike": {"ResourceType": "AWS::RDS::*"}}),
            ],
            "Update:Replace",
            True,
        ),
    ],
)
def test_stack_policies(statements: list[Any], action: str, *, is_denied: bool) -> None:
    """Everything is denied unless allowed, Deny wins, wildcards and conditions count."""
    policy = json.dumps({"Statement": statements})
    reason = denied(policy, action, "Data", "AWS::RDS::DBCluster")
    assert (reason is not None) == is_denied


def test_no_policy_denies_nothing() -> None:
    """A stack without a policy may be updated freely."""
    assert denied(None, "Update:Delete", "Data", "AWS::RDS::DBCluster") is None


def shape(service: str, operation: str) -> Any:
    """Return an operation's input shape."""
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id="x",
                          aws_secret_access_key="x")  # fmt: skip
    return client.meta.service_model.operation_model(operation).input_shape


def test_values_are_mapped_into_the_apis_shape() -> None:
    """Case, numbers, booleans, tags and documents take the API's form; the unknown is refused."""
    task = shape("ecs", "RegisterTaskDefinition")
    mapped = to_api(
        {"Family": "f", "ContainerDefinitions": [{"Memory": "512", "Essential": "true"}]},
        task, "", {},
    )  # fmt: skip
    assert mapped == {
        "family": "f",
        "containerDefinitions": [{"memory": 512, "essential": True}],
    }
    tags = to_api({"Tags": [{"Key": "a", "Value": 1}]}, shape("kms", "CreateKey"), "", {})
    assert tags == {"Tags": [{"TagKey": "a", "TagValue": "1"}]}
    with pytest.raises(UncarriedError, match="ContainerDefinitions"):
        to_api({"ContainerDefinitions": [{"Odd": 1}]}, task, "", {})


def steps_of(row: Row) -> list[Step]:
    """Return every step of a row, the nested ones too."""
    found = [*row.create, *row.sync, *row.update, *row.delete, *row.snapshot]
    if row.read:
        found.append(row.read)
    if row.tagging:
        found += [row.tagging.add, row.tagging.remove]
    return found + [s for step in found for s in (step.remove, step.absent) if s]


def expressions(value: Any) -> list[str]:
    """Return every expression in a row's value."""
    match value:
        case str() if value.startswith("="):
            return [value[1:]]
        case dict():
            return [e for item in value.values() for e in expressions(item)]
        case list():
            return [e for item in value for e in expressions(item)]
        case _:
            return []


@pytest.mark.parametrize("kind", sorted(all_rows()))
def test_rows_agree_with_the_registry_schema(kind: str) -> None:
    """Every property and attribute a row names is one of the type's own, by cfn-lint's schema."""
    row, known = all_rows()[kind], schema(kind)
    properties = set(known.get("properties", ()))
    if not properties:  # CDK's metadata and wait handles have no registry schema
        return
    named = {*row.ignored, *row.uses, *row.translate, *row.drift} - {
        "BypassPolicyLockoutSafetyCheck"
    }
    assert named <= properties
    assert row.name_property is None or row.name_property in properties
    assert {name.split(".")[0] for name in row.attributes} <= properties


def test_rows_agree_with_the_service_models() -> None:
    """Every call of every row exists in botocore, with the arguments the row gives it."""
    clients: dict[str, Any] = {}
    wrong: list[str] = []
    for kind, row in all_rows().items():
        for step in steps_of(row):
            if step.service not in clients:
                clients[step.service] = boto3.client(
                    step.service, region_name="us-east-1", aws_access_key_id="x",
                    aws_secret_access_key="x",
                )  # fmt: skip
            meta = clients[step.service].meta
            if step.op not in meta.method_to_api_mapping:
                wrong.append(f"{kind}: {step.op}")
                continue
            operation = meta.service_model.operation_model(meta.method_to_api_mapping[step.op])
            members = set(operation.input_shape.members) if operation.input_shape else set()
            wrong += [f"{kind}: {step.op}.{name}" for name in set(step.args) - members]
            for expression in expressions(step.args):
                jmespath.compile(expression)  # a mistake in the expression raises
    assert wrong == []


def test_every_ignored_property_has_a_reason() -> None:
    """What the sandbox leaves out, it leaves out with a sentence that says why."""
    for kind, row in all_rows().items():
        assert all(len(reason.split()) >= 3 for reason in row.ignored.values()), kind
