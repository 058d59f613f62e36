"""An Impact as a versioned document, and the document as text, Markdown and SARIF.

In: an Impact. Out: a dict of kind `impact` (`schemas/impact.json`) and views of it. A view says
only what the document says.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from tierctl.model.document import to_document
from tierctl.planning.impact_model import Verdict, badness
from tierctl.reporting import findings
from tierctl.reporting.documents import Document, document
from tierctl.reporting.plan_text import span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tierctl.planning.impact_model import Impact, PropertyChange, ResourceChange

WIDTH = 80
_PLURAL = {"in place": "changed in place"}


def impact_document(found: Impact) -> Document:
    """The document."""
    counts = {
        str(verdict): sum(change.verdict is verdict for change in found.changes)
        for verdict in sorted(Verdict, key=badness, reverse=True)
    }
    return document(
        "impact",
        before=found.before,
        after=found.after,
        verdict=str(found.verdict) if found.verdict else "no changes",
        counts=counts,
        data_at_risk=[c.logical_id for c in found.changes if c.data_at_risk],
        blocking=[{"logical_id": c.logical_id, "why": c.blocks} for c in found.blocking],
        changes=[_change(change) for change in found.changes],
        outputs=list(found.outputs),
        notes=list(found.notes),
    )


def impact_changes(changes: Iterable[ResourceChange]) -> list[Document]:
    """Resources alone, for documents that hold an impact."""
    return [_change(change) for change in changes]


def _change(change: ResourceChange) -> Document:
    """One resource."""
    place = change.place
    return {
        "logical_id": change.logical_id,
        "type": change.type,
        "verdict": str(change.verdict),
        "holds_data": change.holds_data,
        "data": change.data or None,
        "data_at_risk": change.data_at_risk,
        "blocks": change.blocks or None,
        "why": change.why or None,
        "renamed": change.renamed,
        "downtime_s": list(change.downtime_s) if change.downtime_s else None,
        "confidence": change.confidence,
        "sources": [to_document(source) for source in change.sources],
        "properties": [_property(found) for found in change.properties],
        "file": place.file if place else None,
        "line": place.line if place and place.line else None,
        "column": place.column if place and place.column else None,
    }


def _property(found: PropertyChange) -> Document:
    """One path."""
    return {
        "path": found.path,
        "old": found.old,
        "new": found.new,
        "verdict": str(found.verdict),
        "why": found.why,
        "row": found.row,
        "caused_by": found.caused_by,
        "disruption": found.disruption.word,
        "downtime_s": list(found.downtime_s) if found.downtime_s else None,
        "downtime_estimated": found.downtime_estimated,
        "data_risk": found.data_risk.word,
        "confidence": found.confidence,
        "sources": [to_document(source) for source in found.sources],
    }


def text(found: Document) -> str:
    """The document for a terminal of 80 columns."""
    lines = [f"Impact of {found['before']} -> {found['after']}"]
    cited: list[str] = []
    if not found["changes"]:
        lines += ["", "No changes."]
    verdict = None
    ordered = sorted(
        found["changes"], key=lambda c: -badness(Verdict(c["verdict"]))
    )  # the worst first, whatever blocks
    for change in ordered:
        if change["verdict"] != verdict:
            verdict = change["verdict"]
            number = found["counts"][verdict]
            lines += ["", f"{_PLURAL.get(verdict, verdict).capitalize()} ({number})"]
        lines += _resource(change, cited)
    lines += _list("Exports", found["outputs"])
    lines += _list("Notes", found["notes"])
    if cited:
        lines += ["", "Sources", *(f"  [{n}] {source}" for n, source in enumerate(cited, 1))]
    lines += ["", *_verdict(found)]
    return "\n".join(lines) + "\n"


def _resource(change: Document, cited: list[str]) -> list[str]:
    """One resource: its name, why, its data, its paths."""
    lines = _wrapped(f"{change['logical_id']}  {change['type']}", "  ", "    ")
    if change["why"]:
        lines += _wrapped(change["why"] + _cited(change["sources"], cited), "    ")
    if change["data"]:
        lines += _wrapped(f"DATA: {change['data']}", "    ")
    before: tuple[Any, ...] | None = None
    for path in change["properties"]:
        lines += _wrapped(f"{path['path']}: {_moved(path)}", "    ", "        ")
        reason = (path["verdict"], path["why"], path["row"])
        if reason != before:
            lines += _wrapped(f"{path['verdict']}: {path['why']} {_figures(path, cited)}", "      ")
        before = reason
    return lines


def _moved(path: Document) -> str:
    """Old and new in one line."""
    old = "(absent)" if path["old"] is None else path["old"]
    new = "(absent)" if path["new"] is None else path["new"]
    return f"{old} -> {new}"


def _figures(path: Document, cited: list[str]) -> str:
    """Downtime, risk, confidence and source of one path."""
    parts = []
    if path["downtime_s"] and path["downtime_s"][1]:
        parts.append(f"down {span(path['downtime_s'], estimated=path['downtime_estimated'])}")
    elif path["downtime_s"] is None and path["verdict"] in ("interrupted", "replaced"):
        parts.append("downtime not known")
    if path["data_risk"] != "none":
        parts.append(f"data risk {path['data_risk']}")
    if path["confidence"] != "confirmed":
        parts.append(path["confidence"])
    said = f"({', '.join(parts)})" if parts else ""
    return (said + _cited(path["sources"], cited)).strip()


def _cited(sources: list[Document], cited: list[str]) -> str:
    """The first source, by its number in the list at the end."""
    if not sources:
        return ""
    source = f"{sources[0]['date']} {sources[0]['url']}"
    if source not in cited:
        cited.append(source)
    return f" [{cited.index(source) + 1}]"


def _wrapped(words: str, first: str, rest: str | None = None) -> list[str]:
    """A paragraph."""
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_on_hyphens=False,
    )


def _list(title: str, items: list[str]) -> list[str]:
    """A titled list; nothing when it is empty."""
    if not items:
        return []
    lines = ["", title]
    for item in items:
        lines += _wrapped(item, "  - ", "    ")
    return lines


def _verdict(found: Document) -> list[str]:
    """The line that counts, and what blocks."""
    counts = [f"{n} {_PLURAL.get(v, v)}" for v, n in found["counts"].items() if n]
    lines = _wrapped(f"{', '.join(counts) if counts else 'Nothing changes'}.", "")
    for blocking in found["blocking"]:
        lines += _wrapped(f"STOP: {blocking['logical_id']}: {blocking['why']}.", "", "  ")
    if found["changes"] and not found["blocking"]:
        lines.append("No data is at risk.")
    return lines


def markdown(found: Document) -> str:
    """The document for a pull request."""
    lines = [
        f"# Impact of `{found['before']}` → `{found['after']}`",
        "",
        *_verdict(found),
        "",
    ]
    if found["changes"]:
        lines += ["| resource | verdict | by | data |", "| --- | --- | --- | --- |"]
    for change in found["changes"]:
        paths = "<br>".join(
            f"`{p['path']}`: {_cell(_moved(p))}: {p['verdict']}, {_cell(p['why'])}"
            f"{_link(p['sources'])}"
            for p in change["properties"]
        )
        reason = _cell(change["why"] or "") + _link(change["sources"] if change["why"] else [])
        cells = [
            f"`{change['logical_id']}`<br>{change['type']}",
            f"**{change['verdict']}**",
            "<br>".join(part for part in (reason, paths) if part) or "-",
            _cell(change["data"] or "-"),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    for title, items in (("Exports", found["outputs"]), ("Notes", found["notes"])):
        if items:
            lines += ["", f"## {title}", "", *(f"- {item}" for item in items)]
    return "\n".join(lines).rstrip() + "\n"


def _cell(words: str) -> str:
    """Text that neither ends a cell nor becomes markup."""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("|", "\\|").replace("\n", " ")


def _link(sources: list[Document]) -> str:
    """The first source."""
    return f" ([{sources[0]['date']}]({sources[0]['url']}))" if sources else ""


_LEVELS = {"refused": "error", "replaced": "warning", "interrupted": "warning"}
_LEVELS |= {"removed": "warning", "unknown": "warning"}


def sarif(found: Document, version: str) -> dict[str, Any]:
    """The document as a SARIF log: a finding a resource."""
    diagnostics = [
        {
            "rule": f"impact-{change['verdict'].replace(' ', '-')}",
            "severity": "error" if change["blocks"] else _LEVELS.get(change["verdict"], "note"),
            "what": f"{change['logical_id']} ({change['type']}): {change['verdict']}.",
            "why": " ".join(
                [
                    *([change["why"]] if change["why"] else []),
                    *(f"{p['path']}: {_moved(p)}: {p['why']}" for p in change["properties"]),
                ]
            ),
            "fix": change["data"] or "",
            "suggestion": None,
            "file": change["file"],
            "line": change["line"],
            "column": change["column"],
        }
        for change in found["changes"]
    ]
    return findings.sarif({"diagnostics": diagnostics}, (), version)
