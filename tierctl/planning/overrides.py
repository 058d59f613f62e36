"""Overrides laid over a client's file in memory, as they would be written into it.

In: a project, a client, an environment and what should stand under it. Out: a project that reads
the client's file as if it said so, and the YAML to write. May not: touch a file.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tierctl.config.project import Project


def merged(overrides: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Several overrides as one; a later one wins."""
    result: dict[str, Any] = {}
    for override in overrides:
        result = _over(result, override)
    return result


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping on another, mapping by mapping."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        if isinstance(value, dict):
            result[key] = _over(old if isinstance(old, dict) else {}, value)
        else:
            result[key] = value
    return result


def laid_over(
    project: Project, client: str, environment: str, override: Mapping[str, Any]
) -> Project:
    """The project with an override under one environment of one client's file."""
    if not override:
        return project
    path = project.path("clients", client)
    data, _ = project.bytes_of(path)
    whole = yaml.load(data, Loader=_Loader) or {}  # noqa: S506 - a safe loader, see below
    whole = _over(whole, {"environments": {environment: override}})
    text = yaml.dump(whole, Dumper=_Dumper, sort_keys=False, allow_unicode=True)
    extra = {**project.extra, f"clients/{client}.yaml": text.encode()}
    return dataclasses.replace(project, extra=extra)


def written(environment: str, override: Mapping[str, Any]) -> str:
    """What to write into the client's file."""
    text: str = yaml.dump(
        {"environments": {environment: override}},
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=None,
        allow_unicode=True,
    )
    return text


_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Dumper(yaml.SafeDumper):
    """Writes a value that occurs twice twice: an anchor in a client's file helps nobody."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never an anchor."""
        del data
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    """Times and versions in quotes, as our own files have them."""
    quoted = ":" in value or value[:1].isdigit()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if quoted else None)


_Dumper.add_representer(str, _text)
