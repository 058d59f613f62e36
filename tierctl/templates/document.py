"""Bytes to a plain tree: JSON, or YAML with CloudFormation's short forms written out.

In: the bytes of a template. Out: dicts, lists and scalars, and where each top-level entry of a
section stands. Any bytes give a tree or one located diagnostic.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = 5_000_000
"""CloudFormation takes 1 MB from S3; before a transform a little more."""
MAX_NODES = 400_000
MAX_DEPTH = 60
_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_BARE = ("Ref", "Condition")
"""Short forms whose long form has no `Fn::` in front."""
_SECTION_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Document:
    """A template as a tree.

    Attributes:
        root: The top mapping.
        file: Its name, for messages.
        places: Where `Section.Key` stands.
    """

    root: dict[str, Any]
    file: str
    places: dict[str, Place] = field(default_factory=dict)

    def place(self, *path: str) -> Place:
        """The nearest place that is known."""
        return self.places.get(".".join(path), Place(self.file, 1, 1))


def load(data: bytes, file: str) -> Document:
    """The tree of a template.

    Raises:
        InvalidConfigurationError: With the one thing that stops the reading.
    """
    if len(data) > MAX_BYTES:
        raise refused(file, f"It has {len(data):,} bytes; at most {MAX_BYTES:,} are read.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        raise refused(file, "It is not UTF-8 text.", line, column) from error
    try:
        root, places = _json(text, file) if text.lstrip()[:1] == "{" else _yaml(text, file)
    except RecursionError as error:
        raise refused(file, "It nests too deeply.") from error
    if not isinstance(root, dict):
        raise refused(file, "Its top is no mapping of sections.")
    if not isinstance(root.get("Resources"), dict) or not root["Resources"]:
        raise refused(file, "It has no Resources, so it is no CloudFormation template.")
    return Document(root, file, places)


def refused(file: str, why: str, line: int = 1, column: int = 1) -> InvalidConfigurationError:
    """The template cannot be read."""
    return InvalidConfigurationError(
        [
            Diagnostic(
                "template-not-read",
                "the template cannot be read",
                f"{file}: {why}",
                "Give a CloudFormation template in JSON or YAML.",
                place=Place(file, line, column),
            )
        ]
    )


def _json(text: str, file: str) -> tuple[Any, dict[str, Place]]:
    """JSON, with duplicate keys refused as CloudFormation refuses them."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in found]
        twice = (
            next((key for key in keys if keys.count(key) > 1), None)
            if len(keys) != len(set(keys))
            else None
        )
        if twice is not None:
            line = text.count("\n", 0, max(text.rfind(f'"{twice}"'), 0)) + 1
            raise refused(file, f"The key {twice!r} is written twice.", line)
        return dict(found)

    def constant(word: str) -> Any:
        raise refused(file, f"{word} is no JSON value.")

    try:
        root = json.loads(
            text, object_pairs_hook=pairs, parse_float=Decimal, parse_constant=constant
        )
    except json.JSONDecodeError as error:
        raise refused(file, f"It is not JSON: {error.msg}.", error.lineno, error.colno) from error
    except (ValueError, ArithmeticError) as error:
        raise refused(file, f"It holds a number that cannot be read: {error}.") from error
    _check_depth(root, file)
    places = {}
    start = max(text.find('"Resources"'), 0)
    resources = root.get("Resources") if isinstance(root, dict) else None
    for key in resources if isinstance(resources, dict) else ():
        at = text.find(f'"{key}"', start)
        if at >= 0:
            line = text.count("\n", 0, at) + 1
            places[f"Resources.{key}"] = Place(file, line, at - text.rfind("\n", 0, at))
    return root, places


def _check_depth(root: Any, file: str) -> None:
    """Refuse what nests beyond all use, without recursion."""
    level = [root]
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += value.values()
            elif isinstance(value, list):
                below += value
        if not below:
            return
        level = below
    raise refused(file, f"It nests deeper than {MAX_DEPTH} levels.")


def _yaml(text: str, file: str) -> tuple[Any, dict[str, Place]]:
    """YAML by its events: the composer of libyaml would recurse in C."""
    builder = _Builder(file)
    try:
        return builder.document(yaml.parse(text, Loader=yaml.CSafeLoader)), builder.places
    except yaml.YAMLError as error:
        mark: Any = getattr(error, "problem_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "bad YAML"
        raise refused(file, f"It is not YAML: {problem}.", line, column) from error
    except (ValueError, OverflowError, StopIteration) as error:
        raise refused(file, f"It is not YAML: {error}.") from error


class _Builder:
    """Turns events into values."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[str, Place] = {}
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._count = 0

    def document(self, events: Iterator[Any]) -> Any:
        """The first document's value."""
        root = None
        started = False
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started:
                    raise self._refused(event, "It holds more than one YAML document.")
                started = True
                root = self._build(next(events), events, ())
        return root

    def _refused(self, event: Any, why: str) -> InvalidConfigurationError:
        mark = event.start_mark
        return refused(self.file, why, mark.line + 1, mark.column + 1)

    def _build(self, event: Any, events: Iterator[Any], path: tuple[str, ...]) -> Any:
        """One value with its tag written out."""
        before = self._count
        self._grow(event, 1)
        if len(path) > MAX_DEPTH:
            raise self._refused(event, f"It nests deeper than {MAX_DEPTH} levels.")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise self._refused(event, f"'*{event.anchor}' names no anchor before it.")
            value, size = self._anchors[event.anchor]
            self._grow(event, size)
            return value
        if isinstance(event, yaml.MappingStartEvent):
            value = self._mapping(events, path)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = []
            for item in events:
                if isinstance(item, yaml.SequenceEndEvent):
                    break
                value.append(self._build(item, events, (*path, "")))
        else:
            value = _scalar(event)
        value = _tagged(event.tag, value)
        if event.anchor:
            self._anchors[event.anchor] = (value, self._count - before)
        return value

    def _mapping(self, events: Iterator[Any], path: tuple[str, ...]) -> dict[str, Any]:
        """A mapping; a key that comes twice is refused."""
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            if not isinstance(event, yaml.ScalarEvent):
                raise self._refused(event, "A key is not a plain word.")
            self._grow(event, 1)
            key = event.value
            here = (*path, key)
            if len(here) <= _SECTION_DEPTH:
                mark: Any = event.start_mark
                self.places[".".join(here)] = Place(self.file, mark.line + 1, mark.column + 1)
            value = self._build(next(events), events, here)
            if key == "<<" and isinstance(value, dict):
                found = {**value, **found}
                continue
            if key in found:
                raise self._refused(event, f"The key {key!r} is written twice.")
            found[key] = value
        return found

    def _grow(self, event: Any, size: int) -> None:
        """Stop before aliases expand to too much."""
        self._count += size
        if self._count > MAX_NODES:
            raise self._refused(event, f"It expands to more than {MAX_NODES:,} values.")


def _scalar(event: Any) -> Any:
    """A plain scalar as its kind; everything quoted or tagged is text."""
    text: str = event.value
    if event.style or (event.tag and not event.tag.startswith("!")):
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "True", "false", "False"):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def _tagged(tag: str | None, value: Any) -> Any:
    """A short form in its long form."""
    if not tag or not tag.startswith("!") or tag == "!":
        return value
    name = tag[1:]
    if name in _BARE:
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        return {"Fn::GetAtt": value.split(".", 1)}
    return {f"Fn::{name}": value}
