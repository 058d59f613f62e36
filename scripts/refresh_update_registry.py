"""Write the update behaviour of every type in cfn-lint's copies of AWS's registry schemas.

    python scripts/refresh_update_registry.py --date YYYY-MM-DD

In: the schemas that the installed cfn-lint carries. Out: `update_matrix/registry.json`, a line a
type: its properties, those that only a replacement changes, those that sometimes need one, and what
names it. `--date` is the release date of that cfn-lint. Read the difference before it is committed.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
from pathlib import Path
from typing import Any

import click

FOLDER = Path(__file__).resolve().parent.parent
FILE = FOLDER / "tierctl" / "catalog" / "update_matrix" / "registry.json"
REGION = "us-east-1"


def row(schema: dict[str, Any]) -> list[list[str]]:
    """Properties one may set, create-only paths, sometimes create-only paths, the identifier."""
    read_only = _paths(schema, "readOnlyProperties")
    return [
        sorted(name for name in schema.get("properties", {}) if name not in read_only),
        _paths(schema, "createOnlyProperties"),
        _paths(schema, "conditionalCreateOnlyProperties"),
        _paths(schema, "primaryIdentifier"),
    ]


def _paths(schema: dict[str, Any], key: str) -> list[str]:
    """Property paths without their prefix."""
    return sorted(path.removeprefix("/properties/") for path in schema.get(key, []))


def text(date: str) -> str:
    """The file."""
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as SCHEMAS

    version = importlib.metadata.version("cfn-lint")
    lines = [
        f"  {json.dumps(name)}: {json.dumps(row(SCHEMAS.get_resource_schema(REGION, name).schema))}"
        for name in sorted(SCHEMAS.get_resource_types(REGION))
    ]
    head = [
        "{",
        f' "source": {json.dumps(f"cfn-lint {version}, registry schemas of {REGION}")},',
        ' "url": "https://github.com/aws-cloudformation/cfn-lint",',
        f' "date": {json.dumps(date)},',
        ' "columns": ["properties", "create-only", "sometimes create-only", "identifier"],',
        ' "types": {',
    ]
    return "\n".join([*head, ",\n".join(lines), " }", "}"]) + "\n"


@click.command()
@click.option("--date", required=True, help="Release date of the installed cfn-lint.")
def main(date: str) -> None:
    """Write the file anew."""
    dt.date.fromisoformat(date)
    FILE.write_text(text(date), encoding="utf-8")
    click.echo(f"{FILE.relative_to(FOLDER)} written", err=True)


if __name__ == "__main__":
    main()
