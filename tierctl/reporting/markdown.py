"""Documents as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.reporting.terminal import word

if TYPE_CHECKING:
    from tierctl.reporting.documents import Document


def comparison(document: Document) -> str:
    """The matrix as one table a section."""
    names = [tier["name"] for tier in document["tiers"]]
    lines = [f"# {', '.join(names)} in {document['environment']}"]
    section = None
    for feature in document["features"]:
        if feature["section"] != section:
            section = feature["section"]
            lines += ["", f"## {section}", "", _row(["", *names]), _row(["---"] * (len(names) + 1))]
        lines.append(_row([feature["label"], *(word(v) for v in feature["values"])]))
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    """A row; a bar inside a cell would end it."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
