"""A problem as a value: where, which rule, what, why it matters, what to do.

Problems are returned in lists, all of them at once; exceptions are for what nobody expected.
The summary is short and holds no word of the user's, so that readers recognise it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How much a diagnostic stops: an error stops, a warning is told and goes on."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file, counted from 1 as editors do; 0 when only the file is known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """`file:line:column`, or the file alone."""
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem.

    Attributes:
        rule: Stable id, kebab-case, with a page in the docs.
        summary: Five words or so, without anything the user chose.
        what: One or two full sentences: what exactly is wrong.
        fix: What to do about it.
        why: Why it matters, when `what` does not make that plain.
        place: Where; None when no file is to blame (a flag, a variable).
        suggestion: The nearest right word, for "did you mean".
        severity: ERROR unless said otherwise.
    """

    rule: str
    summary: str
    what: str
    fix: str
    why: str = ""
    place: Place | None = None
    suggestion: str | None = None
    severity: Severity = Severity.ERROR


class InvalidConfigurationError(Exception):
    """Configuration that cannot become an Environment; carries every diagnostic found."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = in_order(diagnostics)
        super().__init__("; ".join(d.what for d in self.diagnostics))


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The same diagnostics by place, then rule: the order in which a person mends a file."""
    nowhere = Place("")
    return tuple(sorted(set(diagnostics), key=lambda d: (d.place or nowhere, d.rule, d.what)))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether anything in the list stops the work."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word a typing error most likely meant, or None."""
    import difflib  # needed only once somebody has mistyped something

    by_lower = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return by_lower[close[0]]
    begun = [name for name in by_lower if len(word) > 1 and name.startswith(word.lower())]
    return by_lower[begun[0]] if len(begun) == 1 else None  # `prod` means production


def listing(words: Iterable[str]) -> str:
    """Words for a sentence: `a, b and c`."""
    known = list(words)
    if len(known) <= 1:
        return "".join(known) or "none"
    return f"{', '.join(known[:-1])} and {known[-1]}"


def render(diagnostic: Diagnostic) -> str:
    """One diagnostic as plain text: a headline, then what, why and what to do."""
    place = f"{diagnostic.place}: " if diagnostic.place else ""
    lines = [f"{place}{diagnostic.severity}: {diagnostic.summary} [{diagnostic.rule}]"]
    lines.append(f"  {diagnostic.what}")
    if diagnostic.why:
        lines.append(f"  {diagnostic.why}")
    lines.append(f"  {diagnostic.fix}")
    if diagnostic.suggestion:
        lines.append(f"  Did you mean '{diagnostic.suggestion}'?")
    return "\n".join(lines)
