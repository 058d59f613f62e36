"""The two roles of a service: what ECS needs to start it, and what it may do itself.

Least privilege: every statement names its resources. The few wildcards that remain are
acknowledged one by one in `stacks/acknowledged.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_iam as iam

from stacks.naming import document, stack_arn, statement, trust

if TYPE_CHECKING:
    from aws_cdk import Stack
    from aws_cdk import aws_logs as logs

    from stacks.parts import Parts
    from tierctl.model.environment import ServiceContract

_ECR = re.compile(r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[^/]+/(?P<name>[^:@]+)")


def is_ecr(image: str) -> bool:
    """Whether an image comes from a private registry of AWS."""
    return _ECR.match(image) is not None


def _role(stack: Stack, logical_id: str, name: str, *statements: dict[str, Any]) -> str:
    """A role that ECS tasks of this account take, with one policy. Returns its ARN."""
    role = iam.CfnRole(
        stack,
        logical_id,
        assume_role_policy_document=trust(
            "ecs-tasks.amazonaws.com", StringEquals={"aws:SourceAccount": stack.account}
        ),
        policies=[
            iam.CfnRole.PolicyProperty(policy_name=name, policy_document=document(*statements))
        ],
    )
    return role.attr_arn


def execution_role(
    stack: Stack, name: str, contract: ServiceContract, log_group: logs.CfnLogGroup, parts: Parts
) -> str:
    """What ECS itself does: pull the image, write the log, read the secrets."""
    secrets = [parts.database.secret.ref, *(_readable(stack, v) for _, v in contract.secrets)]
    statements = [
        statement("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], log_group.attr_arn),
        statement("ReadSecrets", ["secretsmanager:GetSecretValue"], secrets),
        statement("DecryptSecrets", ["kms:Decrypt"], parts.observability.key_arn),
    ]
    image = _ECR.match(contract.image)
    if image:
        repository = (
            f"arn:{stack.partition}:ecr:{image['region']}:{image['account']}:"
            f"repository/{image['name']}"
        )
        pull = [
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchGetImage",
        ]
        statements += [
            statement("PullImage", pull, repository),
            # this one action has no resource to name
            statement("EnterRegistry", ["ecr:GetAuthorizationToken"], "*"),
        ]
    return _role(stack, f"{name}ExecutionRole", "start", *statements)


def task_role(
    stack: Stack, name: str, contract: ServiceContract, audit_log: logs.CfnLogGroup, parts: Parts
) -> str:
    """What the service does: its bucket, its key, the audit log, and the file system if mounted."""
    bucket = parts.buckets.bucket.attr_arn
    key = ["kms:Decrypt", "kms:GenerateDataKey"]
    statements = [
        statement("ListBucket", ["s3:ListBucket"], bucket),
        statement(
            "UseObjects",
            [
                "s3:GetObject",
                "s3:PutObject",
                "s3:DeleteObject",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
            ],
            f"{bucket}/*",
        ),
        statement("UseKey", key, parts.observability.key_arn),
        statement("WriteAudit", ["logs:CreateLogStream", "logs:PutLogEvents"], audit_log.attr_arn),
    ]
    if contract.mount_path is not None:
        point = parts.filesystem.access_point.attr_arn
        statements.append(
            statement(
                "MountFiles",
                ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
                parts.filesystem.filesystem.attr_arn,
                Condition={"StringEquals": {"elasticfilesystem:AccessPointArn": point}},
            )
        )
    return _role(stack, f"{name}TaskRole", "run", *statements)


def secret_arn(stack: Stack, secret: str) -> str:
    """What ECS is told to read: an ARN as it is, a name as the ARN without its random end.

    ECS takes no secret by its name (ECS developer guide, "Pass sensitive data";
    from memory, unconfirmed).
    """
    if secret.startswith("arn:"):
        return secret
    return stack_arn(stack, "secretsmanager", f"secret:{secret}")


def _readable(stack: Stack, secret: str) -> str:
    """The resource of the permission; a name gets the six characters AWS appends."""
    if secret.startswith("arn:"):
        # a trailing key or version, as ECS takes it, is no part of the secret's ARN
        return ":".join(secret.split(":")[:7])
    return stack_arn(stack, "secretsmanager", f"secret:{secret}-??????")
