"""YAML to located nodes: every value with its file, line and column.

In: the bytes of a file. Out: a tree of `Scalar`, `Sequence` and `Mapping`, and diagnostics.
Any bytes at all give nodes or a diagnostic with a place, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import yaml

from tierctl.config.nodes import Entry, Mapping, Node, Scalar, Sequence, Value
from tierctl.model.diagnostics import Diagnostic, Place

MAX_BYTES = 1_000_000
"""A tier is a few kilobytes; a megabyte is a mistake or an attack."""
MAX_NODES = 20_000
"""Nodes after aliases are expanded; stops alias bombs."""
MAX_DEPTH = 40

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_QUOTED = ("'", '"', "|", ">")
_TAG = "tag:yaml.org,2002:"


def parse(data: bytes, file: str) -> tuple[Node | None, list[Diagnostic]]:
    """The nodes of one YAML document, and what is wrong with it.

    Args:
        data: The file's bytes.
        file: Its name as diagnostics should show it.

    Returns:
        The root node, or None when there is none, and the diagnostics. A tree is returned
        beside diagnostics where the rest of the file can still be checked.
    """
    text, problem = _text(data, file)
    if problem:
        return None, [problem]
    builder = _Builder(file)
    try:
        # Events, not compose(): libyaml's composer recurses in C and a thousand brackets in a
        # row would end the process, not raise.
        root = builder.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except yaml.YAMLError as error:
        return None, [*builder.diagnostics, _syntax(error, file, text)]
    except (ValueError, RecursionError, OverflowError) as error:
        return None, [*builder.diagnostics, _unreadable(file, str(error))]
    if root is None and not builder.diagnostics:
        return None, [
            Diagnostic(
                "yaml-empty",
                "the file is empty",
                f"{file} holds no YAML value.",
                "Write the file, or remove it.",
                place=Place(file, 1, 1),
            )
        ]
    return root, builder.diagnostics


def _text(data: bytes, file: str) -> tuple[str, Diagnostic | None]:
    """The file as text, or why it is none."""
    if len(data) > MAX_BYTES:
        return "", Diagnostic(
            "yaml-too-large",
            "the file is too large",
            f"{file} has {len(data):,} bytes; at most {MAX_BYTES:,} are read.",
            "A configuration file is a few kilobytes: check that this is the right file.",
            place=Place(file),
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        return "", Diagnostic(
            "yaml-not-utf8",
            "the file is not UTF-8 text",
            f"Byte {error.start} (0x{data[error.start]:02x}) is not valid UTF-8.",
            "Save the file as UTF-8.",
            place=Place(file, line, column),
        )
    return text, None


def _syntax(error: yaml.YAMLError, file: str, text: str) -> Diagnostic:
    """PyYAML's complaint, in our form; tabs are named, for YAML's own words do not."""
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
    position = getattr(error, "position", None)
    if mark is None and isinstance(position, int):
        before = text[:position]
        place = Place(file, before.count("\n") + 1, position - before.rfind("\n"))
    line = text.split("\n")[mark.line] if mark and mark.line < text.count("\n") + 1 else ""
    if "\t" in line[: len(line) - len(line.lstrip())] or "'\\t'" in str(error):
        return Diagnostic(
            "yaml-tab",
            "a tab is used as indentation",
            "YAML allows only spaces before a key.",
            "Replace the tab by spaces.",
            place=place,
        )
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    return Diagnostic(
        "yaml-syntax",
        "the file is not valid YAML",
        f"{problem[0].upper()}{problem[1:]}{_context(error)}.",
        "Mend the syntax at this place or just before it: close what was opened.",
        place=place,
    )


def _context(error: yaml.YAMLError) -> str:
    """What the parser was in the middle of, and where that began."""
    begun, context = getattr(error, "context_mark", None), getattr(error, "context", None)
    return f" {context} that begins at line {begun.line + 1}" if begun and context else ""


def _unreadable(file: str, problem: str) -> Diagnostic:
    """A file the parser gives up on without a place."""
    return Diagnostic(
        "yaml-syntax",
        "the file is not valid YAML",
        f"The parser gave up on {file}: {problem or 'nested too deeply'}.",
        "Mend the syntax; nesting of a few levels is all that is needed.",
        place=Place(file),
    )


class _TooFarError(ValueError):
    """The file nests or expands beyond all use; told already."""


class _Builder:
    """Turns the parser's events into nodes, once, collecting what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.diagnostics: list[Diagnostic] = []
        self.anchors: dict[str, tuple[Node | None, int]] = {}
        self.count = 0

    def document(self, events: Iterator[yaml.Event]) -> Node | None:
        """The first document's root; a second document is an error, for nobody would read it."""
        root: Node | None = None
        started = False
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started:
                    self._problem(
                        "yaml-syntax",
                        "the file is not valid YAML",
                        "The file holds more than one YAML document ('---').",
                        "Keep one document, and put the other into a file of its own.",
                        self._place(event),
                    )
                    return root
                started = True
                first = next(events)
                try:
                    root = self._build(first, events, 0)
                except _TooFarError:
                    return None
        return root

    def _place(self, event: yaml.Event) -> Place:
        """Where an event begins."""
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)

    def _build(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Node | None:
        """One node; None when it cannot be used."""
        place = self._place(event)
        before = self.count
        self._grow(1, depth, place)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, depth, place)
        node: Node | None
        if isinstance(event, yaml.MappingStartEvent):
            node = self._mapping(events, place, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(events, place, depth)
        elif isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event, place)
        else:
            node = None  # a node begins with one of these four
        anchor = getattr(event, "anchor", None)
        if anchor:
            self.anchors[anchor] = (node, self.count - before)
        return node

    def _grow(self, size: int, depth: int, place: Place) -> None:
        """Count nodes as if aliases were written out, and stop before it is too much."""
        self.count += size
        if self.count > MAX_NODES or depth > MAX_DEPTH:
            self._problem(
                "yaml-expands-too-far",
                "the file expands to too much",
                "Aliases or nesting here lead to more than "
                f"{MAX_NODES:,} values or {MAX_DEPTH} levels.",
                "Write the values out, or use 'extends' to share them between tiers.",
                place,
            )
            raise _TooFarError

    def _alias(self, event: yaml.AliasEvent, depth: int, place: Place) -> Node | None:
        """The node an alias names; it keeps the place it was written at."""
        known = self.anchors.get(event.anchor or "")
        if known is None:
            self._problem(
                "yaml-syntax",
                "the file is not valid YAML",
                f"'*{event.anchor}' names an anchor that is not written before it.",
                f"Write '&{event.anchor}' at an earlier value, or write the value out.",
                place,
            )
            return None
        self._grow(known[1], depth, place)
        return known[0]

    def _sequence(self, events: Iterator[yaml.Event], place: Place, depth: int) -> Sequence:
        """A list."""
        items = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            item = self._build(event, events, depth + 1)
            if item is not None:
                items.append(item)
        return Sequence(tuple(items), place)

    def _mapping(self, events: Iterator[yaml.Event], place: Place, depth: int) -> Mapping:
        """A mapping; a key that comes twice is an error, for YAML would drop the first."""
        entries: dict[str, Entry] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            at = self._place(event)
            key = self._key(self._build(event, events, depth + 1), at)
            value = self._build(next(events), events, depth + 1)
            if key is None:
                continue
            if key in entries:
                self._problem(
                    "yaml-duplicate-key",
                    "a key is written twice",
                    f"'{key}' stands at line {entries[key].place.line} already.",
                    f"Keep one '{key}': YAML would use the last and drop the first in silence.",
                    at,
                )
            elif value is not None:
                entries[key] = Entry(key, at, value)
        return Mapping(tuple(entries.values()), place)

    def _key(self, node: Node | None, at: Place) -> str | None:
        """A key's word, or None after saying why it is none."""
        if not isinstance(node, Scalar) or not node.text:
            self._problem(
                "yaml-key",
                "a key is not a plain word",
                "A list, a mapping or an empty text is used as a key.",
                "Use a plain word as key.",
                at,
            )
            return None
        if node.text == "<<":
            self._problem(
                "yaml-merge-key",
                "merge keys are not supported",
                "'<<' copies values in a way that hides where they come from.",
                "Remove '<<': use 'extends', or write the values out.",
                at,
            )
            return None
        return node.text

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> Node | None:
        """A scalar by YAML 1.2's core rules: `on` and `0o17` are text, as people expect."""
        text, tag = event.value, event.tag
        if tag is not None and tag not in (f"{_TAG}str", "!"):
            self._problem(
                "yaml-tag",
                "a YAML tag is used",
                f"'{tag.replace(_TAG, '!!')}' has no meaning in this file.",
                "Remove the tag and write a plain value.",
                place,
            )
            return None
        plain = tag is None and event.style not in _QUOTED
        return Scalar(_plain(text) if plain else text, text, place)

    def _problem(self, rule: str, summary: str, what: str, fix: str, place: Place) -> None:
        """Collect one diagnostic."""
        self.diagnostics.append(Diagnostic(rule, summary, what or summary, fix, place=place))


def _plain(text: str) -> Value:
    """What an unquoted scalar means."""
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false", "True", "False"):
        return text.lower() == "true"
    if _INT.fullmatch(text) and len(text) < 20:  # noqa: PLR2004 - no figure of ours has 20 digits
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
