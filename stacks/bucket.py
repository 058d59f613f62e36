"""The buckets: one for the application's objects, one for access logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import aws_s3 as s3

from stacks.naming import document, settle, stack_arn

if TYPE_CHECKING:
    from aws_cdk import Stack

    from tierctl.model.environment import Environment
    from tierctl.model.shapes import BucketShape

CLASSES = {"standard_ia": "STANDARD_IA", "intelligent_tiering": "INTELLIGENT_TIERING"}
BALANCER_PREFIX = "balancer"
_CLOSED = s3.CfnBucket.PublicAccessBlockConfigurationProperty(
    block_public_acls=True,
    block_public_policy=True,
    ignore_public_acls=True,
    restrict_public_buckets=True,
)
_OWNED = s3.CfnBucket.OwnershipControlsProperty(
    rules=[s3.CfnBucket.OwnershipControlsRuleProperty(object_ownership="BucketOwnerEnforced")]
)


class Buckets:
    """The application's bucket and the log bucket, with their policies."""

    def __init__(self, stack: Stack, environment: Environment, key_arn: str) -> None:
        self._stack = stack
        self.logs = self._log_bucket(environment.loadbalancer.access_log_days)
        shape = environment.bucket
        self.bucket = s3.CfnBucket(
            stack,
            "Bucket",
            bucket_encryption=_encryption("aws:kms", key_arn),
            public_access_block_configuration=_CLOSED,
            ownership_controls=_OWNED,
            versioning_configuration=_versioning(shape),
            lifecycle_configuration=_lifecycle(shape),
            intelligent_tiering_configurations=_archive(shape),
            logging_configuration=s3.CfnBucket.LoggingConfigurationProperty(
                destination_bucket_name=self.logs.ref, log_file_prefix="bucket/"
            ),
        )
        settle(self.bucket)
        self._policy("BucketPolicy", self.bucket, [])

    def _log_bucket(self, days: int) -> s3.CfnBucket:
        """SSE-S3, the one encryption that load balancer access logs allow."""
        bucket = s3.CfnBucket(
            self._stack,
            "LogBucket",
            bucket_encryption=_encryption("AES256", None),
            public_access_block_configuration=_CLOSED,
            ownership_controls=_OWNED,
            lifecycle_configuration=s3.CfnBucket.LifecycleConfigurationProperty(
                rules=[
                    s3.CfnBucket.RuleProperty(
                        id="expire-logs", status="Enabled", expiration_in_days=days
                    ),
                    _abort_uploads(days=7),
                ]
            ),
        )
        settle(bucket)
        source = {"aws:SourceAccount": self._stack.account}
        # the service principals that replaced per-region accounts: Elastic Load Balancing user
        # guide, "Enable access logs", and S3 user guide, "Enabling server access logging", 2026
        grants = [
            {
                "Sid": "BalancerLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{bucket.attr_arn}/{BALANCER_PREFIX}/AWSLogs/{self._stack.account}/*",
                "Condition": {
                    "ArnLike": {
                        "aws:SourceArn": stack_arn(
                            self._stack, "elasticloadbalancing", "loadbalancer/*"
                        )
                    }
                },
            },
            {
                "Sid": "BucketLogs",
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{bucket.attr_arn}/bucket/*",
                "Condition": {"StringEquals": source},
            },
        ]
        self.log_policy = self._policy("LogBucketPolicy", bucket, grants)
        return bucket

    def _policy(
        self, logical_id: str, bucket: s3.CfnBucket, grants: list[dict[str, Any]]
    ) -> s3.CfnBucketPolicy:
        """What is granted, and nobody over plain HTTP."""
        refuse = {
            "Sid": "RefusePlainText",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket.attr_arn, f"{bucket.attr_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        return s3.CfnBucketPolicy(
            self._stack, logical_id, bucket=bucket.ref, policy_document=document(*grants, refuse)
        )

    def variables(self) -> dict[str, str]:
        """What services read."""
        return {
            "S3_STORAGE_BUCKET_NAME": self.bucket.ref,
            "S3_STORAGE_BUCKET_REGION": self._stack.region,
        }


def _encryption(algorithm: str, key_arn: str | None) -> s3.CfnBucket.BucketEncryptionProperty:
    """Default encryption; a bucket key cuts the requests to KMS by two orders."""
    return s3.CfnBucket.BucketEncryptionProperty(
        server_side_encryption_configuration=[
            s3.CfnBucket.ServerSideEncryptionRuleProperty(
                bucket_key_enabled=True if key_arn else None,
                server_side_encryption_by_default=s3.CfnBucket.ServerSideEncryptionByDefaultProperty(
                    sse_algorithm=algorithm, kms_master_key_id=key_arn
                ),
            )
        ]
    )


def _versioning(shape: BucketShape) -> s3.CfnBucket.VersioningConfigurationProperty | None:
    """Off is no configuration; once on, only 'Suspended' leads back, and is spelled out."""
    if shape.versioning == "off":
        return None
    return s3.CfnBucket.VersioningConfigurationProperty(status=shape.versioning.capitalize())


def _abort_uploads(days: int) -> s3.CfnBucket.RuleProperty:
    """Parts of uploads nobody finished."""
    return s3.CfnBucket.RuleProperty(
        id="abort-stale-uploads",
        status="Enabled",
        abort_incomplete_multipart_upload=s3.CfnBucket.AbortIncompleteMultipartUploadProperty(
            days_after_initiation=days
        ),
    )


def _lifecycle(shape: BucketShape) -> s3.CfnBucket.LifecycleConfigurationProperty:
    """The rules of the Shape, one purpose each."""
    rule = s3.CfnBucket.RuleProperty
    rules = [_abort_uploads(shape.abort_uploads_after_days)]
    if shape.storage_class in CLASSES:
        transition = s3.CfnBucket.TransitionProperty(
            storage_class=CLASSES[shape.storage_class],
            transition_in_days=shape.transition_after_days,
        )
        rules.append(rule(id="move-objects", status="Enabled", transitions=[transition]))
    if shape.noncurrent_expiry_days is not None:
        expiry = s3.CfnBucket.NoncurrentVersionExpirationProperty(
            noncurrent_days=shape.noncurrent_expiry_days
        )
        rules.append(
            rule(
                id="expire-noncurrent-versions",
                status="Enabled",
                noncurrent_version_expiration=expiry,
            )
        )
    if shape.expire_current_after_days is not None:
        rules.append(
            rule(
                id="expire-current-objects",
                status="Enabled",
                expiration_in_days=shape.expire_current_after_days,
            )
        )
    return s3.CfnBucket.LifecycleConfigurationProperty(rules=rules)


def _archive(
    shape: BucketShape,
) -> list[s3.CfnBucket.IntelligentTieringConfigurationProperty] | None:
    """Archive tiers, which are opt-in: archived objects must be restored before reading."""
    tiers = {
        "ARCHIVE_ACCESS": shape.archive_access_after_days,
        "DEEP_ARCHIVE_ACCESS": shape.deep_archive_access_after_days,
    }
    chosen = [
        s3.CfnBucket.TieringProperty(access_tier=tier, days=days)
        for tier, days in tiers.items()
        if days is not None
    ]
    if not chosen:
        return None
    return [
        s3.CfnBucket.IntelligentTieringConfigurationProperty(
            id="archive", status="Enabled", tierings=chosen
        )
    ]
