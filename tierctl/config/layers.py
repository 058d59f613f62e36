"""Tiers on top of tiers: `extends` takes a whole tier, `families_from` single families.

In: a project and a tier's name. Out: one mapping in which every value keeps the place it was
written at, and what is wrong on the way. Nothing is decoded here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.config.nodes import Entry, Mapping, Node, Scalar, Sequence, overlay
from tierctl.model.diagnostics import Diagnostic, Place, nearest
from tierctl.model.shapes import FAMILIES

if TYPE_CHECKING:
    from tierctl.config.project import Project

OWN_KEYS = ("aliases", "budget_band", "bounds", "kind", "title", "summary")
"""Keys that describe one tier and are not handed on to those that extend it."""


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


def merged(
    project: Project, name: str, chain: tuple[str, ...] = (), origin: Place | None = None
) -> tuple[Mapping | None, list[Diagnostic]]:
    """A tier's nodes on top of the tiers it extends and the families it takes from others."""
    node, diagnostics = project.read_named("tiers", name, "tier")
    if node is None:
        return None, diagnostics
    below: Node | None = None
    extends = node.get("extends")
    if extends is not None and not isinstance(extends, Scalar):
        diagnostics.append(_no_name(extends, "extends"))
    if isinstance(extends, Scalar):
        parent = _parent(project, extends, (*chain, name), diagnostics, origin)
        if parent is None:
            # without what it stands on, all the rest would seem to be missing
            return None, diagnostics
        below = without(parent, *OWN_KEYS)
    borrowed = node.get("families_from")
    if borrowed is not None and not isinstance(borrowed, Mapping):
        diagnostics.append(_no_name(borrowed, "families_from"))
    if isinstance(borrowed, Mapping):
        for entry in borrowed.entries:
            below = _borrow(project, entry, below, (*chain, name), diagnostics, origin)
    merged = overlay(below, node)
    return (merged if isinstance(merged, Mapping) else node), diagnostics


def _parent(
    project: Project,
    named: Scalar,
    chain: tuple[str, ...],
    diagnostics: list[Diagnostic],
    origin: Place | None,
) -> Mapping | None:
    """The nodes of a tier that another names, or a diagnostic at the place that names it."""
    name = resolve_alias(project, named.text)
    if name in chain:
        diagnostics.append(
            Diagnostic(
                "extends-cycle",
                "tiers extend one another in a circle",
                f"{' extends '.join((*chain, name))}.",
                f"Change '{named.text}' to a tier that does not lead back: one must stand alone.",
                place=origin or named.place,  # in the file that was asked for
            )
        )
        return None
    if name not in project.names("tiers"):
        near = nearest(named.text, [*project.names("tiers"), *aliases(project)])
        diagnostics.append(
            Diagnostic(
                "unknown-tier",
                "the tier is not known",
                f"There is no tier '{named.text}' to build on.",
                f"Write '{near}', or another file of tiers/ or one of its aliases."
                if near
                else "Name a file of tiers/ or one of its aliases.",
                place=named.place,
                suggestion=near,
            )
        )
        return None
    node, found = merged(project, name, chain, origin or named.place)
    diagnostics.extend(d for d in found if d not in diagnostics)
    return node


def _borrow(
    project: Project,
    entry: Entry,
    below: Node | None,
    chain: tuple[str, ...],
    diagnostics: list[Diagnostic],
    origin: Place | None,
) -> Node | None:
    """`below` with one family, in all its environments, taken from another tier."""
    if entry.key not in FAMILIES:
        diagnostics.append(
            Diagnostic(
                "unknown-key",
                "a key is not known here",
                f"'{entry.key}' is no family.",
                f"Families are {', '.join(FAMILIES)}: rename or remove '{entry.key}'.",
                place=entry.place,
                suggestion=nearest(entry.key, FAMILIES),
            )
        )
        return below
    if not isinstance(entry.node, Scalar):
        diagnostics.append(_no_name(entry.node, f"families_from.{entry.key}"))
        return below
    source = _parent(project, entry.node, chain, diagnostics, origin)
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


def _no_name(node: Node, key: str) -> Diagnostic:
    """Something else where a tier's name should stand."""
    wanted = "a mapping of families to tiers" if key == "families_from" else "the name of a tier"
    example = "families_from: {cache: enterprise}" if key == "families_from" else f"{key}: medium"
    return Diagnostic(
        "wrong-type",
        "a value has the wrong type",
        f"'{key}' should be {wanted}.",
        f"Write {wanted}, for example '{example}'.",
        place=node.place,
    )


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
            value = without(value, family) or value
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


def without(node: Node | None, *keys: str) -> Mapping | None:
    """A mapping without some keys."""
    if not isinstance(node, Mapping):
        return None
    return Mapping(tuple(e for e in node.entries if e.key not in keys), node.place)
