"""Any bytes, and any tree that looks like a template, give an estimate or a located diagnostic."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierctl.catalog.price_book import PriceBook
from tierctl.costing.inventory import COUNTERS, estimate_inventory
from tierctl.model.diagnostics import InvalidConfigurationError
from tierctl.model.usage import NO_USAGE
from tierctl.templates.families import READERS
from tierctl.templates.reader import read_template

BOOK = PriceBook.load("us-east-1")
KEYS = (
    "Engine", "CacheNodeType", "NumCacheClusters", "NumNodeGroups", "ReplicasPerNodeGroup",
    "NodeGroupConfiguration", "SnapshotRetentionLimit", "DBClusterIdentifier", "DBInstanceClass",
    "ServerlessV2ScalingConfiguration", "MinCapacity", "MaxCapacity", "StorageType", "Cpu",
    "Memory", "TaskDefinition", "DesiredCount", "LaunchType", "CapacityProviderStrategy",
    "Subnets", "Type",
    "Scheme", "Metrics", "Period", "RetentionInDays", "LifecycleConfiguration", "Rules", "Status",
    "ThroughputMode", "ProvisionedThroughputInMibps", "LifecyclePolicies", "ResourceId",
    "ScheduledActions", "SubnetIds", "VpcEndpointType", "Ref", "Fn::If", "Fn::Sub", "Fn::Join",
    "Fn::GetAtt", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::Equals",
)  # fmt: skip
WORDS = ("valkey", "aurora-postgresql", "db.serverless", "FARGATE", "A", "Enabled", "ELASTIC", "x")
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 10**20), st.sampled_from(WORDS), st.text(max_size=4)
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
kinds = st.sampled_from(sorted({*READERS, *COUNTERS, "AWS::Foo::Bar", "Custom::X"}))
resources = st.dictionaries(
    st.sampled_from(("A", "B", "C", "Fn::ForEach::D")),
    st.fixed_dictionaries(
        {"Type": kinds, "Properties": trees},
        optional={"Condition": st.sampled_from(("C", "D")), "DependsOn": leaves},
    ),
    min_size=1,
    max_size=4,
)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Random bytes never raise anything but a diagnostic with a place."""
    try:
        read_template(data, "t", {}, "us-east-1")
    except InvalidConfigurationError as error:
        if None in [diagnostic.place for diagnostic in error.diagnostics]:
            raise


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(resources, trees)
def test_any_properties(found: dict[str, Any], condition: Any) -> None:
    """Whatever stands in the properties, every resource ends up in exactly one class."""
    template = {"Conditions": {"C": condition}, "Resources": found}
    try:
        inventory = read_template(json.dumps(template).encode(), "t", {}, "us-east-1")
    except InvalidConfigurationError as error:
        places = [diagnostic.place for diagnostic in error.diagnostics]
        if None not in places:
            return
        raise
    coverage = estimate_inventory(inventory, NO_USAGE, BOOK).coverage

    assert coverage is not None
    assert coverage.resources == len(inventory.resources)
    assert coverage.resources == (
        coverage.priced + coverage.free + coverage.usage_based + coverage.not_priced
    )
