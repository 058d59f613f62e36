"""What is generated from the program's own declarations is committed as it would be written."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from tierctl.cli.main import COMMANDS
from tierctl.config.rules import RULES

FOLDER = Path(__file__).resolve().parents[2]
SCHEMAS = FOLDER / "tierctl" / "reporting" / "schemas"


def generator() -> Any:
    """scripts/write_schemas.py as a module."""
    spec = importlib.util.spec_from_file_location("schemas", FOLDER / "scripts/write_schemas.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_schemas_and_rule_pages_are_current() -> None:
    """Editor schemas and pages are what scripts/write_schemas.py writes now."""
    made = generator().files()
    stale = [
        name
        for name, text in made.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]
    assert not stale, f"run scripts/write_schemas.py: {stale[:5]}"
    pages = {f"docs/rules/{p.name}" for p in (FOLDER / "docs" / "rules").glob("*.md")}
    assert pages <= set(made), "pages of rules that are gone"


@pytest.mark.parametrize("kind", ["tiers", "clients"])
def test_editor_schemas_accept_the_shipped_files(kind: str) -> None:
    """An editor underlines nothing in a file that is right, and each file names its schema."""
    schema = json.loads((FOLDER / kind / "schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    for path in (FOLDER / kind).glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# yaml-language-server: $schema=schema.json\n"), path.name
        jsonschema.Draft7Validator(schema).validate(yaml.safe_load(text))


def test_editor_schemas_refuse_what_the_loader_refuses() -> None:
    """A misspelt key and a value out of bounds are underlined as one types."""
    schema = jsonschema.Draft7Validator(json.loads((FOLDER / "tiers/schema.json").read_text()))
    assert not schema.is_valid({"families": {"cache": {"nodetype": "cache.t4g.micro"}}})
    assert not schema.is_valid({"families": {"database": {"min_acu": 0.7}}})
    assert not schema.is_valid({"familes": {}})
    assert schema.is_valid({"extends": "medium", "families": {"cache": {"shards": 2}}})


def test_document_schemas_are_schemas() -> None:
    """Every committed schema of a document is itself valid and names its kind and version."""
    for path in SCHEMAS.glob("*.json"):
        schema = json.loads(path.read_text())
        if path.stem == "sarif-2.1.0":
            jsonschema.Draft4Validator.check_schema(schema)
            continue
        jsonschema.Draft7Validator.check_schema(schema)


def test_every_rule_has_its_page_in_the_index() -> None:
    """docs/rules/README.md lists every rule with a link that exists."""
    text = (FOLDER / "docs" / "rules" / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\(([a-z0-9-]+)\.md\)", text))
    assert linked == {rule.id for rule in RULES}
    assert all((FOLDER / "docs" / "rules" / f"{name}.md").exists() for name in linked)


def test_every_command_helps_and_names_its_exit_codes_or_needs_none() -> None:
    """A command has a help text of a full sentence, and every option explains itself."""
    for command in COMMANDS:
        assert (command.help or "").strip(), command.name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{command.name} {parameter.name}"
