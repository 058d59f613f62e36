"""Pins and policies that every family's construct applies the same way.

A renamed construct must never replace a database: logical ids are given, not derived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Acknowledgment, CfnDeletionPolicy, CfnResource, Stack, Validations

from tierctl.model.classes import TREATMENTS, ResourceClass

if TYPE_CHECKING:
    from collections.abc import Mapping

_POLICIES = {
    "Retain": CfnDeletionPolicy.RETAIN,
    "Snapshot": CfnDeletionPolicy.SNAPSHOT,
    None: CfnDeletionPolicy.DELETE,
}


def settle(resource: CfnResource) -> None:
    """Write both policies of the resource's class.

    DeletionPolicy does not cover replacement, so UpdateReplacePolicy says the same. An unlisted
    type raises KeyError: somebody has to decide how precious it is.
    """
    treatment = TREATMENTS[resource.cfn_resource_type]
    if treatment.resource_class is ResourceClass.DATA:
        policy = _POLICIES[treatment.policy]
        resource.cfn_options.deletion_policy = policy
        resource.cfn_options.update_replace_policy = policy


def accept(resource: CfnResource, reasons: Mapping[str, str]) -> None:
    """Leave linter findings standing on one resource, each with the reason beside it.

    cfn-lint reads the template's Metadata; CDK's own validator, which runs the same rules,
    wants them acknowledged on the construct.
    """
    resource.add_metadata(
        "cfn-lint", {"config": {"ignore_checks": sorted(reasons)}, "reasons": dict(reasons)}
    )
    for rule, reason in reasons.items():
        Validations.of(resource).acknowledge(
            Acknowledgment(id=f"CloudFormation-Validate::{rule}", reason=reason)
        )


def stack_arn(scope: CfnResource | Stack, service: str, resource: str) -> str:
    """An ARN in the stack's own account and region."""
    stack = Stack.of(scope)
    return f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{resource}"


def statement(sid: str, actions: list[str], resources: Any, **extra: Any) -> dict[str, Any]:
    """An Allow statement of a policy document."""
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources, **extra}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trust(service: str, **condition: Any) -> dict[str, Any]:
    """The policy by which an AWS service may take a role."""
    allow = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document({**allow, **({"Condition": condition} if condition else {})})
