"""What no change of size may touch: create-only properties, ids and names, deletion policies."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cdk.conftest import ENVIRONMENTS, SIX, TIERS
from tests.cdk.schemas import create_only, value_at
from tierctl.model.classes import TREATMENTS, ResourceClass, class_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cdk.conftest import Template

GOLDEN = Path(__file__).parent / "golden" / "identity.json"
KEPT = (ResourceClass.DATA, ResourceClass.IDENTITY)


def kept(template: Template) -> dict[str, dict[str, Any]]:
    """Data and identity resources by logical id."""
    return {
        logical_id: resource
        for logical_id, resource in template["Resources"].items()
        if class_of(resource["Type"], logical_id) in KEPT
    }


def fixed(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource's create-only properties as they are spelled."""
    properties = resource.get("Properties", {})
    found = {path: value_at(properties, path) for path in sorted(create_only(resource["Type"]))}
    return {path: value for path, value in found.items() if value is not None}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_create_only_properties_are_the_same_at_every_size(
    template_of: Callable[..., Template], environment: str
) -> None:
    """No size spells a create-only property of data or identity in another way."""
    small, *larger = (kept(template_of(tier, environment)) for tier in TIERS)

    for template in larger:
        assert small.keys() == template.keys()
        for logical_id, resource in small.items():
            assert fixed(resource) == fixed(template[logical_id]), logical_id


def test_create_only_properties_are_the_same_in_every_environment(
    template_of: Callable[..., Template],
) -> None:
    """Staging and production differ in no create-only property but their own names."""
    staging = json.dumps({i: fixed(r) for i, r in kept(template_of("medium", "staging")).items()})
    production = {i: fixed(r) for i, r in kept(template_of("medium", "production")).items()}

    assert (
        json.loads(staging.replace("app-default-staging", "app-default-production")) == production
    )


@pytest.mark.parametrize(("tier", "environment"), SIX)
def test_every_type_has_a_class(
    template_of: Callable[..., Template], tier: str, environment: str
) -> None:
    """Somebody decided for every type in a template how precious it is."""
    types = {resource["Type"] for resource in template_of(tier, environment)["Resources"].values()}

    assert set() == types - TREATMENTS.keys()


@pytest.mark.parametrize(("tier", "environment"), SIX)
def test_policies_follow_the_class(
    template_of: Callable[..., Template], tier: str, environment: str
) -> None:
    """Data carries its class's policy twice; readers and all that is disposable carry none."""
    for logical_id, resource in template_of(tier, environment)["Resources"].items():
        treatment = TREATMENTS[resource["Type"]]
        expected = "Retain" if logical_id == "AuditLogs" else treatment.policy
        found = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
        assert (expected, expected) == found, logical_id


def test_stateful_ids_and_names_are_pinned(
    template_of: Callable[..., Template], update: bool
) -> None:
    """Logical ids, names and create-only properties stand in a file: a change is seen in review."""
    subject = template_of("enterprise", "production")
    found = {
        logical_id: {"Type": resource["Type"], **fixed(resource)}
        for logical_id, resource in sorted(kept(subject).items())
    }
    text = json.dumps(found, indent=1) + "\n"
    if update:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")

    assert GOLDEN.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("tier", "environment"), SIX)
def test_logical_ids_carry_no_hash_and_no_tier(
    template_of: Callable[..., Template], tier: str, environment: str
) -> None:
    """Ids are words of ours; names and descriptions hold no tier, so that none has to change."""
    template = template_of(tier, environment)
    for logical_id in template["Resources"]:
        assert re.fullmatch(r"[A-Z][A-Za-z]*[0-9]{0,3}[A-Za-z]*\d?", logical_id)
        assert not re.search(r"[0-9A-F]{8}$", logical_id)
    texts = [text for key, text in strings(template["Resources"]) if key not in TIERLESS_KEYS]
    words = set(re.findall(r"[a-z]+", " ".join([*texts, template["Description"]]).lower()))
    assert set() == words & set(TIERS)


TIERLESS_KEYS = ("Statistic", "CacheNodeType", "Tags")
"""Keys where a tier's name is a word of AWS's (`Minimum`, `cache.t4g.medium`) or a tag."""


def strings(value: Any, key: str = "") -> list[tuple[str, str]]:
    """Every text in a template with the key it stands under; tags are one value of theirs."""
    if isinstance(value, str):
        return [(key, value)]
    if isinstance(value, dict) and key != "Tags":
        return [pair for name, item in value.items() for pair in strings(item, name)]
    if isinstance(value, list) and key != "Tags":
        return [pair for item in value for pair in strings(item, key)]
    return []


@pytest.mark.parametrize(("tier", "environment"), SIX)
def test_tier_tag_is_on_nothing_that_is_read_by_attribute(
    template_of: Callable[..., Template], tier: str, environment: str
) -> None:
    """A changed tag would make CloudFormation doubt whatever reads the resource's attributes."""
    template = template_of(tier, environment)
    tagged = {
        logical_id
        for logical_id, resource in template["Resources"].items()
        if {"Key": "tier", "Value": tier} in resource.get("Properties", {}).get("Tags", [])
    }
    read = set(re.findall(r'"Fn::GetAtt": \["([A-Za-z0-9]+)"', json.dumps(template["Resources"])))

    assert {"Cluster", "NatGateway1", "WebService", "BackendService"} <= tagged
    assert set() == tagged & read


def test_cache_is_never_a_lone_cluster(template_of: Callable[..., Template]) -> None:
    """Also one node is a replication group, counted in the one way that grows into shards."""
    for tier, environment in SIX:
        resources = template_of(tier, environment)["Resources"]
        cache = resources["Cache"]
        assert not any(r["Type"] == "AWS::ElastiCache::CacheCluster" for r in resources.values())
        assert {"NumNodeGroups", "ReplicasPerNodeGroup"} <= cache["Properties"].keys()
        assert "NumCacheClusters" not in cache["Properties"]
        assert "AuthToken" not in cache["Properties"]
        assert {"UseOnlineResharding": True} == cache["UpdatePolicy"]
