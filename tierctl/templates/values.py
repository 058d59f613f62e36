"""Resolved values as the kinds a reader needs: whole numbers, words, lists. Else Unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tierctl.model.unknown import Unknown
from tierctl.templates.intrinsics import Composed, Reference

LATER = "it depends on another resource"


@dataclass(frozen=True, slots=True)
class Props:
    """The resolved properties of a resource, or of a part of one."""

    values: Any

    def get(self, *path: str) -> Any:
        """A value by its path; None when it is absent, Unknown when the way to it is."""
        value: Any = self.values
        for key in path:
            if isinstance(value, Unknown):
                return value
            if not isinstance(value, dict):
                return None
            value = value.get(key)
        return value

    def part(self, *path: str) -> Props:
        """A nested mapping."""
        return Props(self.get(*path))

    def word(self, *path: str, default: str | None = None) -> Any:
        """A text, Unknown, or the default when it is absent."""
        value = self.get(*path)
        if value is None:
            return default
        if isinstance(value, Unknown):
            return value
        if isinstance(value, Reference | Composed | dict | list):
            return Unknown(LATER)
        return str(value).lower() if isinstance(value, bool) else str(value)

    def number(self, *path: str, default: int | Decimal | None = None) -> Any:
        """A Decimal that is not negative, Unknown, or the default."""
        value = self.word(*path)
        if value is None:
            return None if default is None else Decimal(default)
        if isinstance(value, Unknown):
            return value
        if not re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,18})?", value.strip(), re.ASCII):
            return Unknown(f"{path[-1]} is no number: {value[:40]!r}")
        return Decimal(value.strip())

    def whole(self, *path: str, default: int | None = None) -> Any:
        """A whole number, Unknown, or the default."""
        value = self.number(*path, default=default)
        if value is None or isinstance(value, Unknown):
            return value
        return int(value) if value == int(value) else Unknown(f"{path[-1]} is no whole number")

    def flag(self, *path: str, default: bool = False) -> Any:
        """True or false, Unknown, or the default."""
        value = self.word(*path)
        if value is None or isinstance(value, Unknown):
            return default if value is None else value
        return value.lower() == "true"

    def items(self, *path: str) -> Any:
        """A list of values, Unknown, or an empty list when it is absent."""
        value = self.get(*path)
        if value is None:
            return []
        if isinstance(value, list):
            return value
        return value if isinstance(value, Unknown) else Unknown(LATER)

    def count(self, *path: str) -> Any:
        """How many there are in a list; Unknown when one of them may be several."""
        items = self.items(*path)
        if isinstance(items, Unknown):
            return items
        unknown = next((item for item in items if isinstance(item, Unknown)), None)
        return unknown if unknown is not None else len(items)

    def parts(self, *path: str) -> list[Props]:
        """A list of mappings; empty when it is none."""
        items = self.items(*path)
        return [] if isinstance(items, Unknown) else [Props(item) for item in items]
