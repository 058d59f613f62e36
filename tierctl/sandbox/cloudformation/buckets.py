"""S3's properties, from the form CloudFormation gives them into the form S3's API takes.

In: a property's value. Out: the API's value. No calls; a part of a lifecycle rule that is not
known here is an error, never dropped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def lifecycle(value: dict[str, Any]) -> dict[str, Any]:
    """Turn LifecycleConfiguration into S3's rules."""
    return {"Rules": [_rule(rule) for rule in value.get("Rules", ())]}


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"Filter": {"Prefix": ""}}
    for name, value in rule.items():
        if name not in PARTS:
            raise ValueError(f"the sandbox cannot carry {name} of a lifecycle rule")
        for key, part in PARTS[name](value).items():
            # expirations by age and of delete markers are two properties here and one there
            made[key] = {**made.get(key, {}), **part} if key == "Expiration" else part
    return made


def _moves(days: str) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    return lambda moves: [
        {days: int(move["TransitionInDays"]), "StorageClass": move["StorageClass"]}
        for move in moves
    ]


def _numbers(value: dict[str, Any]) -> dict[str, int]:
    return {key: int(item) for key, item in value.items()}


PARTS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "Status": lambda v: {"Status": v},
    "Id": lambda v: {"ID": v},
    "Prefix": lambda v: {"Filter": {"Prefix": v}},
    "ObjectSizeGreaterThan": lambda v: {"Filter": {"ObjectSizeGreaterThan": int(v)}},
    "ObjectSizeLessThan": lambda v: {"Filter": {"ObjectSizeLessThan": int(v)}},
    "ExpirationInDays": lambda v: {"Expiration": {"Days": int(v)}},
    "ExpiredObjectDeleteMarker": lambda v: {
        "Expiration": {"ExpiredObjectDeleteMarker": str(v).lower() == "true"}
    },
    "Transition": lambda v: {"Transitions": _moves("Days")([v])},
    "Transitions": lambda v: {"Transitions": _moves("Days")(v)},
    "NoncurrentVersionTransitions": lambda v: {
        "NoncurrentVersionTransitions": _moves("NoncurrentDays")(v)
    },
    "NoncurrentVersionExpiration": lambda v: {"NoncurrentVersionExpiration": _numbers(v)},
    "NoncurrentVersionExpirationInDays": lambda v: {
        "NoncurrentVersionExpiration": {"NoncurrentDays": int(v)}
    },
    "AbortIncompleteMultipartUpload": lambda v: {"AbortIncompleteMultipartUpload": _numbers(v)},
}


def encryption(value: dict[str, Any]) -> dict[str, Any]:
    """Turn BucketEncryption into S3's rules."""
    names = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    return {
        "Rules": [
            {names.get(key, key): item for key, item in rule.items()}
            for rule in value["ServerSideEncryptionConfiguration"]
        ]
    }


def tiering(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turn IntelligentTieringConfigurations into S3's form."""
    made = []
    for entry in value:
        item = {key: entry[key] for key in ("Id", "Status")}
        item["Tierings"] = [
            {"AccessTier": t["AccessTier"], "Days": int(t["Days"])} for t in entry["Tierings"]
        ]
        if "Prefix" in entry:
            item["Filter"] = {"Prefix": entry["Prefix"]}
        made.append(item)
    return made


TRANSLATE: dict[str, Callable[[Any], Any]] = {
    "s3_lifecycle": lifecycle,
    "s3_encryption": encryption,
    "s3_tiering": tiering,
    "s3_acl": lambda value: re.sub(r"(?<=.)([A-Z])", r"-\1", value).lower(),
    "s3_cors": lambda value: {"CORSRules": value["CorsRules"]},
    "s3_logging": lambda value: {
        "LoggingEnabled": {
            "TargetBucket": value["DestinationBucketName"],
            "TargetPrefix": value.get("LogFilePrefix", ""),
        }
    },
    # CloudFormation writes EventBridgeEnabled inside; the API's structure is empty
    "s3_notification": lambda value: {
        key: {} if key == "EventBridgeConfiguration" else item for key, item in value.items()
    },
}
