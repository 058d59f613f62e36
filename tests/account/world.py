"""One environment on a sandbox of its own, with plans applied to it: for tests of the account."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tierctl.aws.account import Account
from tierctl.aws.apply import Options, Run
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
