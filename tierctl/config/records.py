"""Records: what each deployed environment has become.

In and out: `environments/<client>-<environment>.yaml`. A record holds the tier last reached and
the choices that cannot be taken back (cluster mode, adopted ids, zones, address range, engine
versions), so that a plain `cdk deploy` of the recorded tier changes nothing. No record means a
new environment, which is born in its tier's canonical Shape.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from tierctl.config.atomic import write_atomically
from tierctl.config.decode import Decoder
from tierctl.config.files import RecordFile
from tierctl.config.nodes import Mapping, Scalar
from tierctl.model.attributes import attributes_of
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place
from tierctl.model.shapes import FAMILIES

if TYPE_CHECKING:
    from pathlib import Path

    from tierctl.config.project import Project
    from tierctl.model.environment import Environment
    from tierctl.model.shapes import Shape

RECORD_KEYS = tuple(f.name for f, _ in attributes_of(RecordFile))
KEPT = {
    "cache": ("engine", "engine_version", "cluster_mode", "adopted_cluster_id"),
    "database": ("engine_version", "connections_max_acu"),
}
"""Fields that a new environment chooses freely and a deployed one cannot take back in place."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record's nodes: `families` and `placement` lie on top of tier and client."""

    file: str
    tier: Scalar
    placement: Mapping | None
    families: Mapping | None


def load_record(project: Project, client: str, environment: str) -> Record | None:
    """The record of an environment, or None when it was never deployed.

    Raises:
        InvalidConfigurationError: The file is there and cannot be used.
    """
    record, diagnostics = read_record(project, client, environment)
    if diagnostics:
        raise InvalidConfigurationError(diagnostics)
    return record


def read_record(
    project: Project, client: str, environment: str
) -> tuple[Record | None, list[Diagnostic]]:
    """The record of an environment, if it was ever deployed, and what is wrong with it."""
    path = project.path("environments", f"{client}-{environment}")
    if not project.recorded or not project.exists(path):
        return None, []
    node, diagnostics = project.read(path)
    if node is None:
        return None, diagnostics
    decoder = Decoder(diagnostics)
    decoder.refuse_unknown(node, RECORD_KEYS, "record")
    said = {"client": client, "environment": environment}
    for field, declared in attributes_of(RecordFile):
        value = node.get(field.name)
        if field.name == "tier" and value is None:
            decoder.missing(node, "record", "tier", declared)
        elif value is not None and field.name in ("client", "environment", "tier"):
            found = decoder.value(str, value, field.name, declared)
            if found is not None and found != said.get(field.name, found):
                diagnostics.append(_mismatch(value.place, path.stem, field.name, found))
        elif value is not None and not isinstance(value, Mapping):
            decoder.refuse_type(value, field.name, "a mapping of keys to values", "{}")
    families = node.get("families")
    if isinstance(families, Mapping):
        decoder.refuse_unknown(families, FAMILIES, "families")
    tier, placement = node.get("tier"), node.get("placement")
    if not isinstance(tier, Scalar) or not isinstance(tier.value, str):
        return None, diagnostics
    return Record(
        file=project.relative(path),
        tier=tier,
        placement=placement if isinstance(placement, Mapping) else None,
        families=families if isinstance(families, Mapping) else None,
    ), diagnostics


def _mismatch(place: Place, stem: str, key: str, found: str) -> Diagnostic:
    """A record that was copied or renamed by hand."""
    return Diagnostic(
        "record-mismatch",
        "a record's name and content disagree",
        f"The file is named '{stem}', and '{key}' in it is '{found}'.",
        f"Rename the file, or mend '{key}': <client>-<environment>.yaml.",
        why="A record that was copied by hand would change another client's environment.",
        place=place,
    )


def record_text(environment: Environment, newborn: Environment | None = None) -> str:
    """The record of an environment as it stands, to be written after it was deployed.

    Args:
        environment: What stands.
        newborn: What its tier would be born as. Every field in which the environment differs is
            recorded, so that the tier and the record together give it back to the last byte.
    """
    identity, placement = environment.identity, environment.placement
    lines = [
        "# Written by tierctl after each deployment: what this environment has become.",
        f"client: {identity.client}",
        f"environment: {identity.environment}",
        f"tier: {identity.tier}",
        "placement:",
        f"  region: {placement.region}",
        f"  zones: [{', '.join(placement.zones)}]",
        f"  vpc_cidr: {placement.vpc_cidr}",
    ]
    if placement.account is not None:
        lines.append(f'  account: "{placement.account}"')
    lines.append("families:")
    born = dict(newborn.shapes()) if newborn else {}
    for address, shape in environment.shapes():
        family, _, service = address.partition("/")
        kept = _kept(family, shape, born.get(address))
        if kept and service:
            if "  service:" not in lines:
                lines.append("  service:")
            lines.append(f"    {service}:")
            lines += [f"      {name}: {value}" for name, value in kept.items()]
        elif kept:
            lines.append(f"  {family}:")
            lines += [f"    {name}: {value}" for name, value in kept.items()]
    return "\n".join(lines) + "\n"


def _kept(family: str, shape: Shape, born: Shape | None) -> dict[str, str]:
    """Fields of a Shape that the record holds, as YAML values."""
    found: dict[str, str] = {}
    for field, _ in attributes_of(type(shape)):
        value = getattr(shape, field.name)
        always = field.name in KEPT.get(family, ()) and value is not None
        if always or (born is not None and value != getattr(born, field.name)):
            found[field.name] = _yaml(value)
    return found


def _yaml(value: object) -> str:
    """A field's value as the loader reads it back; JSON is YAML for all but Decimals."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def write_record(
    project: Project, environment: Environment, newborn: Environment | None = None
) -> Path:
    """Write the record of an environment that was deployed; returns the file.

    Raises:
        OSError: The file cannot be written.
    """
    identity = environment.identity
    path = project.path("environments", f"{identity.client}-{identity.environment}")
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, record_text(environment, newborn))
    return path
