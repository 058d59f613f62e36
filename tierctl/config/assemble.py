"""Layers of nodes to an Environment: decode every part, then let every rule look at it.

In: a tier, a client, a record and the environment's lineage. Out: `Built`: the Environment if
nothing is wrong, the place of every value, and every diagnostic of decoding and of the rules. A
family that cannot be decoded is left out and the rules still see the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.catalog.limits import limits
from tierctl.config.clients import PLACED_KEYS, decode_application, decode_optional
from tierctl.config.decode import Decoder
from tierctl.config.files import ClientEnvironment, ClientFile
from tierctl.config.nodes import Mapping, Node, Scalar, overlay
from tierctl.config.rules import examine
from tierctl.config.rules.rule import Subject
from tierctl.config.thresholds import derived_thresholds
from tierctl.model.attributes import attributes_of
from tierctl.model.diagnostics import Diagnostic, Place, has_errors, listing, nearest
from tierctl.model.environment import (
    Application,
    Bindings,
    Environment,
    Identity,
    Placement,
    Schedule,
)
from tierctl.model.promise import Demands
from tierctl.model.shapes import FAMILIES, ServiceShape

if TYPE_CHECKING:
    from tierctl.config.clients import ClientSpec
    from tierctl.config.records import Record
    from tierctl.config.resolve import Request
    from tierctl.config.tiers import TierSpec

_DECLARED = {
    field.name: attribute
    for record in (ClientFile, ClientEnvironment)
    for field, attribute in attributes_of(record)
}
_FOLLOWING = tuple(
    field.name for field, known in attributes_of(FAMILIES["observability"]) if known.derived
)


@dataclass(frozen=True, slots=True)
class Built:
    """What came of the layers."""

    environment: Environment | None
    lacks: tuple[str, ...]
    places: dict[str, Place]
    diagnostics: tuple[Diagnostic, ...]


def assemble(
    client: ClientSpec,
    tier: TierSpec,
    record: Record | None,
    lineage: tuple[str, ...],
    request: Request,
) -> Built:
    """The Environment of the layers; see the module."""
    decoder = Decoder()
    decoder.places |= dict(tier.places)
    overlaid = client.overlaid(lineage)
    families, lacks = _families(tier, overlaid, record, lineage)
    application = decode_application(decoder, client, overlaid, request.images)
    placement = _placement(decoder, overlaid, record, request.region)
    app = _text(decoder, overlaid, "app", "app")
    group_id = f"{app}-{client.name}-{request.environment}"
    shapes, named = _shapes(decoder, families, tier, application, group_id)
    cost_centre = _text(decoder, overlaid, "cost_centre", "unassigned")
    subject = Subject(
        tier=tier,
        client=client,
        environment=request.environment,
        lacks=lacks,
        shapes=shapes,
        places=decoder.places,
        application=application,
        placement=placement,
        app=app,
        cost_centre=cost_centre,
        residency=_text(decoder, overlaid, "residency", "") or None,
        demands=decode_optional(decoder, Demands, overlaid, "demands"),
        schedule=decode_optional(decoder, Schedule, overlaid, "schedule"),
        recorded=record is not None,
        named_services=named,
    )
    found = (*decoder.diagnostics, *examine(subject))
    environment = None
    if not has_errors(found) and application is not None and placement is not None:
        environment = _environment(subject, application, placement)
    return Built(environment, lacks, decoder.places, found)


def _environment(subject: Subject, application: Application, placement: Placement) -> Environment:
    """The Environment of a subject in which nothing is wrong."""
    shapes = {k: v for k, v in subject.shapes.items() if "/" not in k}
    cache = shapes["cache"]
    names = [contract.name for contract in application.services]
    return Environment(
        identity=Identity(
            app=subject.app,
            client=subject.client.name,
            environment=subject.environment,
            tier=subject.tier.name,
            cost_centre=subject.cost_centre,
        ),
        placement=placement,
        application=application,
        bindings=Bindings(
            cache_endpoint="primary" if cache.cluster_mode == "disabled" else "configuration",
            cache_tls=cache.transit_encryption != "disabled",
        ),
        services=tuple((name, subject.shapes[f"service/{name}"]) for name in names),
        schedule=subject.schedule,
        **shapes,
    )


def _families(
    tier: TierSpec, overlaid: Mapping, record: Record | None, lineage: tuple[str, ...]
) -> tuple[Mapping, tuple[str, ...]]:
    """Family nodes with every layer on top, and what the environment lacks."""
    families, lacks = tier.families_of(lineage)
    merged: Node = families
    for layer in (overlaid.get("families"), record.families if record else None):
        merged = overlay(merged, layer) or merged
    return (merged if isinstance(merged, Mapping) else families), lacks


def _shapes(
    decoder: Decoder,
    families: Mapping,
    tier: TierSpec,
    application: Application | None,
    group_id: str,
) -> tuple[dict[str, Any], tuple[tuple[str, Place], ...]]:
    """Every family's Shape that can be decoded, and where services are named."""
    shapes: dict[str, Any] = {}
    named: tuple[tuple[str, Place], ...] = ()
    for family, cls in FAMILIES.items():
        node = families.get(family) or Mapping((), families.place)
        known: dict[str, Any] = {}
        if family == "service":
            if isinstance(node, Mapping):
                named = tuple((entry.key, entry.place) for entry in node.entries)
            shapes |= _services(decoder, node, application)
            continue
        if family == "database":
            known = _connections(node)
        elif family == "observability":
            known = _thresholds(tier, shapes, group_id)
        shape = decoder.record(cls, node, family, known)
        if shape is not None:
            shapes[family] = shape
    return shapes, named


def _thresholds(tier: TierSpec, shapes: dict[str, Any], group_id: str) -> dict[str, Any]:
    """What follows from the stores; without one of them only the keys are checked."""
    database, cache = shapes.get("database"), shapes.get("cache")
    filesystem = shapes.get("filesystem")
    if database is None or cache is None or filesystem is None:
        return dict.fromkeys(_FOLLOWING)
    return derived_thresholds(tier.promise, database, cache, filesystem, group_id)


def _connections(node: Node) -> dict[str, Any]:
    """A new or unstated environment has rebooted at its present capacity."""
    stated = node.get("max_acu") if isinstance(node, Mapping) else None
    if isinstance(stated, Scalar) and isinstance(stated.value, int | Decimal):
        return {"connections_max_acu": Decimal(stated.value)}
    return {"connections_max_acu": Decimal(1)}


def _services(decoder: Decoder, node: Node, application: Application | None) -> dict[str, Any]:
    """A Shape for every service, by address. A size for no service of ours is checked too."""
    if not isinstance(node, Mapping):
        decoder.refuse_type(node, "service", "a mapping of services to sizes", "{web: {...}}")
        return {}
    shapes: dict[str, Any] = {}
    contracts = [c.name for c in application.services] if application else list(node.names)
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
                    place=decoder.places.get(f"application.services.{name}.image", node.place),
                    suggestion=nearest(name, node.names),
                )
            )
            continue
        shape = decoder.record(ServiceShape, own, f"service.{name}", {})
        if shape is not None:
            shapes[f"service/{name}"] = shape
    return shapes


def _placement(
    decoder: Decoder, node: Mapping, record: Record | None, region: str | None
) -> Placement | None:
    """Where the environment stands; zones default to three of the region's."""
    placed = Mapping(tuple(e for e in node.entries if e.key in PLACED_KEYS), node.place)
    merged = overlay(placed, record.placement if record else None)
    if not isinstance(merged, Mapping):
        return None
    stated = merged.get("region")
    recorded = record.placement.get("region") if record and record.placement else None
    if region and isinstance(recorded, Scalar) and recorded.text != region:
        decoder.diagnostics.append(_recorded_region(region, recorded))
    chosen = region or (stated.text if isinstance(stated, Scalar) and stated.value else None)
    known: dict[str, Any] = {}
    if region:
        merged = Mapping(tuple(e for e in merged.entries if e.key != "region"), merged.place)
        known["region"] = region
    zones = limits("regions")["zones"].get(chosen)
    if zones:
        known["zones"] = tuple(zones)
    elif chosen and merged.get("zones") is None:
        place = stated.place if stated is not None and not region else None
        decoder.diagnostics.append(_unknown_zones(chosen, place))
        return None
    return decoder.record(Placement, merged, "placement", known)


def _recorded_region(region: str, recorded: Scalar) -> Diagnostic:
    """A deployed environment that is asked for elsewhere."""
    return Diagnostic(
        "region-recorded",
        "a deployed environment would change its region",
        f"It is recorded in {recorded.text}, and --region says {region}.",
        "Leave --region out, or deploy a new environment under another name.",
        why="Nothing can move to another region in place: a second, empty environment would arise.",
        place=recorded.place,
    )


def _unknown_zones(region: str, place: Place | None) -> Diagnostic:
    """A region whose zones we do not know."""
    known = list(limits("regions")["zones"])
    near = nearest(region, known)
    return Diagnostic(
        "zones-unknown",
        "the zones of the region are not known",
        f"'{region}' is none of {listing(known)}.",
        f"Set 'region: {near or known[0]}', or name three zones with 'zones:'.",
        place=place,
        suggestion=near,
    )


def _text(decoder: Decoder, node: Mapping, key: str, default: str) -> str:
    """A plain text of the client's, by its declaration."""
    value = node.get(key)
    if value is None or (isinstance(value, Scalar) and value.value is None):
        return default
    found = decoder.value(str, value, key, _DECLARED[key])
    return found if isinstance(found, str) else default
