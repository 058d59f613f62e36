"""Located nodes to frozen records, driven by the records' own declarations.

In: a node and a dataclass whose fields were declared with `attribute`. Out: the record, the
place each value came from, and a diagnostic for everything that does not fit: unknown and
missing keys, wrong types, values outside their bounds. Rules between fields are not here.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import types
import typing
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from tierctl.config.nodes import Entry, Mapping, Node, Scalar, Sequence
from tierctl.model.attributes import Attribute, attributes_of
from tierctl.model.diagnostics import Diagnostic, Place, listing, nearest

T = TypeVar("T")
_PLAIN = Attribute("")


@dataclass(slots=True)
class Decoder:
    """Collects diagnostics and provenance while nodes become records."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    def record(self, cls: type[T], node: Node, path: str, known: dict[str, Any]) -> T | None:
        """A record of the type, or None when anything in it is wrong.

        Args:
            cls: The dataclass to make.
            node: The mapping to make it from.
            path: Where we are, as `cache` or `service.web`, for messages and provenance.
            known: Values for fields that were computed; a key in the file wins over them.
        """
        if isinstance(node, Scalar) and node.value is None:
            node = Mapping((), node.place)  # `cache:` with nothing behind it
        if not isinstance(node, Mapping):
            self._wrong(node, path, "a mapping of keys to values", _example(cls))
            return None
        errors = len(self.diagnostics)
        hints = _hints(typing.cast("Any", cls))
        values = dict(known)
        self.refuse_unknown(node, hints, path)
        declared = {f.name: a for f, a in attributes_of(cls)}
        for entry in node.entries:
            if entry.key in hints:
                rule = declared.get(entry.key, _PLAIN)
                here = f"{path}.{entry.key}"
                values[entry.key] = self.value(hints[entry.key], entry.node, here, rule)
        for f in dataclasses.fields(cls):  # type: ignore[arg-type]
            if f.name not in values and f.default is dataclasses.MISSING:
                self.missing(node, path, f.name, declared.get(f.name, _PLAIN))
        if len(self.diagnostics) > errors:
            return None
        return cls(**values)

    def refuse_type(self, node: Node, path: str, wanted: str, example: str) -> None:
        """A diagnostic for a value of another type than is wanted."""
        self._wrong(node, path, wanted, example)

    def refuse_unknown(self, node: Mapping, known: typing.Iterable[str], path: str) -> None:
        """A diagnostic for every key that means nothing here."""
        names = list(known)
        for entry in node.entries:
            if entry.key not in names:
                near = nearest(entry.key, names)
                self.diagnostics.append(
                    Diagnostic(
                        "unknown-key",
                        "a key is not known here",
                        f"'{entry.key}' means nothing under '{path}'. "
                        f"Known are {listing(sorted(names))}.",
                        f"Rename it '{near}'." if near else f"Remove '{entry.key}'.",
                        place=entry.place,
                        suggestion=near,
                    )
                )

    def value(self, hint: Any, node: Node, path: str, rule: Attribute) -> Any:
        """A value of the wanted type; None (and a diagnostic) when it does not fit."""
        self.places[path] = node.place
        origin = typing.get_origin(hint)
        if origin in (types.UnionType, typing.Union):
            if isinstance(node, Scalar) and node.value is None:
                return None
            options = [o for o in typing.get_args(hint) if o is not type(None)]
            return self.value(options[0], node, path, rule)
        if dataclasses.is_dataclass(hint):
            return self.record(typing.cast("type[Any]", hint), node, path, {})
        if origin is tuple:
            return self._tuple(hint, node, path, rule)
        if not isinstance(node, Scalar):
            return self._wrong(node, path, _name(hint), rule.example)
        return self._bounded(self._scalar(hint, node, path, rule), node, path, rule)

    def _tuple(self, hint: Any, node: Node, path: str, rule: Attribute) -> Any:
        """A list; or, where pairs of words are wanted, a mapping of words to words."""
        inner = typing.get_args(hint)[0]
        if typing.get_origin(inner) is tuple:
            if not isinstance(node, Mapping):
                return self._wrong(node, path, "a mapping of names to values")
            return tuple(self._pair(entry, path) for entry in node.entries)
        if not isinstance(node, Sequence):
            return self._wrong(node, path, "a list")
        return tuple(
            self.value(inner, item, f"{path}[{i}]", rule) for i, item in enumerate(node.items)
        )

    def _pair(self, entry: Entry, path: str) -> tuple[str, str]:
        """One name with its text; numbers and booleans are taken as they were written."""
        here = f"{path}.{entry.key}"
        self.places[here] = entry.node.place
        if not isinstance(entry.node, Scalar) or entry.node.value is None:
            self._wrong(entry.node, here, "a text or number")
            return entry.key, ""
        return entry.key, entry.node.text

    def _scalar(self, hint: Any, node: Scalar, path: str, rule: Attribute) -> Any:
        """A plain value of the wanted type."""
        value = node.value
        if hint is Decimal and type(value) is int:
            return Decimal(value)
        if hint is str and isinstance(value, int | Decimal) and not isinstance(value, bool):
            self.diagnostics.append(
                Diagnostic(
                    "unquoted-text",
                    "a text is written as a number",
                    f"'{path}' is a text, and {node.text} without quotes is a number "
                    "(YAML reads 7.10 as 7.1).",
                    f'Write it in quotes: {_key(path)}: "{node.text}".',
                    place=node.place,
                )
            )
            return None
        if type(value) is not hint:
            return self._wrong(node, path, _name(hint), _like(hint, node, rule))
        return value

    def _bounded(self, value: Any, node: Scalar, path: str, rule: Attribute) -> Any:
        """The value, after its declared bounds."""
        if value is None:
            return None
        if rule.choices and str(value) not in rule.choices:
            near = nearest(str(value), rule.choices) or _closest(value, rule.choices)
            self._outside(node, path, f"one of {listing(rule.choices)}", near)
        if rule.pattern and isinstance(value, str) and not re.fullmatch(rule.pattern, value):
            example = f", as {rule.example}" if rule.example else ""
            self._outside(node, path, f"of the form {rule.pattern}{example}", example=rule.example)
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            low, high = rule.minimum, rule.maximum
            if low is not None and value < low:
                self._outside(node, path, _range(low, high), str(low))
            elif high is not None and value > high:
                self._outside(node, path, _range(low, high), str(high))
            elif rule.step is not None and value % rule.step != 0:
                near = f"{(value / rule.step).quantize(Decimal(1)) * rule.step:f}"
                self._outside(node, path, f"a multiple of {rule.step}", near)
        return value

    def _outside(
        self,
        node: Scalar,
        path: str,
        wanted: str,
        near: str | None = None,
        example: str | None = None,
    ) -> None:
        """A value of the right type that is not allowed."""
        right = near if near is not None else example
        self.diagnostics.append(
            Diagnostic(
                "value-not-allowed",
                "a value is not allowed here",
                f"'{path}' should be {wanted}, not '{node.text}'.",
                f"Set '{_key(path)}: {right}'." if right else f"Mend '{_key(path)}'.",
                place=node.place,
                suggestion=near,
            )
        )

    def missing(self, node: Mapping, path: str, name: str, rule: Attribute) -> None:
        """A key that has to be there."""
        doc = f" {rule.doc}" if rule.doc else ""
        example = rule.example or (rule.choices[0] if rule.choices else "...")
        self.diagnostics.append(
            Diagnostic(
                "missing-key",
                "a key is missing",
                f"'{path}' has no '{name}'.{doc}",
                f"Add '{name}: {example}' under '{path}'.",
                place=node.place,
            )
        )

    def _wrong(self, node: Node, path: str, wanted: str, example: str | None = None) -> Any:
        """A value of another type; there is none to return."""
        match node:
            case Scalar():
                found = f"'{node.text}'" if node.value is not None else "empty"
            case Sequence():
                found = "a list"
            case Mapping():
                found = "a mapping"
        shown = f", for example '{_key(path)}: {example}'" if example else ""
        self.diagnostics.append(
            Diagnostic(
                "wrong-type",
                "a value has the wrong type",
                f"'{path}' should be {wanted}, and is {found}.",
                f"Write {wanted}{shown}.",
                place=node.place,
            )
        )
        return None


def _key(path: str) -> str:
    """The key at the end of a path."""
    return path.rsplit(".", 1)[-1].split("[", 1)[0]


def _like(hint: Any, node: Scalar, rule: Attribute) -> str | None:
    """An example of the right type, near to what was written where that can be told."""
    if hint is bool and node.text.lower() in ("yes", "on", "y", "1"):
        return "true"
    if hint is bool and node.text.lower() in ("no", "off", "n", "0"):
        return "false"
    if hint in (int, Decimal) and re.fullmatch(r"\d+", node.text):
        return node.text
    if hint is int and isinstance(node.value, Decimal):
        return str(int(node.value))
    if hint is str and isinstance(node.value, bool):
        return f'"{node.text}"'
    return rule.example


def _closest(value: Any, choices: tuple[str, ...]) -> str | None:
    """The nearest number among choices that are all numbers."""
    if isinstance(value, bool | str) or not all(choice.isdigit() for choice in choices):
        return None
    return min(choices, key=lambda choice: abs(int(choice) - value))


def _example(cls: Any) -> str | None:
    """A mapping with the record's first key that has an example."""
    for field_, declared in attributes_of(cls):
        if declared.example:
            return f"{{{field_.name}: {declared.example}}}"
    return None


@functools.cache
def _hints(cls: Any) -> dict[str, Any]:
    """The resolved types of a record's fields."""
    return typing.get_type_hints(cls)


def _name(hint: Any) -> str:
    """A type as a person would say it."""
    names = {str: "a text", int: "a whole number", bool: "true or false", Decimal: "a number"}
    return names.get(hint, "another value")


def _range(low: Any, high: Any) -> str:
    """Bounds as a person would say them."""
    if high is None:
        return f"{low} or more"
    if low is None:
        return f"{high} or less"
    return f"between {low} and {high}"
