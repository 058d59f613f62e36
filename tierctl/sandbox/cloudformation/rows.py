"""The resource types, read from `tierctl/sandbox/types/*.yaml`.

In: YAML rows. Out: a `Row` per CloudFormation type: which API calls create, update, delete and
read it, and where its identifier and attributes are found in their answers. A type without a row
cannot be created; nothing here guesses.

A string that begins with `=` is a JMESPath expression over the resource's context (see
`provision`); every other value is literal.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TYPES_DIR = Path(__file__).parent.parent / "types"


@dataclass(frozen=True, slots=True)
class Step:
    """One API call of a row.

    `take`: the properties it carries; None takes every property that its input shape has.
    `each`: a list property; the call is made once per item (as `item`), and on update `remove`
    is called for items that went away.
    """

    op: str
    service: str
    take: tuple[str, ...] | None
    args: dict[str, Any]
    rename: dict[str, str]
    when: str | None = None
    each: str | None = None
    remove: Step | None = None
    absent: Step | None = None
    send: str = "all"


@dataclass(frozen=True, slots=True)
class Tagging:
    """How a resource's tags are changed after creation."""

    add: Step
    remove: Step


@dataclass(frozen=True, slots=True)
class Row:
    """Everything the engine knows about one resource type."""

    type: str
    service: str
    create: tuple[Step, ...]
    sync: tuple[Step, ...]
    update: tuple[Step, ...]
    delete: tuple[Step, ...]
    snapshot: tuple[Step, ...]
    read: Step | None
    read_path: str
    id: str
    name_property: str | None
    name_max: int
    name_lower: bool
    custom_named: bool
    attributes: dict[str, str]
    ignored: dict[str, str]
    uses: tuple[str, ...]
    translate: dict[str, str]
    prepare: str | None
    tags_property: str
    tagging: Tagging | None
    tags_in_create: bool
    custom: str | None
    drift: dict[str, str] = field(default_factory=dict)


def _step(raw: dict[str, Any], service: str, rename: dict[str, str]) -> Step:
    known = {"op", "service", "take", "args", "rename", "when", "each", "remove", "absent", "send"}
    if extra := set(raw) - known:
        raise ValueError(f"unknown keys in a step: {sorted(extra)}")
    own_service = raw.get("service", service)
    return Step(
        op=raw["op"],
        service=own_service,
        take=None if raw.get("take") is None else tuple(raw["take"]),
        args=raw.get("args", {}),
        rename={**rename, **raw.get("rename", {})},
        when=raw.get("when"),
        each=raw.get("each"),
        remove=_step(raw["remove"], own_service, rename) if "remove" in raw else None,
        absent=_step(raw["absent"], own_service, rename) if "absent" in raw else None,
        send=raw.get("send", "all"),
    )


def _steps(raw: Any, service: str, rename: dict[str, str]) -> tuple[Step, ...]:
    items = raw if isinstance(raw, list) else [raw] if raw else []
    return tuple(
        _step({"op": item} if isinstance(item, str) else item, service, rename) for item in items
    )


KEYS = {
    "service", "create", "sync", "update", "delete", "snapshot", "read", "path", "id", "name",
    "attributes", "ignored", "uses", "translate", "prepare", "tags", "custom", "drift", "rename",
    "put",
}  # fmt: skip


def _row(resource_type: str, raw: dict[str, Any], tagging: dict[str, Any]) -> Row:
    if extra := set(raw) - KEYS:
        raise ValueError(f"{resource_type}: unknown keys {sorted(extra)}")
    service = raw["service"]
    rename = raw.get("rename", {})
    name = raw.get("name") or {}
    create = _steps(raw.get("create"), service, rename)
    tags = raw.get("tags")
    table = None
    if isinstance(tags, dict):
        how = tagging[tags.get("by", service)]
        args = {key: value for key, value in tags.items() if key not in ("by", "property", "late")}
        table = Tagging(
            _step({**how["add"], "args": {**how["add"]["args"], **args}}, service, {}),
            _step({**how["remove"], "args": {**how["remove"]["args"], **args}}, service, {}),
        )
    return Row(
        type=resource_type,
        service=service,
        create=create,
        sync=_steps(raw.get("sync"), service, rename),
        update=create if raw.get("put") else _steps(raw.get("update"), service, rename),
        delete=_steps(raw.get("delete"), service, rename),
        snapshot=_steps(raw.get("snapshot"), service, rename),
        read=_steps(raw["read"], service, {})[0] if raw.get("read") else None,
        read_path=raw.get("path", "@"),
        id=raw.get("id", "=name"),
        name_property=name.get("property"),
        name_max=name.get("max", 63),
        name_lower=name.get("lower", False),
        custom_named=name.get("custom", True),
        attributes=raw.get("attributes", {}),
        ignored=raw.get("ignored", {}),
        uses=tuple(raw.get("uses", ())),
        translate=raw.get("translate", {}),
        prepare=raw.get("prepare"),
        tags_property=(tags or {}).get("property", "Tags"),
        tagging=table,
        tags_in_create=not (tags or {}).get("late", False),
        custom=raw.get("custom"),
        drift=raw.get("drift", {}),
    )


@functools.cache
def all_rows() -> dict[str, Row]:
    """Read every row; a mistake in a row is reported with its file and type."""
    rows: dict[str, Row] = {}
    tagging = yaml.load((TYPES_DIR / "_tagging.yaml").read_text("utf-8"), yaml.CSafeLoader)
    for path in sorted(TYPES_DIR.glob("[!_]*.yaml")):
        for resource_type, raw in (
            yaml.load(path.read_text("utf-8"), yaml.CSafeLoader) or {}
        ).items():
            try:
                rows[resource_type] = _row(resource_type, raw, tagging)
            except (KeyError, TypeError, ValueError) as error:
                raise ValueError(f"{path.name}: {resource_type}: {error}") from error
    return rows
