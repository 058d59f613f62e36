"""cdk-nag findings that stand, each with the reason an auditor would ask for.

Each is written on the one resource it is about. cdk-nag says nothing of an acknowledgement that
matches no finding, so a test synthesises every size without them and compares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_cdk import Acknowledgment, Validations

from stacks.permissions import is_ecr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aws_cdk import Stack

    from tierctl.model.environment import Environment

PACK = "AwsSolutions"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that stands: on which resource, which rule, and why."""

    logical_id: str
    rule: str
    reason: str


def accepted(environment: Environment) -> Iterator[Accepted]:
    """Every finding that stands in this Environment."""
    yield Accepted(
        "Cache",
        "AEC6",
        "Redis AUTH is never used: adding a token later makes CloudFormation replace the group "
        "and lose its data. The nodes are in isolated subnets, take TLS only, and their security "
        "group admits the environment's own services and nobody else. Users and passwords come "
        "as RBAC user groups, which can be added in place.",
    )
    if not environment.cache.multi_az:
        yield Accepted(
            "Cache",
            "AEC4",
            "This size has one cache node by intent: the promise allows five minutes of "
            "recovery and the cache holds nothing that cannot be computed again. Larger sizes "
            "are Multi-AZ and are reached in place.",
        )
    yield Accepted(
        "DatabaseSecret",
        "SMG4",
        "Rotation runs a Lambda function in the VPC, which this stack does not contain. The "
        "password has 32 generated characters, is readable by the services' execution roles "
        "only, and is encrypted with the environment's key; the operations guide says how to "
        "rotate it, and IAM authentication is enabled beside it.",
    )
    if not environment.observability.container_insights:
        yield Accepted(
            "Cluster",
            "ECS4",
            "Container Insights costs more than a task of this size. CPU, memory, health and "
            "errors of each service are alarmed on from free metrics; larger sizes enable it.",
        )
    ports = (80, 443) if environment.application.domain else (80,)
    for port in ports:
        yield Accepted(
            f"BalancerIngress{port}",
            "EC23",
            "The load balancer is the public entrance: users come from anywhere. Nothing else "
            "in the environment admits traffic from outside its own security groups.",
        )
    for contract in environment.application.services:
        name = contract.name.title().replace("-", "")
        yield Accepted(
            f"{name}Task",
            "ECS2",
            "The variables are endpoints, names and sizes, none of them secret. Passwords reach "
            "the container from Secrets Manager through the task definition's secrets.",
        )
        yield Accepted(
            f"{name}TaskRole",
            "IAM5[Resource::<Bucket.Arn>/*]",
            "The service owns every object of this one bucket; keys are not known beforehand. "
            "The actions are listed one by one.",
        )
        if is_ecr(contract.image):
            yield Accepted(
                f"{name}ExecutionRole",
                "IAM5[Resource::*]",
                "ecr:GetAuthorizationToken has no resource to name (IAM service authorization "
                "reference, Amazon ECR). Pulling is allowed on the one repository only.",
            )


def acknowledge(stack: Stack, environment: Environment) -> None:
    """Write every acknowledgement on its resource.

    Raises:
        ValueError: One names a resource that the stack does not have.
    """
    for finding in accepted(environment):
        resource = stack.node.try_find_child(finding.logical_id)
        if resource is None:
            raise ValueError(f"{finding.logical_id} is acknowledged and does not exist")
        Validations.of(resource).acknowledge(
            Acknowledgment(id=f"{PACK}::{PACK}-{finding.rule}", reason=finding.reason)
        )
