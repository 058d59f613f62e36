"""S3: configurations that are kept and shown, but neither enforced nor checked.

moto ignores the conditions of Deny statements ("deny unless TLS") and would lock every client out
of the bootstrap bucket, so it never sees a bucket policy; it then cannot know that logging is
allowed, and it has no intelligent tiering (moto 5.2.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.sandbox.overlays.base import PASS
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context, Handler


def handlers(context: Context) -> dict[str, Handler]:
    """Return the handlers."""
    policies: dict[str, Any] = {}
    logging: dict[str, Any] = {}
    tiering: dict[str, Any] = {}

    def put(region: str, params: dict[str, Any]) -> dict[str, Any]:
        context.moto("s3", region).head_bucket(Bucket=params["Bucket"])
        policies[params["Bucket"]] = params["Policy"]
        return {}

    def get(_: str, params: dict[str, Any]) -> dict[str, Any]:
        if params["Bucket"] not in policies:
            raise ApiError("NoSuchBucketPolicy", "The bucket policy does not exist")
        return {"Policy": policies[params["Bucket"]]}

    def delete(_: str, params: dict[str, Any]) -> dict[str, Any]:
        policies.pop(params["Bucket"], None)
        return {}

    def put_logging(region: str, params: dict[str, Any]) -> dict[str, Any]:
        enabled = params["BucketLoggingStatus"].get("LoggingEnabled")
        if enabled:
            context.moto("s3", region).head_bucket(Bucket=enabled["TargetBucket"])
        logging[params["Bucket"]] = params["BucketLoggingStatus"]
        return {}

    def get_logging(_: str, params: dict[str, Any]) -> dict[str, Any]:
        return logging.get(params["Bucket"], {})

    def put_tiering(_: str, params: dict[str, Any]) -> dict[str, Any]:
        own = tiering.setdefault(params["Bucket"], {})
        own[params["Id"]] = params["IntelligentTieringConfiguration"]
        return {}

    def get_tiering(_: str, params: dict[str, Any]) -> dict[str, Any]:
        found = tiering.get(params["Bucket"], {}).get(params["Id"])
        if found is None:
            raise ApiError("NoSuchConfiguration", "The specified configuration does not exist.")
        return {"IntelligentTieringConfiguration": found}

    def list_tiering(_: str, params: dict[str, Any]) -> dict[str, Any]:
        found = list(tiering.get(params["Bucket"], {}).values())
        return {"IsTruncated": False, "IntelligentTieringConfigurationList": found}

    def delete_tiering(_: str, params: dict[str, Any]) -> dict[str, Any]:
        tiering.get(params["Bucket"], {}).pop(params["Id"], None)
        return {}

    def delete_bucket(_: str, params: dict[str, Any]) -> Any:
        for kept in (policies, logging, tiering):
            kept.pop(params["Bucket"], None)
        return PASS

    return {
        "PutBucketPolicy": put,
        "GetBucketPolicy": get,
        "DeleteBucketPolicy": delete,
        "PutBucketLogging": put_logging,
        "GetBucketLogging": get_logging,
        "PutBucketIntelligentTieringConfiguration": put_tiering,
        "GetBucketIntelligentTieringConfiguration": get_tiering,
        "ListBucketIntelligentTieringConfigurations": list_tiering,
        "DeleteBucketIntelligentTieringConfiguration": delete_tiering,
        "DeleteBucket": delete_bucket,
    }
