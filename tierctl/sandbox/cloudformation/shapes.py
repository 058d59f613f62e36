"""Property values, mapped to what an API takes.

In: a CloudFormation value and the botocore shape of the API's input. Out: the value in that
shape: members matched without regard to case, strings made into numbers and booleans, tags turned
between list and map, policy documents written as JSON. A member that the API does not have is an
`UncarriedError`, never dropped.
"""

from __future__ import annotations

import json
from typing import Any


class UncarriedError(Exception):
    """A property that the API call cannot carry."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def member_of(shape: Any, name: str, rename: dict[str, str]) -> str | None:
    """Return the shape's member for a property name."""
    wanted = rename.get(name, name)
    if wanted in shape.members:
        return str(wanted)
    lowered = wanted.lower()
    return next((member for member in shape.members if member.lower() == lowered), None)


def to_api(  # noqa: PLR0911  one case per kind of shape
    value: Any, shape: Any, path: str, rename: dict[str, str]
) -> Any:
    """Map a value into a shape."""
    match shape.type_name:
        case "structure":
            return _structure(value, shape, path, rename)
        case "list":
            return _list(value, shape, path, rename)
        case "map":
            if isinstance(value, list):
                value = {_tag_key(item): _tag_value(item) for item in value}
            return {str(k): to_api(v, shape.value, f"{path}.{k}", rename) for k, v in value.items()}
        case "integer" | "long":
            return int(float(value))
        case "float" | "double":
            return float(value)
        case "boolean":
            return value if isinstance(value, bool) else str(value).lower() == "true"
        case "blob":
            return value if isinstance(value, bytes) else str(value).encode()
        case "string":
            return _string(value)
        case _:
            return value


def _string(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value)
    return str(value)


def _structure(value: Any, shape: Any, path: str, rename: dict[str, str]) -> Any:
    if getattr(shape, "is_document_type", False):
        return value
    if not isinstance(value, dict):
        # EC2 wraps some single values: EnableDnsSupport is {"Value": true} in the API
        if list(shape.members) == ["Value"]:
            return {"Value": to_api(value, shape.members["Value"], path, rename)}
        raise UncarriedError(path)
    if is_tag(value) and (keyed := _tag_members(shape)):
        return {keyed[0]: _string(_tag_key(value)), keyed[1]: _string(_tag_value(value))}
    mapped: dict[str, Any] = {}
    for name, item in value.items():
        member = member_of(shape, name, rename)
        if member is None:
            raise UncarriedError(f"{path}.{name}")
        mapped[member] = to_api(item, shape.members[member], f"{path}.{name}", rename)
    return mapped


def _list(value: Any, shape: Any, path: str, rename: dict[str, str]) -> Any:
    if isinstance(value, dict) and shape.member.type_name == "structure":
        keyed = _tag_members(shape.member)
        if keyed is None:
            raise UncarriedError(path)
        return [{keyed[0]: str(k), keyed[1]: _string(v)} for k, v in value.items()]
    if not isinstance(value, list):
        value = [value]
    return [to_api(item, shape.member, f"{path}[{i}]", rename) for i, item in enumerate(value)]


def is_tag(value: Any) -> bool:
    """Tell whether a value is a Key/Value pair as CloudFormation writes tags and attributes."""
    return isinstance(value, dict) and {k.lower() for k in value} == {"key", "value"}


def _tag_key(item: dict[str, Any]) -> Any:
    return item.get("Key", item.get("key"))


def _tag_value(item: dict[str, Any]) -> Any:
    return item.get("Value", item.get("value"))


def _tag_members(shape: Any) -> tuple[str, str] | None:
    """Return the members for key and value: Key/Value, key/value or TagKey/TagValue."""
    for key, value in (("Key", "Value"), ("key", "value"), ("TagKey", "TagValue")):
        if key in shape.members and value in shape.members:
            return key, value
    return None


def tag_map(tags: Any) -> dict[str, str]:
    """Return tags as a mapping, from a list of pairs or a map."""
    if isinstance(tags, dict):
        return {str(k): _string(v) for k, v in tags.items()}
    return {str(_tag_key(item)): _string(_tag_value(item)) for item in tags or ()}
