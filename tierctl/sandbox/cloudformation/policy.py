"""Stack policies: which update actions they allow on which logical resources.

In: a policy document and an action on a resource. Out: None when it is allowed, otherwise AWS's
reason. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html
(2026-11): once a policy is set, everything is denied unless allowed; an explicit Deny wins.
"""

from __future__ import annotations

import fnmatch
import json
from typing import Any

from tierctl.sandbox.wire import ApiError


def read_policy(text: str) -> dict[str, Any]:
    """Read a policy document; a malformed one is refused when it is set."""
    try:
        document = json.loads(text)
        statements = document["Statement"]
        if not all("Effect" in s and ("Action" in s or "NotAction" in s) for s in statements):
            raise KeyError("Effect, Action")  # noqa: TRY301  one message for every malformation
    except (KeyError, TypeError, ValueError) as error:
        raise ApiError("ValidationError", f"Error validating stack policy: {error}") from error
    return dict(document)


def denied(policy: str | None, action: str, logical_id: str, resource_type: str) -> str | None:
    """Return why an action (Update:Modify, Update:Replace, Update:Delete) is denied, or None."""
    if not policy:
        return None
    allowed = False
    for number, statement in enumerate(read_policy(policy)["Statement"], start=1):
        if not _applies(statement, action, logical_id, resource_type):
            continue
        if statement["Effect"] == "Deny":
            return (
                f"Action denied by stack policy: Statement [#{number}] does not allow "
                f"[{action}] for resource [{logical_id}]"
            )
        allowed = True
    if allowed:
        return None
    return f"Action not allowed by stack policy: [{action}] for resource [{logical_id}]"


def _applies(statement: dict[str, Any], action: str, logical_id: str, resource_type: str) -> bool:
    names = f"LogicalResourceId/{logical_id}"
    return (
        _matches(statement, "Action", action)
        and _matches(statement, "Resource", names)
        and _condition(statement.get("Condition", {}), resource_type)
    )


def _matches(statement: dict[str, Any], key: str, value: str) -> bool:
    if f"Not{key}" in statement:
        return not any(fnmatch.fnmatchcase(value, p) for p in _listed(statement[f"Not{key}"]))
    return any(fnmatch.fnmatchcase(value, p) for p in _listed(statement.get(key, "*")))


def _condition(condition: dict[str, Any], resource_type: str) -> bool:
    for operator, keys in condition.items():
        for key, wanted in keys.items():
            if key != "ResourceType":
                raise ApiError("ValidationError", f"Unknown stack policy condition key {key}")
            match operator:
                case "StringEquals":
                    holds = resource_type in _listed(wanted)
                case "StringLike":
                    holds = any(fnmatch.fnmatchcase(resource_type, p) for p in _listed(wanted))
                case "StringNotEquals":
                    holds = resource_type not in _listed(wanted)
                case _:
                    raise ApiError("ValidationError", f"Unknown operator {operator}")
            if not holds:
                return False
    return True


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
