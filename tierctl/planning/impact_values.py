"""Two resolved trees to the paths that differ, and values to text without secrets.

In: values as the templates reader resolves them. Out: paths with old and new; text. What could not
be resolved keeps its expression, so that two different expressions never look alike.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.model.inventory import Unknown
from tierctl.templates.intrinsics import Composed, Reference, Resolver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.templates.document import Document

REDACTED = "(redacted)"
_LONGEST = 120
_SECRET = re.compile(
    r"(?i)(password|passwd|passphrase|secret(string|_?key)?|auth_?token|(^|[_.-])tokens?|"
    r"api_?key|private_?key|access_?key(_?id)?|credentials?)$"
)
_SECRET_VALUE = re.compile(
    r"\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----|"
    r"\b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@|\bgh[pousr]_[A-Za-z0-9]{20,}|"
    r"\bsk_live_[A-Za-z0-9]{10,}"
)
_LABELS = ("Name", "Key", "Id", "Sid")


class Absent:
    """A value that is not there."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open(Unknown):
    """What cannot be known from the template, with the expression it hangs on."""

    expression: str = ""


class Exact(Resolver):
    """The templates' resolver, keeping the expression of what it cannot resolve."""

    def _function(self, name: str, argument: Any) -> Any:
        found = super()._function(name, argument)
        if isinstance(found, Unknown):
            return Open(found.reason, json.dumps({name: argument}, default=str, sort_keys=True))
        return found


def differing(old: Any, new: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """Every path at which two trees differ, as deep as both go."""
    if same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from differing(old.get(key, ABSENT), new.get(key, ABSENT), (*path, str(key)))
    elif _matched(old, new):
        for number, (one, two) in enumerate(zip(old, new, strict=True)):
            yield from differing(one, two, (*path, f"[{number}]"))
    else:
        yield path, old, new


def _matched(old: Any, new: Any) -> bool:
    """Whether two lists hold the same things in the same places, some of them changed."""
    if not (isinstance(old, list) and isinstance(new, list) and len(old) == len(new)):
        return False
    pairs = list(zip(old, new, strict=True))
    if not all(isinstance(one, dict) and isinstance(two, dict) for one, two in pairs):
        return False
    return all(_label(one) == _label(two) for one, two in pairs)


def _label(item: dict[str, Any]) -> Any:
    """What an item of a list is called."""
    return next((item[key] for key in _LABELS if key in item), None)


def same(old: Any, new: Any) -> bool:
    """Whether two values are one to CloudFormation: true and "true" are, 1 and "1" are."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    if _plain(old) and _plain(new):
        return scalar(old) == scalar(new)
    if isinstance(old, Composed) and isinstance(new, Composed):
        return _merged(old) == _merged(new)
    return type(old) is type(new) and bool(old == new)


def _merged(value: Composed) -> list[str | Reference]:
    """The parts of a text, with neighbouring words as one."""
    parts: list[str | Reference] = []
    for part in value.parts:
        last = parts[-1] if parts else None
        if isinstance(part, str) and isinstance(last, str):
            parts[-1] = last + part
        else:
            parts.append(part)
    return parts


def _plain(value: Any) -> bool:
    """Whether it is a scalar that is known."""
    return isinstance(value, str | int | Decimal)


def scalar(value: Any) -> str:
    """A scalar as one form of text: booleans in lower case, whole numbers without a fraction."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return str(value)


def known(value: Any) -> bool:
    """Whether nothing in a value is left open."""
    match value:
        case Unknown() | Reference() | Composed():
            return False
        case dict():
            return all(known(item) for item in value.values())
        case list():
            return all(known(item) for item in value)
        case _:
            return True


def dotted(path: Path) -> str:
    """A path as text: `ContainerDefinitions[0].Image`."""
    return ".".join(path).replace(".[", "[")


def hidden_words(document: Document, given: dict[str, str]) -> frozenset[str]:
    """Values of parameters that are not to be shown."""
    declared = document.root.get("Parameters")
    found = set()
    for name, body in (declared if isinstance(declared, dict) else {}).items():
        if isinstance(body, dict) and str(body.get("NoEcho", "")).lower() == "true":
            found |= {str(v) for v in (given.get(name), body.get("Default")) if v}
    return frozenset(found)


def shown(value: Any, path: Path, hidden: frozenset[str], within: Any = None) -> str | None:
    """A value as a person reads it; None when it is not there."""
    if value is ABSENT:
        return None
    if secret_at(path, within) and _plain(value):
        return REDACTED
    text = _text(value, hidden)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def secret_at(path: Path, within: Any) -> bool:
    """Whether what stands at a path is secret by its name, or by its variable's name."""
    words = [word for word in path if not word.startswith("[")]
    name = _label(within) if isinstance(within, dict) else None
    names = [words[-1] if words else "", str(name or "")]
    return any(_SECRET.search(word) for word in names)


def _text(value: Any, hidden: frozenset[str]) -> str:  # noqa: PLR0911 - one return a kind
    """A value as text, with secrets blotted out."""
    match value:
        case Open():
            return _blot(f"{value.expression} ({value.reason})", hidden)
        case Unknown():
            return f"({value.reason})"
        case Reference():
            return f"<{value.target}{'.' + value.attribute if value.attribute else ''}>"
        case Composed():
            return "".join(_text(part, hidden) for part in value.parts)
        case dict():
            inner = ", ".join(f"{k}: {_member(str(k), v, value, hidden)}" for k, v in value.items())
            return f"{{{inner}}}"
        case list():
            return f"[{', '.join(_text(item, hidden) for item in value)}]"
        case None:
            return "null"
        case _:
            return _blot(scalar(value), hidden)


def _member(key: str, value: Any, within: dict[str, Any], hidden: frozenset[str]) -> str:
    """One member of a mapping."""
    if _plain(value) and key not in _LABELS and secret_at((key,), within):
        return REDACTED
    return _text(value, hidden)


def _blot(text: str, hidden: frozenset[str]) -> str:
    """A text without what must not be shown."""
    if _SECRET_VALUE.search(text) or any(word in text for word in hidden):
        return REDACTED
    return text
