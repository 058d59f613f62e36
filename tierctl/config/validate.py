"""Everything that is wrong with a project, or with single files of it, at once.

In: a project; optionally files, from inside it or from anywhere. Out: a Report: what was checked
and every diagnostic, each once. No content of any file raises anything.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tierctl.config.clients import DEFAULT_CLIENT, read_client
from tierctl.config.layers import resolve_alias
from tierctl.config.nodes import Mapping, Scalar, Sequence
from tierctl.config.project import NAME, SELECTION_FILE, Project, unknown_name
from tierctl.config.records import read_record
from tierctl.config.resolve import Request, attempt
from tierctl.config.selection import read_selection
from tierctl.config.tiers import read_tier
from tierctl.model.diagnostics import Diagnostic, Place, in_order, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("tiers", "clients", "environments")
DOCUMENTS = ("environment",)
"""Kinds of JSON document that can be checked on their own; a plan joins them with the planner."""


@dataclass(slots=True)
class Report:
    """What was checked, and everything found."""

    checked: list[str] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every diagnostic once, by place."""
        return in_order(self.found)


def validate_project(project: Project) -> Report:
    """Every tier and client in each environment, every record, and the selection file."""
    report = Report()
    report.found += _file_names(project) + _aliases(project)
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
            report.found += _document(shown, data)
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
            own.found.append(_bad_name(shown, name))
        elif kind == "tiers":
            own.found += _aliases(laid)
            _tier(laid, name, own)
        elif kind == "clients":
            _client(laid, name, own)
        else:
            _record(laid, name, own)
        report.checked.append(shown)
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
    _, problems = attempt(project, request, {})
    report.found += problems


def _file_names(project: Project) -> list[Diagnostic]:
    """Files whose names are no names, or that nothing reads for their ending."""
    found = []
    for kind in KINDS:
        for file in project.files(kind):
            path = Path(file)
            if path.suffix == ".yml":
                found.append(
                    Diagnostic(
                        "file-name",
                        "a file's name is no name",
                        f"{file} ends with '.yml' and is not read.",
                        f"Rename it '{path.stem}.yaml'.",
                        place=Place(project.relative(project.folder / file)),
                    )
                )
            elif not NAME.fullmatch(path.stem):
                found.append(_bad_name(project.relative(project.folder / file), path.stem))
    return found


def _bad_name(shown: str, name: str) -> Diagnostic:
    """A name that cannot become part of AWS's names."""
    plain = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    return Diagnostic(
        "file-name",
        "a file's name is no name",
        f"'{name}' is not small letters, digits and hyphens with a letter first.",
        f"Rename the file '{plain or 'example'}.yaml'.",
        why="The name becomes part of stack, cache and database names, which AWS restricts.",
        place=Place(shown),
    )


def _aliases(project: Project) -> list[Diagnostic]:
    """Names that two tiers answer to."""
    owners = dict.fromkeys(project.names("tiers"))
    found = []
    # in the order of listings, so that the file that came later is the one to mend
    builtin = [n for n in owners if _is_builtin(project, n)]
    for name in [*builtin, *(n for n in owners if n not in builtin)]:
        root, _ = project.read(project.path("tiers", name))
        node = root.get("aliases") if root else None
        for item in node.items if isinstance(node, Sequence) else ():
            if not isinstance(item, Scalar):
                continue
            other = item.text if item.text in project.names("tiers") else owners.get(item.text)
            if other is not None and other != name:
                found.append(
                    Diagnostic(
                        "alias-taken",
                        "two tiers answer to one name",
                        f"'{item.text}' is the name or an alias of tier '{other}' already.",
                        f"Remove '{item.text}' from one of the two 'aliases'.",
                        place=item.place,
                    )
                )
            owners.setdefault(item.text, name)
            owners[item.text] = owners[item.text] or name
    return found


def _is_builtin(project: Project, name: str) -> bool:
    """Whether a tier's own file calls it built-in."""
    root, _ = project.read(project.path("tiers", name))
    kind = _word(root, "kind") if root else None
    return kind is not None and kind.text == "built-in"


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


def _document(shown: str, data: bytes) -> list[Diagnostic]:
    """A JSON document of tierctl's, checked as far as its kind is known."""
    from tierctl.model.document import DocumentError, from_document
    from tierctl.model.environment import Environment

    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        place = Place(shown, getattr(error, "lineno", 1), getattr(error, "colno", 1))
        return [_invalid(f"It is no JSON: {error}.", place)]
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind not in DOCUMENTS:
        near = nearest(str(kind), DOCUMENTS) if kind else None
        return [
            Diagnostic(
                "document-unknown",
                "the document is of no known kind",
                f"Its 'kind' is {json.dumps(kind)[:60]}; known are {', '.join(DOCUMENTS)}.",
                "Name a document that tierctl wrote; a CloudFormation template wants --template.",
                place=Place(shown, 1, 1),
                suggestion=near,
            )
        ]
    try:
        from_document(Environment, document.get("environment"))
    except (DocumentError, TypeError, ValueError, RecursionError) as error:
        return [_invalid(f"{error}.", Place(shown, 1, 1))]
    return []


def _invalid(what: str, place: Place) -> Diagnostic:
    """A document that does not fit."""
    return Diagnostic(
        "document-invalid",
        "the document does not fit its kind",
        what,
        "Write it anew with the command that made it.",
        place=place,
    )
