"""S3: configurations that are kept and shown, but neither enforced nor checked.

moto ignores the conditions of Deny statements ("deny unless TLS") and would lock every client out
of the bootstrap bucket, so it never sees a bucket policy; it then cannot know that logging is
allowed, and it has no intelligent tiering (moto 5.2.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.sandbox import rules
from tierctl.sandbox.overlays.base import PASS
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context, Handler


class Kept:
    """Bucket configurations, by bucket and, where a bucket has several, by id."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._policies: dict[str, str] = {}
        self._logging: dict[str, dict[str, Any]] = {}
        self._tiering: dict[str, dict[str, Any]] = {}

    def _exists(self, region: str, bucket: str) -> None:
        """Let moto answer for a bucket that is not there."""
        self._context.moto("s3", region).head_bucket(Bucket=bucket)

    def put_policy(self, region: str, params: dict[str, Any]) -> dict[str, Any]:
        """PutBucketPolicy."""
        self._exists(region, params["Bucket"])
        self._policies[params["Bucket"]] = params["Policy"]
        return {}

    def get_policy(self, _: str, params: dict[str, Any]) -> dict[str, Any]:
        """GetBucketPolicy."""
        if params["Bucket"] not in self._policies:
            raise ApiError("NoSuchBucketPolicy", "The bucket policy does not exist")
        return {"Policy": self._policies[params["Bucket"]]}

    def delete_policy(self, _: str, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteBucketPolicy."""
        self._policies.pop(params["Bucket"], None)
        return {}

    def put_versioning(self, _: str, params: dict[str, Any]) -> object:
        """PutBucketVersioning: on or suspended, never off again."""
        status = (params.get("VersioningConfiguration") or {}).get("Status")
        rules.check("PutBucketVersioning", want={"status": status})
        return PASS

    def put_logging(self, region: str, params: dict[str, Any]) -> dict[str, Any]:
        """PutBucketLogging; the target bucket must exist."""
        enabled = params["BucketLoggingStatus"].get("LoggingEnabled")
        if enabled:
            self._exists(region, enabled["TargetBucket"])
        self._logging[params["Bucket"]] = params["BucketLoggingStatus"]
        return {}

    def get_logging(self, _: str, params: dict[str, Any]) -> dict[str, Any]:
        """GetBucketLogging."""
        return self._logging.get(params["Bucket"], {})

    def put_tiering(self, _: str, params: dict[str, Any]) -> dict[str, Any]:
        """PutBucketIntelligentTieringConfiguration."""
        own = self._tiering.setdefault(params["Bucket"], {})
        own[params["Id"]] = params["IntelligentTieringConfiguration"]
        return {}

    def get_tiering(self, _: str, params: dict[str, Any]) -> dict[str, Any]:
        """GetBucketIntelligentTieringConfiguration."""
        found = self._tiering.get(params["Bucket"], {}).get(params["Id"])
        if found is None:
            raise ApiError("NoSuchConfiguration", "The specified configuration does not exist.")
        return {"IntelligentTieringConfiguration": found}

    def list_tiering(self, _: str, params: dict[str, Any]) -> dict[str, Any]:
        """ListBucketIntelligentTieringConfigurations."""
        found = list(self._tiering.get(params["Bucket"], {}).values())
        return {"IsTruncated": False, "IntelligentTieringConfigurationList": found}

    def delete_tiering(self, _: str, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteBucketIntelligentTieringConfiguration."""
        self._tiering.get(params["Bucket"], {}).pop(params["Id"], None)
        return {}

    def delete_bucket(self, region: str, params: dict[str, Any]) -> dict[str, Any]:
        """DeleteBucket: when moto deletes it, forget what was kept for it."""
        self._context.moto("s3", region).delete_bucket(Bucket=params["Bucket"])
        self._policies.pop(params["Bucket"], None)
        self._logging.pop(params["Bucket"], None)
        self._tiering.pop(params["Bucket"], None)
        return {}


def handlers(context: Context) -> dict[str, Handler]:
    """Return the handlers."""
    kept = Kept(context)
    return {
        "PutBucketPolicy": kept.put_policy,
        "GetBucketPolicy": kept.get_policy,
        "DeleteBucketPolicy": kept.delete_policy,
        "PutBucketVersioning": kept.put_versioning,
        "PutBucketLogging": kept.put_logging,
        "GetBucketLogging": kept.get_logging,
        "PutBucketIntelligentTieringConfiguration": kept.put_tiering,
        "GetBucketIntelligentTieringConfiguration": kept.get_tiering,
        "ListBucketIntelligentTieringConfigurations": kept.list_tiering,
        "DeleteBucketIntelligentTieringConfiguration": kept.delete_tiering,
        "DeleteBucket": kept.delete_bucket,
    }
