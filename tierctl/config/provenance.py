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


def _record(
    resolution: Resolution, request: Request, path: str, record: Any
) -> Iterator[Value]:
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
            yield _value(resolution, request, here, value, field, declared.get(field.name))


def _value(  # noqa: PLR0913 - what is known of one field
    resolution: Resolution,
    request: Request,
    path: str,
    value: Any,
    field: dataclasses.Field[Any],
    declared: Attribute | None,
) -> Value:
    """One field with its origin."""
    document = to_document(value)
    if path == "placement.region" and request.region:
        return Value(path, document, "given", "--region")
    if path == "identity.tier":
        return Value(path, document, "given", resolution.choice.source)
    if path in _NAMED:
        return Value(path, document, "given", _NAMED[path])
    if path.startswith("application.services.") and path.endswith(".image"):
        service = path.split(".")[2]
        if service in request.images:
            return Value(path, document, "given", f"image.{service}")
    place = resolution.places.get(_ELSEWHERE.get(path, path))
    if place is not None:
        return Value(path, document, "written", str(place), place)
    if path == "placement.zones":
        return Value(path, document, "derived", "three zones of the region")
    if path.startswith("bindings."):
        return Value(path, document, "derived", "the cache's Shape")
    if declared is not None and declared.derived:
        return Value(path, document, "derived", "promise and Shapes")
    if path.startswith("application.services.") and path.endswith(".name"):
        return Value(path, document, "derived", "its key")
    if field.default is not dataclasses.MISSING and field.default == value:
        return Value(path, document, "default", "default")
    return Value(path, document, "derived", "other values")
