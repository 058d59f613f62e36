"""The parts a report is made of, in no form yet. In: text and figures. Out: records."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: what it says, and what it says below in small."""

    text: str
    small: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column names the row.

    Attributes:
        groups: Heads over several columns after the first: label and how many.
        foot: How many of the last rows are totals.
        numeric: Cells after the first are figures and stand to the right.
        wide: Widths of the columns as shares, for paper.
    """

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    groups: tuple[tuple[str, int], ...] = ()
    foot: int = 0
    numeric: bool = True
    wide: tuple[int, ...] = ()

    def label(self, column: int) -> str:
        """What a column is called where its heads cannot be seen."""
        passed = 1
        for group, count in self.groups:
            if passed <= column < passed + count:
                own = self.columns[column]
                return ", ".join(name for name in (group, own) if name)
            passed += count
        return self.columns[column]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One size at a glance."""

    title: str
    summary: str
    price: str
    price_note: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cards:
    """Sizes beside one another."""

    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A rectangle or a text of a chart, in its own units from the upper left corner."""

    x: float
    y: float
    width: float = 0
    height: float = 0
    fill: str = "#1b1f24"
    text: str = ""
    size: float = 13
    anchor: str = "start"
    bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with a title and the words that say the same."""

    name: str
    title: str
    description: str
    width: float
    height: float
    marks: tuple[Mark, ...]


Block = Table | Paragraph | Bullets | Cards | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole of it.

    Attributes:
        date: Of the newest price, the only date there is.
    """

    title: str
    subtitle: str
    customer: str
    facts: tuple[str, ...]
    sections: tuple[Section, ...]
    date: str
