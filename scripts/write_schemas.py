"""Write the editor schemas and the rules' pages from what the program itself declares.

In: the dataclass declarations of tier, client and record files, and the rules' metadata. Out:
`tiers/schema.json`, `clients/schema.json`, `environments/schema.json`, `docs/rules/*.md`. Run it
after a declaration or a rule changed; tests fail until it was.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
import typing
from decimal import Decimal
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER))

from tierctl.config.files import (  # noqa: E402 - the checkout must be on the path first
    ClientEnvironment,
    ClientFile,
    RecordFile,
    TierEnvironment,
    TierFile,
)
from tierctl.config.project import Project  # noqa: E402
from tierctl.config.rules import RULES  # noqa: E402
from tierctl.config.rules.rule import Rule  # noqa: E402
from tierctl.config.validate import validate_files  # noqa: E402
from tierctl.model.attributes import Attribute, attributes_of  # noqa: E402
from tierctl.model.diagnostics import render  # noqa: E402
from tierctl.model.environment import Application, Placement, ServiceContract  # noqa: E402
from tierctl.model.shapes import FAMILIES, ServiceShape  # noqa: E402

Schema = dict[str, Any]
_DRAFT = "http://json-schema.org/draft-07/schema#"
_PLAIN: dict[Any, str] = {str: "string", int: "integer", bool: "boolean", Decimal: "number"}


def schema_of(hint: Any, declared: Attribute) -> Schema:  # noqa: C901 - a branch a kind of type
    """The schema of one value: its type and its bounds."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        inner = next(option for option in typing.get_args(hint) if option is not type(None))
        return {"anyOf": [schema_of(inner, declared), {"type": "null"}]}
    if origin is tuple:
        item = typing.get_args(hint)[0]
        if typing.get_origin(item) is tuple:
            return {
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "boolean"]},
            }
        return {"type": "array", "items": schema_of(item, dataclasses.replace(declared, doc=""))}
    if origin is dict:
        return {"type": "object"}
    if dataclasses.is_dataclass(hint):
        return record_schema(typing.cast("type[Any]", hint))
    schema: Schema = {"type": _PLAIN[hint]}
    if declared.choices:
        numbers = hint in (int, Decimal)
        schema["enum"] = [int(c) for c in declared.choices] if numbers else list(declared.choices)
    if declared.pattern:
        schema["pattern"] = f"^(?:{declared.pattern})$"
    for key, value in (("minimum", declared.minimum), ("maximum", declared.maximum)):
        if value is not None:
            schema[key] = int(value)
    if declared.step is not None:
        schema["multipleOf"] = float(declared.step)
    return schema


def record_schema(cls: type[Any], *, partial: bool = False) -> Schema:
    """The schema of a record; `partial` where another file supplies the missing keys."""
    hints = typing.get_type_hints(cls)
    properties, required = {}, []
    for field, declared in attributes_of(cls):
        properties[field.name] = {
            "description": declared.doc,
            **schema_of(hints[field.name], declared),
        }
        if field.default is dataclasses.MISSING and not declared.derived:
            required.append(field.name)
    schema: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
    if required and not partial:
        schema["required"] = required
    return schema


def families() -> Schema:
    """The families, each in part: what is left out stands in another layer."""
    properties: Schema = {}
    for name, cls in FAMILIES.items():
        doc = (cls.__doc__ or "").split("\n", 1)[0]
        if cls is ServiceShape:
            properties[name] = {
                "description": "Services by name.",
                "type": ["object", "null"],
                "additionalProperties": record_schema(cls, partial=True),
            }
        else:
            properties[name] = {"description": doc, **_or_null(record_schema(cls, partial=True))}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _or_null(schema: Schema) -> Schema:
    """A mapping that may also be left empty."""
    return {**schema, "type": ["object", "null"]}


def _partial_everywhere(schema: Schema) -> Schema:
    """A schema in which nothing is required: the file lies over another."""
    return {
        k: _partial_everywhere(v) if isinstance(v, dict) else v
        for k, v in schema.items()
        if k != "required" or not isinstance(v, list)
    }


def tier_schema() -> Schema:
    """The schema of a tier file."""
    schema = record_schema(TierFile)
    environment = record_schema(TierEnvironment)
    environment["properties"]["families"] = {"$ref": "#/definitions/families"}
    properties = schema["properties"]
    for key in ("promise", "bounds"):
        properties[key] = _partial_everywhere(properties[key])
    properties["families"] = {"$ref": "#/definitions/families"}
    properties["families_from"] |= {
        "additionalProperties": {"type": "string"},
        "propertyNames": {"enum": list(FAMILIES)},
    }
    properties["environments"] |= {"additionalProperties": _or_null(environment)}
    return _document("A tier of tierctl", schema, {"families": families()})


def client_schema() -> Schema:
    """The schema of a client file."""
    environment = _partial_everywhere(record_schema(ClientEnvironment))
    services = {
        "type": "object",
        "additionalProperties": record_schema(ServiceContract, partial=True),
    }
    services["additionalProperties"]["properties"].pop("name")
    application = record_schema(Application, partial=True)
    application["properties"] = {
        "cache_client": application["properties"]["cache_client"],
        "services": {"description": "What runs, by name.", **services},
    }
    environment["properties"]["application"] |= application
    environment["properties"]["families"] = {"$ref": "#/definitions/families"}
    schema = record_schema(ClientFile)
    own = environment["properties"]
    inherits = {"description": "An environment it is like.", "type": "string"}
    schema["properties"] = {
        **schema["properties"],
        **own,
        "environments": {
            "description": "What differs by environment.",
            "type": "object",
            "additionalProperties": _or_null(
                {**environment, "properties": {"inherits": inherits, **own}}
            ),
        },
    }
    return _document("A client of tierctl", schema, {"families": families()})


def record_file_schema() -> Schema:
    """The schema of a record."""
    schema = record_schema(RecordFile)
    schema["properties"]["placement"] = record_schema(Placement, partial=True)
    schema["properties"]["families"] = {"$ref": "#/definitions/families"}
    return _document("What an environment has become", schema, {"families": families()})


def _document(title: str, schema: Schema, definitions: Schema) -> Schema:
    """A whole schema."""
    head = {"$schema": _DRAFT, "title": title}
    return {**head, **schema, "definitions": definitions}


def page(rule: Rule) -> str:
    """A rule's page."""
    example = rule.example
    shown = example.shown if example.shown is not None else str(example.bad)
    kind = "yaml" if example.file.endswith(".yaml") else "text"
    lines = [
        f"# {rule.id}",
        "",
        f"**{rule.severity.capitalize()}:** {rule.summary}.",
        "",
        rule.why,
        "",
        f"**What to do:** {rule.fix}",
        "",
        f"Breaks it (`{example.file}`):",
        "",
        f"```{kind}",
        shown.rstrip("\n"),
        "```",
        "",
    ]
    for file, text in example.others:
        lines += [f"Beside it, `{file}`:", "", "```yaml", text.rstrip("\n"), "```", ""]
    messages = messages_of(rule)
    if messages:
        lines += ["Says:", "", "```text", *messages, "```", ""]
    if example.good:
        lines += ["Mended:", "", f"```{kind}", example.good.rstrip("\n"), "```", ""]
    lines += [f"Source, last looked at {rule.date}: {rule.source}", ""]
    return "\n".join(lines)


def messages_of(rule: Rule) -> list[str]:
    """What the bad example makes tierctl say, where a file's content can show it."""
    file = rule.example.file
    if not file.startswith(("tiers/", "clients/", "environments/")) and not file.endswith(".json"):
        return []
    bad = rule.example.bad
    data = bad.encode() if isinstance(bad, str) else bad
    extra = {name: text.encode() for name, text in rule.example.others}
    report = validate_files(Project(FOLDER, extra=extra), [(file, data)])
    return [render(d) for d in report.diagnostics if d.rule == rule.id][:1]


def index() -> str:
    """The list of all rules."""
    lines = [
        "# Rules of `tierctl validate`",
        "",
        "Written by `scripts/write_schemas.py` from the rules themselves; each example is executed",
        "by a test.",
        "",
        "| rule | severity | says |",
        "| --- | --- | --- |",
    ]
    lines += [f"| [{r.id}]({r.id}.md) | {r.severity} | {r.summary} |" for r in RULES]
    return "\n".join(lines) + "\n"


def files() -> dict[str, str]:
    """Every generated file by its path in the checkout."""
    schemas = {
        "tiers/schema.json": tier_schema(),
        "clients/schema.json": client_schema(),
        "environments/schema.json": record_file_schema(),
    }
    made = {name: json.dumps(schema, indent=2) + "\n" for name, schema in schemas.items()}
    made["docs/rules/README.md"] = index()
    return made | {f"docs/rules/{rule.id}.md": page(rule) for rule in RULES}


def main() -> None:
    """Write every file and remove pages of rules that are gone."""
    made = files()
    for name, text in made.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for path in (FOLDER / "docs" / "rules").glob("*.md"):
        if f"docs/rules/{path.name}" not in made:
            path.unlink()


if __name__ == "__main__":
    main()
