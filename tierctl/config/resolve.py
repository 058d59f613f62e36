"""Tier, client and record to one Environment with nothing open.

In: a project, and a Request that says which environment. Out: a Resolution: the Environment,
the tier it was made from, and the place every value was written at. Everything wrong is raised
at once. Values lie on top of one another in this order: tier, its environment, client, the
client's environment, record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.catalog.limits import limits
from tierctl.config.clients import (
    PLACED_KEYS,
    ClientSpec,
    decode_application,
    load_client,
)
from tierctl.config.decode import Decoder
from tierctl.config.nodes import Mapping, Node, Scalar, overlay
from tierctl.config.records import Record, load_record
from tierctl.config.selection import Choice, choose_tier
from tierctl.config.thresholds import derived_thresholds
from tierctl.config.tiers import TierSpec, lineage_of, load_tier
from tierctl.model.diagnostics import (
    Diagnostic,
    InvalidConfigurationError,
    Place,
    listing,
    nearest,
)
from tierctl.model.environment import Application, Bindings, Environment, Identity, Placement
from tierctl.model.shapes import FAMILIES, DatabaseShape, ServiceShape

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

    from tierctl.config.project import Project

DEFAULT_ENVIRONMENT = "staging"
"""Production is always asked for by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which environment is wanted, as far as the command line says."""

    tier: str | None = None
    client: str | None = None
    environment: str = DEFAULT_ENVIRONMENT
    region: str | None = None
    images: dict[str, str] = field(default_factory=dict)
    how: str = "-c tier"


@dataclass(frozen=True, slots=True)
class Resolution:
    """An Environment and how it came to be."""

    environment: Environment
    tier: TierSpec
    choice: Choice
    lacks: tuple[str, ...]
    places: dict[str, Place]
    record: Record | None


def resolve(project: Project, request: Request, variables: Dictionary[str, str]) -> Resolution:
    """The Environment a request asks for.

    Raises:
        InvalidConfigurationError: With everything that is wrong, or a recorded environment of
            another tier, which only a plan may change.
    """
    client = load_client(project, request.client)
    choice = choose_tier(project, client, request.tier, variables, request.how)
    tier = load_tier(project, choice.tier)
    record = load_record(project, client.name, request.environment)
    if record and record.tier.text != tier.name:
        raise InvalidConfigurationError([_silent_change(record, choice, client, request)])
    lineage = _lineage(tier, client, request.environment)
    families, lacks = _families(tier, client, record, lineage)
    decoder = Decoder()
    overlaid = client.overlaid(lineage)
    application = decode_application(decoder, client, overlaid, request.images)
    placement = _placement(decoder, overlaid, record, request.region)
    shapes = _shapes(decoder, families, tier, application)
    if decoder.diagnostics or application is None or placement is None or shapes is None:
        raise InvalidConfigurationError(decoder.diagnostics)
    mode = shapes["cache"].cluster_mode
    environment = Environment(
        identity=Identity(
            app=_text(overlaid, "app") or "app",
            client=client.name,
            environment=request.environment,
            tier=tier.name,
            cost_centre=_text(overlaid, "cost_centre") or "unassigned",
        ),
        placement=placement,
        application=application,
        bindings=Bindings(cache_endpoint="primary" if mode == "disabled" else "configuration"),
        **shapes,
    )
    return Resolution(environment, tier, choice, lacks, decoder.places, record)


def _lineage(tier: TierSpec, client: ClientSpec, name: str) -> tuple[str, ...]:
    """The environment after those it inherits from; tier and client may both declare it."""
    declared = overlay(tier.environment_nodes, client.environments())
    nodes = declared if isinstance(declared, Mapping) else tier.environment_nodes
    return lineage_of(nodes, name, f"tier {tier.name}")


def _families(
    tier: TierSpec, client: ClientSpec, record: Record | None, lineage: tuple[str, ...]
) -> tuple[Mapping, tuple[str, ...]]:
    """Family nodes with every layer on top, and what the environment lacks."""
    families, lacks = tier.families_of(lineage)
    merged: Node = families
    for layer in (client.overlaid(lineage).get("families"), record.families if record else None):
        merged = overlay(merged, layer) or merged
    return (merged if isinstance(merged, Mapping) else families), lacks


def _shapes(
    decoder: Decoder, families: Mapping, tier: TierSpec, application: Application | None
) -> dict[str, Any] | None:
    """Every family's Shape by its Environment field, or None when something is wrong."""
    decoder.refuse_unknown(families, FAMILIES, "families")
    shapes: dict[str, Any] = {}
    for family, cls in FAMILIES.items():
        node = families.get(family) or Mapping((), families.place)
        if family == "service":
            shapes["services"] = _services(decoder, node, application)
        elif family != "observability":
            known = _connections(node) if cls is DatabaseShape else {}
            shapes[family] = decoder.record(cls, node, family, known)
    database = shapes["database"]
    if database is not None:
        node = families.get("observability") or Mapping((), families.place)
        known = derived_thresholds(tier.promise, database)
        shapes["observability"] = decoder.record(
            FAMILIES["observability"], node, "observability", known
        )
    return None if decoder.diagnostics else shapes


def _connections(node: Node) -> dict[str, Any]:
    """A new or unstated environment has rebooted at its present capacity."""
    stated = node.get("max_acu") if isinstance(node, Mapping) else None
    usable = isinstance(stated, Scalar) and not isinstance(stated.value, bool | str | None)
    if not (usable and isinstance(stated, Scalar)):
        return {}
    return {"connections_max_acu": Decimal(stated.text)}


def _services(
    decoder: Decoder, node: Node, application: Application | None
) -> tuple[tuple[str, ServiceShape], ...]:
    """A Shape for every service of the application; `default` serves those not named."""
    if not isinstance(node, Mapping) or application is None:
        return ()
    shapes: list[tuple[str, ServiceShape]] = []
    contracts = [contract.name for contract in application.services]
    for name in contracts:
        own = node.get(name)
        if own is None:
            decoder.diagnostics.append(
                Diagnostic(
                    "service-without-shape",
                    "a service has no size",
                    f"The application has a service '{name}'; 'families.service' sizes "
                    f"{listing(node.names)}.",
                    f"Add 'families: {{service: {{{name}: ...}}}}' to the client file.",
                    place=node.place,
                    suggestion=nearest(name, node.names),
                )
            )
            continue
        shape = decoder.record(ServiceShape, own, f"service.{name}", {})
        if shape is not None:
            shapes.append((name, shape))
    return tuple(shapes)


def _placement(
    decoder: Decoder, node: Mapping, record: Record | None, region: str | None
) -> Placement | None:
    """Where the environment stands; zones default to three of the region's."""
    placed = Mapping(tuple(e for e in node.entries if e.key in PLACED_KEYS), node.place)
    recorded = record.placement if record else None
    merged = overlay(placed, recorded)
    if not isinstance(merged, Mapping):
        return None
    chosen = region or _text(merged, "region")
    known: dict[str, Any] = {}
    if region:
        merged = Mapping(tuple(e for e in merged.entries if e.key != "region"), merged.place)
        known["region"] = region
    zones = limits("regions")["zones"].get(chosen)
    if zones:
        known["zones"] = tuple(zones)
    elif chosen and merged.get("zones") is None:
        decoder.diagnostics.append(_unknown_zones(chosen, node.place))
        return None
    return decoder.record(Placement, merged, "placement", known)


def _unknown_zones(region: str, place: Place) -> Diagnostic:
    """A region whose zones we do not know."""
    known = list(limits("regions")["zones"])
    return Diagnostic(
        "zones-unknown",
        "the region's zones are not known",
        f"No zones are on file for '{region}'. On file are {listing(known)}.",
        "Name three zones of the region in the client file: 'zones: [..., ..., ...]'.",
        why="Zones are never looked up: a template must not depend on who synthesises it.",
        place=place,
        suggestion=nearest(region, known),
    )


def _silent_change(
    record: Record, choice: Choice, client: ClientSpec, request: Request
) -> Diagnostic:
    """A deployed environment is asked for at another tier without a plan."""
    named = f" --client {client.name}" if request.client else ""
    return Diagnostic(
        "tier-change-without-plan",
        "a deployed environment would change its tier",
        f"{client.name}-{request.environment} is recorded as '{record.tier.text}', and "
        f"{choice.source} says '{choice.tier}'.",
        f"Plan the change: tierctl plan --to {choice.tier}{named} "
        f"--environment {request.environment} -o plan.json",
        why="One deployment cannot make this change safely; a plan makes it in steps.",
        place=record.tier.place,
    )


def _text(node: Mapping, key: str) -> str | None:
    """A key's text, or None."""
    value = node.get(key)
    return value.text if isinstance(value, Scalar) and value.value is not None else None
