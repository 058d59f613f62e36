"""Update behaviour held against AWS's schemas, over every property our templates set."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.cdk.conftest import (  # noqa: F401 - the fixtures of the stack's tests
    SIX,
    environment_of,
    synthesise,
    template_of,
)
from tests.cdk.test_variants import VARIANTS, variant
from tests.meta.test_moves import CASES, other
from tierctl.catalog import update_matrix
from tierctl.catalog.behaviours import behaviours
from tierctl.catalog.limits import limits
from tierctl.model.shapes import FAMILIES
from tierctl.planning.planner import plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cdk.conftest import Template
    from tierctl.model.attributes import Attribute
    from tierctl.model.environment import Environment

FOLDER = Path(__file__).resolve().parents[2]
LISTED = FOLDER / "tests" / "data" / "update_disagreements.yaml"
IN_PLACE = {"in place", "interrupted"}


@pytest.fixture(scope="module")
def used(
    environment_of: Callable[..., Environment],  # noqa: F811
    synthesise: Callable[[Environment], Template],  # noqa: F811
    template_of: Callable[..., Template],  # noqa: F811
) -> set[tuple[str, str]]:
    """Type and property of everything the six templates and their variants set."""
    base = environment_of("medium", "production")
    templates = [template_of(*tier) for tier in SIX]
    templates += [synthesise(variant(base, name)) for name in VARIANTS]
    return {
        (resource["Type"], name)
        for template in templates
        for resource in template["Resources"].values()
        if resource["Type"] != "AWS::CDK::Metadata"
        for name in resource.get("Properties", {})
    }


def disagreement(resource_type: str, name: str) -> str | None:
    """What two of the sources say differently of a property; None when they agree."""
    declared = update_matrix.declared(resource_type, (name,))
    if declared is None:
        return "no source knows it"
    verdicts = {row.verdict for row in update_matrix.rows(resource_type, (name,))}
    if declared.update == "disputed":
        return declared.says
    if declared.update == "replace" and verdicts & IN_PLACE:
        return f"{declared.says}; rows: {', '.join(sorted(verdicts))}"
    if declared.update in ("none", "some") and "replaced" in verdicts:
        return f"{declared.says}; rows: {', '.join(sorted(verdicts))}"
    if declared.update == "some" and verdicts and not verdicts & {"interrupted", "unknown"}:
        return f"{declared.says}; rows: {', '.join(sorted(verdicts))}"
    return None


def test_every_disagreement_is_listed_with_its_reason(used: set[tuple[str, str]]) -> None:
    """A new disagreement between sources fails, and so does one that is no more."""
    listed = yaml.safe_load(LISTED.read_text(encoding="utf-8"))
    of_matrix = {(t, name) for t, names in update_matrix.matrix().items() for name in names}
    found = {f"{t}.{name}": said for t, name in used | of_matrix if (said := disagreement(t, name))}

    assert {} == {key: said for key, said in found.items() if key not in listed}, "not listed"
    assert set() == listed.keys() - found.keys(), "listed, and agreed by now"
    assert all(len(reason) > 20 for reason in listed.values())


def test_every_property_we_set_is_known(used: set[tuple[str, str]]) -> None:
    """No property of ours is unknown to the catalogue: `impact` can judge our own stack."""
    assert len(used) > 250
    assert [] == [key for key in sorted(used) if update_matrix.declared(key[0], (key[1],)) is None]


def test_the_registry_is_what_the_installed_schemas_say(used: set[tuple[str, str]]) -> None:
    """Stale against a newer cfn-lint it would be wrong in silence: refresh it then."""
    path = FOLDER / "scripts" / "refresh_update_registry.py"
    spec = importlib.util.spec_from_file_location("refresh_registry", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in sorted({t for t, _ in used} | update_matrix.matrix().keys()):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name).schema
        assert module.row(schema) == update_matrix.registry()["types"][name], name


def test_the_matrix_has_every_property_of_its_types() -> None:
    """46 types, 604 properties, each with the schema's word and, where listed, the guide's."""
    matrix = update_matrix.matrix()

    assert (46, 604) == (len(matrix), sum(len(names) for names in matrix.values()))
    words = {"mutable", "replacement", "conditional"}
    guide = {"No interruption", "Some interruptions", "Replacement", None}
    for names in matrix.values():
        for schema, said in names.values():
            assert schema in words
            assert said in guide


def test_every_row_is_about_something_there_is() -> None:
    """A row's type and property exist, its condition's words are known, its source is dated."""
    from tierctl.planning.impact_rows import _PARTS

    rows = update_matrix.all_rows()
    assert len(rows) > 150
    for row in rows:
        resource_type, _, rest = row.id.partition(".")
        path = rest.rpartition("#")[0]
        assert update_matrix.has_type(resource_type), row.id
        if not path.startswith(("@", "*")):
            known = update_matrix.declared(resource_type, tuple(path.split(".")))
            assert known is not None, row.id
        assert set(row.when) <= _PARTS.keys(), row.id
        assert row.sources, row.id
        for source in row.sources:
            assert source.url.startswith("https://")
            assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", source.date)
        assert row.confidence in ("confirmed", "inferred", "unconfirmed")


def test_every_behaviour_is_used_and_cites_its_source() -> None:
    """A row that no operator and no impact refers to is dead; each names a page and a day."""
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in (FOLDER / "tierctl" / "planning").rglob("*.py")
    )
    written = set(re.findall(r'"([a-z_{}]+\.[a-z_.{}]+)"', text))
    written |= set(re.findall(r'f"([a-z_]+\.\{[^"]+\}[a-z_.]*)"', text))  # of a choice within
    written = {w for w in written if re.search(r"[a-z]", re.sub(r"\{.*?\}", "", w))}
    patterns = [re.compile(re.sub(r"\\\{.*?\\\}", "[a-z_]+", re.escape(w))) for w in written]
    by_impact = {rule for row in update_matrix.all_rows() for rule in row.rules}
    for name, row in behaviours().items():
        assert name in by_impact or any(p.fullmatch(name) for p in patterns), f"{name} is dead"
        assert row.sources
        assert all(s.url.startswith("https://") and s.date for s in row.sources)


@pytest.mark.parametrize(
    ("family", "name", "declared"), CASES, ids=[f"{c[0]}.{c[1]}" for c in CASES]
)
def test_every_field_and_direction_has_a_row_or_a_migration(
    environment_of: Callable[..., Environment],  # noqa: F811
    family: str,
    name: str,
    declared: Attribute,
) -> None:
    """Each way a field can move is planned by a row or refused with the migration it needs."""
    base = environment_of("enterprise", "production")
    address = f"{family}/web" if family == "service" else family
    shape = dict(base.shapes())[address]
    changed = dataclasses.replace(shape, **{name: other(family, name, declared, shape)})
    moved = base.with_shape(address, changed)

    for start, goal in ((base, moved), (moved, base)):
        for reason in plan(start, goal).reasons:
            assert "No operator makes this change" not in reason.fix, reason.what


def test_every_field_is_named_by_a_row_or_a_migration() -> None:
    """No Shape field is left out of the catalogue."""
    rows: dict[str, set[str]] = {}
    for row in behaviours().values():
        rows.setdefault(row.family, set()).update(row.fields)
    migrations: dict[str, Any] = limits("migrations")["fields"]
    missing = [
        f"{family}.{field.name}"
        for family, cls in FAMILIES.items()
        for field in dataclasses.fields(cls)
        if field.name not in rows[family] and f"{family}.{field.name}" not in migrations
    ]

    assert sorted(NO_CHANGE_AT_AWS) == sorted(missing)


NO_CHANGE_AT_AWS = ("bucket.acknowledge",)
"""Fields no row names: what somebody has read is nothing of AWS's."""
