"""Tier files: a promise, Shapes for every family, and what differs by environment.

In: `tiers/<name>.yaml`, through `extends` and `families_from` as many as it takes. Out: a
TierSpec whose family values are still located nodes, so that a client may overlay them and
every value can say where it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.config.decode import Decoder
from tierctl.config.files import TierFile
from tierctl.config.layers import aliases, merged, resolve_alias
from tierctl.config.nodes import Mapping, Node, Scalar, Sequence, overlay
from tierctl.config.project import unknown_name
from tierctl.model.attributes import Attribute, attributes_of
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place
from tierctl.model.promise import Band, Benchmark, Bounds, Promise, Span
from tierctl.model.shapes import FAMILIES

if TYPE_CHECKING:
    from tierctl.config.project import Project

__all__ = ["TierSpec", "aliases", "lineage_of", "listed", "load_tier", "read_tier", "resolve_alias"]

TIER_KEYS = tuple(f.name for f, _ in attributes_of(TierFile))
ENVIRONMENT_KEYS = ("inherits", "lacks", "families", "usage")
KINDS = ("built-in", "custom", "example")
"""In the order of listings."""

_NO_PROMISE = Promise(
    users=Span(least=0),
    latency_p95_ms=1,
    uptime_percent=Decimal(0),
    recovery_s=1_000_000,
    benchmark=Benchmark(p95_ms=1, requests_per_s=1, error_rate_percent=Decimal(0)),
    compliance="none",
    team_size=Span(least=0),
    support="Community",
)
"""Stands in for a promise that cannot be read, so that the rest of the file is still checked.
It is never resolved: a diagnostic stands beside it."""


@dataclass(frozen=True, slots=True)
class TierSpec:
    """One tier, with nothing decided that a client or an environment may still change.

    Attributes:
        name: The file's name.
        environments: Environment names in the order of the file.
        primary: Those that inherit from no other: staging and production.
        kind: Built-in, custom or example: the order of listings.
        bounds: The plan document's ranges, where the tier has any.
        siblings: Bounds of every tier that has some, smallest first.
        places: Where the promise's values were written.
    """

    name: str
    title: str
    summary: str
    aliases: tuple[str, ...]
    promise: Promise
    band: Band | None
    families: Mapping
    environments: tuple[str, ...]
    primary: tuple[str, ...]
    place: Place
    environment_nodes: Mapping
    kind: str = "custom"
    bounds: Bounds | None = None
    siblings: tuple[tuple[str, Bounds], ...] = ()
    places: tuple[tuple[str, Place], ...] = ()

    def families_of(self, lineage: tuple[str, ...]) -> tuple[Mapping, tuple[str, ...]]:
        """Family nodes of an environment, and what it lacks.

        Args:
            lineage: The environment's name after those it inherits from, as `lineage_of` gives
                them. Names that only a client declares add nothing here.
        """
        families: Node = self.families
        lacks: tuple[str, ...] = ()
        for name in lineage:
            block = self.environment_nodes.get(name)
            if isinstance(block, Mapping):
                families = overlay(families, block.get("families")) or families
                lacks = tuple(_words(block.get("lacks"))) or lacks
        return (families if isinstance(families, Mapping) else self.families), lacks


def lineage_of(environments: Mapping, name: str, where: str) -> tuple[str, ...]:
    """An environment's name after those it inherits from, farthest first.

    Raises:
        InvalidConfigurationError: It, or one it inherits from, is not declared or inherits
            from itself.
    """
    lineage: list[str] = []
    current: str | None = name
    place: Place | None = None
    while current is not None:
        block = environments.get(current)
        # a block of another type is told where it was read; here it only is or is not there
        if block is None or current in lineage:
            known = sorted(key for key in environments.names if key not in (current, *lineage))
            raise InvalidConfigurationError(
                [unknown_name("environment", current, known, where, place)]
            )
        lineage.insert(0, current)
        above = block.get("inherits") if isinstance(block, Mapping) else None
        current = above.text if isinstance(above, Scalar) else None
        place = above.place if above else None
    return tuple(lineage)


def load_tier(project: Project, name: str) -> TierSpec:
    """The tier of a name or alias.

    Raises:
        InvalidConfigurationError: With every problem of the files it is made from.
    """
    spec, diagnostics = read_tier(project, name)
    if spec is None or diagnostics:
        raise InvalidConfigurationError(diagnostics)
    return spec


def read_tier(project: Project, name: str) -> tuple[TierSpec | None, list[Diagnostic]]:
    """The tier of a name or alias as far as it can be read, and what is wrong with it."""
    name = resolve_alias(project, name)
    node, diagnostics = merged(project, name)
    if node is None:
        return None, diagnostics
    decoder = Decoder(diagnostics)
    return _spec(decoder, project, name, node), decoder.diagnostics


def listed(project: Project) -> list[TierSpec]:
    """Every tier, built-in ones first, then by the users they are for.

    Raises:
        InvalidConfigurationError: With every problem of every tier file.
    """
    specs, diagnostics = [], []
    for name in project.names("tiers"):
        spec, found = read_tier(project, name)
        diagnostics += found
        if spec is not None:
            specs.append(spec)
    if diagnostics:
        raise InvalidConfigurationError(diagnostics)
    return sorted(specs, key=lambda s: (KINDS.index(s.kind), s.promise.users.least, s.name))


def _spec(decoder: Decoder, project: Project, name: str, node: Mapping) -> TierSpec | None:
    """The tier, checked as far as it can be without an environment or a client."""
    where = f"tier {name}"
    decoder.refuse_unknown(node, TIER_KEYS, where)
    promise_node = _mapping(decoder, node, "promise", where)
    promise = decoder.record(Promise, promise_node, "promise", {}) if promise_node else None
    band_node, bounds_node = node.get("budget_band"), node.get("bounds")
    band = decoder.record(Band, band_node, "budget_band", {}) if band_node else None
    bounds = decoder.record(Bounds, bounds_node, "bounds", {}) if bounds_node else None
    kind = _word(decoder, node, "kind")
    title, summary = _word(decoder, node, "title"), _word(decoder, node, "summary")
    named = _list(decoder, node.get("aliases"), "aliases")
    families = _mapping(decoder, node, "families", where)
    environments = _mapping(decoder, node, "environments", where)
    if families is None or environments is None:
        return None
    decoder.refuse_unknown(families, FAMILIES, "families")
    for entry in environments.entries:
        path = f"environments.{entry.key}"
        if isinstance(entry.node, Mapping):
            decoder.refuse_unknown(entry.node, ENVIRONMENT_KEYS, path)
            _list(decoder, entry.node.get("lacks"), f"{path}.lacks")
            own = entry.node.get("families")
            if isinstance(own, Mapping):
                decoder.refuse_unknown(own, FAMILIES, f"{path}.families")
        elif not (isinstance(entry.node, Scalar) and entry.node.value is None):
            decoder.refuse_type(entry.node, path, "a mapping of keys to values", "{}")
    primary = tuple(
        entry.key
        for entry in environments.entries
        if not isinstance(entry.node, Mapping) or entry.node.get("inherits") is None
    )
    return TierSpec(
        name=name,
        title=title or name,
        summary=summary or "",
        aliases=named,
        promise=promise or _NO_PROMISE,
        band=band,
        families=families,
        environments=environments.names,
        primary=primary,
        place=node.place,
        environment_nodes=environments,
        kind=kind if kind in KINDS else "custom",
        bounds=bounds,
        siblings=_siblings(project) if bounds else (),
        places=tuple(decoder.places.items()),
    )


def _siblings(project: Project) -> tuple[tuple[str, Bounds], ...]:
    """Bounds of every tier that has some and can be read, smallest first."""
    found = []
    for name in project.names("tiers"):
        root, _ = project.read(project.path("tiers", name))
        node = root.get("bounds") if root else None
        bounds = Decoder().record(Bounds, node, "bounds", {}) if node else None
        if bounds is not None:
            found.append((name, bounds))
    return tuple(sorted(found, key=lambda row: (row[1].acu.least, row[1].tasks.least, row[0])))


def _mapping(decoder: Decoder, node: Mapping, key: str, path: str) -> Mapping | None:
    """A key's mapping, or a diagnostic."""
    value = node.get(key)
    if isinstance(value, Mapping):
        return value
    decoder.diagnostics.append(
        Diagnostic(
            "missing-key" if value is None else "wrong-type",
            "a key is missing" if value is None else "a value has the wrong type",
            f"'{path}' needs '{key}', a mapping of keys to values.",
            f"Add '{key}:' with its keys, or take it over from another tier: 'extends: minimum'.",
            place=value.place if value else node.place,
        )
    )
    return None


def _word(decoder: Decoder, node: Mapping, key: str) -> str | None:
    """A text of the tier itself, by the declaration of its key."""
    value = node.get(key)
    if value is None:
        return None
    declared = {f.name: a for f, a in attributes_of(TierFile)}[key]
    found = decoder.value(str, value, key, declared)
    return found if isinstance(found, str) else None


def _list(decoder: Decoder, node: Node | None, path: str) -> tuple[str, ...]:
    """A list of texts, or a diagnostic."""
    if node is None:
        return ()
    found = decoder.value(tuple[str, ...], node, path, Attribute("", example="[one, two]"))
    return tuple(word for word in found or () if isinstance(word, str))


def _words(node: Node | None) -> list[str]:
    """The texts of a list."""
    return (
        [i.text for i in node.items if isinstance(i, Scalar)] if isinstance(node, Sequence) else []
    )
