"""Our limits against cfn-lint's bundled schemas, offline: an independent word on the same facts."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import cfnlint.data.schemas
import jsonschema
import pytest

from tierctl.catalog.fargate import memory_choices
from tierctl.catalog.limits import limits
from tierctl.config.project import Project
from tierctl.model.attributes import attributes_of
from tierctl.model.shapes import FAMILIES

FOLDER = Path(__file__).resolve().parents[2]
EXTENSIONS = Path(next(iter(cfnlint.data.schemas.__path__))) / "extensions"


def test_every_limits_file_has_a_source_and_a_date() -> None:
    """A fact of AWS's without source and date cannot be looked up again."""
    for path in (FOLDER / "tierctl" / "catalog" / "limits").glob("*.yaml"):
        data = limits(path.stem)
        text = path.read_text(encoding="utf-8")
        assert "source" in text, path.name
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(data["date"])), path.name


def test_generated_limits_are_what_the_installed_cfn_lint_says() -> None:
    """Node types, engine versions and log retention are as new as the pinned cfn-lint."""
    spec = importlib.util.spec_from_file_location("refresh", FOLDER / "scripts/refresh_limits.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, text in module.texts().items():
        path = FOLDER / "tierctl" / "catalog" / "limits" / f"{name}.yaml"
        assert path.read_text(encoding="utf-8") == text, f"run scripts/refresh_limits.py: {name}"


def fargate_schema() -> Any:
    """cfn-lint's own table of pairs."""
    path = EXTENSIONS / "aws_ecs_taskdefinition" / "fargate_cpu_memory.json"
    return json.loads(path.read_text())


@pytest.mark.parametrize("cpu", [256, 512, 1024, 2048, 4096, 8192, 16384])
def test_fargate_pairs_agree(cpu: int) -> None:
    """For every CPU, exactly the memories we allow are those cfn-lint allows."""
    pattern = re.compile(r"\(\?i\)")
    schema = json.loads(pattern.sub("", json.dumps(fargate_schema())))
    validator = jsonschema.Draft7Validator(schema)
    allowed = {
        memory
        for memory in range(256, 131_072 + 1, 256)
        if validator.is_valid(
            {"Cpu": str(cpu), "Memory": memory, "RequiresCompatibilities": ["FARGATE"]}
        )
    }
    assert set(memory_choices(cpu)) == allowed


def test_an_unknown_cpu_has_no_memory() -> None:
    """Unknown is no pair at all, not every pair."""
    assert memory_choices(300) == ()


def test_every_region_we_place_in_has_node_types_and_zones() -> None:
    """A region is known to all tables or to none."""
    assert set(limits("regions")["zones"]) == set(limits("cache_nodes")["not_sold"])


def test_shipped_tiers_use_only_what_every_priced_region_sells(project: Project) -> None:
    """A shipped tier can be deployed in each of the five regions."""
    from tierctl.config.resolve import Request, resolve

    for tier in project.names("tiers"):
        for region in limits("regions")["zones"]:
            for environment in ("staging", "production"):
                request = Request(tier=tier, environment=environment, region=region)
                resolve(project, request, {})


def test_auto_pause_versions_exist() -> None:
    """Each first version that can pause is one Aurora lists, or the list is newer than it."""
    known = limits("aurora_versions")["versions"]
    for major, minor in limits("aurora")["auto_pause_from"].items():
        later = [v for v in known if v.split(".")[0] == major and "." in v]
        assert any(int(v.split(".")[1]) >= minor for v in later), major


def test_delivery_rows_are_complete_and_graded() -> None:
    """Every figure of uptime and recovery says how sure it is and where it is from."""
    for name, rows in limits("delivery")["components"].items():
        assert name in FAMILIES
        for row in rows:
            assert row["confidence"] in ("sla", "documented", "estimated")
            assert row["source"].startswith("https://")
            assert 0 <= float(row["uptime_percent"]) < 100


def test_every_field_of_a_shape_is_declared() -> None:
    """What the loader, schemas and rules read is there for every field."""
    for cls in FAMILIES.values():
        assert {f.name for f, _ in attributes_of(cls)} == set(cls.__dataclass_fields__)
