"""cfn-lint's copies of AWS's registry schemas: what CloudFormation can change only by replacing."""

from __future__ import annotations

import functools
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

REGION = "us-east-1"


@functools.cache
def create_only(resource_type: str) -> frozenset[str]:
    """Property paths, as `A/B`, that the schema calls create-only, also if only sometimes."""
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(
        REGION, resource_type
    ).schema
    paths = schema.get("createOnlyProperties", []) + schema.get(
        "conditionalCreateOnlyProperties", []
    )
    return frozenset(path.removeprefix("/properties/") for path in paths)


def value_at(properties: dict[str, Any], path: str) -> Any:
    """The value at a schema path, `*` meaning every item of a list; None where there is none."""
    found: Any = properties
    for part in path.split("/"):
        if part == "*":
            return found
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found
