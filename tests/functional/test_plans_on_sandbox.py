"""Every built-in plan, step by step, in a sandbox as strict as AWS; and wrong orders, refused.

The sandbox knows neither planner nor behaviour rows. What it accepts is judged by its own rules,
what was kept by the markers and physical ids of the data stores.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from tests.cdk.conftest import *  # noqa: F403 - synthesise and environment_of
from tests.property.test_plans import FACTS
from tierctl.model.classes import ResourceClass, class_of
from tierctl.planning.planner import plan
from tierctl.sandbox.deploying import Deployer
from tierctl.sandbox.session import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cdk.conftest import Template
    from tierctl.model.environment import Environment
    from tierctl.model.plan import Step

DAY_S = 86400
# together every ordered pair, with few stacks to create; a way down from a cluster ends a tour
TOURS = [("minimum", "medium", "minimum", "enterprise", "medium"),
         ("medium", "enterprise", "minimum")]  # fmt: skip


@pytest.fixture(scope="module", name="sandbox")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox.running() as running:
        # what `cdk bootstrap` leaves behind, and every template asks for
        running.client("ssm").put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String"
        )
        yield running


def of_client(environment: Environment, client: str) -> Environment:
    """The same environment for another client: its names are free."""
    identity = dataclasses.replace(environment.identity, client=client)
    group = identity.stack_name
    watched = tuple(
        name.replace(environment.identity.stack_name, group)
        for name in environment.observability.cache_node_ids
    )
    shape = dataclasses.replace(environment.observability, cache_node_ids=watched)
    return dataclasses.replace(environment, identity=identity, observability=shape)


def data_ids(stack: Deployer, template: Template) -> dict[str, str]:
    """Physical ids of the data resources."""
    return {
        name: stack.physical_id(name)
        for name, resource in template["Resources"].items()
        if class_of(resource["Type"], name) is ResourceClass.DATA
    }


def act(sandbox: Sandbox, step: Step) -> None:
    """An action as the runbook says it, by boto3."""
    name = step.after.identity.stack_name
    rds, region = (lambda: sandbox.client("rds", region)), step.after.placement.region
    if step.action in ("reboot-writer", "reboot-instances"):
        [cluster] = rds().describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
        members = sorted(cluster["DBClusterMembers"], key=lambda m: bool(m["IsClusterWriter"]))
        for member in members:
            rds().reboot_db_instance(DBInstanceIdentifier=member["DBInstanceIdentifier"])
    elif step.action == "snapshot-cache":
        sandbox.client("elasticache", region).create_snapshot(
            ReplicationGroupId=name, SnapshotName=f"{name}-before-step-{step.number + 1}"
        )
    elif step.action == "snapshot-database":
        rds().create_db_cluster_snapshot(
            DBClusterIdentifier=name,
            DBClusterSnapshotIdentifier=f"{name}-before-step-{step.number + 1}",
        )
    else:
        pytest.fail(f"nobody knows how to {step.action}")


def stands(sandbox: Sandbox, environment: Environment, template: Template) -> None:
    """The services themselves say what the Environment says."""
    name, region = environment.identity.stack_name, environment.placement.region
    cache, database = environment.cache, environment.database
    [group] = sandbox.client("elasticache", region).describe_replication_groups(
        ReplicationGroupId=name
    )["ReplicationGroups"]
    found = (group["ClusterMode"], len(group["NodeGroups"]), len(group["MemberClusters"]),
             group["CacheNodeType"], group["AutomaticFailover"], group["MultiAZ"])  # fmt: skip
    words = {True: "enabled", False: "disabled"}
    assert found == (cache.cluster_mode, cache.shards, cache.nodes, cache.node_type,
                     words[cache.automatic_failover], words[cache.multi_az])  # fmt: skip
    [cluster] = sandbox.client("rds", region).describe_db_clusters(DBClusterIdentifier=name)[
        "DBClusters"
    ]
    scaling = cluster["ServerlessV2ScalingConfiguration"]
    assert (scaling["MinCapacity"], scaling["MaxCapacity"]) == (
        float(database.min_acu), float(database.max_acu))  # fmt: skip
    assert len(cluster["DBClusterMembers"]) == database.instances
    files = sandbox.client("efs", region).describe_file_systems()["FileSystems"]
    stack = Deployer(sandbox, name)
    own = next(f for f in files if f["FileSystemId"] == stack.physical_id("Filesystem"))
    assert own["ThroughputMode"] == environment.filesystem.throughput_mode
    ecs = sandbox.client("ecs", region)
    for service, shape in environment.services:
        [shown] = ecs.describe_services(cluster=name, services=[service])["services"]
        assert shown["capacityProviderStrategy"][0]["capacityProvider"] == shape.capacity
    assert stack.outputs().keys() == template["Outputs"].keys()


@pytest.mark.parametrize("name", ["staging", "production"])
@pytest.mark.parametrize("tour", TOURS, ids="-".join)
def test_every_step_of_every_built_in_plan_is_accepted(
    sandbox: Sandbox,
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    tour: tuple[str, ...],
    name: str,
) -> None:
    """Each update completes, nothing rolls back, and no data store becomes another."""
    client = f"tour{len(tour)}"
    here = of_client(environment_of(tour[0], name), client)
    stack = Deployer(sandbox, here.identity.stack_name)
    assert "CREATE_COMPLETE" == stack.deploy(synthesise(here)).status
    ids, markers = data_ids(stack, synthesise(here)), sandbox.markers()
    restarts = restarted(sandbox, here)
    for tier in tour[1:]:
        sandbox.advance(DAY_S + 60)  # EFS takes the next plan's throughput change
        found = plan(here, of_client(environment_of(tier, name), client), FACTS)
        for step in found.steps:
            if step.kind == "action":
                act(sandbox, step)
                restarts += (1 + step.after.database.readers) * (step.action.startswith("reboot"))
                continue
            outcome = stack.deploy(synthesise(step.after))
            assert "UPDATE_COMPLETE" == outcome.status, f"{step.title}: {outcome.reasons()}"
            assert ids == data_ids(stack, synthesise(step.after)), step.title
            after = sandbox.markers()
            assert markers.items() <= after.items(), step.title
            # CloudFormation restarts nothing by itself: every restart is a step of its own
            assert restarts == restarted(sandbox, here), step.title
        here = found.end
        stands(sandbox, here, synthesise(here))


def restarted(sandbox: Sandbox, environment: Environment) -> int:
    """How often instances of an environment's database restarted."""
    rds = sandbox.client("rds", environment.placement.region)
    name = environment.identity.stack_name
    cluster = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]
    facts = sandbox.state_facts({})
    return sum(
        facts.get(f"{member['DBInstanceIdentifier']} restarts", 0)
        for member in cluster["DBClusterMembers"]
    )


# what is changed beyond the shipped tier, at once or in the wrong order, and how AWS refuses it
Wrong = dict[str, dict[str, Any]]
PAIR = {"ReplicasPerNodeGroup": 1}
FAILOVER = {"AutomaticFailoverEnabled": True, "MultiAZEnabled": True}
WRONG: dict[str, tuple[str, Wrong, str]] = {
    "failover before the replica": (
        "minimum", {"Cache": FAILOVER}, "at least one read replica to enable autofailover"),
    "failover with the replica": (
        "minimum", {"Cache": {**PAIR, **FAILOVER}},
        "at least one read replica to enable autofailover"),
    "Multi-AZ before failover": (
        "minimum", {"Cache": {"MultiAZEnabled": True}}, "Must enable automatic failover"),
    "the last replica before failover is off": (
        "medium", {"Cache": {"ReplicasPerNodeGroup": 0}}, "At least one replica must remain"),
    "cluster mode in one leap": (
        "medium", {"Cache": {"ClusterMode": "enabled",
                             "CacheParameterGroupName": "default.valkey8.cluster.on"}},
        "cannot be changed from disabled to enabled"),
    "cluster mode without a replica": (
        "minimum", {"Cache": {"ClusterMode": "compatible",
                              "CacheParameterGroupName": "default.valkey8.cluster.on"}},
        "Automatic failover must be enabled"),
    "cluster mode with larger nodes": (
        "medium", {"Cache": {"ClusterMode": "compatible", "CacheNodeType": "cache.m7g.large",
                             "CacheParameterGroupName": "default.valkey8.cluster.on"}},
        "together with ClusterMode"),
    "the parameter group before the mode": (
        "medium", {"Cache": {"CacheParameterGroupName": "default.valkey8.cluster.on"}},
        "The parameter cluster-enabled has a different value"),
    "shards before cluster mode": (
        "medium", {"Cache": {"NumNodeGroups": 2}}, "only applicable for cluster mode enabled"),
    "shards with larger nodes": (
        "enterprise", {"Cache": {"NumNodeGroups": 3, "CacheNodeType": "cache.r7g.large"}},
        "NumNodeGroups has to be the only change"),
    "back out of cluster mode": (
        "enterprise", {"Cache": {"ClusterMode": "disabled",
                                 "CacheParameterGroupName": "default.valkey8"}},
        "cannot be changed from enabled to disabled"),
    "failover off in cluster mode": (
        "enterprise", {"Cache": {"AutomaticFailoverEnabled": False, "MultiAZEnabled": False}},
        "Automatic failover must stay enabled"),
    "TLS off at once": (
        "medium", {"Cache": {"TransitEncryptionEnabled": False, "TransitEncryptionMode": None}},
        "set TransitEncryptionMode to preferred first"),
    "an older cache engine": (
        "medium", {"Cache": {"EngineVersion": "8.0"}}, "Cannot downgrade"),
    "an older database engine": (
        "medium", {"Database": {"EngineVersion": "16.6"}}, "Cannot upgrade aurora-postgresql"),
    "Valkey to Redis OSS": (
        "medium", {"Cache": {"Engine": "redis", "EngineVersion": "7.1",
                             "CacheParameterGroupName": "default.redis7"}},
        "The engine cannot be changed from valkey to redis"),
    "another port of the cache": (
        "medium", {"Cache": {"Port": 6380}}, "custom-named resource requires replacing"),
    "a subnet of the database": (
        "medium", {"DatabaseSubnets": {"SubnetIds": [{"Ref": "IsolatedSubnet1"},
                                                     {"Ref": "IsolatedSubnet2"}]}},
        "is in use"),
    "the configuration endpoint too early": (
        "medium", {"WebTask": {"Family": {"Fn::Join": [
            "", ["x", {"Fn::GetAtt": ["Cache", "ConfigurationEndPoint.Address"]}]]}}},
        "ConfigurationEndPoint"),
}  # fmt: skip


@pytest.fixture(scope="module", name="stood")
def _stood(
    sandbox: Sandbox,
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
) -> Callable[[str], tuple[Deployer, Template]]:
    """A stack of a shipped tier, created once."""
    known: dict[str, tuple[Deployer, Template]] = {}

    def stand(tier: str) -> tuple[Deployer, Template]:
        if tier not in known:
            environment = of_client(environment_of(tier, "staging"), f"wrong-{tier}")
            stack = Deployer(sandbox, environment.identity.stack_name)
            template = synthesise(environment)
            assert "CREATE_COMPLETE" == stack.deploy(template).status
            known[tier] = stack, template
        return known[tier]

    return stand


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_order_is_refused(
    sandbox: Sandbox, stood: Callable[[str], tuple[Deployer, Template]], case: str
) -> None:
    """CloudFormation says why and rolls back, and every data store is what it was."""
    tier, changes, message = WRONG[case]
    stack, template = stood(tier)
    wrong = copy.deepcopy(template)
    for name, properties in changes.items():
        merged = {**wrong["Resources"][name]["Properties"], **properties}
        kept = {key: value for key, value in merged.items() if value is not None}
        wrong["Resources"][name]["Properties"] = kept
    ids, markers = data_ids(stack, template), sandbox.markers()
    outcome = stack.deploy(wrong)

    assert "UPDATE_ROLLBACK_COMPLETE" == outcome.status, outcome.reasons()
    assert message in outcome.reasons()
    assert ids == data_ids(stack, template)
    assert markers == sandbox.markers()


def test_a_second_throughput_change_waits_for_a_day(
    sandbox: Sandbox, stood: Callable[[str], tuple[Deployer, Template]]
) -> None:
    """Elastic today, bursting again only after 24 hours of the sandbox's clock."""
    stack, template = stood("minimum")

    def mode(name: str) -> Template:
        changed = copy.deepcopy(template)
        changed["Resources"]["Filesystem"]["Properties"]["ThroughputMode"] = name
        return changed

    sandbox.advance(DAY_S)
    assert "UPDATE_COMPLETE" == stack.deploy(mode("elastic")).status
    outcome = stack.deploy(mode("bursting"))
    assert "maximum number of throughput mode changes" in outcome.reasons()
    assert outcome.status.startswith("UPDATE_ROLLBACK")
    sandbox.advance(DAY_S)
    assert "UPDATE_COMPLETE" == stack.deploy(mode("bursting")).status
