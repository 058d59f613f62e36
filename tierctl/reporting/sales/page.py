"""The report as one HTML page that stands alone: no script, nothing fetched.

In: a Report and a logo. Out: text. Everything is escaped by jinja2; the logo is a picture that was
looked at, written into the page.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tierctl.reporting.html import PAGES
from tierctl.reporting.safe import plain
from tierctl.reporting.sales.blocks import Block, Chart, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tierctl.reporting.sales.blocks import Report
    from tierctl.reporting.sales.terms import Logo

WORDS = 28
"""A column with a longer cell than this holds words, not figures."""


def page(report: Report, logo: Logo | None) -> str:
    """The page."""
    # jinja2 costs as much as the whole of a fast command, so only this one pays for it
    import jinja2

    pages = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    pages.filters["kinds"] = _kinds
    pages.tests["words"] = _words
    picture = None
    if logo is not None:
        picture = f"data:image/{logo.kind};base64,{base64.b64encode(logo.data).decode()}"
    return pages.get_template("sales.html").render(report=report, logo=picture).lstrip()


def _finalized(value: object) -> object:
    """Text without characters that no page may hold."""
    return plain(value) if type(value) is str else value


def _kinds(blocks: Iterable[Block]) -> Iterator[tuple[str, object]]:
    """Blocks with their kind; charts that follow one another stand together."""
    charts: list[Chart] = []
    for block in blocks:
        if isinstance(block, Chart):
            charts.append(block)
            continue
        if charts:
            yield "Charts", charts
            charts = []
        yield type(block).__name__, block
    if charts:
        yield "Charts", charts


def _words(table: Table, column: int) -> bool:
    """Whether a column of a table holds words."""
    return column > 0 and any(
        len(row[column].text) > WORDS for row in table.rows if column < len(row)
    )
