"""Text of other people's in tables of ours: never a formula, never a tag, never a new cell.

In: any text. Out: the same text, harmless where it is put. One place, so that every form agrees.
"""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What spreadsheets begin a formula or a command with (OWASP, "CSV Injection")."""
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufffe\uffff\ud800-\udfff]")


def plain(words: str) -> str:
    """Without characters that neither XML nor a terminal takes."""
    return _CONTROL.sub("", words)


def cell(words: str) -> str:
    """A cell that a spreadsheet takes as text; a plain negative number stays a number."""
    text = plain(words)
    if text.lstrip(" ")[:1] in _FORMULA and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_table(rows: Iterable[Iterable[str]]) -> str:
    """CSV in which nothing is a formula."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    for row in rows:
        writer.writerow([cell(words) for words in row])
    return stream.getvalue()


def markdown_text(words: str) -> str:
    """Words that may not end a cell or open a tag; our own words keep their signs."""
    text = plain(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("|", "\\|").replace("\r", " ").replace("\n", " ")


def foreign_markdown(words: str) -> str:
    """Words of a customer's: every sign that means something in Markdown is escaped."""
    text = plain(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKDOWN.sub(r"\\\1", text).replace("\r", " ").replace("\n", " ")
    return text.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")
