"""What an update does to whole resources: policies, references, names, renames, secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tierctl.catalog.behaviours import DataRisk
from tierctl.model.diagnostics import InvalidConfigurationError
from tierctl.planning.impact import impact
from tierctl.planning.impact_model import Badness, Impact, ResourceChange, Verdict
from tierctl.reporting.impact_document import impact_document, markdown, sarif, text

S3, CLUSTER = "AWS::S3::Bucket", "AWS::RDS::DBCluster"
GROUP, NODE = "AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::CacheCluster"


def run(before: Any, after: Any, **sections: Any) -> Impact:
    """The impact between two mappings of resources, or two texts."""
    one, two = (
        part.encode() if isinstance(part, str) else json.dumps({"Resources": part, **sections})
        for part in (before, after)
    )
    data = [part if isinstance(part, bytes) else part.encode() for part in (one, two)]
    return impact((data[0], "before.json"), (data[1], "after.json"))


def of(found: Impact, logical_id: str) -> ResourceChange:
    """The change of one resource."""
    return next(change for change in found.changes if change.logical_id == logical_id)


def resource(kind: str, **rest: Any) -> dict[str, Any]:
    """A resource; capital attributes stand beside Properties."""
    attributes = {k: rest.pop(k) for k in ("DeletionPolicy", "UpdateReplacePolicy") if k in rest}
    return {"Type": kind, **attributes, "Properties": rest}


KEPT = resource("AWS::SNS::Topic")


@pytest.mark.parametrize(
    ("policy", "verdict", "risky", "says"),
    [
        (None, Verdict.REMOVED, True, "no DeletionPolicy"),
        ("Delete", Verdict.REMOVED, True, "is Delete"),
        ("Snapshot", Verdict.REMOVED, True, "last snapshot"),
        ("Retain", Verdict.RETAINED, False, "stays in the account"),
        ("RetainExceptOnCreate", Verdict.RETAINED, False, "stays in the account"),
    ],
)
def test_a_removal_follows_the_deletion_policy(
    policy: str | None, verdict: Verdict, risky: bool, says: str
) -> None:
    """Only a retained store is out of danger when it leaves the template."""
    attributes = {"DeletionPolicy": policy} if policy else {}
    found = run({"A": KEPT, "C": resource(GROUP, **attributes)}, {"A": KEPT})

    change = of(found, "C")
    assert (verdict, risky) == (change.verdict, change.data_at_risk)
    assert says in change.data


def test_a_database_is_snapshotted_by_default() -> None:
    """CloudFormation's own default for a DB cluster is a last snapshot; it is told as such."""
    found = run({"A": KEPT, "D": resource(CLUSTER, Engine="aurora-mysql")}, {"A": KEPT})

    assert "CloudFormation's default" in of(found, "D").data


@pytest.mark.parametrize(
    ("policies", "says"),
    [
        ({}, "deleted with its data"),
        ({"DeletionPolicy": "Retain"}, "DeletionPolicy does not cover a replacement"),
        ({"UpdateReplacePolicy": "Retain"}, "outside the stack, with the data"),
        ({"UpdateReplacePolicy": "Snapshot"}, "last snapshot"),
    ],
)
def test_a_replacement_follows_the_update_replace_policy(
    policies: dict[str, str], says: str
) -> None:
    """The new store is empty whatever the policy; DeletionPolicy alone keeps nothing."""
    before = {"F": resource("AWS::EFS::FileSystem", **policies)}
    after = {"F": resource("AWS::EFS::FileSystem", Encrypted=True, **policies)}
    change = of(run(before, after), "F")

    assert change.verdict is Verdict.REPLACED
    assert change.data_at_risk
    assert says in change.data
    assert "empty" in change.data


def chain(description: str) -> dict[str, Any]:
    """A security group, an interface endpoint in it, a mount target and a function beside."""
    return {
        "Vpc": resource("AWS::EC2::VPC", CidrBlock=description),
        "Group": resource("AWS::EC2::SecurityGroup", GroupDescription="g", VpcId={"Ref": "Vpc"}),
        "Targets": resource(
            "AWS::ElasticLoadBalancingV2::TargetGroup", VpcId={"Ref": "Vpc"}, Port=80
        ),
        "Listener": resource(
            "AWS::ElasticLoadBalancingV2::Listener",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        ),
        "Endpoint": resource(
            "AWS::EC2::VPCEndpoint",
            ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
            VpcId={"Fn::GetAtt": ["Vpc", "VpcId"]},
        ),
        "Cache": resource(GROUP, SecurityGroupIds=[{"Fn::GetAtt": ["Group", "GroupId"]}]),
        "Alone": resource("AWS::SNS::Topic"),
    }


def test_a_replacement_replaces_who_is_built_on_it() -> None:
    """A reference in a create-only property carries the replacement on, to the last resource."""
    found = run(chain("10.0.0.0/16"), chain("10.1.0.0/16"))

    verdicts = {change.logical_id: str(change.verdict) for change in found.changes}
    assert {
        "Vpc": "replaced",
        "Group": "replaced",
        "Targets": "replaced",
        "Endpoint": "replaced",
        "Listener": "in place",
        "Cache": "in place",
    } == verdicts
    (path,) = of(found, "Cache").properties
    assert ("Group", "SecurityGroupIds[0]") == (path.caused_by, path.path)


def test_what_names_itself_stops_the_chain() -> None:
    """A refused replacement replaces nobody: the update fails as a whole."""
    before, after = chain("10.0.0.0/16"), chain("10.0.0.0/16")
    for side, text_ in ((before, "g"), (after, "h")):
        side["Group"]["Properties"] |= {"GroupName": "mine", "GroupDescription": text_}
    found = run(before, after)

    assert {"Group": Verdict.REFUSED} == {c.logical_id: c.verdict for c in found.changes}
    assert of(found, "Group").blocks == "the update is refused"


def test_a_renamed_logical_id_is_told_as_such() -> None:
    """CloudFormation removes and makes anew; the report says that it is one resource."""
    bucket = resource(S3, VersioningConfiguration={"Status": "Enabled"})
    found = run({"Old": bucket}, {"New": bucket})

    assert ("New", "Old") == (of(found, "Old").renamed, of(found, "New").renamed)
    assert of(found, "Old").data_at_risk
    assert "renamed" in of(found, "Old").why


def test_a_renamed_logical_id_of_a_named_resource_is_refused() -> None:
    """The new one would take the name that the old one has until the update's end."""
    found = run({"Old": resource(S3, BucketName="b")}, {"New": resource(S3, BucketName="b")})

    assert of(found, "New").verdict is Verdict.REFUSED


def test_a_logical_id_never_changes_its_type() -> None:
    """A cache cluster cannot become a group under the same id."""
    found = run({"C": resource(NODE)}, {"C": resource(GROUP)})

    assert of(found, "C").verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({}, "does not take its data over"),
        ({"PrimaryClusterId": "node-1"}, "adopts"),
        ({"PrimaryClusterId": {"Ref": "Node"}}, "as a literal first"),
    ],
)
def test_a_group_in_the_place_of_a_node(properties: dict[str, Any], said: str) -> None:
    """A new group has the node's data only by adoption; the report says which it is."""
    found = run(
        {"Node": resource(NODE, Engine="redis")},
        {"Group": resource(GROUP, **properties)},
    )

    assert said in of(found, "Node").why
    assert of(found, "Node").data_at_risk


TIER = {
    "CacheNodeType": "cache.t4g.micro",
    "NumNodeGroups": 1,
    "ReplicasPerNodeGroup": 0,
    "Engine": "redis",
    "EngineVersion": "7.1",
    "CacheParameterGroupName": "default.redis7",
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ReplicasPerNodeGroup": 1}, Verdict.IN_PLACE),
        ({"NumNodeGroups": 2}, Verdict.IN_PLACE),
        ({"CacheNodeType": "cache.m7g.large"}, Verdict.INTERRUPTED),
        (
            {
                "Engine": "valkey",
                "EngineVersion": "8.0",
                "CacheParameterGroupName": "default.valkey8",
            },
            Verdict.INTERRUPTED,
        ),
        ({"NumNodeGroups": 2, "CacheNodeType": "cache.m7g.large"}, Verdict.UNKNOWN),
    ],
)
def test_cache_tier_change_is_not_called_a_replacement(
    change: dict[str, Any], expected: Verdict
) -> None:
    """Where the CDK's own diff says replacement, AWS works in place: peers, experiment A."""
    policy = {"UpdatePolicy": {"UseOnlineResharding": True}}
    before = {"G": {"Type": GROUP, **policy, "Properties": TIER}}
    after = {"G": {"Type": GROUP, **policy, "Properties": TIER | change}}

    assert expected == of(run(before, after), "G").verdict


def aurora(minimum: float, maximum: int, *, deferred: bool, gateway: str) -> dict[str, Any]:
    """A cluster with its writer, and the second zone's way out."""
    found = {
        "Db": resource(
            CLUSTER,
            ServerlessV2ScalingConfiguration={"MinCapacity": minimum, "MaxCapacity": maximum},
        ),
        "Writer": resource(
            "AWS::RDS::DBInstance",
            DBClusterIdentifier={"Ref": "Db"},
            **({"ApplyImmediately": False} if deferred else {}),
        ),
        "Nat1": resource("AWS::EC2::NatGateway", SubnetId="subnet-1"),
        "Nat2": resource("AWS::EC2::NatGateway", SubnetId="subnet-2"),
        "Route": resource("AWS::EC2::Route", NatGatewayId={"Ref": gateway}),
    }
    if gateway == "Nat1":
        del found["Nat2"]
    return found


@pytest.mark.parametrize(("deferred", "expected"), [(True, "in place"), (False, "interrupted")])
def test_aurora_and_gateway_change_is_not_called_harmless(deferred: bool, expected: str) -> None:
    """Reboots and a new way out are told, where the CDK's diff is silent: experiment B."""
    found = run(
        aurora(0.5, 4, deferred=deferred, gateway="Nat1"),
        aurora(2, 16, deferred=deferred, gateway="Nat2"),
    )

    assert expected == of(found, "Db").verdict
    assert of(found, "Route").verdict is Verdict.INTERRUPTED
    assert "another address" in of(found, "Route").properties[0].why
    assert "another address" in of(found, "Nat2").why
    assert not found.blocking


def rules(*listed: dict[str, Any], versioned: bool = True) -> dict[str, Any]:
    """A bucket with lifecycle rules."""
    extra = {"VersioningConfiguration": {"Status": "Enabled"}} if versioned else {}
    return resource(
        S3, LifecycleConfiguration={"Rules": [{"Status": "Enabled", **r} for r in listed]}, **extra
    )


NONCURRENT = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}


@pytest.mark.parametrize(
    ("before", "after", "risk"),
    [
        (rules(), rules({"ExpirationInDays": 30}), DataRisk.HIGH),
        (rules({"ExpirationInDays": 90}), rules({"ExpirationInDays": 30}), DataRisk.HIGH),
        (rules({"ExpirationInDays": 30}), rules({"ExpirationInDays": 90}), DataRisk.NONE),
        (rules({"ExpirationInDays": 30}), rules(), DataRisk.NONE),
        (
            rules({"ExpirationInDays": 30, "Prefix": "tmp/"}),
            rules({"ExpirationInDays": 30, "Prefix": "data/"}),
            DataRisk.HIGH,
        ),
        (rules(), rules(NONCURRENT), DataRisk.HIGH),
        (resource(S3), rules(NONCURRENT), DataRisk.LOW),
        (
            rules(),
            rules({"Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}]}),
            DataRisk.NONE,
        ),
        (
            rules({"ExpirationInDays": 30, "Status": "Disabled"}),
            rules({"ExpirationInDays": 30}),
            DataRisk.HIGH,
        ),
    ],
)
def test_a_lifecycle_rule_is_judged_by_what_it_removes(
    before: dict[str, Any], after: dict[str, Any], risk: DataRisk
) -> None:
    """An expiry that is new or earlier removes objects there are already; a later one does not."""
    change = of(run({"B": before}, {"B": after}), "B")

    paths = [p for p in change.properties if p.path.startswith("LifecycleConfiguration")]
    assert risk == max(path.data_risk for path in paths)
    assert change.data_at_risk == (risk >= DataRisk.MEDIUM)
    assert change.verdict is Verdict.IN_PLACE


@pytest.mark.parametrize(
    ("kind", "key", "before", "after", "at_risk"),
    [
        ("AWS::SQS::Queue", "MessageRetentionPeriod", 345600, 3600, True),
        ("AWS::SQS::Queue", "MessageRetentionPeriod", 3600, 345600, False),
        ("AWS::Logs::LogGroup", "RetentionInDays", 365, 30, False),
    ],
)
def test_a_shorter_retention_is_told(
    kind: str, key: str, before: int, after: int, at_risk: bool
) -> None:
    """Messages beyond a queue's shorter retention are gone at once."""
    found = run({"Q": resource(kind, **{key: before})}, {"Q": resource(kind, **{key: after})})

    assert at_risk == of(found, "Q").data_at_risk


@pytest.mark.parametrize(
    "kind",
    ["AWS::CloudFormation::Stack", "Custom::Thing", "AWS::CloudFormation::CustomResource", "A::B"],
)
def test_what_nobody_can_see_is_unknown(kind: str) -> None:
    """A nested stack, a custom resource and an unheard-of type may hold data, so they stop."""
    found = run({"X": resource(kind, Parameters=1)}, {"X": resource(kind, Parameters=2)})

    assert of(found, "X").verdict is Verdict.UNKNOWN
    assert of(found, "X").blocks


def test_an_unknown_on_what_holds_nothing_does_not_stop() -> None:
    """A target without data may be unknown; it is told, and the pipeline goes on."""
    found = run(
        {"X": resource("AWS::Lambda::Function", Made="a")},
        {"X": resource("AWS::Lambda::Function", Made="b")},
    )

    assert of(found, "X").verdict is Verdict.UNKNOWN
    assert not found.blocking


SECRETS = """
Parameters:
  Word: {Type: String, NoEcho: true, Default: swordfish}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: web
          Environment:
            - {Name: DB_PASSWORD, Value: hunterVALUE}
            - {Name: URL, Value: "postgres://me:pwVALUE@host/db"}
            - {Name: PLAIN, Value: !Sub "${Word}-VALUE"}
  Db:
    Type: AWS::RDS::DBCluster
    Properties: {MasterUserPassword: topVALUE, Tags: [{Key: a, Value: VALUE}]}
"""


@pytest.mark.parametrize("view", ["text", "markdown", "sarif", "json"])
def test_secrets_are_shown_nowhere(view: str) -> None:
    """Passwords by name, by form and from NoEcho parameters are blotted out in every view."""
    found = impact_document(run(SECRETS.replace("VALUE", "1"), SECRETS.replace("VALUE", "2")))
    views = {
        "text": text(found),
        "markdown": markdown(found),
        "sarif": json.dumps(sarif(found, "1")),
        "json": json.dumps(found),
    }

    for secret in ("hunter1", "hunter2", "pw1", "swordfish", "top1", "top2"):
        assert secret not in views[view]
    assert "redacted" in views[view]


def test_yaml_and_json_of_one_template_are_one() -> None:
    """Form, key order, short forms and the spelling of scalars are no change."""
    yaml_text = """
Resources:
  A: {Type: "AWS::SNS::Topic", Properties: {DisplayName: !Sub "${AWS::StackName}-x"}}
  B: {Type: "AWS::EFS::FileSystem", Properties: {Encrypted: "true"}, Metadata: {a: b}}
"""
    json_text = json.dumps(
        {
            "Resources": {
                "B": {"Type": "AWS::EFS::FileSystem", "Properties": {"Encrypted": True}},
                "A": {
                    "Type": "AWS::SNS::Topic",
                    "Properties": {
                        "DisplayName": {"Fn::Join": ["-", [{"Ref": "AWS::StackName"}, "x"]]}
                    },
                },
            }
        }
    )

    assert () == run(yaml_text, json_text).changes


def test_a_condition_decides_who_is_there() -> None:
    """A resource whose condition turns false is removed; a parameter's value decides it."""
    body = yaml.safe_dump(
        {
            "Parameters": {"Keep": {"Type": "String", "Default": "yes"}},
            "Conditions": {"Kept": {"Fn::Equals": [{"Ref": "Keep"}, "yes"]}},
            "Resources": {"A": KEPT, "B": {**resource(S3), "Condition": "Kept"}},
        }
    )
    same = body.encode()

    assert not impact((same, "a"), (same, "b")).changes
    assert not impact((same, "a"), (same, "b"), {"Keep": "no"}).changes
    gone = body.replace("Default: 'yes'", "Default: 'no'").encode()
    assert "B" == of(impact((same, "a"), (gone, "b")), "B").logical_id
    with pytest.raises(InvalidConfigurationError, match="template has a parameter"):
        impact((same, "a"), (same, "b"), {"Kep": "no"})


@pytest.mark.parametrize("kind", ["AWS::EFS::FileSystem", "AWS::SNS::Topic"])
def test_an_open_value_is_never_taken_for_the_same(kind: str) -> None:
    """Two imports of different exports differ, and what depends on that is unknown, not safe."""
    name = "KmsKeyId" if kind == "AWS::EFS::FileSystem" else "TopicName"
    before = {"F": resource(kind, **{name: {"Fn::ImportValue": "key-1"}})}
    after = {"F": resource(kind, **{name: {"Fn::ImportValue": "key-2"}})}

    assert not run(before, before).changes
    assert of(run(before, after), "F").verdict in (Verdict.UNKNOWN, Verdict.REPLACED)


def test_an_export_that_changes_is_told() -> None:
    """CloudFormation refuses it while somebody imports it, which no template says."""
    outputs = {"Outputs": {"O": {"Value": {"Ref": "A"}, "Export": {"Name": "shared"}}}}
    before = {"A": resource(S3, BucketName="a")}
    found = run(before, {"A": resource(S3, BucketName="b")}, **outputs)

    assert 1 == len(found.outputs)
    assert "list-imports --export-name shared" in found.outputs[0]


def test_the_worst_stand_first_and_all_of_it_fits_eighty_columns() -> None:
    """What stops is on top, and the text wraps; only addresses may be longer."""
    found = run(chain("10.0.0.0/16"), chain("10.1.0.0/16"))
    blocking = [bool(change.blocks) for change in found.changes]

    assert sorted(blocking, reverse=True) == blocking
    for line in text(impact_document(found)).splitlines():
        assert len(line) <= 80 or "https://" in line


def test_every_verdict_has_its_badness() -> None:
    """The table of badness leaves no verdict out."""
    assert {verdict.name for verdict in Verdict} == {badness.name for badness in Badness}


VALUES = st.recursive(
    st.booleans() | st.integers(0, 9) | st.sampled_from(["a", "b", "cache.t4g.micro", "7.1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)
PROPERTIES = st.dictionaries(
    st.sampled_from(["NumNodeGroups", "Engine", "Port", "Tags", "Nonsense", "ClusterMode"]), VALUES
)


@settings(max_examples=150, deadline=None)
@given(before=PROPERTIES, after=PROPERTIES, kind=st.sampled_from([GROUP, CLUSTER, S3, "X::Y::Z"]))
def test_any_pair_of_near_templates(
    before: dict[str, Any], after: dict[str, Any], kind: str
) -> None:
    """Nothing against itself changes nothing; a difference is never silently left out or safe."""
    one, two = {"R": resource(kind, **before)}, {"R": resource(kind, **after)}

    assert not run(one, one).changes
    found = run(one, two)
    if found.changes:
        change = of(found, "R")
        assert change.properties
        if any(p.path.startswith("Nonsense") for p in change.properties):
            assert change.verdict in (Verdict.UNKNOWN, Verdict.REFUSED, Verdict.REPLACED)
            assert change.blocks
    text(impact_document(found))
