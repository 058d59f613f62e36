"""What the services refuse: the rules of `strictness.yaml`, asked before a call takes effect.

In: the moment (an API operation, or an update of a CloudFormation type), the state before, the
state wanted and what was asked for. Out: nothing, or an `ApiError`; and for what the service leaves
undone without a word, the members concerned. Nothing else decides whether AWS would say no.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jmespath  # type: ignore[import-untyped]
import yaml

from tierctl.sandbox.wire import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parent / "strictness.yaml"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with where it is written.

    Attributes:
        at: The moments it is asked at.
        condition: JMESPath over `now`, `want` and `asked`.
        undone: The member the service ignores instead of refusing; empty for a refusal.
        quoted: Whether the message is AWS's own.
    """

    id: str
    at: tuple[str, ...]
    condition: Any
    undone: str
    code: str
    message: str
    quoted: bool
    source: str
    date: str


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the file; a mistake in one is reported with its id."""
    found = yaml.load(FILE.read_text("utf-8"), yaml.CSafeLoader)
    return tuple(_rule(name, raw) for name, raw in found.items())


def _rule(name: str, raw: dict[str, Any]) -> Rule:
    silent = "undone" in raw
    needed = {"at", "message", "text", "source", "date"}
    needed |= {"undone", "undone_if"} if silent else {"refuse_if", "code"}
    if raw.keys() != needed:
        raise ValueError(f"{FILE.name}: {name}: wrong keys {sorted(raw.keys() ^ needed)}")
    return Rule(
        id=name,
        at=tuple(raw["at"]),
        condition=jmespath.compile(raw["undone_if" if silent else "refuse_if"]),
        undone=raw.get("undone", ""),
        code=raw.get("code", ""),
        message=raw["message"],
        quoted=raw["text"] == "quoted",
        source=raw["source"],
        date=raw["date"],
    )


def check(
    moment: str,
    *,
    now: dict[str, Any] | None = None,
    want: dict[str, Any] | None = None,
    asked: list[str] | None = None,
) -> frozenset[str]:
    """Refuse what AWS refuses; return the members it would leave undone.

    Raises:
        ApiError: With the code and message of the first rule that refuses.
    """
    state = {"now": now or {}, "want": want or {}, "asked": asked or []}
    undone = set()
    for rule in _broken(moment, state):
        if not rule.undone:
            raise ApiError(rule.code, rule.message.format(**state))
        undone.add(rule.undone)
    return frozenset(undone)


def _broken(moment: str, state: dict[str, Any]) -> Iterator[Rule]:
    """The rules of a moment whose condition holds."""
    for rule in all_rules():
        if moment in rule.at and rule.condition.search(state):
            yield rule


def version(text: str) -> int:
    """A version as one number that compares: 7.2 is 70200."""
    parts = [int(part) for part in text.split(".")[:3] if part.isdecimal()]
    major, minor, patch = [*parts, 0, 0, 0][:3]
    return major * 10_000 + minor * 100 + patch
