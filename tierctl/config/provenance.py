"""Where every value of a resolved Environment came from.

In: a Resolution. Out: one `Value` for each field, in the order of the records: its path, its
value, and its origin: written at a place, a default, or following from other values.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.model.attributes import Attribute, attributes_of
from tierctl.model.document import to_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.config.resolve import Request, Resolution
    from tierctl.model.diagnostics import Place

_ELSEWHERE = {
    "identity.app": "app",
    "identity.cost_centre": "cost_centre",
    "application.domain": "domain",
}
_NAMED = {"identity.client": "its file's name", "identity.environment": "--environment"}


@dataclass(frozen=True, slots=True)
class Value:
    """One field.

    Attributes:
        origin: `written`, `given` (on the command line), `default` or `derived`.
        source: The place, or what it follows from.
    """

    path: str
    value: Any
    origin: str
    source: str
    place: Place | None = None


def values_of(resolution: Resolution, request: Request) -> list[Value]:
    """Every field of the Environment with where it came from."""
    environment = resolution.environment
    found: list[Value] = []
    for field in dataclasses.fields(environment):
        value = getattr(environment, field.name)
        if field.name == "services":
            for name, shape in value:
                found += _record(resolution, request, f"service.{name}", shape)
        elif value is not None:
            found += _record(resolution, request, field.name, value)
    return found


def _record(resolution: Resolution, request: Request, path: str, record: Any) -> Iterator[Value]:
    """The fields of one record; records within it follow in their place."""
    declared = {f.name: a for f, a in attributes_of(type(record))}
    for field in dataclasses.fields(record):
        value = getattr(record, field.name)
        here = f"{path}.{field.name}"
        if here == "application.services":
            for contract in value:
                yield from _record(resolution, request, f"{here}.{contract.name}", contract)
        elif dataclasses.is_dataclass(value):
            yield from _record(resolution, request, _ELSEWHERE.get(here, here), value)
        else:
            known = declared.get(field.name)
            yield _value(resolution, request, _Field(here, value, field.default, known))


@dataclass(frozen=True, slots=True)
class _Field:
    """One field on its way to a Value."""

    path: str
    value: Any
    default: Any
    declared: Attribute | None


def _value(resolution: Resolution, request: Request, field: _Field) -> Value:
    """One field with its origin."""
    document = to_document(field.value)
    given = _given(resolution, request, field.path)
    if given is not None:
        return Value(field.path, document, "given", given)
    place = resolution.places.get(_ELSEWHERE.get(field.path, field.path))
    if place is not None:
        return Value(field.path, document, "written", str(place), place)
    derived = _derived(field)
    if derived is None and field.default == field.value:
        return Value(field.path, document, "default", "default")
    return Value(field.path, document, "derived", derived or "other values")


def _given(resolution: Resolution, request: Request, path: str) -> str | None:
    """What on the command line, or beside the files, said it."""
    if path == "placement.region" and request.region:
        return "--region"
    if path == "identity.tier":
        return resolution.choice.source
    service = path.removeprefix("application.services.").removesuffix(".image")
    if path.endswith(".image") and service in request.images:
        return f"image.{service}"
    return _NAMED.get(path)


def _derived(field: _Field) -> str | None:
    """What a value follows from, when it is never written."""
    if field.path == "placement.zones":
        return "three zones of the region"
    if field.path.startswith("bindings."):
        return "the cache's Shape"
    if field.path.startswith("application.services.") and field.path.endswith(".name"):
        return "its key"
    return "promise and Shapes" if field.declared and field.declared.derived else None
