"""A created resource, as the provisioner hands it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Made:
    """A created resource: its physical id and the create call's answer."""

    physical_id: str
    created: dict[str, Any]
