"""Tier files: a promise, Shapes for every family, and what differs by environment.

In: `tiers/<name>.yaml`, through `extends` and `families_from` as many as it takes. Out: a
TierSpec whose family values are still located nodes, so that a client may overlay them and
every value can say where it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tierctl.config.decode import Decoder
from tierctl.config.nodes import Entry, Mapping, Node, Scalar, Sequence, overlay
from tierctl.config.project import unknown_name
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place, nearest
from tierctl.model.promise import Band, Promise
from tierctl.model.shapes import FAMILIES

if TYPE_CHECKING:
    from tierctl.config.project import Project

TIER_KEYS = (
    "title",
    "summary",
    "aliases",
    "extends",
    "families_from",
    "promise",
    "budget_band",
    "families",
    "environments",
)
ENVIRONMENT_KEYS = ("inherits", "lacks", "families")


@dataclass(frozen=True, slots=True)
class TierSpec:
    """One tier, with nothing decided that a client or an environment may still change.

    Attributes:
        name: The file's name.
        environments: Environment names in the order of the file.
        primary: Those that inherit from no other: staging and production.
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
    while current is not None:
        block = environments.get(current)
        if not isinstance(block, Mapping) or current in lineage:
            known = sorted(key for key in environments.names if key != current)
            raise InvalidConfigurationError([unknown_name("environment", current, known, where)])
        lineage.insert(0, current)
        above = block.get("inherits")
        current = above.text if isinstance(above, Scalar) else None
    return tuple(lineage)


def load_tier(project: Project, name: str) -> TierSpec:
    """The tier of a name or alias.

    Raises:
        InvalidConfigurationError: With every problem of the files it is made from.
    """
    name = resolve_alias(project, name)
    node, diagnostics = _merged(project, name, ())
    if node is None:
        raise InvalidConfigurationError(diagnostics)
    decoder = Decoder(diagnostics)
    spec = _spec(decoder, name, node)
    if spec is None or decoder.diagnostics:
        raise InvalidConfigurationError(decoder.diagnostics)
    return spec


def aliases(project: Project) -> dict[str, str]:
    """Every alias with its tier's name; files that cannot be read have none."""
    found: dict[str, str] = {}
    for name in project.names("tiers"):
        root, _ = project.read(project.path("tiers", name))
        declared = root.get("aliases") if root else None
        if isinstance(declared, Sequence):
            found |= {i.text: name for i in declared.items if isinstance(i, Scalar)}
    return found


def resolve_alias(project: Project, name: str) -> str:
    """The tier's own name for a name or alias; an unknown word is returned as it is."""
    if name in project.names("tiers"):
        return name
    return aliases(project).get(name, name)


def _merged(
    project: Project, name: str, chain: tuple[str, ...]
) -> tuple[Mapping | None, list[Diagnostic]]:
    """A tier's nodes on top of the tiers it extends and the families it takes from others."""
    node, diagnostics = project.read_named("tiers", name, "tier")
    if node is None:
        return None, diagnostics
    below: Node | None = None
    extends = node.get("extends")
    if isinstance(extends, Scalar):
        parent = _parent(project, extends, (*chain, name), diagnostics)
        below = _without(parent, "aliases", "budget_band", "title", "summary") if parent else None
    borrowed = node.get("families_from")
    if isinstance(borrowed, Mapping):
        for entry in borrowed.entries:
            below = _borrow(project, entry, below, (*chain, name), diagnostics)
    merged = overlay(below, node)
    return (merged if isinstance(merged, Mapping) else node), diagnostics


def _parent(
    project: Project, named: Scalar, chain: tuple[str, ...], diagnostics: list[Diagnostic]
) -> Mapping | None:
    """The nodes of a tier that another names, or a diagnostic at the place that names it."""
    name = resolve_alias(project, named.text)
    if name in chain:
        diagnostics.append(
            Diagnostic(
                "extends-cycle",
                "tiers extend one another in a circle",
                f"{' extends '.join((*chain, name))}.",
                "Break the circle: one of them must stand alone.",
                place=named.place,
            )
        )
        return None
    if name not in project.names("tiers"):
        diagnostics.append(
            Diagnostic(
                "unknown-tier",
                "the tier is not known",
                f"There is no tier '{named.text}' to build on.",
                "Name a file of tiers/ or one of its aliases.",
                place=named.place,
                suggestion=nearest(named.text, project.names("tiers")),
            )
        )
        return None
    node, found = _merged(project, name, chain)
    diagnostics.extend(d for d in found if d not in diagnostics)
    return node


def _borrow(
    project: Project,
    entry: Entry,
    below: Node | None,
    chain: tuple[str, ...],
    diagnostics: list[Diagnostic],
) -> Node | None:
    """`below` with one family, in all its environments, taken from another tier."""
    if entry.key not in FAMILIES:
        diagnostics.append(
            Diagnostic(
                "unknown-key",
                "a key is not known here",
                f"'{entry.key}' is no family.",
                f"Families are {', '.join(FAMILIES)}.",
                place=entry.place,
                suggestion=nearest(entry.key, FAMILIES),
            )
        )
        return below
    source = (
        _parent(project, entry.node, chain, diagnostics) if isinstance(entry.node, Scalar) else None
    )
    if source is None:
        return below
    below = _drop_family(below, entry.key)
    for path, families in _family_blocks(source):
        taken = families.get(entry.key)
        if taken is None:
            continue
        block: Node = Mapping((Entry(entry.key, entry.place, taken),), entry.place)
        for key in reversed(path):
            block = Mapping((Entry(key, entry.place, block),), entry.place)
        below = overlay(below, block)
    return below


def _family_blocks(node: Mapping) -> list[tuple[tuple[str, ...], Mapping]]:
    """Every `families` block of a tier with its path: the tier's own and each environment's."""
    blocks: list[tuple[tuple[str, ...], Mapping]] = []
    families = node.get("families")
    if isinstance(families, Mapping):
        blocks.append((("families",), families))
    environments = node.get("environments")
    if isinstance(environments, Mapping):
        for entry in environments.entries:
            own = entry.node.get("families") if isinstance(entry.node, Mapping) else None
            if isinstance(own, Mapping):
                blocks.append((("environments", entry.key, "families"), own))
    return blocks


def _drop_family(node: Node | None, family: str) -> Node | None:
    """The tier without one family, at every level: borrowed families come whole."""
    if not isinstance(node, Mapping):
        return node
    kept = []
    for entry in node.entries:
        value = entry.node
        if entry.key == "families":
            value = _without(value, family) or value
        elif entry.key == "environments" and isinstance(value, Mapping):
            value = Mapping(
                tuple(
                    Entry(e.key, e.place, _drop_family(e.node, family) or e.node)
                    for e in value.entries
                ),
                value.place,
            )
        kept.append(Entry(entry.key, entry.place, value))
    return Mapping(tuple(kept), node.place)


def _without(node: Node | None, *keys: str) -> Mapping | None:
    """A mapping without some keys."""
    if not isinstance(node, Mapping):
        return None
    return Mapping(tuple(e for e in node.entries if e.key not in keys), node.place)


def _spec(decoder: Decoder, name: str, node: Mapping) -> TierSpec | None:
    """The tier, checked as far as it can be without an environment or a client."""
    decoder.refuse_unknown(node, TIER_KEYS, f"tier {name}")
    families = _mapping(decoder, node, "families", f"tier {name}")
    environments = _mapping(decoder, node, "environments", f"tier {name}")
    promise_node = _mapping(decoder, node, "promise", f"tier {name}")
    promise = decoder.record(Promise, promise_node, "promise", {}) if promise_node else None
    band_node = node.get("budget_band")
    band = decoder.record(Band, band_node, "budget_band", {}) if band_node else None
    if families is None or environments is None or promise is None:
        return None
    decoder.refuse_unknown(families, FAMILIES, "families")
    for entry in environments.entries:
        if isinstance(entry.node, Mapping):
            decoder.refuse_unknown(entry.node, ENVIRONMENT_KEYS, f"environments.{entry.key}")
    names = environments.names
    primary = tuple(
        entry.key
        for entry in environments.entries
        if isinstance(entry.node, Mapping) and entry.node.get("inherits") is None
    )
    return TierSpec(
        name=name,
        title=_text(node, "title") or name,
        summary=_text(node, "summary"),
        aliases=tuple(_words(node.get("aliases"))),
        promise=promise,
        band=band,
        families=families,
        environments=names,
        primary=primary,
        place=node.place,
        environment_nodes=environments,
    )


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
            "Add it, or take it over from another tier with 'extends'.",
            place=value.place if value else node.place,
        )
    )
    return None


def _text(node: Mapping, key: str) -> str:
    """A text, or nothing."""
    value = node.get(key)
    return value.text if isinstance(value, Scalar) else ""


def _words(node: Node | None) -> list[str]:
    """The texts of a list."""
    return (
        [i.text for i in node.items if isinstance(i, Scalar)] if isinstance(node, Sequence) else []
    )
