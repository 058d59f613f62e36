"""The verdict on one property: by the row that fits, else by what is declared, else unknown.

In: a resource before and after. Out: its paths that differ, each with verdict, reason and sources.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.catalog import update_matrix
from tierctl.catalog.behaviours import DataRisk, Disruption, Source
from tierctl.model.inventory import Unknown
from tierctl.planning.impact_model import PropertyChange, Verdict
from tierctl.planning.impact_read import Made, Read
from tierctl.planning.impact_rows import Change, holds
from tierctl.planning.impact_values import ABSENT, Path, differing, dotted, known, shown
from tierctl.templates.intrinsics import Composed, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.catalog.update_matrix import Declared, Row

_VERDICTS = {
    "none": Verdict.IN_PLACE,
    "some": Verdict.INTERRUPTED,
    "replace": Verdict.REPLACED,
    "conditional": Verdict.UNKNOWN,
    "disputed": Verdict.UNKNOWN,
}
_WHY = {
    "none": "CloudFormation changes it in place.",
    "some": "AWS's guide says that the update interrupts.",
    "replace": "CloudFormation can change it only by replacing the resource.",
    "conditional": "Whether CloudFormation replaces the resource depends on more than is written "
    "here. Look at the change set.",
    "disputed": "AWS's own sources disagree on whether it replaces the resource. Look at the "
    "change set.",
}
_OPAQUE = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource")


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges resources of two templates."""

    before: Read
    after: Read

    def changes(self, old: Made, new: Made) -> list[PropertyChange]:
        """Every path of a resource that differs."""
        if old.type != new.type:
            return [self._type(old, new)]
        trees = [({"": old.properties}, {"": new.properties})]
        if isinstance(old.properties, dict) and isinstance(new.properties, dict):
            trees = [(old.properties, new.properties)]
        paths = [found for one, two in trees for found in differing(one, two)]
        attributes = [
            ((f"@{name}", *path), a, b)
            for name in dict.fromkeys((*old.attributes, *new.attributes))
            for path, a, b in _attribute(name, old, new)
        ]
        moved = frozenset(path[0] for path, _, _ in paths)
        return [
            self._judged(Change(path, a, b, old, new, moved, self.before, self.after))
            for path, a, b in (*paths, *attributes)
        ]

    def dynamic(
        self, old: Made, new: Made, cause: str, already: list[PropertyChange]
    ) -> list[PropertyChange]:
        """What changes because a resource that is referred to is replaced."""
        seen = {change.path for change in already}
        found = []
        for path in _referring(new.properties, cause):
            if dotted(path) in seen:
                continue
            later = Unknown(f"{cause} is replaced")
            change = Change(
                path, later, later, old, new, frozenset({path[0]}), self.before, self.after
            )
            found.append(self._judged(change, cause))
        return found

    def _judged(self, change: Change, cause: str | None = None) -> PropertyChange:
        """The verdict on one path."""
        path = change.path
        row = self._row(change)
        if row is not None:
            return self._of_row(change, row, cause)
        if path[0].startswith("@"):
            return self._policy(change)
        if self._undecided(change):
            return self._made(
                change,
                cause,
                Verdict.UNKNOWN,
                "What happens depends on values that the templates leave open.",
                "open value",
                update_matrix.rows(change.two.type, path)[0].sources,
            )
        names = tuple("*" if part.startswith("[") else part for part in path)
        declared = update_matrix.declared(change.two.type, names)
        if declared is None or change.two.type in _OPAQUE:
            return self._undeclared(change, cause)
        return self._of_declaration(change, declared, cause)

    def _row(self, change: Change) -> Row | None:
        """The first row of the property that fits."""
        names = tuple(part for part in change.path if not part.startswith("["))
        for row in update_matrix.rows(change.two.type, names):
            if holds(row.when, change):
                return row
        return None

    def _undecided(self, change: Change) -> bool:
        """Whether rows there are fail to fit only because a value is open."""
        names = tuple(part for part in change.path if not part.startswith("["))
        open_value = not (known(change.old) and known(change.new))
        return open_value and bool(update_matrix.rows(change.two.type, names))

    def _of_row(self, change: Change, row: Row, cause: str | None) -> PropertyChange:
        """A path by its row."""
        return PropertyChange(
            path=_name(change.path),
            **self._values(change, cause),
            verdict=Verdict(row.verdict),
            why=_because(row.what, cause),
            row=", ".join(row.rules) or row.id,
            disruption=row.disruption,
            downtime_s=row.downtime_s,
            downtime_estimated=row.downtime_estimated,
            data_risk=row.data_risk,
            confidence=row.confidence,
            sources=row.sources,
            caused_by=cause,
        )

    def _of_declaration(
        self, change: Change, declared: Declared, cause: str | None
    ) -> PropertyChange:
        """A path by what is declared of it."""
        verdict = _VERDICTS[declared.update]
        if verdict is Verdict.REPLACED and cause is None and _may_be_same(change.old, change.new):
            verdict = Verdict.UNKNOWN
        created = verdict is Verdict.REPLACED and (change.old is ABSENT or change.new is ABSENT)
        why = _WHY[declared.update]
        if verdict is Verdict.UNKNOWN and declared.update == "replace":
            why = "If the value changes the resource is replaced; the templates leave it open."
        if created:
            why += " That also holds when a value is only spelled out, or no longer."
        return PropertyChange(
            path=_name(change.path),
            **self._values(change, cause),
            verdict=verdict,
            why=_because(why, cause),
            row=declared.says,
            disruption=_DISRUPTIONS[verdict],
            downtime_s=(0, 0) if declared.update == "none" else None,
            downtime_estimated=False,
            data_risk=DataRisk.NONE,
            confidence=declared.confidence,
            sources=declared.sources,
            caused_by=cause,
        )

    def _undeclared(self, change: Change, cause: str | None) -> PropertyChange:
        """A path that nobody knows of."""
        kind = change.two.type
        if kind.startswith("Custom::") or kind == _OPAQUE[1]:
            why = "What a custom resource does on a change is decided by its own code."
            sources: tuple[Source, ...] = (update_matrix.source("CUSTOM"),)
        elif kind == _OPAQUE[0]:
            why = "What changes inside a nested stack is not in this template. Compare its own."
            sources = ()
        elif update_matrix.has_type(kind):
            why = f"{kind} has no such property in any source that was read."
            sources = ()
        else:
            why = f"{kind} is in none of the sources that were read."
            sources = ()
        return self._made(change, cause, Verdict.UNKNOWN, why, "none", sources)

    def _policy(self, change: Change) -> PropertyChange:
        """A deletion policy: nothing happens now, and something else at the next removal."""
        kept = ("Retain", "Snapshot", "RetainExceptOnCreate")
        weaker = str(change.old) in kept and str(change.new) not in kept
        why = "Nothing happens at AWS; it is in force from then on."
        if weaker:
            why += " What it kept from deletion so far is no longer kept."
        return PropertyChange(
            path=_name(change.path),
            **self._values(change, None),
            verdict=Verdict.IN_PLACE,
            why=why,
            row="policy",
            disruption=Disruption.NONE,
            downtime_s=(0, 0),
            downtime_estimated=False,
            data_risk=DataRisk.LOW if weaker else DataRisk.NONE,
            confidence="confirmed",
            sources=(update_matrix.source("DELPOL"), update_matrix.source("UPDREP")),
        )

    def _type(self, old: Made, new: Made) -> PropertyChange:
        """A logical id that changes its type."""
        return PropertyChange(
            path="Type",
            old=old.type,
            new=new.type,
            verdict=Verdict.REFUSED,
            why="CloudFormation never changes the type of a logical id. Give the new resource an "
            "id of its own; the data has to be moved.",
            row="type",
            disruption=Disruption.NONE,
            downtime_s=(0, 0),
            downtime_estimated=False,
            data_risk=DataRisk.NONE,
            confidence="confirmed",
            sources=(update_matrix.source("CFN-UB"),),
        )

    def _made(
        self,
        change: Change,
        cause: str | None,
        verdict: Verdict,
        why: str,
        row: str,
        sources: tuple[Source, ...],
    ) -> PropertyChange:
        """A verdict without figures."""
        return PropertyChange(
            path=_name(change.path),
            **self._values(change, cause),
            verdict=verdict,
            why=_because(why, cause),
            row=row,
            disruption=_DISRUPTIONS[verdict],
            downtime_s=None,
            downtime_estimated=False,
            data_risk=DataRisk.NONE,
            confidence="unconfirmed",
            sources=sources,
            caused_by=cause,
        )

    def _values(self, change: Change, cause: str | None) -> dict[str, Any]:
        """Old and new as text."""
        if cause is not None:
            return {"old": f"<{cause}>", "new": f"<{cause}, replaced>"}
        hidden = self.before.hidden | self.after.hidden
        path = change.path
        one, two = (_parent(made.properties, path) for made in (change.one, change.two))
        old, new = shown(change.old, path, hidden, one), shown(change.new, path, hidden, two)
        return {"old": old, "new": new}


_DISRUPTIONS = {
    Verdict.IN_PLACE: Disruption.NONE,
    Verdict.INTERRUPTED: Disruption.INTERRUPTION,
    Verdict.REPLACED: Disruption.OUTAGE,
    Verdict.UNKNOWN: Disruption.UNKNOWN,
}


def _attribute(name: str, old: Made, new: Made) -> Iterator[tuple[Path, Any, Any]]:
    """Differing paths of one attribute."""
    one, two = old.attributes.get(name, ABSENT), new.attributes.get(name, ABSENT)
    one = {} if one is ABSENT and isinstance(two, dict) else one
    two = {} if two is ABSENT and isinstance(one, dict) else two
    yield from differing(one, two)


def _may_be_same(old: Any, new: Any) -> bool:
    """Whether two values that are written differently may turn out to be one."""
    return old is not ABSENT and new is not ABSENT and (_unsure(old) or _unsure(new))


def _unsure(value: Any) -> bool:
    """Whether something in a value cannot be read."""
    match value:
        case Unknown():
            return True
        case dict():
            return any(_unsure(item) for item in value.values())
        case list():
            return any(_unsure(item) for item in value)
        case _:
            return False


def _name(path: Path) -> str:
    """A path as it is shown."""
    return dotted((path[0].removeprefix("@"), *path[1:])) if path[0] else "Properties"


def _because(why: str, cause: str | None) -> str:
    """The reason with what brought it about."""
    return f"{cause} is replaced, and this refers to it. {why}" if cause else why


def _parent(tree: Any, path: Path) -> Any:
    """The mapping in which the last part of a path stands."""
    for part in path[:-1]:
        if part.startswith("["):
            place = int(part[1:-1])
            tree = tree[place] if isinstance(tree, list) and place < len(tree) else None
        else:
            tree = tree.get(part) if isinstance(tree, dict) else None
    return tree


def _referring(value: Any, target: str, path: Path = ()) -> Iterator[Path]:
    """Paths at which a resource is referred to."""
    match value:
        case Reference() if value.target == target:
            yield path
        case Composed() if any(
            isinstance(p, Reference) and p.target == target for p in value.parts
        ):
            yield path
        case dict():
            for key, item in value.items():
                yield from _referring(item, target, (*path, str(key)))
        case list():
            for number, item in enumerate(value):
                yield from _referring(item, target, (*path, f"[{number}]"))
        case _:
            return
