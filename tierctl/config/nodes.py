"""YAML to located nodes: every value with its file, line and column, numbers included.

In: the bytes of a file. Out: a tree of `Scalar`, `Sequence` and `Mapping`, and diagnostics.
Any bytes at all give nodes or a diagnostic with a place, never an exception. Values are not
interpreted further than YAML does: an unquoted 8.1 is a number here, and the decoder says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

import yaml

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
Value = str | int | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as YAML reads it, with the text as it was written."""

    value: Value
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping, its place and its value."""

    key: str
    place: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping, keys in the order of the file."""

    entries: tuple[Entry, ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value of a key, or None."""
        return next((entry.node for entry in self.entries if entry.key == key), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(entry.key for entry in self.entries)


Node = Scalar | Sequence | Mapping


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
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        return None, [_syntax(error, file, text)]
    except (ValueError, RecursionError, OverflowError) as error:
        return None, [_unreadable(file, str(error))]
    if root is None:
        return None, [
            Diagnostic(
                "yaml-empty",
                "the file is empty",
                f"{file} holds no YAML value.",
                "Write the file, or remove it.",
                place=Place(file, 1, 1),
            )
        ]
    builder = _Builder(file)
    return builder.build(root, 0, ()), builder.diagnostics


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
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
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
    if "expected a single document" in str(error):
        problem = "the file holds more than one YAML document ('---')"
    return Diagnostic(
        "yaml-syntax",
        "the file is not valid YAML",
        f"{problem[0].upper()}{problem[1:]}.",
        "Mend the syntax at this place or just before it.",
        place=place,
    )


def _unreadable(file: str, problem: str) -> Diagnostic:
    """A file the parser gives up on without a place."""
    return Diagnostic(
        "yaml-syntax",
        "the file is not valid YAML",
        f"The parser gave up on {file}: {problem or 'nested too deeply'}.",
        "Mend the syntax; nesting of a few levels is all that is needed.",
        place=Place(file),
    )


class _Builder:
    """Turns PyYAML's nodes into ours, once, collecting what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.diagnostics: list[Diagnostic] = []
        self.count = 0

    def build(self, node: yaml.Node, depth: int, above: tuple[int, ...]) -> Node | None:
        """One node; None when it cannot be used."""
        place = Place(self.file, node.start_mark.line + 1, node.start_mark.column + 1)
        self.count += 1
        if self.count > MAX_NODES or depth > MAX_DEPTH or id(node) in above:
            if self.count <= MAX_NODES + 1:
                self.count = MAX_NODES + 2
                self.diagnostics.append(
                    Diagnostic(
                        "yaml-expands-too-far",
                        "the file expands to too much",
                        "Aliases or nesting here lead to more than "
                        f"{MAX_NODES:,} values or {MAX_DEPTH} levels.",
                        "Write the values out, or use 'extends' to share them between tiers.",
                        place=place,
                    )
                )
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place, depth, (*above, id(node)))
        if isinstance(node, yaml.SequenceNode):
            items = (self.build(item, depth + 1, (*above, id(node))) for item in node.value)
            return Sequence(tuple(item for item in items if item is not None), place)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, place)
        return None  # PyYAML has three kinds of node

    def _mapping(
        self, node: yaml.MappingNode, place: Place, depth: int, above: tuple[int, ...]
    ) -> Mapping:
        """A mapping; a key that comes twice is an error, for YAML would drop the first."""
        entries: dict[str, Entry] = {}
        for key_node, value_node in node.value:
            at = Place(self.file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
                self._problem("yaml-key", "a key is not a plain word", "", "Use plain keys.", at)
                continue
            key = key_node.value
            if key == "<<":
                self._problem(
                    "yaml-merge-key",
                    "merge keys are not supported",
                    "'<<' copies values in a way that hides where they come from.",
                    "Use 'extends', or write the values out.",
                    at,
                )
                continue
            if key in entries:
                self._problem(
                    "yaml-duplicate-key",
                    "a key is written twice",
                    f"'{key}' stands at line {entries[key].place.line} already.",
                    "Keep one of the two: YAML would use the last and drop the first in silence.",
                    at,
                )
                continue
            value = self.build(value_node, depth + 1, above)
            if value is not None:
                entries[key] = Entry(key, at, value)
        return Mapping(tuple(entries.values()), place)

    def _scalar(self, node: yaml.ScalarNode, place: Place) -> Node | None:
        """A scalar by YAML 1.2's core rules: `on` and `0o17` are text, as people expect."""
        text = node.value
        tag = node.tag.removeprefix(_TAG)
        if node.style in _QUOTED or tag == "str":
            return Scalar(text, text, place)
        if node.tag.startswith("!"):
            self._problem(
                "yaml-tag",
                "a YAML tag is used",
                f"'{node.tag}' has no meaning in this file.",
                "Write a plain value.",
                place,
            )
            return None
        return Scalar(_plain(text), text, place)

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


def overlay(base: Node | None, over: Node | None) -> Node | None:
    """`over` on top of `base`: mappings merge key by key, anything else replaces.

    Every value keeps the place it was written at, so the result can say where each came from.
    """
    if base is None or over is None:
        return base if over is None else over
    if not (isinstance(base, Mapping) and isinstance(over, Mapping)):
        return over
    merged = {entry.key: entry for entry in base.entries}
    for entry in over.entries:
        below = merged.get(entry.key)
        node = overlay(below.node if below else None, entry.node)
        if node is not None:
            merged[entry.key] = Entry(entry.key, entry.place, node)
    return Mapping(tuple(merged.values()), over.place)
