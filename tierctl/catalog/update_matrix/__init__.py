"""What CloudFormation and AWS do when a property changes: declared behaviour, and what is real.

In: `<service>.json` (registry schema of 2026-08-07 and user guide of 2023-09, side by side),
`registry.json` (every type of the newest schemas that were read), `rows/*.yaml` (what AWS really
does), `names.yaml`, `holds.yaml`. Out: typed answers, each with source and date. A type or property
that is in none of them has no answer: callers must treat that as unknown, never as safe.
"""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tierctl.catalog.behaviours import FOLDER as BEHAVIOURS
from tierctl.catalog.behaviours import Behaviour, DataRisk, Disruption, Source, behaviour
from tierctl.model.classes import ResourceClass, class_of

FOLDER = Path(__file__).parent
_UPDATES = {"mutable": "none", "replacement": "replace", "conditional": "conditional"}


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of a property.

    Attributes:
        update: none, some (interruptions), replace, conditional, or disputed between sources.
        says: Each source's own word, in a sentence.
        confidence: confirmed when two sources agree, inferred from one, unconfirmed when disputed.
    """

    update: str
    says: str
    confidence: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What AWS really does on one change of a property.

    Attributes:
        id: Type, property and place among the property's rows.
        when: The condition, in the words of `planning/impact_rows.py`; empty always holds.
        verdict: replaced, interrupted, in place, refused, unknown; removed or added of a resource.
        rules: Behaviour rows whose figures these are.
    """

    id: str
    when: dict[str, Any] = field(default_factory=dict)
    verdict: str
    what: str
    disruption: Disruption
    downtime_s: tuple[int, int] | None
    downtime_estimated: bool
    data_risk: DataRisk
    confidence: str
    sources: tuple[Source, ...]
    rules: tuple[str, ...] = ()


def declared(resource_type: str, path: tuple[str, ...]) -> Declared | None:
    """What is declared of a property by its path; `*` stands for a place in a list."""
    newest = _registry(resource_type, path)
    columns = _matrix().get(resource_type, {}).get(path[0])
    if columns is None:
        return newest
    schema, guide = columns
    sources = (source("MATRIX-2026"), source("MATRIX-2023"))
    says = f"registry schema 2026-08: {schema}; user guide 2023-09: {guide or 'not listed'}"
    update = _UPDATES[schema]
    if newest is not None and newest.update != update:
        nested = len(path) > 1 and newest.update in ("replace", "conditional")
        if nested:
            return newest
        return Declared("disputed", f"{says}; {newest.says}", "unconfirmed", sources)
    if (update, guide) in (("none", "Replacement"), ("replace", "No interruption")):
        return Declared("disputed", says, "unconfirmed", sources)
    if update == "none" and guide == "Some interruptions":
        update = "some"
    return Declared(update, says, "confirmed" if guide else "inferred", sources)


def _registry(resource_type: str, path: tuple[str, ...]) -> Declared | None:
    """What the newest schemas say of a property; None for a type or property they do not have."""
    found = registry()["types"].get(resource_type)
    if found is None or path[0] not in found[0]:
        return None
    data = registry()
    update = "none"
    for paths, word in ((found[2], "conditional"), (found[1], "replace")):
        if any(_touches(tuple(known.split("/")), path) for known in paths):
            update = word
    words = {"none": "mutable", "replace": "replacement", "conditional": "conditional"}
    says = f"registry schema {data['date'][:7]}: {words[update]}"
    return Declared(update, says, "inferred", (Source(data["url"], data["date"]),))


def _touches(known: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether a change at `path` changes what stands at `known`."""
    return all(a == b or "*" in (a, b) for a, b in zip(known, path, strict=False))


def has_type(resource_type: str) -> bool:
    """Whether anything is known of a type."""
    return resource_type in _matrix() or resource_type in registry()["types"]


def custom_name(resource_type: str) -> str | None:
    """The property by which a template names a resource of this type itself."""
    return _yaml("names.yaml")["names"].get(resource_type)  # type: ignore[no-any-return]


def holds_data(resource_type: str, properties: Any, logical_id: str = "") -> bool | None:
    """Whether a resource holds data; None when nobody has said, which counts as yes."""
    if resource_type == "AWS::RDS::DBInstance":
        return not (isinstance(properties, dict) and "DBClusterIdentifier" in properties)
    lists = _yaml("holds.yaml")
    if resource_type in lists["data"]:
        return True
    known = class_of(resource_type, logical_id)
    if known is not None:
        return known is ResourceClass.DATA
    service = resource_type.rpartition("::")[0]
    return False if {resource_type, service} & set(lists["nothing"]) else None


def rows(resource_type: str, path: tuple[str, ...]) -> tuple[Row, ...]:
    """The rows of the longest part of a property's path that has any, in order; `*` at the end."""
    known = _rows().get(resource_type, {})
    for length in range(len(path), 0, -1):
        found = known.get(".".join(path[:length]))
        if found:
            return found
    return () if path[0].startswith("@") else known.get("*", ())


def all_rows() -> tuple[Row, ...]:
    """Every row."""
    return tuple(row for by in _rows().values() for found in by.values() for row in found)


@functools.cache
def _rows() -> dict[str, dict[str, tuple[Row, ...]]]:
    """Rows by type and property."""
    found: dict[str, dict[str, tuple[Row, ...]]] = {}
    for path in sorted((FOLDER / "rows").glob("*.yaml")):
        for resource_type, properties in _yaml(f"rows/{path.name}").items():
            for names, listed in properties.items():
                for name in names.split("|"):
                    made = tuple(
                        _row(f"{resource_type}.{name}#{number}", row)
                        for number, row in enumerate(listed, 1)
                    )
                    found.setdefault(resource_type, {})[name] = made
    return found


def _row(key: str, row: dict[str, Any]) -> Row:
    """A row as a record; figures of behaviour rows are theirs."""
    rules = tuple(behaviour(rule) for rule in row.get("rules", ()))
    if rules:
        return _of_rules(key, row, rules)
    downtime = row.get("downtime_s")
    verdict = row["verdict"]
    unknown = "unknown" if verdict == "unknown" else "none"
    return Row(
        id=key,
        when=row.get("when", {}),
        verdict=verdict,
        what=row["what"],
        disruption=Disruption[row.get("disruption", unknown).upper()],
        downtime_s=(downtime[0], downtime[1]) if downtime else None,
        downtime_estimated=bool(row.get("estimated")),
        data_risk=DataRisk[row.get("data_risk", "none").upper()],
        confidence=row["confidence"],
        sources=tuple(source(name) for name in row["sources"]),
    )


def _of_rules(key: str, row: dict[str, Any], rules: tuple[Behaviour, ...]) -> Row:
    """A row that is one behaviour or several at once: the worst of each."""
    weights = ("confirmed", "inferred", "unconfirmed")
    return Row(
        id=key,
        when=row.get("when", {}),
        verdict=row["verdict"],
        what=" ".join(rule.what for rule in rules),
        disruption=max(rule.disruption for rule in rules),
        downtime_s=(
            sum(rule.downtime_s[0] for rule in rules),
            sum(rule.downtime_s[1] for rule in rules),
        ),
        downtime_estimated=any(rule.downtime_estimated for rule in rules),
        data_risk=max(rule.data_risk for rule in rules),
        confidence=max((rule.confidence for rule in rules), key=weights.index),
        sources=tuple(dict.fromkeys(s for rule in rules for s in rule.sources)),
        rules=tuple(rule.id for rule in rules),
    )


@functools.cache
def _sources() -> dict[str, Source]:
    """Sources by key: the behaviours' and this folder's own."""
    data = (BEHAVIOURS / "sources.yaml").read_bytes()
    known = {**yaml.load(data, Loader=yaml.CSafeLoader), **_yaml("sources.yaml")}
    return {key: Source(**value) for key, value in known.items()}


def source(key: str) -> Source:
    """A source by its key."""
    return _sources()[key]


@functools.cache
def registry() -> dict[str, Any]:
    """Every type of the newest schemas; see scripts/refresh_update_registry.py."""
    return dict(json.loads((FOLDER / "registry.json").read_bytes()))


@functools.cache
def _matrix() -> dict[str, dict[str, tuple[str, str | None]]]:
    """The two dated columns by type and property."""
    found: dict[str, dict[str, tuple[str, str | None]]] = {}
    for path in FOLDER.glob("*.json"):
        if path.name != "registry.json":
            found |= json.loads(path.read_bytes())["types"]
    return found


def matrix() -> dict[str, dict[str, tuple[str, str | None]]]:
    """The two dated columns by type and property, to be held against other sources."""
    return _matrix()


@functools.cache
def _yaml(name: str) -> dict[str, Any]:
    """One file."""
    return dict(yaml.load((FOLDER / name).read_bytes(), Loader=yaml.CSafeLoader))
