"""The difference between two sets of resolved properties, and what it means.

In: a type, properties before and after (plain values, `Unknown` where not known yet), the new
UpdatePolicy. Out: one `PropertyChange` per top-level property, with whether it recreates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tierctl.sandbox.cloudformation.intrinsics import unknown_in
from tierctl.sandbox.cloudformation.schemas import Replacing, replacing

Recreation = Literal["Never", "Conditionally", "Always"]
MISSING = object()


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One top-level property that differs."""

    name: str
    kind: Literal["Add", "Modify", "Remove"]
    before: Any
    after: Any
    recreation: Recreation
    known: bool


def same(before: Any, after: Any) -> bool:
    """Compare as CloudFormation does: "5432" equals 5432, "true" equals true."""
    match before, after:
        case dict(), dict():
            return before.keys() == after.keys() and all(same(before[k], after[k]) for k in before)
        case list(), list():
            return len(before) == len(after) and all(map(same, before, after))
        case (dict() | list(), _) | (_, dict() | list()):
            return False
        case _:
            return before is after or _scalar(before) == _scalar(after)


def _scalar(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """Return what stands at a path; lists are looked through."""
    for index, part in enumerate(path):
        if isinstance(value, list):
            return [_at(item, path[index:]) for item in value]
        if not isinstance(value, dict) or part not in value:
            return MISSING
        value = value[part]
    return value


def recreation_of(
    resource_type: str, name: str, before: Any, after: Any, update_policy: dict[str, Any]
) -> Recreation:
    """Return whether changing a property from `before` to `after` recreates the resource."""
    rules: Replacing = replacing(resource_type)
    if (policy := rules.unless_update_policy.get(name)) is not None:
        return "Never" if str(update_policy.get(policy, "")).lower() == "true" else "Always"

    def touched(paths: tuple[tuple[str, ...], ...]) -> bool:
        return any(
            path[0] == name and not same(_at(before, path[1:]), _at(after, path[1:]))
            for path in paths
        )

    if touched(rules.always):
        return "Always"
    return "Conditionally" if touched(rules.conditionally) else "Never"


def changes(
    resource_type: str,
    before: dict[str, Any],
    after: dict[str, Any],
    update_policy: dict[str, Any],
) -> tuple[PropertyChange, ...]:
    """Return every top-level property that differs, in name order."""
    found: list[PropertyChange] = []
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name, MISSING), after.get(name, MISSING)
        unknown = unknown_in(new) is not None
        if not unknown and same(old, new):
            continue
        found.append(
            PropertyChange(
                name=name,
                kind="Add" if old is MISSING else "Remove" if new is MISSING else "Modify",
                before=None if old is MISSING else old,
                after=None if new is MISSING else new,
                recreation=recreation_of(resource_type, name, old, new, update_policy),
                known=not unknown,
            )
        )
    return tuple(found)
