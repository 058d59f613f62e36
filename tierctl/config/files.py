"""The keys at the top of tier, client and record files, declared like every other field.

The loader takes the known keys from here and `scripts/write_schemas.py` the editor schemas, so a
key is described once. These records are declarations: nothing is ever made of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tierctl.model.attributes import attribute
from tierctl.model.environment import Application, Domain, ImportedNetwork, Schedule
from tierctl.model.promise import Band, Bounds, Demands, Promise

Families = dict[str, Any]
"""Family name to a part of its Shape; services by name."""
Environments = dict[str, Any]
"""Environment name to what differs there."""
Usage = dict[str, Any]
"""Figure of `tierctl.model.usage.USAGE` to a number or {low, expected, high, because}; or
`profile`, the built-in profile the other figures come from."""

_declaration = dataclass(init=False, repr=False, eq=False, match_args=False)
"""Fields and nothing else: nothing is ever made of these, and a start pays for every method."""
_NAME = r"[a-z][a-z0-9-]*"


@_declaration
class TierFile:
    """`tiers/<name>.yaml`."""

    title: str = attribute("Name for people.", default="", example="Growth")
    summary: str = attribute("One sentence.", default="", example="Between medium and enterprise.")
    kind: str = attribute(
        "Where listings put it.", choices=("built-in", "custom", "example"), default="custom"
    )
    aliases: tuple[str, ...] = attribute("Other names it answers to.", default=())
    extends: str | None = attribute("A tier whose values hold unless stated.", default=None)
    families_from: dict[str, str] = attribute(
        "Families taken whole from another tier, in all its environments.", default=None
    )
    promise: Promise = attribute("What its users are told they get.", default=None)
    budget_band: Band = attribute("The plan document's monthly figures.", default=None)
    bounds: Bounds = attribute(
        "Ranges within which an override still counts as this tier.", default=None
    )
    families: Families = attribute("Shapes by family.", default=None)
    usage: Usage = attribute("How much it is used, for cost: figures or a profile.", default=None)
    environments: Environments = attribute("What differs by environment.", default=None)


@_declaration
class TierEnvironment:
    """One entry under a tier's `environments`."""

    inherits: str | None = attribute("An environment it is like.", default=None)
    lacks: tuple[str, ...] = attribute(
        "What it lacks of the promise; the promise is not held against it then.", default=()
    )
    families: Families = attribute("Shapes by family, on top of the tier's.", default=None)
    usage: Usage = attribute("How much it is used, for cost: figures or a profile.", default=None)


@_declaration
class ClientEnvironment:
    """One entry under a client's `environments`; the client's own keys have the same form."""

    region: str = attribute(
        "The AWS region.", pattern=r"[a-z]{2}(-[a-z]+)+-\d", example="eu-west-1", default=None
    )
    zones: tuple[str, ...] = attribute(
        "Three zones, in order; left out, three of the region's.", default=()
    )
    vpc_cidr: str = attribute("Address range of the VPC.", example="10.0.0.0/16", default=None)
    account: str | None = attribute("The AWS account, quoted.", pattern=r"\d{12}", default=None)
    imported: ImportedNetwork | None = attribute(
        "A VPC that exists already; wants 'families: {network: {source: imported}}'.", default=None
    )
    residency: str | None = attribute(
        "The residency rule its region must keep (tierctl/catalog/limits/residency.yaml).",
        example="eu",
        default=None,
    )
    demands: Demands | None = attribute("What the client insists on.", default=None)
    schedule: Schedule | None = attribute("Office hours, for staging.", default=None)
    domain: Domain | None = attribute("The name users type.", default=None)
    alarm_email: str | None = attribute(
        "Address that alarms are sent to.",
        pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+",
        example="on-call@acme.example",
        default=None,
    )
    cost_centre: str = attribute("Tag for the bill.", example="acme-4711", default="unassigned")
    application: Application = attribute("What runs, and what it can do.", default=None)
    families: Families = attribute("Shapes by family, on top of the tier's.", default=None)
    usage: Usage = attribute("How much it is used, for cost: figures or a profile.", default=None)


@_declaration
class ClientFile:
    """`clients/<name>.yaml`, beside the keys of a ClientEnvironment."""

    app: str = attribute("Name of the application.", pattern=_NAME, example="shop", default="app")
    tier: str | None = attribute("The client's tier.", example="medium", default=None)
    environments: Environments = attribute("What differs by environment.", default=None)


@_declaration
class RecordFile:
    """`environments/<client>-<environment>.yaml`: written by tierctl, read by everything."""

    client: str = attribute("The client.", pattern=_NAME, example="acme")
    environment: str = attribute("The environment.", pattern=_NAME, example="staging")
    tier: str = attribute("The tier last reached.", pattern=_NAME, example="minimum")
    placement: dict[str, Any] = attribute("Where it stands, for life.", default=None)
    families: Families = attribute("Choices that cannot be taken back.", default=None)
