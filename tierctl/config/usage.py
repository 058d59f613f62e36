"""How much an environment is used: a built-in profile, with tier's and client's figures on top.

In: a project and a Resolution. Out: a UsageProfile in which every figure says where it came
from. A custom tier takes the profile of the tier it extends; one that extends none takes that of
the built-in tier with the most users that it also serves, and says so. Nothing is silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.catalog.usage_profiles import ENVIRONMENTS, profile, profile_names
from tierctl.config.clients import load_client
from tierctl.config.layers import merged, resolve_alias
from tierctl.config.nodes import Entry, Mapping, Node, Scalar, overlay
from tierctl.config.tiers import TierSpec, lineage_of, load_tier
from tierctl.model.diagnostics import (
    Diagnostic,
    InvalidConfigurationError,
    Place,
    listing,
    nearest,
)
from tierctl.model.money import Spread
from tierctl.model.usage import USAGE, UsageProfile, UsageValue

if TYPE_CHECKING:
    from tierctl.config.project import Project
    from tierctl.config.resolve import Resolution

PROFILE = "profile"
PARTS = ("low", "expected", "high", "because")


@dataclass(frozen=True, slots=True)
class Usage:
    """The profile of one environment, and what a reader should be told of its choice."""

    profile: UsageProfile
    notes: tuple[str, ...] = ()


def usage_of(project: Project, resolution: Resolution) -> Usage:
    """The usage of a resolved environment.

    Raises:
        InvalidConfigurationError: A `usage` block holds something that is no figure.
    """
    identity = resolution.environment.identity
    client = load_client(project, identity.client)
    spec = resolution.tier
    declared = overlay(spec.environment_nodes, client.environments())
    nodes = declared if isinstance(declared, Mapping) else spec.environment_nodes
    lineage = lineage_of(nodes, identity.environment, f"tier {spec.name}")
    root, _ = merged(project, spec.name)
    block = root.get("usage") if root else None
    for name in lineage:
        own = spec.environment_nodes.get(name)
        block = overlay(block, own.get("usage") if isinstance(own, Mapping) else None)
    block = overlay(block, client.overlaid(lineage).get("usage"))
    values, named, diagnostics = read_figures(block)
    name, notes = _profile_name(project, spec, named, diagnostics)
    if diagnostics:
        raise InvalidConfigurationError(diagnostics)
    environment = next((n for n in reversed(lineage) if n in ENVIRONMENTS), "")
    if not environment:
        environment = ENVIRONMENTS[0]
        notes = (
            *notes,
            f"No profile is made for '{identity.environment}': {name}/{environment} is used.",
        )
    base = UsageProfile(f"{name}/{environment}", profile(name, environment))
    return Usage(base.with_values(values), notes)


def _profile_name(
    project: Project, spec: TierSpec, named: Scalar | None, diagnostics: list[Diagnostic]
) -> tuple[str, tuple[str, ...]]:
    """The built-in profile of a tier, and what to say of it."""
    known = profile_names()
    if named is not None:
        if named.text in known:
            return named.text, ()
        diagnostics.append(
            Diagnostic(
                "usage-unknown-profile",
                "the usage profile is not known",
                f"There is no usage profile '{named.text}'. Known are {listing(known)}.",
                "Name one of them, or leave 'profile' out.",
                place=named.place,
                suggestion=nearest(named.text, known),
            )
        )
        return known[0], ()
    seen: list[str] = []
    name: str | None = spec.name
    while name is not None and name not in seen:
        if name in known:
            return name, () if name == spec.name else (f"Usage is that of '{name}', its base.",)
        seen.append(name)
        node, _ = project.read(project.path("tiers", name))
        above = node.get("extends") if node else None
        name = resolve_alias(project, above.text) if isinstance(above, Scalar) else None
    users = spec.promise.users.least
    sizes = sorted((load_tier(project, n).promise.users.least, n) for n in known)
    fitting = [n for least, n in sizes if least <= users] or [sizes[0][1]]
    said = (
        f"Tier '{spec.name}' has no usage profile: that of '{fitting[-1]}' is used, the largest "
        f"built-in tier whose users begin at {users} or fewer."
    )
    return fitting[-1], (said,)


def read_figures(
    block: Node | None,
) -> tuple[dict[str, UsageValue], Scalar | None, list[Diagnostic]]:
    """The figures of a `usage` block, the profile it names, and what is wrong with it."""
    diagnostics: list[Diagnostic] = []
    if block is None or (isinstance(block, Scalar) and block.value is None):
        return {}, None, diagnostics
    if not isinstance(block, Mapping):
        diagnostics.append(_wrong(block.place, "'usage' should be a mapping of figures."))
        return {}, None, diagnostics
    values: dict[str, UsageValue] = {}
    named: Scalar | None = None
    for entry in block.entries:
        if entry.key == PROFILE and isinstance(entry.node, Scalar):
            named = entry.node
        elif entry.key not in USAGE:
            near = nearest(entry.key, USAGE)
            diagnostics.append(
                Diagnostic(
                    "usage-unknown-figure",
                    "a usage figure is not known",
                    f"'{entry.key}' is no usage figure.",
                    f"Rename it '{near}'." if near else "Remove it.",
                    why="A figure that nothing reads would leave the estimate as it was.",
                    place=entry.place,
                    suggestion=near,
                )
            )
        else:
            value = _figure(entry, diagnostics)
            if value is not None:
                values[entry.key] = value
    return values, named, diagnostics


def _figure(entry: Entry, diagnostics: list[Diagnostic]) -> UsageValue | None:
    """One figure: a number, or low, expected and high with a reason."""
    node, place = entry.node, entry.node.place
    where = f"{place.file}:{place.line}"
    if isinstance(node, Scalar):
        number = _number(node)
        if number is not None:
            return UsageValue(Spread.of(number), "as stated", where)
    elif isinstance(node, Mapping):
        extra = [key for key in node.names if key not in PARTS]
        parts = [node.get(part) for part in PARTS[:3]]
        numbers = [_number(part) for part in parts]
        because = node.get("because")
        low, expected, high = numbers
        if not extra and low is not None and expected is not None and high is not None:
            if low <= expected <= high:
                why = because.text if isinstance(because, Scalar) else "as stated"
                return UsageValue(Spread(low, expected, high), why, where)
            diagnostics.append(
                _wrong(place, f"'{entry.key}' should rise from low to expected to high.")
            )
            return None
    diagnostics.append(
        _wrong(place, f"'{entry.key}' is neither a number nor {{low, expected, high, because}}.")
    )
    return None


def _number(node: Node | None) -> Decimal | None:
    """A number that is not negative, or None."""
    if not isinstance(node, Scalar) or isinstance(node.value, bool):
        return None
    if not isinstance(node.value, int | Decimal) or node.value < 0:
        return None
    return Decimal(node.value)


def _wrong(place: Place, what: str) -> Diagnostic:
    """A figure that cannot be read."""
    return Diagnostic(
        "usage-wrong-figure",
        "a usage figure cannot be read",
        what,
        "Write for example 'nat_gb: 120', or "
        "'nat_gb: {low: 20, expected: 120, high: 300, because: measured in May}'.",
        place=place,
    )
