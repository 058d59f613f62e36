"""Frozen records to JSON-able values and back: one rule for every document.

In: dataclasses of str, int, bool, Decimal, None, tuples and other dataclasses. Out: dicts with
Decimals as strings, so that no figure passes through a float. A document that does not fit
raises `DocumentError` with the path that is wrong.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

T = TypeVar("T")


class DocumentError(ValueError):
    """A document that does not describe the record it claims to."""


def to_document(value: Any) -> Any:
    """The JSON-able form of a record, tuple or plain value."""
    if dataclasses.is_dataclass(value):
        return {f.name: to_document(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [to_document(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    return value


def from_document(record: type[T], document: Any, path: str = "$") -> T:
    """The record of a document made by `to_document`.

    Raises:
        DocumentError: A key is missing or unknown, or a value has the wrong type.
    """
    if not isinstance(document, dict):
        raise DocumentError(f"{path} should be an object")
    hints = typing.get_type_hints(record)
    fields = {f.name: f for f in dataclasses.fields(record)}  # type: ignore[arg-type]
    for key in document:
        if key not in fields:
            raise DocumentError(f"{path}.{key} is not known")
    values = {}
    for name, field in fields.items():
        if name in document:
            values[name] = _value(hints[name], document[name], f"{path}.{name}")
        elif field.default is dataclasses.MISSING:
            raise DocumentError(f"{path}.{name} is missing")
    return record(**values)


def _value(hint: Any, value: Any, path: str) -> Any:
    """One value of a document, checked against a type."""
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        return None if value is None else _value(options[0], value, path)
    if origin is tuple:
        return _tuple(hint, value, path)
    if dataclasses.is_dataclass(hint):
        return from_document(typing.cast("type[Any]", hint), value, path)
    if hint is Decimal:
        try:
            return Decimal(value) if isinstance(value, str) else Decimal(int(value))
        except (InvalidOperation, TypeError, ValueError) as error:
            raise DocumentError(f"{path} should be a decimal number in quotes") from error
    if type(value) is not hint:
        raise DocumentError(f"{path} should be of type {hint.__name__}")
    return value


def _tuple(hint: Any, value: Any, path: str) -> tuple[Any, ...]:
    """A list of one type, or a fixed row of several."""
    if not isinstance(value, list):
        raise DocumentError(f"{path} should be a list")
    kinds = typing.get_args(hint)
    if kinds[-1] is Ellipsis:
        return tuple(_value(kinds[0], item, f"{path}[{i}]") for i, item in enumerate(value))
    if len(kinds) != len(value):
        raise DocumentError(f"{path} should have {len(kinds)} items")
    return tuple(
        _value(kind, item, f"{path}[{i}]")
        for i, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )
