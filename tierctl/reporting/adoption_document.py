"""Advice on a foreign template as a versioned document, and the document as text and Markdown."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

from tierctl.model.document import to_document
from tierctl.reporting.documents import Document, document
from tierctl.reporting.impact_document import impact_changes

if TYPE_CHECKING:
    from tierctl.planning.adoption_work import Adoption, Advice

WIDTH = 80


def adoption_document(found: Adoption) -> Document:
    """The document."""
    return document(
        "adoption",
        file=found.file,
        to=found.goal,
        steps=[_step(number, step) for number, step in enumerate(found.steps, 1)],
        impossible=list(found.impossible),
        stops=list(found.stops),
        notes=list(found.notes),
    )


def _step(number: int, step: Advice) -> Document:
    """One step."""
    return {
        "number": number,
        "kind": step.kind,
        "logical_id": step.logical_id,
        "title": step.title,
        "why": step.why or None,
        "patch": [
            {"op": op, "path": path} | ({} if op == "remove" else {"value": value})
            for op, path, value in step.patch
        ],
        "impact": impact_changes(step.judged),
        "before": list(step.before),
        "rollback": step.back or None,
        "sources": [to_document(source) for source in step.sources],
    }


def text(found: Document) -> str:
    """The document for a terminal."""
    lines = [f"{found['file']} towards {found['to']}"]
    lines += _wrapped(
        "It was not made by tierctl: these are patches on it, one update each, and never our stack."
    )
    if not found["steps"]:
        lines += ["", "Nothing to change."]
    for step in found["steps"]:
        lines += [
            "",
            *_wrapped(f"{step['number']:>3}. {step['kind']}  {_title(step)}", "", "     "),
        ]
        for part in _parts(step):
            lines += _wrapped(part, "     ")
        lines += [f"       {line}" for line in _patch(step)]
    for title, key in (("Not possible in place", "impossible"), ("Where this ends", "stops")):
        if found[key]:
            lines += ["", title]
            for item in found[key]:
                lines += _wrapped(item, "  - ", "    ")
    for note in found["notes"]:
        lines += ["", *_wrapped(f"Note: {note}", "", "  ")]
    return "\n".join(lines) + "\n"


def _title(step: Document) -> str:
    """What it is about and what is done."""
    return f"{step['logical_id']}: {step['title']}"


def _parts(step: Document) -> list[str]:
    """The sentences of a step."""
    parts = [step["why"]] if step["why"] else []
    for change in step["impact"]:
        reasons = dict.fromkeys(p["why"] for p in change["properties"])
        said = " ".join(part for part in (change["why"], *reasons) if part)
        parts.append(f"{change['logical_id']} {change['verdict']}. {said}".strip())
    if step["before"]:
        parts.append(f"Before: {'; '.join(step['before'])}.")
    if step["rollback"]:
        parts.append(f"Back: {step['rollback']}")
    parts += [f"Source: {source['url']} ({source['date']})" for source in step["sources"][:1]]
    return parts


def _patch(step: Document) -> list[str]:
    """The patch, an operation a line."""
    return [
        f"{p['op']} {p['path']}" + (f" = {json.dumps(p['value'])}" if "value" in p else "")
        for p in step["patch"]
    ]


def _wrapped(words: str, first: str = "", rest: str | None = None) -> list[str]:
    """A paragraph."""
    indent = first if rest is None else rest
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_on_hyphens=False,
        break_long_words=False,
    )


def markdown(found: Document) -> str:
    """The document to follow step by step."""
    lines = [f"# {found['file']} towards {found['to']}", ""]
    for step in found["steps"]:
        lines += [f"## {step['number']}. {_title(step)}", "", f"{step['kind'].capitalize()}.", ""]
        lines += [f"- {part}" for part in _parts(step)]
        if step["patch"]:
            lines += ["", "```json", json.dumps(step["patch"], indent=1), "```"]
        lines.append("")
    for title, key in (("Not possible in place", "impossible"), ("Where this ends", "stops")):
        if found[key]:
            lines += [f"## {title}", "", *(f"- {item}" for item in found[key]), ""]
    return "\n".join(lines).rstrip() + "\n"
