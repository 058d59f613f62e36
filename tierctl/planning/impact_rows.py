"""Whether a catalogue row's condition holds for one change of one property.

In: the `when` of a row and the resource before and after. Out: yes or no. A condition is a mapping;
every part of it must hold:

    from, to            a value, a list of values, `absent` or `present`
    to_ends             the new value ends so
    moves: up | down    numbers, or versions
    items: added | removed     members of a list (removed also when some were added besides)
    before, after       {Properties.X | UpdatePolicy.X: value or values} of the resource
    with, with_all      any, or all, of these properties change too
    without             none of these properties changes
    company             a property beyond the changed one and these changes too
    members_deferred    every instance of the cluster has ApplyImmediately: false before and after
    lifecycle           current | noncurrent | keeps | other: what an S3 lifecycle change removes

A value that cannot be read makes a condition on it fail, and the change is then unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.planning.impact_values import ABSENT, known, scalar
from tierctl.templates.intrinsics import references

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tierctl.planning.impact_read import Made, Read

_NUMBERS = re.compile(r"\d+(\.\d+)*")


@dataclass(frozen=True, slots=True)
class Change:
    """One path of one resource, with everything a condition may ask about."""

    path: tuple[str, ...]
    old: Any
    new: Any
    one: Made
    two: Made
    moved: frozenset[str]
    before: Read
    after: Read


def holds(when: Mapping[str, Any], change: Change) -> bool:
    """Whether every part of a condition holds."""
    return all(_PARTS[key](wanted, change) for key, wanted in when.items())


def _is(value: Any, wanted: Any) -> bool:
    """Whether a value is one of those wanted."""
    choices = wanted if isinstance(wanted, list) else [wanted]
    missing = value is ABSENT or value is None
    for choice in choices:
        if choice == "absent":
            if missing:
                return True
        elif choice == "present":
            if not missing:
                return True
        elif not missing and known(value) and not isinstance(value, dict | list):
            alike = scalar(value).lower() == scalar(choice).lower()
            if alike:
                return True
    return False


def _moves(wanted: str, change: Change) -> bool:
    """Whether a number or, where the property is one, a version rises or falls."""
    read = _version if "Version" in change.path[-1] else _amount
    old, new = read(change.old), read(change.new)
    return old is not None and new is not None and old != new and (new > old) == (wanted == "up")


def _version(value: Any) -> tuple[Decimal, ...] | None:
    """A version by its parts."""
    text = scalar(value) if isinstance(value, str | int | Decimal) else ""
    return tuple(map(Decimal, text.split("."))) if _NUMBERS.fullmatch(text) else None


def _amount(value: Any) -> tuple[Decimal, ...] | None:
    """A number, in the form of a version of one part."""
    text = scalar(value) if isinstance(value, str | int | Decimal) else ""
    return (Decimal(text),) if re.fullmatch(r"\d+(\.\d+)?", text) else None


def _items(wanted: str, change: Change) -> bool:
    """Whether members came, or some of them went."""
    old, new = change.old, change.new
    if not isinstance(old, list) or not isinstance(new, list):
        return False
    gone = [item for item in old if item not in new]
    return bool(gone) if wanted == "removed" else not gone and len(new) >= len(old)


def _at(side: str) -> Callable[[dict[str, Any], Change], bool]:
    """A condition on the resource before or after."""

    def check(wanted: dict[str, Any], change: Change) -> bool:
        made = change.one if side == "before" else change.two
        return all(_is(made.at(path), value) for path, value in wanted.items())

    return check


def _company(allowed: list[str], change: Change) -> bool:
    """Whether something else changes besides."""
    return bool(change.moved - {change.path[0], *allowed})


def _members_deferred(wanted: bool, change: Change) -> bool:
    """Whether no instance of the cluster is rebooted by CloudFormation."""
    deferred = [
        _is(member.at("Properties.ApplyImmediately"), False)  # noqa: FBT003 - the value wanted
        for read in (change.before, change.after)
        for member in read.resources.values()
        if member.type == "AWS::RDS::DBInstance" and _member_of(member, change.two)
    ]
    return (bool(deferred) and all(deferred)) == wanted


def _member_of(member: Made, cluster: Made) -> bool:
    """Whether an instance belongs to a cluster, by reference or by name."""
    named = member.at("Properties.DBClusterIdentifier")
    if cluster.logical_id in set(references(named)):
        return True
    return named is not None and named == cluster.at("Properties.DBClusterIdentifier")


def _lifecycle(wanted: str, change: Change) -> bool:
    """What a change of lifecycle rules comes to for objects."""
    old = change.one.at("Properties.LifecycleConfiguration")
    new = change.two.at("Properties.LifecycleConfiguration")
    if not (known(old) and known(new)):
        return False
    for kind, keys in _EXPIRY.items():
        if wanted == kind:
            return _removes(old, new, keys)
    if any(_removes(old, new, keys) for keys in _EXPIRY.values()):
        return False
    loosened = any(_removes(new, old, keys) for keys in _EXPIRY.values())
    return loosened == (wanted == "keeps")


_EXPIRY = {
    "current": ("ExpirationInDays", "ExpirationDate"),
    "noncurrent": ("NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays"),
}


def _removes(old: Any, new: Any, keys: tuple[str, ...]) -> bool:
    """Whether a rule that removes objects is new, or reaches further than any did before."""
    return any(rule not in _expiries(old, keys) for rule in _expiries(new, keys)) and not all(
        any(_covers(was, rule) for was in _expiries(old, keys)) for rule in _expiries(new, keys)
    )


def _expiries(configuration: Any, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    """The enabled rules that remove something, with their reach."""
    listed = configuration.get("Rules") if isinstance(configuration, dict) else None
    return [
        rule
        for rule in (listed if isinstance(listed, list) else [])
        if isinstance(rule, dict)
        and str(rule.get("Status")) != "Disabled"
        and any(key in rule for key in keys)
    ]


def _covers(was: dict[str, Any], rule: dict[str, Any]) -> bool:
    """Whether an older rule removed at least what a newer one does: the same filter, no later."""
    scope = ("Prefix", "TagFilters", "Filter", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
    if any(was.get(key) != rule.get(key) for key in scope):
        return False
    return all(_no_later(was.get(key), rule[key]) for key in rule if key in _ALL_EXPIRY)


_ALL_EXPIRY = tuple(key for keys in _EXPIRY.values() for key in keys)


def _no_later(was: Any, now: Any) -> bool:
    """Whether an expiry came as early before: in days; anything else has to be the same."""
    if isinstance(was, dict) and isinstance(now, dict):
        days, newer = was.get("NewerNoncurrentVersions"), now.get("NewerNoncurrentVersions")
        return days == newer and _no_later(was.get("NoncurrentDays"), now.get("NoncurrentDays"))
    old, new = _amount(was), _amount(now)
    return was == now if old is None or new is None else old <= new


_PARTS: dict[str, Callable[[Any, Change], bool]] = {
    "from": lambda wanted, change: _is(change.old, wanted),
    "to": lambda wanted, change: _is(change.new, wanted),
    "to_ends": lambda wanted, change: str(change.new).endswith(str(wanted)),
    "moves": _moves,
    "items": _items,
    "before": _at("before"),
    "after": _at("after"),
    "with": lambda wanted, change: bool(change.moved & set(wanted)),
    "with_all": lambda wanted, change: set(wanted) <= change.moved,
    "without": lambda wanted, change: not change.moved & set(wanted),
    "company": _company,
    "members_deferred": _members_deferred,
    "lifecycle": _lifecycle,
}
