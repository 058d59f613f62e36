"""The live account read: what stands, what is known, and why the rest is not."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tierctl.aws.account import Account
from tierctl.aws.live import ACTIONS, NotOursError, read, standing_environment
from tierctl.aws.updates import Stack
from tierctl.planning.facts import KNOWN, Facts
from tierctl.planning.planner import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.account.world import World
    from tierctl.model.environment import Environment

NOW = dt.datetime.now(dt.UTC)


def measure(
    world: World, namespace: str, name: str, dimension: tuple[str, str], value: int
) -> None:
    """Leave a datapoint in CloudWatch."""
    world.sandbox.client("cloudwatch").put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": dimension[0], "Value": dimension[1]}],
                "Timestamp": NOW - dt.timedelta(minutes=30),
                "Value": value,
            }
        ],
    )


def test_what_stands_is_read_whole_and_the_unknown_says_why(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """The Environment comes back; facts without an answer name the actions they need."""
    medium = environment_of("medium", "production")
    world.deploy(medium)
    stack = medium.identity.stack_name
    account = Account("us-east-1", world.sandbox.client)

    standing = read(account, stack, NOW)

    assert medium == standing.environment
    assert "DatabaseWriter" == standing.facts["database.writer"]
    assert {"cache.bytes_stored", "database.peak_connections"} == standing.unknown.keys()
    assert "cloudwatch:GetMetricStatistics" in standing.unknown["cache.bytes_stored"]
    assert KNOWN.keys() == standing.facts.keys() | standing.unknown.keys()
    assert KNOWN.keys() <= ACTIONS.keys()


def test_measured_facts_let_a_plan_shrink_what_fits(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """With datapoints in CloudWatch the way down is planned, and refused when it does not fit."""
    medium, small = environment_of("medium", "production"), environment_of("minimum", "production")
    world.deploy(medium)
    stack = medium.identity.stack_name
    for node in medium.observability.cache_node_ids:
        measure(world, "AWS/ElastiCache", "BytesUsedForCache", ("CacheClusterId", node), 10**6)
    measure(world, "AWS/RDS", "DatabaseConnections", ("DBClusterIdentifier", stack), 40)
    standing = read(Account("us-east-1", world.sandbox.client), stack, NOW)

    assert 10**6 == standing.facts["cache.bytes_stored"]
    assert 40 == standing.facts["database.peak_connections"]
    fits = plan(standing.environment, small, Facts(standing.facts, NOW))
    assert "blocked" != fits.verdict
    full = {**standing.facts, "cache.bytes_stored": 10**10}
    reasons = plan(standing.environment, small, Facts(full, NOW)).reasons
    assert ["does-not-fit"] == [reason.rule for reason in reasons]


def test_a_missing_permission_is_told_and_nothing_breaks(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """Every service but CloudFormation refuses: the Environment is read, every fact is unknown."""
    medium = environment_of("medium", "production")
    world.deploy(medium)

    class Refusing:
        """A client that may do nothing."""

        def __getattr__(self, operation: str) -> Callable[..., Any]:
            def refuse(**_: Any) -> Any:
                error = {"Error": {"Code": "AccessDenied", "Message": "not authorized"}}
                raise ClientError(error, operation)

            return refuse

    def make(service: str) -> Any:
        return world.sandbox.client(service) if service == "cloudformation" else Refusing()

    standing = read(Account("us-east-1", make), medium.identity.stack_name, NOW)

    assert medium == standing.environment
    assert KNOWN.keys() == standing.unknown.keys()
    assert all("AccessDenied" in why for why in standing.unknown.values())


def test_no_stack_of_ours_is_said_plainly(world: World) -> None:
    """Nothing there, or somebody else's: what to do instead."""
    account = Account("us-east-1", world.sandbox.client)
    with pytest.raises(NotOursError, match="--from TIER"):
        standing_environment(Stack(account, "nothing"))
    world.sandbox.client("cloudformation").create_stack(
        StackName="foreign", TemplateBody='{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'
    )
    with pytest.raises(NotOursError, match="--from-template"):
        standing_environment(Stack(account, "foreign"))


def test_a_reader_that_became_the_writer_is_not_removed(
    environment_of: Callable[..., Environment],
) -> None:
    """The plan stops and says to fail back first."""
    large, medium = (environment_of(tier, "production") for tier in ("enterprise", "medium"))
    facts = {
        "cache.bytes_stored": 1,
        "database.peak_connections": 1,
        "service.running_tasks": {"web": 1, "backend": 1},
        "database.writer": "DatabaseReader1",
    }

    found = plan(large, medium, Facts(facts))

    assert "blocked" == found.verdict
    assert ["reader-is-writer"] == [reason.rule for reason in found.reasons]
