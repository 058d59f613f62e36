"""Located nodes: every value of a file with its file, line and column, numbers included.

In: nothing; these are the types that `tierctl.config.parsing` makes and everything above reads.
Values are not interpreted further than YAML does: an unquoted 8.1 is a number here, and the
decoder says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from tierctl.model.diagnostics import Place

Value = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as YAML reads it, with the text as it was written."""

    value: Value
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping, its place and its value."""

    key: str
    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping, keys in the order of the file."""

    entries: tuple[Entry, ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        return next((entry.node for entry in self.entries if entry.key == key), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(entry.key for entry in self.entries)


Node = Scalar | Sequence | Mapping


def overlay(base: Node | None, over: Node | None) -> Node | None:
    """`over` on top of `base`: mappings merge key by key, anything else replaces.

    Every value keeps the place it was written at, so the result can say where each came from.
    """
    if base is None or over is None:
        return base if over is None else over
    if isinstance(base, Mapping) and isinstance(over, Scalar) and over.value is None:
        return base  # `production:` with nothing behind it changes nothing
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
        return over
    merged = {entry.key: entry for entry in base.entries}
    for entry in over.entries:
        below = merged.get(entry.key)
        node = overlay(below.node if below else None, entry.node)
        if node is not None:
            merged[entry.key] = Entry(entry.key, entry.place, node)
    return Mapping(tuple(merged.values()), over.place)
