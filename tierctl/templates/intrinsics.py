"""Intrinsic functions: what a template's values come to, as far as the template can say.

In: a tree and parameter values. Out: plain values; a `Reference` to another resource; a
`Composed` text with references in it; or Unknown with the reason. Nothing is guessed: a condition
that cannot be decided makes what hangs on it Unknown.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tierctl.templates.document import Document

NO_VALUE = object()
_SUB = re.compile(r"\$\{([^!}][^}]*)\}")
_ATTRIBUTES = "Fn::GetAtt"
_DEEPEST = 80
_DECIDED = ("Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not")
_REASONS = {
    "Fn::ImportValue": "Fn::ImportValue reads another stack's export",
    "Fn::GetAZs": "Fn::GetAZs depends on the account's zones",
    "Fn::Transform": "Fn::Transform runs a macro of the account",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """Another resource, or an attribute of it, known only when it exists."""

    target: str
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class Composed:
    """A text with references in it."""

    parts: tuple[str | Reference, ...]


def references(value: Any) -> Iterator[str]:
    """Logical ids that a resolved value refers to."""
    match value:
        case Reference():
            yield value.target
        case Composed():
            for part in value.parts:
                yield from references(part)
        case dict():
            for item in value.values():
                yield from references(item)
        case list():
            for item in value:
                yield from references(item)
        case _:
            return


class Resolver:
    """Resolves the values of one template."""

    def __init__(self, document: Document, parameters: Mapping[str, str], region: str) -> None:
        root = document.root
        self._resources = root["Resources"]
        self._parameters = _section(root, "Parameters")
        self._mappings = _section(root, "Mappings")
        self._conditions = _section(root, "Conditions")
        self._given = parameters
        self._region = region
        self._known: dict[str, bool | Unknown] = {}
        self._depth = 0

    def value(self, value: Any) -> Any:
        """What a value comes to."""
        self._depth += 1
        try:
            if self._depth > _DEEPEST:
                return Unknown("it nests too deeply")
            if isinstance(value, dict):
                return self._dict(value)
            if isinstance(value, list):
                found = [self.value(item) for item in value]
                return [item for item in found if item is not NO_VALUE]
            return value
        finally:
            self._depth -= 1

    def _dict(self, value: dict[str, Any]) -> Any:
        """An intrinsic function, or a mapping of values."""
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref":
                return self._ref(argument)
            if name == "Condition" and isinstance(argument, str) and argument in self._conditions:
                return self.condition(argument)
            if isinstance(name, str) and name.startswith("Fn::"):
                return self._function(name, argument)
        found = {}
        for key, item in value.items():
            if isinstance(key, str) and key.startswith("Fn::ForEach"):
                return Unknown("Fn::ForEach is expanded by AWS, not here")
            resolved = self.value(item)
            if resolved is not NO_VALUE:
                found[key] = resolved
        return found

    def _ref(self, name: Any) -> Any:  # noqa: PLR0911 - one return for each kind of name
        """A parameter's value, a pseudo parameter, or a reference."""
        if not isinstance(name, str):
            return Unknown("Ref names no word")
        match name:
            case "AWS::NoValue":
                return NO_VALUE
            case "AWS::Region":
                return self._region
            case "AWS::Partition":
                return "aws"
            case "AWS::URLSuffix":
                return "amazonaws.com"
        if name in self._parameters:
            return self._parameter(name)
        if name in self._resources or name.startswith("AWS::"):
            return Reference(name)
        return Unknown(f"'{name}' is neither a parameter nor a resource")

    def _parameter(self, name: str) -> Any:
        """A parameter's value: given, or its default."""
        declared = self._parameters[name]
        declared = declared if isinstance(declared, dict) else {}
        kind = str(declared.get("Type", "String"))
        value: Any = self._given.get(name)
        if value is None:
            if kind.startswith("AWS::SSM::Parameter::Value"):
                return Unknown(f"parameter {name} is read from Systems Manager; give --parameter")
            value = declared.get("Default")
        if value is None:
            return Unknown(f"parameter {name} has no value; give --parameter {name}=VALUE")
        if kind == "CommaDelimitedList" or "List<" in kind:
            return [part.strip() for part in str(value).split(",")]
        return value

    def _function(self, name: str, argument: Any) -> Any:
        """One function; each says why when it cannot."""
        if name in _DECIDED:
            return self._decide({name: argument})
        if name in _REASONS:
            return Unknown(_REASONS[name])
        own = {
            "Fn::If": self._if,
            "Fn::Sub": self._sub,
            "Fn::Join": self._join,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::FindInMap": self._find,
            "Fn::GetAtt": self._attribute,
            "Fn::Length": self._length,
            "Fn::ToJsonString": self._json,
            "Fn::Base64": self.value,
        }.get(name)
        return own(argument) if own else Unknown(f"{name} is not resolved here")

    def _length(self, argument: Any) -> Any:
        """How many there are."""
        items = self.value(argument)
        return len(items) if isinstance(items, list) else _why(items, "Fn::Length")

    def _if(self, argument: Any) -> Any:
        """One branch, when the condition can be decided."""
        if not isinstance(argument, list) or len(argument) != 3:  # noqa: PLR2004 - name, two branches
            return Unknown("Fn::If does not have three parts")
        decided = self.condition(str(argument[0]))
        if isinstance(decided, Unknown):
            same = self.value(argument[1]), self.value(argument[2])
            return same[0] if same[0] == same[1] else decided
        return self.value(argument[1] if decided else argument[2])

    def _sub(self, argument: Any) -> Any:
        """A text with `${...}` filled in."""
        own: Any = {}
        if isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004 - text and its values
            argument, own = argument
        if not isinstance(argument, str) or not isinstance(own, dict):
            return Unknown("Fn::Sub has no text")
        parts: list[Any] = []
        end = 0
        for match in _SUB.finditer(argument):
            parts.append(argument[end : match.start()])
            name = match.group(1).strip()
            if name in own:
                parts.append(self.value(own[name]))
            elif "." in name:
                parts.append(self._attribute(name.split(".", 1)))
            else:
                parts.append(self._ref(name))
            end = match.end()
        parts.append(argument[end:])
        return _composed([p.replace("${!", "${") if isinstance(p, str) else p for p in parts])

    def _join(self, argument: Any) -> Any:
        """A list as one text."""
        if not isinstance(argument, list) or len(argument) != 2:  # noqa: PLR2004 - glue and list
            return Unknown("Fn::Join does not have two parts")
        glue, items = self.value(argument[0]), self.value(argument[1])
        if not isinstance(glue, str) or not isinstance(items, list):
            return _why(items, "Fn::Join")
        parts: list[Any] = []
        for item in items:
            parts += [glue, item] if parts else [item]
        return _composed(parts)

    def _select(self, argument: Any) -> Any:
        """One of a list."""
        if not isinstance(argument, list) or len(argument) != 2:  # noqa: PLR2004 - index and list
            return Unknown("Fn::Select does not have two parts")
        index, items = self.value(argument[0]), self.value(argument[1])
        if not isinstance(items, list):
            return _why(items, "Fn::Select")
        if not str(index).isdigit() or int(index) >= len(items):
            return Unknown("Fn::Select points beyond its list")
        return items[int(index)]

    def _split(self, argument: Any) -> Any:
        """A text as a list."""
        if not isinstance(argument, list) or len(argument) != 2:  # noqa: PLR2004 - mark and text
            return Unknown("Fn::Split does not have two parts")
        mark, text = self.value(argument[0]), self.value(argument[1])
        if not isinstance(text, str) or not isinstance(mark, str) or not mark:
            return _why(text, "Fn::Split")
        return text.split(mark)

    def _find(self, argument: Any) -> Any:
        """A value of Mappings."""
        if not isinstance(argument, list) or len(argument) < 3:  # noqa: PLR2004 - map and two keys
            return Unknown("Fn::FindInMap does not have three parts")
        keys = [self.value(part) for part in argument[:3]]
        unresolved = next((key for key in keys if isinstance(key, Unknown)), None)
        if unresolved is not None:
            return unresolved
        found: Any = self._mappings
        for key in keys:
            found = found.get(str(key)) if isinstance(found, dict) else None
        if found is None and len(argument) > 3 and isinstance(argument[3], dict):  # noqa: PLR2004 - default
            found = self.value(argument[3].get("DefaultValue"))
        if found is None:
            return Unknown(f"Mappings has no {'.'.join(str(key) for key in keys)}")
        return self.value(found)

    def _attribute(self, argument: Any) -> Any:
        """An attribute of another resource."""
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if isinstance(parts, list) and parts and isinstance(parts[0], str):
            if parts[0] in self._resources:
                return Reference(parts[0], str(parts[1]) if len(parts) > 1 else None)
            return Unknown(f"there is no resource '{parts[0]}'")
        return Unknown(f"{_ATTRIBUTES} names no resource")

    def _json(self, argument: Any) -> Any:
        """A value as JSON text."""
        try:
            return json.dumps(self.value(argument), default=_number)
        except (TypeError, ValueError):
            return Unknown("Fn::ToJsonString holds what is known only later")

    def condition(self, name: str) -> bool | Unknown:
        """Whether a condition holds."""
        if name not in self._known:
            self._known[name] = Unknown(f"condition {name} hangs on itself")
            if name in self._conditions:
                self._known[name] = self._decide(self._conditions[name])
            else:
                self._known[name] = Unknown(f"there is no condition '{name}'")
        return self._known[name]

    def _decide(self, value: Any) -> bool | Unknown:  # noqa: PLR0911 - one for each function
        """A condition's own functions, in three-valued logic."""
        if not isinstance(value, dict) or len(value) != 1:
            return Unknown("a condition is no function")
        name, argument = next(iter(value.items()))
        if name == "Condition":
            return self.condition(str(argument))
        if not isinstance(argument, list):
            return Unknown(f"{name} has no list")
        if name == "Fn::Equals" and len(argument) == 2:  # noqa: PLR2004 - two sides
            return _equal(self.value(argument[0]), self.value(argument[1]))
        sides = [self._decide(item) for item in argument[:20]]
        unknown = next((side for side in sides if isinstance(side, Unknown)), None)
        if name == "Fn::Not" and len(sides) == 1:
            return unknown if unknown is not None else not sides[0]
        if name == "Fn::And":
            return False if False in sides else (unknown if unknown is not None else True)
        if name == "Fn::Or":
            return True if True in sides else (unknown if unknown is not None else False)
        return Unknown(f"{name} is not resolved here")


def _section(root: dict[str, Any], name: str) -> dict[str, Any]:
    """A section, empty when it is no mapping."""
    value = root.get(name)
    return value if isinstance(value, dict) else {}


def _equal(left: Any, right: Any) -> bool | Unknown:
    """Whether two values are the same text."""
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    if isinstance(left, Reference | Composed) or isinstance(right, Reference | Composed):
        return True if left == right else Unknown("it compares what is known only later")
    return _text(left) == _text(right)


def _text(value: Any) -> str:
    """A scalar as CloudFormation compares it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _composed(parts: list[Any]) -> Any:
    """Parts as one text, Unknown when one of them is."""
    flat: list[str | Reference] = []
    for part in parts:
        match part:
            case Unknown():
                return part
            case Reference():
                flat.append(part)
            case Composed():
                flat += part.parts
            case str() | int() | Decimal():
                flat.append(_text(part))
            case _:
                return Unknown("a text is made of something that is none")
    if all(isinstance(part, str) for part in flat):
        return "".join(str(part) for part in flat)
    return Composed(tuple(part for part in flat if part != ""))


def _why(value: Any, name: str) -> Unknown:
    """The reason a function has nothing to work on."""
    return value if isinstance(value, Unknown) else Unknown(f"{name} is given what is known later")


def _number(value: Any) -> Any:
    """Decimals as JSON numbers."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError
