"""`impact` and advice on damaged templates: an answer or a located problem, never a traceback."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from tierctl.config.compare import at_tier
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError
from tierctl.planning.adoption import advise
from tierctl.planning.impact import impact
from tierctl.reporting import adoption_document, impact_document
from tierctl.templates.document import load

if TYPE_CHECKING:
    from tierctl.config.project import Project

TEMPLATE: dict[str, Any] = {
    "Parameters": {"P": {"Type": "String", "NoEcho": True}},
    "Conditions": {"C": {"Fn::Equals": ["a", "b"]}},
    "Resources": {
        "Redis": {
            "Type": "AWS::ElastiCache::CacheCluster",
            "Properties": {"Engine": "redis", "NumCacheNodes": 1},
        },
        "Group": {
            "Type": "AWS::ElastiCache::ReplicationGroup",
            "UpdatePolicy": {"UseOnlineResharding": True},
            "Properties": {"NumNodeGroups": 1, "ReplicasPerNodeGroup": 0, "CacheNodeType": "a"},
        },
        "Db": {
            "Type": "AWS::RDS::DBCluster",
            "Properties": {"ServerlessV2ScalingConfiguration": {"MinCapacity": 1}},
        },
        "Writer": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {"DBClusterIdentifier": {"Ref": "Db"}},
        },
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": "Retain",
            "Properties": {
                "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 3}]}
            },
        },
        "Files": {"Type": "AWS::EFS::FileSystem", "Properties": {"ThroughputMode": "bursting"}},
        "Fn::ForEach::X": ["A", ["a"], {"R": {"Type": "AWS::S3::Bucket"}}],
    },
    "Outputs": {"O": {"Value": {"Ref": "Db"}, "Export": {"Name": {"Fn::Sub": "${P}-x"}}}},
}
STRANGE = [
    *(None, [], {}, "", 0, 1.5, True, [{}], [None], {"a": {"b": [1]}}),
    *({"Ref": "P"}, {"Ref": "Nope"}, {"Ref": "AWS::NoValue"}, {"Fn::If": ["C", 1, 2]}),
    *({"Fn::GetAtt": ["Db", "X"]}, {"Fn::ImportValue": "x"}, {"Fn::Join": ["", [{"Ref": "Db"}]]}),
]


def damaged(source: random.Random) -> dict[str, Any]:
    """The template with one to four places changed for something strange."""
    made = copy.deepcopy(TEMPLATE)
    for _ in range(source.randint(1, 4)):
        at: Any = made
        while isinstance(at, dict | list) and at:
            key = source.choice(list(at)) if isinstance(at, dict) else source.randrange(len(at))
            if source.random() < 0.35 or not isinstance(at[key], dict | list):
                at[key] = copy.deepcopy(source.choice(STRANGE))
                break
            at = at[key]
    return made


@pytest.mark.parametrize("seed", range(3))
def test_damaged_templates_never_end_in_a_traceback(project: Project, seed: int) -> None:
    """A hundred and twenty pairs a seed: every view is made, or the problem has a place."""
    source = random.Random(seed)  # noqa: S311 - reproducible, no secret
    goal = at_tier(project, "enterprise", "production", None, None, {}).environment
    answered = 0
    refused: list[Diagnostic] = []
    for _ in range(120):
        one, two = (json.dumps(damaged(source)).encode() for _ in range(2))
        try:
            found = impact_document.impact_document(impact((one, "one"), (two, "two")))
            impact_document.text(found)
            impact_document.markdown(found)
            json.dumps(impact_document.sarif(found, "1"))
            given = adoption_document.adoption_document(
                advise(load(one, "one").root, "one", goal, {})
            )
            json.dumps(given)
            adoption_document.text(given)
            adoption_document.markdown(given)
            answered += 1
        except InvalidConfigurationError as error:
            refused += error.diagnostics
    assert answered > 20
    assert all(diagnostic.place for diagnostic in refused)
