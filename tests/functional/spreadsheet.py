"""A spreadsheet read and calculated by nobody's library: what the tests hold the report against.

Knows the formulas the report writes: + - * / > =, SUM, IF, SQRT, cells and ranges of other sheets.
"""

from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

NAMES = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<ref>(?:[A-Za-z]+!)?\$?[A-Z]+\$?\d+(?::\$?[A-Z]+\$?\d+)?)"
    r"|(?P<name>[A-Z]+)(?=\()|(?P<sign>[-+*/(),>=]))"
)
Value = float | str | None


class Spreadsheet:
    """Sheets of a file: strings, numbers, formulas, and the values the file itself holds."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as file:
            self.parts = {name: file.read(name) for name in file.namelist()}
        book = ET.fromstring(self.parts["xl/workbook.xml"])  # noqa: S314 - a file of our own
        self.names = [sheet.get("name", "") for sheet in book.iterfind("m:sheets/m:sheet", NAMES)]
        shared = [
            "".join(t.text or "" for t in item.iter(f"{{{NAMES['m']}}}t"))
            for item in ET.fromstring(self.parts["xl/sharedStrings.xml"])  # noqa: S314 - same
        ]
        self.stored: dict[tuple[str, str], Value] = {}
        self.formulas: dict[tuple[str, str], str] = {}
        for index, name in enumerate(self.names, 1):
            sheet = ET.fromstring(self.parts[f"xl/worksheets/sheet{index}.xml"])  # noqa: S314
            for cell in sheet.iter(f"{{{NAMES['m']}}}c"):
                key = (name, cell.get("r", ""))
                formula, value = cell.find("m:f", NAMES), cell.find("m:v", NAMES)
                if formula is not None:
                    self.formulas[key] = formula.text or ""
                if value is None or value.text is None:
                    continue
                self.stored[key] = (
                    shared[int(value.text)] if cell.get("t") == "s" else float(value.text)
                )
        self.changed: dict[tuple[str, str], float] = {}
        self._known: dict[tuple[str, str], float] = {}

    def change(self, sheet: str, cell: str, value: float) -> None:
        """Type another number into a cell."""
        self.changed[sheet, cell] = value
        self._known.clear()

    def value(self, sheet: str, cell: str) -> float:
        """A cell, calculated."""
        key = (sheet, cell)
        if key in self.changed:
            return self.changed[key]
        if key in self._known:
            return self._known[key]
        if key in self.formulas:
            result = _Parser(self, sheet, self.formulas[key]).whole()
        else:
            stored = self.stored.get(key, 0.0)
            result = stored if isinstance(stored, float) else 0.0
        self._known[key] = result
        return result

    def find(self, sheet: str, words: str) -> str:
        """The cell that says these words."""
        return next(c for (s, c), v in self.stored.items() if s == sheet and v == words)


class _Parser:
    """One formula."""

    def __init__(self, book: Spreadsheet, sheet: str, text: str) -> None:
        self.book, self.sheet = book, sheet
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while position < len(text):
            found = TOKEN.match(text, position)
            assert found, f"{text} at {position}"
            kind = found.lastgroup or ""
            self.tokens.append((kind, found[kind]))
            position = found.end()

    def whole(self) -> float:
        """All of it."""
        result = self.compared()
        assert not self.tokens, self.tokens
        return result

    def next(self, *signs: str) -> str | None:
        """The next sign, taken if it is one of these."""
        if self.tokens and self.tokens[0][0] == "sign" and self.tokens[0][1] in signs:
            return self.tokens.pop(0)[1]
        return None

    def compared(self) -> float:
        """Sums, compared or not."""
        left = self.sum()
        sign = self.next(">", "=")
        if sign is None:
            return left
        right = self.sum()
        return float(left > right if sign == ">" else left == right)

    def sum(self) -> float:
        """Products added."""
        result = self.product()
        while sign := self.next("+", "-"):
            right = self.product()
            result = result + right if sign == "+" else result - right
        return result

    def product(self) -> float:
        """Factors multiplied."""
        result = self.factor()
        while sign := self.next("*", "/"):
            right = self.factor()
            result = result * right if sign == "*" else result / right
        return result

    def factor(self) -> float:
        """A number, a cell, a function or brackets."""
        if self.next("("):
            inner = self.compared()
            assert self.next(")")
            return inner
        kind, text = self.tokens.pop(0)
        if kind == "number":
            return float(text)
        if kind == "ref":
            return self.cells(text)[0]
        assert kind == "name", text
        assert self.next("(")
        arguments = [self.argument()]
        while self.next(","):
            arguments.append(self.argument())
        assert self.next(")")
        return _function(text, arguments)

    def argument(self) -> list[float]:
        """A range, or one figure."""
        if self.tokens[0][0] == "ref" and ":" in self.tokens[0][1]:
            return self.cells(self.tokens.pop(0)[1])
        return [self.compared()]

    def cells(self, text: str) -> list[float]:
        """The cells of a reference."""
        sheet, _, place = text.rpartition("!")
        first, _, last = place.replace("$", "").partition(":")
        start, end = _split(first), _split(last or first)
        return [
            self.book.value(sheet or self.sheet, f"{_letters(column)}{row}")
            for column in range(start[0], end[0] + 1)
            for row in range(start[1], end[1] + 1)
        ]


def _function(name: str, arguments: list[list[float]]) -> float:
    """SUM, IF and SQRT."""
    flat = [value for argument in arguments for value in argument]
    match name:
        case "SUM":
            return math.fsum(flat)
        case "IF":
            return flat[1] if flat[0] else flat[2]
        case "SQRT":
            return math.sqrt(flat[0])
    raise AssertionError(name)


def _split(cell: str) -> tuple[int, int]:
    """Column and row of a cell, from 1."""
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(cell[len(letters) :])


def _letters(column: int) -> str:
    """A column's letters."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
