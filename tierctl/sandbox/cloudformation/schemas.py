"""Which property change replaces a resource: cfn-lint's registry schemas plus dated overrides.

In: a resource type. Out: its create-only and conditionally create-only property paths. Read off
line from cfn-lint's package data, only the types that are asked for, once. Where newer schemas or
documented behaviour differ, `types/_replacement.yaml` says so with its source and date.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tierctl.sandbox.cloudformation.rows import TYPES_DIR


@dataclass(frozen=True, slots=True)
class Replacing:
    """The property paths of a type that can only change by replacement."""

    always: tuple[tuple[str, ...], ...]
    conditionally: tuple[tuple[str, ...], ...]
    unless_update_policy: dict[str, str]
    identifiers: tuple[str, ...]
    read_only: tuple[str, ...]
    known: bool


@functools.cache
def _index() -> tuple[Path, dict[str, str]]:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed: the sandbox needs its schemas")
    folder = Path(spec.origin).parent / "data" / "schemas"
    return folder, json.loads((folder / "providers" / "us-east-1.json").read_text("utf-8"))


@functools.cache
def schema(resource_type: str) -> dict[str, Any]:
    """Return the registry schema of a type, empty when there is none."""
    folder, index = _index()
    if resource_type not in index:
        return {}
    path = folder / "resources" / f"{index[resource_type]}.json"
    return dict(json.loads(path.read_text("utf-8")))


@functools.cache
def _overrides() -> dict[str, Any]:
    text = (TYPES_DIR / "_replacement.yaml").read_text("utf-8")
    return yaml.load(text, yaml.CSafeLoader) or {}


def _paths(pointers: Any) -> set[tuple[str, ...]]:
    """`/properties/A/B` becomes ("A", "B"); items of lists are no part of a path here."""
    return {
        tuple(part for part in pointer.split("/")[2:] if part not in ("*", "items", "properties"))
        for pointer in pointers or ()
    }


@functools.cache
def replacing(resource_type: str) -> Replacing:
    """Return what replaces a resource of this type."""
    found = schema(resource_type)
    override = _overrides().get(resource_type, {})
    always = _paths(found.get("createOnlyProperties"))
    conditionally = _paths(found.get("conditionalCreateOnlyProperties"))
    for name in override.get("mutable", {}):
        always.discard((name,))
        conditionally.discard((name,))
    always |= {(name,) for name in override.get("replaces", {})}
    return Replacing(
        always=tuple(sorted(always)),
        conditionally=tuple(sorted(conditionally - always)),
        unless_update_policy=override.get("replaces_unless_update_policy", {}),
        identifiers=tuple(p[0] for p in _paths(found.get("primaryIdentifier"))),
        read_only=tuple(".".join(p) for p in _paths(found.get("readOnlyProperties"))),
        known=bool(found),
    )
