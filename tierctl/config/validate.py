"""Everything that is wrong with a project, or with single files of it, at once.

In: a project; optionally files, from inside it or from anywhere. Out: a Report: what was checked
and every diagnostic, each once. No content of any file raises anything.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tierctl.config.clients import DEFAULT_CLIENT, read_client
from tierctl.config.layers import resolve_alias
from tierctl.config.names import KINDS, alias_clashes, bad_name, file_names
from tierctl.config.nodes import Mapping, Scalar
from tierctl.config.project import NAME, SELECTION_FILE, Project, unknown_name
from tierctl.config.records import read_record
from tierctl.config.resolve import Request, Resolution, attempt
from tierctl.config.saved import document_problems
from tierctl.config.selection import read_selection
from tierctl.config.tiers import read_tier
from tierctl.model.diagnostics import Diagnostic, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class Report:
    """What was checked, and everything found."""

    checked: list[str] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)
    resolved: list[tuple[Project, Resolution]] = field(default_factory=list)
    """Every environment that could be resolved, for checks that need the layers above."""

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every diagnostic once, by place."""
        return in_order(self.found)


def validate_project(project: Project) -> Report:
    """Every tier and client in each environment, every record, and the selection file."""
    report = Report()
    report.found += file_names(project) + alias_clashes(project)
    for name in project.names("tiers"):
        _tier(project, name, report)
    for name in project.names("clients"):
        _client(project, name, report)
    for name in project.names("environments"):
        _record(project, name, report)
    if project.exists(project.folder / SELECTION_FILE):
        report.checked.append(SELECTION_FILE)
        report.found += read_selection(project)[1]
    return report


def validate_files(project: Project, files: Iterable[tuple[str, bytes]]) -> Report:
    """Single files, by what they are called and their bytes, as part of the project."""
    report = Report()
    for shown, data in files:
        if shown.endswith(".json"):
            report.found += document_problems(shown, data)
            report.checked.append(shown)
            continue
        kind, name = _kind_of(project, shown, data)
        inside = f"{kind}/{name}.yaml"
        laid = dataclasses.replace(
            project,
            extra={**project.extra, inside: data},
            shown={**project.shown, inside: shown},
            _read={},
        )
        own = Report()
        if not NAME.fullmatch(name):
            own.found.append(bad_name(shown, name))
        elif kind == "tiers":
            own.found += alias_clashes(laid)
            _tier(laid, name, own)
        elif kind == "clients":
            _client(laid, name, own)
        else:
            _record(laid, name, own)
        report.checked.append(shown)
        report.resolved += own.resolved
        # what is wrong elsewhere is told by a run over the project; unless it stops this file
        report.found += [d for d in own.found if d.place is None or d.place.file == shown]
        if not report.found:
            report.found += [d for d in own.found if d.severity == "error"]
    return report


def _tier(project: Project, name: str, report: Report) -> None:
    """A tier in each of its environments, with the default client."""
    if not NAME.fullmatch(name):
        return
    spec, problems = read_tier(project, name)
    report.found += problems
    report.checked.append(f"tiers/{name}.yaml")
    for environment in spec.environments if spec else ():
        request = Request(tier=name, client=DEFAULT_CLIENT, environment=environment, how="its file")
        # the record of the default client is another matter than the tier
        _resolve(dataclasses.replace(project, recorded=False), request, report)


def _client(project: Project, name: str, report: Report) -> None:
    """A client in each environment of its tier and its own; in every tier when it names none."""
    if not NAME.fullmatch(name):
        return
    spec, problems = read_client(project, name)
    report.found += problems
    report.checked.append(f"clients/{name}.yaml")
    if spec is None:
        return
    tiers = [None] if spec.tier is not None and spec.tier.value else project.names("tiers")
    for tier in tiers:
        word = tier or (spec.tier.text if spec.tier else "")
        chosen, _ = read_tier(project, word)
        own = spec.environments()
        names = dict.fromkeys(
            [*(chosen.environments if chosen else ()), *(own.names if own else ())]
        )
        if chosen is None:
            _resolve(project, Request(tier=tier, client=name, how="its file"), report)
        for environment in names:
            request = Request(tier=tier, client=name, environment=environment, how="its file")
            _resolve(project, request, report)


def _record(project: Project, name: str, report: Report) -> None:
    """A record: the client and environment it is for, resolved at the recorded tier."""
    report.checked.append(f"environments/{name}.yaml")
    path = project.path("environments", name)
    node, problems = project.read(path)
    report.found += problems
    if node is None:
        return
    words = {key: _word(node, key) for key in ("client", "environment", "tier")}
    client, environment, tier = words["client"], words["environment"], words["tier"]
    for key in ("client", "environment"):
        if words[key] is None and node.get(key) is None:
            report.found.append(
                Diagnostic(
                    "missing-key",
                    "a key is missing",
                    f"The record has no '{key}'.",
                    f"Add '{key}: {name.split('-', 1)[0 if key == 'client' else -1]}'.",
                    place=node.place,
                )
            )
    if client is None or environment is None:
        return
    if f"{client.text}-{environment.text}" != name:
        report.found.append(
            Diagnostic(
                "record-mismatch",
                "a record's name and content disagree",
                f"The file is named '{name}', and in it stand client '{client.text}' and "
                f"environment '{environment.text}'.",
                f"Rename it '{client.text}-{environment.text}.yaml', or mend 'client' and "
                "'environment'.",
                why="A record that was copied by hand would change another client's environment.",
                place=client.place,
            )
        )
        return
    if client.text not in project.names("clients"):
        known = project.names("clients")
        report.found.append(unknown_name("client", client.text, known, "clients/", client.place))
        return
    if tier is not None and resolve_alias(project, tier.text) not in project.names("tiers"):
        known = project.names("tiers")
        report.found.append(unknown_name("tier", tier.text, known, "tiers/", tier.place))
        return
    if tier is None:
        report.found += read_record(project, client.text, environment.text)[1]
        return
    request = Request(
        tier=tier.text,
        client=client.text,
        environment=environment.text,
        how="its record",
    )
    _resolve(project, request, report)


def _word(node: Mapping, key: str) -> Scalar | None:
    """A key's word."""
    value = node.get(key)
    return value if isinstance(value, Scalar) and isinstance(value.value, str) else None


def _resolve(project: Project, request: Request, report: Report) -> None:
    """One environment, added to the report."""
    resolution, problems = attempt(project, request, {})
    report.found += problems
    if resolution is not None:
        report.resolved.append((project, resolution))


def _kind_of(project: Project, shown: str, data: bytes) -> tuple[str, str]:
    """What a file is: by the folder it lies in, otherwise by its keys."""
    path = Path(shown)
    if path.parent.name in KINDS:
        return path.parent.name, path.stem
    probe = dataclasses.replace(project, extra={"probe.yaml": data}, shown={}, _read={})
    root, _ = probe.read(project.folder / "probe.yaml")
    keys = set(root.names) if root else set()
    if {"client", "environment"} <= keys:
        return "environments", path.stem
    if keys & {"application", "region", "app", "residency", "domain"}:
        return "clients", path.stem
    return "tiers", path.stem
