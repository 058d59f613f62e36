"""What every overlay works with. Nothing here may know a service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tierctl.sandbox.clients import Clients
    from tierctl.sandbox.clock import Clock
    from tierctl.sandbox.markers import Markers

Handler = Callable[[str, dict[str, Any]], Any]
PASS = object()  # the handler leaves the request to moto


@dataclass(frozen=True, slots=True)
class Context:
    """`moto` calls moto past the overlays; `clients` calls the whole sandbox.

    `facts` is what `/sandbox/facts` shows and takes: states that no API of the service shows.
    """

    moto: Clients
    clients: Clients
    clock: Clock
    markers: Markers
    facts: dict[str, Any]
