"""How a Shape declares a field: its meaning, its bounds and what it moves in the template.

In: keyword arguments. Out: a `dataclasses.field` whose metadata carries an `Attribute`.
The loader, the editor schema and the meta tests all read the same declaration, so a field
is described once. May not import anything of tierctl.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

_KEY = "tierctl"


@dataclass(frozen=True, slots=True)
class Attribute:
    """What is known of one field beside its type.

    Attributes:
        doc: One sentence for the editor schema, the docs and error messages.
        choices: The only values allowed; empty when any value of the type is.
        minimum: Smallest number allowed, in the field's own unit.
        maximum: Largest number allowed.
        step: Numbers must be a multiple of this (ACU come in halves).
        pattern: Regular expression a string must match whole.
        example: A value that is right, shown in error messages.
        moves: The template property paths (`AWS::Type.Property`, or `AWS::Type` for whole
            resources) that may change when this field changes, and no others.
        derived: Left out, it is computed from the tier's promise and AWS's limits.
    """

    doc: str
    choices: tuple[str, ...] = ()
    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    step: Decimal | None = None
    pattern: str | None = None
    example: str | None = None
    moves: tuple[str, ...] = ()
    derived: bool = False


def attribute(doc: str, *, default: Any = dataclasses.MISSING, **known: Any) -> Any:
    """Declare a field. Returns what `dataclasses.field` returns."""
    return dataclasses.field(default=default, metadata={_KEY: Attribute(doc, **known)})


def attributes_of(record: type[Any]) -> Iterator[tuple[dataclasses.Field[Any], Attribute]]:
    """Every field of a dataclass that was declared with `attribute`, in order."""
    for field in dataclasses.fields(record):
        declared = field.metadata.get(_KEY)
        if declared is not None:
            yield field, declared
