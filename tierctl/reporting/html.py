"""Documents as HTML: one page that stands alone, no script, nothing fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tierctl.reporting import plan_text
from tierctl.reporting.terminal import word

if TYPE_CHECKING:
    from tierctl.reporting.documents import Document

PAGES = Path(__file__).parent / "pages"


def comparison(document: Document) -> str:
    """The matrix as a page."""
    return _page("comparison.html", document)


def runbook(document: Document) -> str:
    """A plan as a page to follow and to print."""
    return _page("runbook.html", document)


def _page(name: str, document: Document) -> str:
    """A page of a document."""
    # jinja2 costs as much as the whole of a fast command, so only this one pays for it
    import jinja2

    loader = jinja2.FileSystemLoader(PAGES)
    pages = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    pages.filters["word"] = word
    pages.globals["span"] = plan_text.span
    pages.globals["commands"] = plan_text.commands
    pages.globals["commands_back"] = plan_text.commands_back
    pages.globals["plan"] = document
    return pages.get_template(name).render(document)
