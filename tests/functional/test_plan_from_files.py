"""`tierctl plan` from a file: an environment, a template of ours, a template of somebody else's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from tests.functional.test_fast_path import HEAVY, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.functional.conftest import Answer

SCHEMAS = Path(__file__).resolve().parents[2] / "tierctl" / "reporting" / "schemas"
FOREIGN = """
Resources:
  Redis:
    Type: AWS::ElastiCache::CacheCluster
    Properties: {Engine: redis, CacheNodeType: cache.t3.micro, NumCacheNodes: 1, ClusterName: shop}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties: {ContainerDefinitions: [{Name: w, Image: !GetAtt Redis.RedisEndpoint.Address}]}
  Db:
    Type: AWS::RDS::DBCluster
    Properties: {ServerlessV2ScalingConfiguration: {MinCapacity: 0.5, MaxCapacity: 2}}
  Writer: {Type: "AWS::RDS::DBInstance", Properties: {DBClusterIdentifier: !Ref Db}}
  Files: {Type: "AWS::EFS::FileSystem", Properties: {ThroughputMode: bursting}}
"""


@pytest.fixture
def shown(copy: Path, call: Callable[..., Answer]) -> Path:
    """The medium tier's environment as `show` writes it."""
    target = copy / "environment.json"
    words = ("show", "medium", "--environment", "production", "--format", "json", "-o", str(target))
    assert 0 == call(copy, *words).code
    return target


def plans(copy: Path, call: Callable[..., Answer], *words: str) -> dict[str, Any]:
    """A plan's document."""
    ended = call(copy, "plan", *words, "--to", "enterprise", "--format", "json")
    assert 0 == ended.code, ended.stderr
    return dict(json.loads(ended.stdout))


def test_a_file_and_a_template_of_ours_plan_like_the_tier(
    copy: Path, shown: Path, call: Callable[..., Answer]
) -> None:
    """Where it stands is the same by tier, by file, by bare Environment and by Metadata."""
    by_tier = plans(copy, call, "--from", "medium", "--environment", "production")
    environment = json.loads(shown.read_text())["environment"]
    (copy / "bare.json").write_text(json.dumps(environment))
    ours = {
        "Metadata": {"tierctl": {"environment": environment}},
        "Resources": {"A": {"Type": "AWS::SNS::Topic"}},
    }
    (copy / "ours.yaml").write_text(yaml.safe_dump(ours))

    assert by_tier == plans(copy, call, "--from-file", str(shown))
    assert by_tier == plans(copy, call, "--from-file", str(copy / "bare.json"))
    assert by_tier == plans(copy, call, "--from-template", str(copy / "ours.yaml"))


@pytest.mark.parametrize(
    ("content", "code"),
    [("{", 1), ('{"kind": "tiers"}', 1), ("[]", 1), ('{"identity": {}}', 1), (None, 2)],
)
def test_a_file_without_an_environment_is_told(
    copy: Path, call: Callable[..., Answer], content: str | None, code: int
) -> None:
    """1 with a place for what is none, 2 for a file that cannot be read; never a traceback."""
    if content is not None:
        (copy / "e.json").write_text(content)
    ended = call(copy, "plan", "--from-file", str(copy / "e.json"), "--to", "medium")

    assert (code, "") == (ended.code, ended.stdout)
    assert "e.json" in ended.stderr


def test_there_is_one_way_to_say_where_it_stands(copy: Path, call: Callable[..., Answer]) -> None:
    """Two ways are usage."""
    ended = call(copy, "plan", "--to", "medium", "--from", "minimum", "--from-file", "x")
    assert 2 == ended.code
    assert "one way" in " ".join(ended.stderr.split())


def advice(copy: Path, call: Callable[..., Answer], text: str, tier: str) -> dict[str, Any]:
    """Advice on a foreign template, valid against its schema."""
    (copy / "foreign.yaml").write_text(text)
    words = ("plan", "--from-template", str(copy / "foreign.yaml"), "--to", tier)
    ended = call(copy, *words, "--format", "json")
    document = json.loads(ended.stdout)
    schema = json.loads((SCHEMAS / "adoption.json").read_text())
    jsonschema.Draft7Validator(schema).validate(document)
    assert ended.code == (1 if document["impossible"] else 0)
    return dict(document)


def test_a_lone_cache_is_adopted_in_the_safe_order(copy: Path, call: Callable[..., Answer]) -> None:
    """Policies, adoption, readers, node out as a literal, replica, failover: an update each."""
    found = advice(copy, call, FOREIGN, "medium")
    titles = [
        s["title"] for s in found["steps"] if s["logical_id"] in ("(data)", "Redis", "RedisGroup")
    ]

    for title, start in zip(
        titles,
        [
            "keep data",
            "adopt the node",
            "point every reader",
            "take every reference to Redis out of Task",
            "write the adopted id as a literal",
            "set NumCacheClusters to 2",
            "switch failover and Multi-AZ on",
        ],
        strict=True,
    ):
        assert title.startswith(start)
    kinds = [s["kind"] for s in found["steps"]]
    assert 2 == kinds.count("manual")
    literal = next(s for s in found["steps"] if s["title"].startswith("write the adopted"))
    assert {"op": "remove", "path": "/Resources/Redis"} in literal["patch"]
    assert "shop" in [p.get("value") for p in literal["patch"]]
    said = " ".join(found["impossible"])
    assert "without encryption at rest for ever" in said
    assert "cannot be given the tier's template" in said


def test_no_step_of_advice_puts_data_at_risk(copy: Path, call: Callable[..., Answer]) -> None:
    """Each update was judged by `impact`: none replaces, removes or is unknown on data."""
    for tier in ("minimum", "medium", "enterprise"):
        for step in advice(copy, call, FOREIGN, tier)["steps"]:
            for change in step["impact"]:
                assert not change["data_at_risk"]
                assert change["verdict"] in ("in place", "interrupted", "added", "retained")


def test_instances_are_deferred_before_the_range_and_modes_stand_alone(
    copy: Path, call: Callable[..., Answer]
) -> None:
    """ApplyImmediately false comes before the capacity; the throughput mode is its own update."""
    found = advice(copy, call, FOREIGN, "medium")
    paths = [[p["path"].rpartition("/")[2] for p in s["patch"]] for s in found["steps"]]

    assert paths.index(["ApplyImmediately"]) < paths.index(["MaxCapacity"])
    assert ["ThroughputMode"] in paths
    assert any("No advice is given on AWS::ECS::TaskDefinition" in s for s in found["stops"])


@pytest.mark.parametrize("properties", ["Engine: memcached", "Engine: redis, NumCacheNodes: 3"])
def test_what_cannot_be_adopted_is_said(
    copy: Path, call: Callable[..., Answer], properties: str
) -> None:
    """Memcached and clusters of several nodes have no way; no step is invented for them."""
    body = f"{{Type: 'AWS::ElastiCache::CacheCluster', Properties: {{{properties}}}}}"
    text = f"Resources: {{C: {body}}}"
    found = advice(copy, call, text, "medium")

    assert ["(data)"] == [s["logical_id"] for s in found["steps"]]
    assert "is adopted" in found["impossible"][0]


def test_advice_needs_nothing_heavy(copy: Path) -> None:
    """Advice and plans from files run where AWS, the CDK and schema libraries cannot be loaded."""
    (copy / "foreign.yaml").write_text(FOREIGN)
    words = ("plan", "--from-template", "foreign.yaml", "--to", "medium")
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=set(HEAVY)), *words],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1, ended.stderr
    assert "adopt the node" in ended.stdout


@pytest.mark.parametrize(("form", "code"), [("text", 1), ("markdown", 1), ("html", 2)])
def test_advice_has_its_forms(
    copy: Path, call: Callable[..., Answer], form: str, code: int
) -> None:
    """Text and Markdown say what is not possible and where the advice ends."""
    (copy / "foreign.yaml").write_text(FOREIGN)
    words = ("plan", "--from-template", str(copy / "foreign.yaml"), "--to", "medium")
    ended = call(copy, *words, "--format", form)

    assert code == ended.code
    if code == 1:
        assert "Not possible in place" in ended.stdout
        assert "Where this ends" in ended.stdout
