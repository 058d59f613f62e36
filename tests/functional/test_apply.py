"""Apply on the embedded AWS: every built-in way, through the gate, with nothing lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cdk.conftest import *  # noqa: F403 - templates and environments of the shipped tiers
from tierctl.aws.account import Account
from tierctl.aws.apply import Options, RefusedError, Run
from tierctl.aws.assembly import Assembly
from tierctl.aws.updates import Stack
from tierctl.model.document import from_document
from tierctl.model.environment import Environment
from tierctl.planning.facts import Facts
from tierctl.planning.planner import plan
from tierctl.reporting.plan_document import plan_document
from tierctl.sandbox.deploying import Deployer
from tierctl.sandbox.session import ACCOUNT, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cdk.conftest import Template

REGION = "us-east-1"
BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
FACTS = Facts(
    {
        "cache.bytes_stored": 10_000_000,
        "database.peak_connections": 20,
        "service.running_tasks": {"web": 1, "backend": 1},
        "database.writer": "DatabaseWriter",
    }
)
STORES = ("Cache", "Database", "Filesystem", "Bucket", "LogBucket", "Key", "DatabaseSecret")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox with what `cdk bootstrap` leaves that apply needs: bucket and version."""
    with Sandbox.running() as running:
        running.client("s3").create_bucket(Bucket=BUCKET)
        running.client("ssm").put_parameter(
            Name="/cdk-bootstrap/hnb659fds/version", Value="21", Type="String"
        )
        yield running


class World:
    """One environment on a sandbox, and plans applied to it."""

    def __init__(self, sandbox: Sandbox, synthesise: Callable[[Environment], Template]) -> None:
        self.sandbox = sandbox
        self.synthesise = synthesise
        self.told: list[str] = []
        self.recorded: list[Environment] = []

    def deploy(self, environment: Environment) -> None:
        """The first deployment."""
        self.deployer = Deployer(self.sandbox, environment.identity.stack_name)
        body = json.dumps(self.synthesise(environment)).encode()
        self.sandbox.client("s3").put_object(Bucket=BUCKET, Key="first.json", Body=body)
        self.sandbox.client("cloudformation").create_stack(
            StackName=environment.identity.stack_name,
            TemplateURL=f"https://s3.{REGION}.amazonaws.com/{BUCKET}/first.json",
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        outcome = self.deployer.settled()
        assert outcome.status == "CREATE_COMPLETE", outcome.reasons()
        self.standing = environment

    def run(self, document: dict[str, Any]) -> Run:
        """An apply of a plan document."""
        account = Account(REGION, self.sandbox.client)
        stack = Stack(account, document["stack"], poll_s=0.02)
        return Run(
            plan=document,
            account=account,
            synthesise=lambda step: self._assembly(document, step),
            recorded=self.recorded.append,
            tell=self.told.append,
            stack=stack,
        )

    def _assembly(self, document: dict[str, Any], step: int) -> Assembly:
        """What `app.py` makes of a step, made in this process."""
        environment = from_document(Environment, document["steps"][step - 1]["after"])
        return Assembly(
            stack_name=document["stack"],
            template=json.dumps(self.synthesise(environment)),
            object_url="s3://cdk-hnb659fds-assets-${AWS::AccountId}-us-east-1/step.json",
            execution_role="arn:${AWS::Partition}:iam::${AWS::AccountId}:role/cdk-exec",
            tags=(),
        )

    def stores(self) -> dict[str, str]:
        """Physical ids of the data stores."""
        return {name: self.deployer.physical_id(name) for name in STORES}


@pytest.fixture
def world(sandbox: Sandbox, synthesise: Callable[[Environment], Template]) -> World:
    """An empty world."""
    return World(sandbox, synthesise)


def document_of(start: Environment, goal: Environment) -> dict[str, Any]:
    """A plan as its file holds it."""
    made: dict[str, Any] = json.loads(json.dumps(plan_document(plan(start, goal, FACTS))))
    return made


def yes(document: dict[str, Any]) -> Options:
    """Yes to everything that cannot be taken back."""
    return Options(irreversible=frozenset(document["totals"]["irreversible_steps"]))


WAYS = [
    ("minimum", "medium", "enterprise", "medium", "minimum"),
    ("minimum", "enterprise", "minimum"),
]


@pytest.mark.parametrize("way", WAYS, ids=["-".join(way) for way in WAYS])
def test_every_step_of_a_way_is_applied_and_nothing_is_lost(
    world: World, environment_of: Callable[..., Environment], way: tuple[str, ...]
) -> None:
    """Ids and markers of every data store are the same at each end of each plan."""
    world.deploy(environment_of(way[0], "production"))
    stores, markers = world.stores(), world.sandbox.markers()
    standing = world.standing

    for tier in way[1:]:
        document = document_of(standing, environment_of(tier, "production"))
        done = world.run(document).carry_out(yes(document))

        assert len(document["steps"]) == done
        assert stores == world.stores()
        after = world.sandbox.markers()
        assert markers == {arn: after.get(arn) for arn in markers}
        standing = from_document(Environment, document["steps"][-1]["after"])
        assert tier == world.recorded[-1].identity.tier


def test_a_run_that_was_stopped_goes_on_where_it_stands(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """After any step the next run begins with the one behind it, and does nothing twice."""
    start, goal = environment_of("minimum", "production"), environment_of("medium", "production")
    world.deploy(start)
    document = document_of(start, goal)

    for number in range(1, len(document["steps"]) + 1):
        assert number - 1 == world.run(document).position()
        assert number == world.run(document).carry_out(Options(to_step=number))
    told = len(world.told)
    assert len(document["steps"]) == world.run(document).carry_out(Options())
    assert 1 == len(world.told) - told


def test_a_one_way_step_wants_a_yes(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """Nobody said yes: the run stops before the step, says how to, and can go on."""
    start, goal = environment_of("medium", "production"), environment_of("enterprise", "production")
    world.deploy(start)
    document = document_of(start, goal)
    [one_way] = document["totals"]["irreversible_steps"]

    with pytest.raises(RefusedError, match=f"--yes-irreversible {one_way}"):
        world.run(document).carry_out(Options())

    assert one_way - 1 == world.run(document).position()


def test_a_stack_that_somebody_changed_is_refused(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """A plan is applied to the environment it was made from, or not at all."""
    start, goal = environment_of("minimum", "production"), environment_of("medium", "production")
    world.deploy(start)
    document = document_of(environment_of("enterprise", "production"), goal)

    with pytest.raises(RefusedError, match="stands at no step of this plan"):
        world.run(document).carry_out(Options())


def test_a_planted_replacement_is_refused_and_nothing_changes(
    world: World, environment_of: Callable[..., Environment]
) -> None:
    """A template that would replace the database never gets past the gate."""
    start, goal = environment_of("minimum", "production"), environment_of("medium", "production")
    world.deploy(start)
    stores = world.stores()
    document = document_of(start, goal)
    run = world.run(document)
    honest = run.synthesise

    def planted(step: int) -> Assembly:
        assembly = honest(step)
        template = json.loads(assembly.template)
        template["Resources"]["Filesystem"]["Properties"]["PerformanceMode"] = "maxIO"
        return Assembly(
            assembly.stack_name,
            json.dumps(template),
            assembly.object_url,
            assembly.execution_role,
            (),
        )

    run.synthesise = planted
    with pytest.raises(RefusedError, match=r"Filesystem\.PerformanceMode"):
        run.carry_out(Options())

    assert stores == world.stores()
    assert 0 == world.run(document).position()
