"""S3: bucket policies are kept, not enforced.

moto ignores the conditions of Deny statements ("deny unless TLS") and would lock every client out
of the bootstrap bucket, so it never sees a bucket policy (moto 5.2.5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from tierctl.sandbox.overlays.base import Context, Handler


def handlers(context: Context) -> dict[str, Handler]:
    """Return the handlers."""
    policies: dict[str, str] = {}

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

    return {"PutBucketPolicy": put, "GetBucketPolicy": get, "DeleteBucketPolicy": delete}
