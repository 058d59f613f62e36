"""The report as a PDF on A4, by reportlab.

In: a Report and a logo. Out: bytes, the same for the same report, and the characters its typeface
lacks. May not: take markup from anybody's text: every word is escaped before it becomes a
paragraph.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.graphics.shapes import Drawing, Group, Rect, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    Image,
    KeepTogether,
    ListFlowable,
    ListItem,
    SimpleDocTemplate,
    Spacer,
)
from reportlab.platypus import Paragraph as Words
from reportlab.platypus import Table as Grid

from tierctl.reporting.safe import plain
from tierctl.reporting.sales.blocks import Bullets, Cards, Chart, Paragraph, Table
from tierctl.reporting.sales.page import WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.reporting.sales.blocks import Block, Card, Cell, Report
    from tierctl.reporting.sales.terms import Logo

FONT, BOLD = "Vera", "VeraBd"
MARGIN = 16 * mm
INNER = A4[0] - 2 * MARGIN
INK, SOFT, LEAD = (colors.HexColor(c) for c in ("#1b1f24", "#4a5260", "#0b4f8a"))
LINE, BACK = (colors.HexColor(c) for c in ("#d5d9df", "#f4f6f9"))


def _style(name: str, size: float, **more: Any) -> Any:
    """A paragraph style on the ink colour."""
    kept = {"fontName": FONT, "textColor": INK, "leading": size * 1.35, **more}
    return ParagraphStyle(name, fontSize=size, **kept)


BODY = _style("body", 9, spaceAfter=5)
TITLE = _style("title", 19, fontName=BOLD, leading=23, spaceAfter=6)
HEAD = _style("head", 13.5, fontName=BOLD, textColor=LEAD, spaceBefore=12, spaceAfter=5)
CAPTION = _style("caption", 9, fontName=BOLD, spaceBefore=5, spaceAfter=3)
FACT = _style("fact", 8.5, textColor=SOFT)
PRICE = _style("price", 13, fontName=BOLD)


def pdf(report: Report, logo: Logo | None) -> tuple[bytes, str]:
    """The document, and the characters that had to be replaced."""
    rl_config.invariant = 1  # no time of day and no random id: the same report, the same bytes
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)
    writer = _Writer()
    story = list(writer.story(report, logo))
    out = io.BytesIO()
    who = f", for {report.customer}" if report.customer else ""
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=15 * mm,
        bottomMargin=17 * mm,
        title=plain(report.title + who),
        author="",
        subject=plain(report.subtitle),
        lang="en",
        invariant=1,
    )
    footer = writer.known(f"Prices of {report.date}{who}")
    document.build(
        story,
        onFirstPage=lambda canvas, page: _footer(canvas, page, footer),
        onLaterPages=lambda canvas, page: _footer(canvas, page, footer),
    )
    return out.getvalue(), "".join(sorted(writer.missing))


def _footer(canvas: Any, document: Any, words: str) -> None:
    """Page number and date."""
    canvas.saveState()
    canvas.setFont(FONT, 7.5)
    canvas.setFillColor(SOFT)
    while words and pdfmetrics.stringWidth(words, FONT, 7.5) > INNER - 20 * mm:
        words = words[:-2] + "…"
    canvas.drawString(MARGIN, 10 * mm, words)
    canvas.drawRightString(A4[0] - MARGIN, 10 * mm, f"Page {document.page}")
    canvas.restoreState()


class _Writer:
    """Blocks to flowables; remembers which characters the typeface lacks."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.glyphs = pdfmetrics.getFont(FONT).face.charToGlyph

    def known(self, words: str) -> str:
        """Words in characters that the typeface has."""
        result = []
        for character in plain(words):
            if ord(character) in self.glyphs or character.isspace():
                result.append(character)
            else:
                self.missing.add(character)
                result.append("?")
        return "".join(result)

    def words(self, text: str, style: Any) -> Any:
        """A paragraph of escaped words."""
        return Words(escape(self.known(text)), style)

    def story(self, report: Report, logo: Logo | None) -> Iterator[Any]:
        """Everything in order."""
        if logo is not None:
            scale = min(60 * mm / logo.width, 18 * mm / logo.height)
            picture = Image(io.BytesIO(logo.data), logo.width * scale, logo.height * scale)
            picture.hAlign = "LEFT"
            yield picture
            yield Spacer(1, 4 * mm)
        yield self.words(report.title, TITLE)
        if report.customer:
            yield self.words(f"For {report.customer}", _style("for", 11, fontName=BOLD))
            yield Spacer(1, 2 * mm)
        yield self.words(report.subtitle, BODY)
        yield self.words("   ·   ".join(report.facts), FACT)
        yield Spacer(1, 2 * mm)
        for section in report.sections:
            charts = [b for b in section.blocks if isinstance(b, Chart)]
            parts = [
                [self.words(section.title, HEAD)],
                *(list(self.block(b)) for b in section.blocks if not isinstance(b, Chart)),
                *([[self.charts(charts)]] if charts else []),
            ]
            first = next((i for i, p in enumerate(parts) if isinstance(p[-1], Grid)), 0)
            # a heading never stands without what it is the heading of
            yield KeepTogether([piece for part in parts[: first + 1] for piece in part])
            for part in parts[first + 1 :]:
                yield KeepTogether(part) if isinstance(part[-1], Grid) else part[0]

    def block(self, block: Block) -> Iterator[Any]:
        """One block."""
        match block:
            case Paragraph():
                yield self.words(block.text, BODY)
            case Bullets():
                items = [ListItem(self.words(i, BODY), spaceAfter=1) for i in block.items]
                yield ListFlowable(items, bulletType="bullet", start="•", leftIndent=10)
            case Cards():
                yield self.cards(block)
            case Table():
                yield from self.table(block)
            case Chart():
                yield self.charts([block])

    def cards(self, cards: Cards) -> Any:
        """Sizes beside one another."""
        count = len(cards.cards)
        columns = min(count, 3)
        filled: list[Any] = [self.card(card) for card in cards.cards]
        filled += [""] * (-count % columns)
        rows = [filled[i : i + columns] for i in range(0, len(filled), columns)]
        style = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, -1), BACK),
            ("LINEABOVE", (0, 0), (-1, -1), 2, LEAD),
            ("INNERGRID", (0, 0), (-1, -1), 6, colors.white),
            ("LEFTPADDING", (0, 0), (-1, -1), 8),
            ("TOPPADDING", (0, 0), (-1, -1), 7),
        ]
        return Grid(rows, colWidths=[INNER / columns] * columns, style=style, spaceAfter=8)

    def card(self, card: Card) -> list[Any]:
        """One size."""
        parts = [
            self.words(card.title, _style("name", 10.5, fontName=BOLD)),
            self.words(card.summary, BODY),
            self.words(card.price, PRICE),
            self.words(card.price_note, FACT),
            Spacer(1, 2 * mm),
        ]
        parts += [self.words(f"{name}: {value}", FACT) for name, value in card.facts]
        return parts

    def charts(self, charts: list[Chart]) -> Any:
        """Charts beside one another, each with its title."""
        each = INNER / len(charts)
        cells = [
            [self.words(chart.title, CAPTION), self.drawing(chart, each - 6 * mm)]
            for chart in charts
        ]
        style = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
        return KeepTogether(Grid([cells], colWidths=[each] * len(charts), style=style))

    def drawing(self, chart: Chart, width: float) -> Any:
        """A chart, its vertical axis turned: paper counts from below."""
        scale = min(width / chart.width, 0.72)
        group = Group(transform=(scale, 0, 0, scale, 0, 0))
        for mark in chart.marks:
            colour = colors.HexColor(mark.fill)
            if mark.text:
                group.add(
                    String(
                        mark.x,
                        chart.height - mark.y,
                        self.known(mark.text),
                        fontName=BOLD if mark.bold else FONT,
                        fontSize=mark.size - 1.5,
                        fillColor=colour,
                        textAnchor=mark.anchor,
                    )
                )
            else:
                y = chart.height - mark.y - mark.height
                rect = Rect(mark.x, y, mark.width, mark.height, fillColor=colour)
                rect.strokeColor = None
                group.add(rect)
        return Drawing(chart.width * scale, chart.height * scale, group)

    def table(self, table: Table) -> Iterator[Any]:
        """A table whose heads stand on every page it reaches."""
        count = len(table.columns)
        wordy = {
            column
            for column in range(1, count)
            if any(len(row[column].text) > WORDS for row in table.rows)
        }
        size = 6.8 if count > 5 else 8  # noqa: PLR2004 - what fits between the margins
        data: list[list[Any]] = []
        style: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ("TOPPADDING", (0, 0), (-1, -1), 2.5),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ]
        heads = 2 if table.groups else 1
        if table.groups:
            row: list[Any] = [""]
            for label, width in table.groups:
                start = len(row)
                style += [
                    ("SPAN", (start, 0), (start + width - 1, 0)),
                    ("LINEBEFORE", (start, 0), (start, -1), 0.5, LINE),
                ]
                row += [
                    self.words(label, _style("group", size, fontName=BOLD)),
                    *[""] * (width - 1),
                ]
            data.append(row)
        right = {"alignment": TA_RIGHT} if table.numeric else {}
        data.append(
            [
                self.words(
                    head,
                    _style("h", size, fontName=BOLD, **(right if c and c not in wordy else {})),
                )
                for c, head in enumerate(table.columns)
            ]
        )
        for number, cells in enumerate(table.rows):
            total = number >= len(table.rows) - table.foot
            data.append(
                [
                    self.cell(
                        cell,
                        size,
                        bold=total or not column,
                        right=table.numeric and column > 0 and column not in wordy,
                    )
                    for column, cell in enumerate(cells)
                ]
            )
        style += [
            ("BACKGROUND", (0, 0), (-1, heads - 1), BACK),
            ("LINEBELOW", (0, heads - 1), (-1, heads - 1), 1, INK),
        ]
        if table.foot:
            style.append(("BACKGROUND", (0, -table.foot), (-1, -1), BACK))
        grid = Grid(
            data,
            colWidths=_widths(table),
            repeatRows=heads,
            style=style,
            spaceAfter=7,
            hAlign="LEFT",
        )
        yield self.words(table.caption, CAPTION)
        yield grid

    def cell(self, cell: Cell, size: float, *, bold: bool, right: bool) -> list[Any]:
        """A cell, and what it says in small below."""
        more = {"alignment": TA_RIGHT} if right else {}
        parts = [self.words(cell.text, _style("c", size, fontName=BOLD if bold else FONT, **more))]
        if cell.small:
            small = min(size - 1, 5.6 if size < 7 else 6.5)  # noqa: PLR2004 - many columns
            parts.append(self.words(cell.small, _style("s", small, textColor=SOFT, **more)))
        return parts


def _widths(table: Table) -> list[float]:
    """The columns' widths: as the table says, or the first as wide as its words want."""
    count = len(table.columns)
    if table.wide:
        return [INNER * share / sum(table.wide) for share in table.wide]
    longest = max((len(row[0].text) for row in table.rows), default=10)
    first = min(max(0.16, longest * 0.0085), 0.4 if count < 6 else 0.17)  # noqa: PLR2004 - many
    return [INNER * first, *[INNER * (1 - first) / (count - 1)] * (count - 1)]
