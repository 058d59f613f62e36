"""A CloudFormation template, read.

In: JSON or YAML text. Out: a `Template` with its declared resources, nothing evaluated. Refuses
what AWS refuses at validation: no Resources, unknown sections, references to nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from tierctl.sandbox.wire import ApiError

SECTIONS = {
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Rules",
    "Mappings",
    "Conditions",
    "Transform",
    "Resources",
    "Outputs",
    "Hooks",
}
SUB_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")


class _Loader(yaml.SafeLoader):
    """YAML as CloudFormation reads it: short tags are functions, dates stay strings."""

    yaml_implicit_resolvers = {  # noqa: RUF012  PyYAML's own class attribute
        first: [(tag, regex) for tag, regex in rules if tag != "tag:yaml.org,2002:timestamp"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def _short_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """Turn `!Sub x` into `{"Fn::Sub": x}`."""
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]  # a mapping node
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry of the Resources section, not evaluated."""

    logical_id: str
    type: str
    properties: dict[str, Any]
    depends_on: tuple[str, ...]
    condition: str | None
    metadata: dict[str, Any]
    deletion_policy: str
    update_replace_policy: str
    update_policy: dict[str, Any]
    creation_policy: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Template:
    """A template, read but not evaluated."""

    text: str
    body: dict[str, Any]
    resources: dict[str, Declared] = field(default_factory=dict)

    def section(self, name: str) -> dict[str, Any]:
        """Return a section, empty when it is absent."""
        return self.body.get(name) or {}


def _plain(text: str) -> Any:
    """Read JSON or YAML text."""
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            pass  # flow-style YAML also begins with a brace
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  a SafeLoader
    except yaml.YAMLError as error:
        raise ApiError(
            "ValidationError", f"Template format error: YAML not well-formed. {error}"
        ) from error


def _default_policy(resource_type: str, properties: dict[str, Any]) -> str:
    """Return the DeletionPolicy AWS applies when none is written.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
    (2026-11): Snapshot for DBCluster, and for DBInstance without DBClusterIdentifier.
    """
    if resource_type == "AWS::RDS::DBCluster":
        return "Snapshot"
    if resource_type == "AWS::RDS::DBInstance" and "DBClusterIdentifier" not in properties:
        return "Snapshot"
    return "Delete"


def _declared(logical_id: str, entry: Any) -> Declared:
    if not isinstance(entry, dict) or not isinstance(entry.get("Type"), str):
        raise ApiError(
            "ValidationError",
            f"Template format error: [/Resources/{logical_id}] Every Resources object must contain"
            " a Type member.",
        )
    depends_on = entry.get("DependsOn", ())
    properties = entry.get("Properties") or {}
    return Declared(
        logical_id=logical_id,
        type=entry["Type"],
        properties=properties,
        depends_on=(depends_on,) if isinstance(depends_on, str) else tuple(depends_on),
        condition=entry.get("Condition"),
        metadata=entry.get("Metadata") or {},
        deletion_policy=entry.get("DeletionPolicy") or _default_policy(entry["Type"], properties),
        update_replace_policy=entry.get("UpdateReplacePolicy") or "Delete",
        update_policy=entry.get("UpdatePolicy") or {},
        creation_policy=entry.get("CreationPolicy") or {},
    )


def references(value: Any) -> set[tuple[str, str | None]]:
    """Return every (name, attribute or None) that a value refers to."""
    found: set[tuple[str, str | None]] = set()
    match value:
        case {"Ref": str(name)}:
            found.add((name, None))
        case {"Fn::GetAtt": [str(name), attribute]}:
            found.add((name, attribute if isinstance(attribute, str) else "*"))
        case {"Fn::GetAtt": str(text)}:
            name, _, attribute = text.partition(".")
            found.add((name, attribute))
        case {"Fn::Sub": str(text)}:
            found |= _sub_references(text, ())
        case {"Fn::Sub": [str(text), dict(variables)]}:
            found |= _sub_references(text, variables) | references(variables)
        case dict():
            for item in value.values():
                found |= references(item)
        case list():
            for item in value:
                found |= references(item)
        case _:
            pass
    return found


def _sub_references(text: str, variables: Any) -> set[tuple[str, str | None]]:
    found: set[tuple[str, str | None]] = set()
    for token in SUB_VARIABLE.findall(text):
        name, dot, attribute = token.strip().partition(".")
        if token.strip() not in variables:
            found.add((name, attribute if dot else None))
    return found


def read_template(text: str) -> Template:
    """Read and check a template."""
    body = _plain(text)
    if not isinstance(body, dict) or not isinstance(body.get("Resources"), dict):
        raise ApiError(
            "ValidationError",
            "Template format error: At least one Resources member must be defined.",
        )
    if unknown := sorted(set(body) - SECTIONS):
        raise ApiError("ValidationError", f"Invalid template property or properties {unknown}")
    if body.get("Transform"):
        raise ApiError("ValidationError", "The sandbox cannot run transforms (macros).")
    template = Template(
        text, body, {name: _declared(name, entry) for name, entry in body["Resources"].items()}
    )
    known = set(template.resources) | set(template.section("Parameters"))
    names = {name for name, _ in references(body["Resources"])}
    names |= {name for name, _ in references(template.section("Outputs"))}
    names |= {name for declared in template.resources.values() for name in declared.depends_on}
    if missing := sorted(n for n in names if n not in known and not n.startswith("AWS::")):
        raise ApiError(
            "ValidationError",
            "Template format error: Unresolved resource dependencies "
            f"[{', '.join(missing)}] in the Resources block of the template",
        )
    return template
