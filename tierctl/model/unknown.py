"""A value that cannot be known, with its reason: never zero, never safe."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known from what was read, and why."""

    reason: str
