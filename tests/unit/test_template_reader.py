"""Reading anybody's template: functions, conditions, defaults, and what cannot be known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tierctl.model.diagnostics import InvalidConfigurationError
from tierctl.model.environment import Environment
from tierctl.model.inventory import Inventory, MissingEnvironment, Unknown
from tierctl.templates.document import load
from tierctl.templates.intrinsics import Composed, Reference, Resolver
from tierctl.templates.reader import read_template

FOREIGN = Path(__file__).parents[1] / "data" / "templates" / "foreign.yaml"
TOP: dict[str, Any] = {
    "Parameters": {
        "Word": {"Type": "String", "Default": "prod"},
        "Open": {"Type": "String"},
        "Names": {"Type": "CommaDelimitedList", "Default": "a, b,c"},
        "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/b"},
    },
    "Mappings": {"Map": {"prod": {"x": 4}}},
    "Conditions": {
        "Yes": {"Fn::Equals": [{"Ref": "Word"}, "prod"]},
        "No": {"Fn::Not": [{"Condition": "Yes"}]},
        "Open": {"Fn::Equals": [{"Ref": "Open"}, "x"]},
        "Round": {"Fn::And": [{"Condition": "Round"}, {"Condition": "Yes"}]},
    },
    "Resources": {"Thing": {"Type": "AWS::SNS::Topic"}},
}


def resolve(value: Any, **parameters: str) -> Any:
    """What a value comes to in a template with parameters, a mapping and conditions."""
    document = load(json.dumps(TOP).encode(), "t.json")
    return Resolver(document, parameters, "eu-west-1").value(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Word"}, "prod"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "Names"}, ["a", "b", "c"]),
        ({"Ref": "Thing"}, Reference("Thing")),
        ({"Fn::GetAtt": ["Thing", "Arn"]}, Reference("Thing", "Arn")),
        ({"Fn::GetAtt": "Thing.Arn"}, Reference("Thing", "Arn")),
        ({"Fn::Sub": "a-${Word}-${!keep}"}, "a-prod-${keep}"),
        ({"Fn::Sub": ["${X}/${AWS::Region}", {"X": {"Ref": "Word"}}]}, "prod/eu-west-1"),
        ({"Fn::Sub": "x${Thing}"}, Composed(("x", Reference("Thing")))),
        ({"Fn::Join": ["-", ["a", {"Ref": "Word"}]]}, "a-prod"),
        ({"Fn::Select": [1, {"Ref": "Names"}]}, "b"),
        ({"Fn::Select": ["0", {"Fn::Split": [",", "x,y"]}]}, "x"),
        ({"Fn::FindInMap": ["Map", {"Ref": "Word"}, "x"]}, 4),
        ({"Fn::FindInMap": ["Map", "dev", "x", {"DefaultValue": 7}]}, 7),
        ({"Fn::If": ["Yes", 1, 2]}, 1),
        ({"Fn::If": ["No", 1, 2]}, 2),
        ({"Fn::If": ["Open", 3, 3]}, 3),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ([1, {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}], [1]),
        ({"Fn::Length": {"Ref": "Names"}}, 3),
        ({"Fn::ToJsonString": {"a": 1}}, '{"a": 1}'),
        ({"Fn::Base64": "x"}, "x"),
    ],
)
def test_a_function_that_can_be_resolved_is(value: Any, expected: Any) -> None:
    """Each function comes to its value, in long form; short forms become long ones first."""
    assert resolve(value) == expected


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"Ref": "Open"}, "--parameter Open=VALUE"),
        ({"Ref": "Stored"}, "Systems Manager"),
        ({"Ref": "Nobody"}, "neither a parameter nor a resource"),
        ({"Fn::GetAtt": ["Nobody", "Arn"]}, "there is no resource"),
        ({"Fn::ImportValue": "x"}, "another stack"),
        ({"Fn::GetAZs": ""}, "zones"),
        ({"Fn::Transform": {"Name": "x"}}, "macro"),
        ({"Fn::If": ["Open", 1, 2]}, "--parameter Open=VALUE"),
        ({"Fn::If": ["Nowhere", 1, 2]}, "no condition"),
        ({"Fn::If": ["Round", 1, 2]}, "hangs on itself"),
        ({"Fn::If": [1]}, "three parts"),
        ({"Fn::FindInMap": ["Map", "dev", "x"]}, "Mappings has no"),
        ({"Fn::Select": [9, {"Ref": "Names"}]}, "beyond its list"),
        ({"Fn::Select": [0, {"Fn::GetAZs": ""}]}, "zones"),
        ({"Fn::Join": ["-", [{"Ref": "Open"}]]}, "--parameter Open=VALUE"),
        ({"Fn::Split": [",", {"Ref": "Thing"}]}, "known later"),
        ({"Fn::Sub": 7}, "no text"),
        ({"Fn::Nonsense": 1}, "not resolved here"),
        ({"Fn::ForEach::X": [], "b": 1}, "expanded by AWS"),
    ],
)
def test_what_cannot_be_resolved_is_unknown_with_its_reason(value: Any, reason: str) -> None:
    """Nothing is guessed, and the reason says what would help."""
    found = resolve(value)

    assert isinstance(found, Unknown)
    assert reason in found.reason


def read(text: str, **parameters: str) -> Inventory:
    """An Inventory of a YAML text."""
    return read_template(text.encode(), "t.yaml", parameters, "us-east-1")


def facts(kind: str, properties: str) -> Any:
    """The facts of one resource."""
    inventory = read(f"Resources:\n  X: {{Type: '{kind}', Properties: {properties}}}\n")
    return inventory.resources[0].facts


@pytest.mark.parametrize(
    ("properties", "nodes"),
    [
        ("{CacheNodeType: x, NumCacheClusters: 3}", 3),
        ("{CacheNodeType: x, NumNodeGroups: 2, ReplicasPerNodeGroup: 1}", 4),
        ("{CacheNodeType: x}", 1),
        ("{CacheNodeType: x, ReplicasPerNodeGroup: 2}", 3),
        (
            "{CacheNodeType: x, NodeGroupConfiguration: [{ReplicaCount: 1}, {ReplicaCount: 2}]}",
            5,
        ),
    ],
)
def test_cache_nodes_are_counted_in_every_spelling(properties: str, nodes: int) -> None:
    """Clusters, groups times replicas, or a configuration for each group."""
    assert facts("AWS::ElastiCache::ReplicationGroup", properties)["nodes"] == nodes


def test_node_groups_without_replicas_are_unknown() -> None:
    """AWS's default is not documented, so the number of nodes is not known."""
    found = facts("AWS::ElastiCache::ReplicationGroup", "{CacheNodeType: x, NumNodeGroups: 2}")

    assert isinstance(found["nodes"], Unknown)


@pytest.mark.parametrize(
    ("written", "cpu", "memory"), [("512", 512, 1024), ("0.5 vCPU", 512, 1024), (".5", None, 1024)]
)
def test_task_sizes_are_read_in_both_spellings(written: str, cpu: int | None, memory: int) -> None:
    """CPU units or vCPU, MiB or GB; what is neither is unknown."""
    found = facts("AWS::ECS::TaskDefinition", f"{{Cpu: '{written}', Memory: '1 GB'}}")

    assert found["memory_mib"] == memory
    assert found["cpu"] == cpu if cpu else isinstance(found["cpu"], Unknown)


@pytest.mark.parametrize(
    ("properties", "metrics", "resolution"),
    [
        ("{Period: 60, MetricName: x}", 1, "standard"),
        ("{Period: 10, MetricName: x}", 1, "high_resolution"),
        (
            "{Metrics: [{MetricStat: {Period: 60}}, {MetricStat: {Period: 60}}, {Expression: a}]}",
            2,
            "standard",
        ),
        (
            "{ThresholdMetricId: e, Metrics: [{MetricStat: {Period: 60}}, {Expression: 'B(m)'}]}",
            3,
            "standard",
        ),
    ],
)
def test_alarms_are_counted_by_metric(properties: str, metrics: int, resolution: str) -> None:
    """Metric math bills every metric; anomaly detection the metric and its band; 10 s cost more."""
    found = facts("AWS::CloudWatch::Alarm", properties)

    assert (found["metrics"], found["resolution"]) == (metrics, resolution)


def test_conditions_decide_what_is_there() -> None:
    """False leaves a resource out, undecided keeps it unread."""
    inventory = read_template(FOREIGN.read_bytes(), "f.yaml", {}, "us-east-1")
    addresses = [resource.address for resource in inventory.resources]

    assert "Reader" in addresses
    assert "NeverReader" not in addresses
    dev = read_template(FOREIGN.read_bytes(), "f.yaml", {"Stage": "dev"}, "us-east-1")
    assert "Reader" not in [resource.address for resource in dev.resources]


def test_an_undecided_condition_keeps_the_resource_unread() -> None:
    """A resource that may or may not be made is listed, never dropped."""
    text = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\n"
    text += "Resources: {X: {Type: AWS::EC2::EIP, Condition: C}}\n"

    assert "condition C" in read(text).resources[0].unread


def test_resources_know_where_they_are_written() -> None:
    """Line and column of the logical id, in YAML and in JSON."""
    yaml = read("Resources:\n  X:\n    Type: AWS::EC2::EIP\n").resources[0].place
    text = '{\n "Resources": {\n  "X": {"Type": "AWS::EC2::EIP"}}}'
    json_ = read_template(text.encode(), "t.json", {}, "us-east-1").resources[0].place

    assert str(yaml) == "t.yaml:2:3"
    assert str(json_) == "t.json:3:3"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no mapping"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a: [", "not YAML"),
        (b"{", "not JSON"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b"a: 1\na: 2\n", "twice"),
        (b"Resources: {}", "no Resources"),
        (b"[]", "no mapping"),
        (b"- 1\n---\n- 2\n", "more than one"),
        (b"a: *b\n", "no anchor"),
        (b"Resources: {X: 1}", "no mapping with a Type"),
        (b"a: " + b"[" * 200 + b"]" * 200, "deeper"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "deep"),
        (b"a: &a [1]\nb: {? [x] : 1}\n", "plain word"),
    ],
)
def test_bad_bytes_are_refused_with_a_place(data: bytes, words: str) -> None:
    """Any bytes that are no template give one diagnostic with a place."""
    with pytest.raises(InvalidConfigurationError) as caught:
        read_template(data, "t", {}, "us-east-1")

    assert words in caught.value.diagnostics[0].what
    assert caught.value.diagnostics[0].place is not None


def test_an_alias_bomb_is_refused() -> None:
    """Aliases that expand to millions of values stop the reading."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(InvalidConfigurationError, match="expands"):
        read("\n".join(lines))


def test_a_parameter_that_is_not_declared_is_refused() -> None:
    """A value nobody reads would change nothing; the nearest name is offered."""
    with pytest.raises(InvalidConfigurationError) as caught:
        read_template(FOREIGN.read_bytes(), "f.yaml", {"Stagee": "x"}, "us-east-1")

    assert caught.value.diagnostics[0].suggestion == "Stage"


def test_only_our_templates_are_environments() -> None:
    """A foreign template says what is missing; a wrong document says that it does not fit."""
    foreign = read_template(FOREIGN.read_bytes(), "f.yaml", {}, "us-east-1").environment()
    assert isinstance(foreign, MissingEnvironment)
    wrong = "Metadata: {tierctl: {environment: {a: 1}}}\nResources: {X: {Type: AWS::EC2::EIP}}\n"
    found = read(wrong).environment()

    assert isinstance(found, MissingEnvironment)
    assert not isinstance(found, Environment)
