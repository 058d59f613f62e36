"""Intrinsic functions, evaluated.

In: a template value and a `Scope` that knows parameters, conditions, mappings, physical ids and
attributes. Out: a plain value; `NO_VALUE` for AWS::NoValue; `Unknown` where the value will only
be known while the stack is being changed. Dynamic references stay as text: they are resolved at
the moment of an API call and take no part in any comparison.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from tierctl.sandbox.cloudformation.template import SUB_VARIABLE
from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that does not exist yet, and what it depends on."""

    cause: str


class _NoValue:
    """The value of AWS::NoValue: the property or list item is absent."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


NO_VALUE = _NoValue()


class Scope(Protocol):
    """What a value is evaluated in."""

    def ref(self, name: str) -> Any:
        """Return the value of a parameter, a pseudo parameter or a resource's physical id."""

    def attribute(self, logical_id: str, name: str) -> Any:
        """Return an attribute of a resource."""

    def condition(self, name: str) -> bool:
        """Return whether a condition holds."""

    def mapping(self, name: str) -> dict[str, Any] | None:
        """Return a mapping."""

    def imported(self, name: str) -> str:
        """Return the value of an export."""

    def zones(self, region: str) -> list[str]:
        """Return the availability zones of a region."""


def invalid(message: str) -> ApiError:
    """Return AWS's answer for a template that cannot be evaluated."""
    return ApiError("ValidationError", f"Template error: {message}")


def unknown_in(value: Any) -> Unknown | None:
    """Return the first Unknown anywhere in a value."""
    match value:
        case Unknown():
            return value
        case dict():
            return next((u for v in value.values() if (u := unknown_in(v))), None)
        case list():
            return next((u for v in value if (u := unknown_in(v))), None)
        case _:
            return None


def resolve(value: Any, scope: Scope) -> Any:  # noqa: PLR0911  one case per form of a value
    """Evaluate a template value."""
    match value:
        case dict() if len(value) == 1:
            (name, argument), *_ = value.items()
            if name == "Ref":
                return scope.ref(argument)
            if name == "Condition" and isinstance(argument, str):
                return scope.condition(argument)
            if name == "Fn::GetAtt":
                return _get_att(argument, scope)
            if name == "Fn::If":
                return _if(argument, scope)
            if name == "Fn::Sub":
                return _sub(argument, scope)
            if name.startswith("Fn::"):
                return _function(name, resolve(argument, scope), scope)
            return _mapping(value, scope)
        case dict():
            return _mapping(value, scope)
        case list():
            return [item for v in value if (item := resolve(v, scope)) is not NO_VALUE]
        case _:
            return value


def _mapping(value: dict[str, Any], scope: Scope) -> dict[str, Any]:
    resolved = {key: resolve(item, scope) for key, item in value.items()}
    return {key: item for key, item in resolved.items() if item is not NO_VALUE}


def _get_att(argument: Any, scope: Scope) -> Any:
    if isinstance(argument, str):
        argument = argument.split(".", 1)
    if not isinstance(argument, list) or len(argument) != 2:  # noqa: PLR2004  resource, attribute
        raise invalid("every Fn::GetAtt object requires two non-empty parameters")
    attribute = resolve(argument[1], scope)
    return attribute if isinstance(attribute, Unknown) else scope.attribute(argument[0], attribute)


def _if(argument: Any, scope: Scope) -> Any:
    match argument:
        case [str(name), then, otherwise]:
            return resolve(then if scope.condition(name) else otherwise, scope)
        case _:
            raise invalid("Fn::If requires a list argument with three elements")


def _sub(argument: Any, scope: Scope) -> Any:
    variables: dict[str, Any] = {}
    text = argument
    if isinstance(argument, list):
        text, raw = argument
        variables = {key: resolve(item, scope) for key, item in raw.items()}
    pieces: list[str] = []
    end = 0
    for token in SUB_VARIABLE.finditer(text):
        name = token.group(1).strip()  # AWS accepts `${ X.Arn }`
        if name in variables:
            found = variables[name]
        elif "." in name:
            found = scope.attribute(*name.split(".", 1))
        else:
            found = scope.ref(name)
        if isinstance(found, Unknown):
            return found
        pieces += [text[end : token.start()], _text(found)]
        end = token.end()
    return ("".join(pieces) + text[end:]).replace("${!", "${")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value)


def _join(argument: Any) -> str:
    match argument:
        case [str(separator), list(items)]:
            return separator.join(map(_text, items))
        case _:
            raise invalid("Fn::Join requires a string delimiter and a list of strings")


def _select(argument: Any) -> Any:
    match argument:
        case [index, list(items)] if str(index).isdigit() and int(index) < len(items):
            return items[int(index)]
        case _:
            raise invalid("Fn::Select cannot select nonexistent value at the given index")


def _cidr(argument: Any) -> list[str]:
    block, count, *bits = argument
    host_bits = int(bits[0]) if bits else 8
    network = ipaddress.ip_network(block)
    subnets = network.subnets(new_prefix=network.max_prefixlen - host_bits)
    return [str(next(subnets)) for _ in range(int(count))]


def _length(argument: Any) -> int:
    return len(argument)


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": lambda a: _text(a[1]).split(a[0]),
    "Fn::Base64": lambda a: base64.b64encode(_text(a).encode()).decode(),
    "Fn::Cidr": _cidr,
    "Fn::Length": _length,
    "Fn::ToJsonString": lambda a: json.dumps(a, separators=(",", ":")),
    "Fn::And": all,
    "Fn::Or": any,
    "Fn::Not": lambda a: not a[0],
    "Fn::Equals": lambda a: _text(a[0]) == _text(a[1]),
    "Fn::Contains": lambda a: a[1] in a[0],
    "Fn::EachMemberIn": lambda a: set(a[0]) <= set(a[1]),
    "Fn::EachMemberEquals": lambda a: all(item == a[1] for item in a[0]),
}


def _function(name: str, argument: Any, scope: Scope) -> Any:
    if found := unknown_in(argument):
        return found
    if name == "Fn::GetAZs":
        return scope.zones(argument or scope.ref("AWS::Region"))
    if name == "Fn::ImportValue":
        return scope.imported(argument)
    if name == "Fn::FindInMap":
        return _find_in_map(argument, scope)
    if name not in FUNCTIONS:
        raise invalid(f"the sandbox does not know the function {name}")
    return FUNCTIONS[name](argument)


def _find_in_map(argument: Any, scope: Scope) -> Any:
    name, first, second, *options = argument
    try:
        return (scope.mapping(name) or {})[str(first)][str(second)]
    except KeyError:
        if options and "DefaultValue" in options[0]:
            return options[0]["DefaultValue"]
        raise invalid(f"Unable to get mapping for {name}::{first}::{second}") from None
