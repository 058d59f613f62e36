"""Whatever differs between two templates of ours is a field, and a field moves what it says.

Each field of each Shape is changed alone, and the template may change only at the property
paths the field declares. A field that moves nothing has to declare that it does.
"""

from __future__ import annotations

import dataclasses
import typing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.cdk.conftest import *  # noqa: F403 - the fixtures of the stack's tests
from tierctl.model.attributes import Attribute, attributes_of
from tierctl.model.environment import Bindings
from tierctl.model.shapes import FAMILIES, Shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cdk.conftest import Template
    from tierctl.model.environment import Environment

OTHER_TEXT = {
    "engine_version": {"cache": "8.2", "database": "17.6"},
    "node_type": {"cache": "cache.r7g.large"},
    "adopted_cluster_id": {"cache": "old-cluster"},
}
UNSEEN_ALONE = {
    "network.source": "a VPC is imported by Placement; the validator ties the two together",
    "database.connections_max_acu": "known to the planner only; alarms have their own field",
    "bucket.acknowledge": "a consequence somebody has read; nothing of AWS's",
}
CASES = [
    (family, field.name, declared)
    for family, cls in FAMILIES.items()
    for field, declared in attributes_of(cls)
]


def other(family: str, name: str, declared: Attribute, shape: Shape) -> Any:
    """Another value the field may have."""
    value = getattr(shape, name)
    if isinstance(value, bool):
        return not value
    if name in OTHER_TEXT:
        return OTHER_TEXT[name][family]
    return _other_value(value, typing.get_type_hints(type(shape))[name], declared)


def _other_value(value: Any, kind: Any, declared: Attribute) -> Any:
    """Another choice, a longer list, or another number within the bounds."""
    if kind == tuple[str, ...]:
        return declared.choices[:1] or (*value, f"{value[0]}9")
    if declared.choices:
        chosen = next(c for c in declared.choices if c != str(value))
        return int(chosen) if "int" in str(kind) else chosen
    if kind in (Decimal, Decimal | None):
        return (value or Decimal(1)) + (declared.step or Decimal("0.5"))
    if declared.maximum is not None and value is not None and value >= declared.maximum:
        return value - 1
    return value + 1 if value is not None else max(int(declared.minimum or 1), 400)


def moved(before: Template, after: Template) -> set[str]:
    """Types, and type and property, that differ."""
    found = set()
    if before["Outputs"] != after["Outputs"]:
        found.add("Outputs")
    old, new = before["Resources"], after["Resources"]
    for logical_id in old.keys() | new.keys():
        if logical_id not in old or logical_id not in new:
            found.add((new.get(logical_id) or old[logical_id])["Type"])
            continue
        one, two = old[logical_id], new[logical_id]
        for part in ("Properties", "UpdatePolicy", "DependsOn"):
            found |= {f"{one['Type']}.{path}" for path in _differing(part, one, two)}
    return found


def _differing(part: str, one: dict[str, Any], two: dict[str, Any]) -> set[str]:
    """Property names that differ, or the part itself where it is no mapping of properties."""
    if one.get(part) == two.get(part):
        return set()
    if part != "Properties":
        return {part}
    a, b = one.get(part, {}), two.get(part, {})
    return {key for key in a.keys() | b.keys() if a.get(key) != b.get(key)}


def allowed(path: str, declared: tuple[str, ...]) -> bool:
    """Whether a moved path is declared: itself, its type, or its service."""
    return any(path == d or path.startswith((f"{d}.", f"{d}::")) for d in declared)


@pytest.mark.parametrize(
    ("family", "name", "declared"), CASES, ids=[f"{c[0]}.{c[1]}" for c in CASES]
)
def test_a_field_moves_what_it_declares(
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    family: str,
    name: str,
    declared: Attribute,
) -> None:
    """Changing one field changes declared property paths, at least one, and no others."""
    base = environment_of("enterprise", "production")
    address = f"{family}/web" if family == "service" else family
    shape = dict(base.shapes())[address]
    changed = dataclasses.replace(shape, **{name: other(family, name, declared, shape)})
    subject = synthesise(base.with_shape(address, changed))

    paths = moved(synthesise(base), subject)

    assert set() == {path for path in paths if not allowed(path, declared.moves)}
    assert bool(paths) != (f"{family}.{name}" in UNSEEN_ALONE)


@pytest.mark.parametrize("name", [field.name for field, _ in attributes_of(Bindings)])
def test_a_binding_moves_what_it_declares(
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    name: str,
) -> None:
    """A binding reaches the services' variables and the outputs, and no data store."""
    base = environment_of("medium", "production")
    declared = {field.name: known for field, known in attributes_of(Bindings)}[name]
    others = [choice for choice in declared.choices if choice != getattr(base.bindings, name)]
    for choice in others:
        bindings = dataclasses.replace(base.bindings, **{name: choice})
        paths = moved(synthesise(base), synthesise(dataclasses.replace(base, bindings=bindings)))
        assert paths
        assert set() == {path for path in paths if not allowed(path, declared.moves)}


ROOMS = (
    "tierctl/model/shapes/{}.py",
    "tierctl/catalog/behaviours/{}.yaml",
    "tierctl/costing/quantities/{}.py",
    "tierctl/planning/operators/{}.py",
    "stacks/{}.py",
)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("room", ROOMS)
def test_every_family_has_its_room_in_every_package(project: Any, room: str, family: str) -> None:
    """A family has the same file name in every package that works by family."""
    assert (project.folder / room.format(family)).is_file()
