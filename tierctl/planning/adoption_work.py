"""A foreign template on its way: the records of advice, and patches judged one after the other.

In: a template's tree. Out: updates that `impact` finds neither refused, unknown nor dangerous, each
from the template after the one before; what is not so is told as impossible.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tierctl.catalog.behaviours import Source
from tierctl.planning.impact import compare
from tierctl.planning.impact_model import Impact, ResourceChange, Verdict
from tierctl.planning.impact_read import read_pair

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tierctl.planning.impact_read import Read

REGION = "us-east-1"
STEPPING = (Verdict.IN_PLACE, Verdict.INTERRUPTED, Verdict.ADDED, Verdict.RETAINED)
Patch = tuple[tuple[str, str, Any], ...]
"""JSON Patch operations: op, path, value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One update of the given template, or one thing to do by hand.

    Attributes:
        kind: update or manual.
        patch: What to change in the template; empty for what is done by hand.
        judged: What the update does, as `tierctl impact` says it.
        before: What has to be true beforehand.
        back: How it is taken back.
    """

    kind: str
    logical_id: str
    title: str
    patch: Patch = ()
    judged: tuple[ResourceChange, ...] = ()
    why: str = ""
    before: tuple[str, ...] = ()
    back: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """Everything that can be said.

    Attributes:
        impossible: What no update of this template reaches, and the migration that would.
        stops: Where this advice ends, said plainly.
    """

    file: str
    goal: str
    steps: tuple[Advice, ...]
    impossible: tuple[str, ...]
    stops: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class Work:
    """The template as it stands after the advice so far."""

    root: dict[str, Any]
    file: str
    parameters: Mapping[str, str]
    steps: list[Advice] = field(default_factory=list)
    impossible: list[str] = field(default_factory=list)

    def read(self) -> Read:
        """The resources now."""
        data = (_bytes(self.root), self.file)
        return read_pair(data, data, self.parameters, REGION)[0]

    def update(
        self,
        logical_id: str,
        title: str,
        patch: Patch,
        *,
        ignoring: tuple[str, ...] = (),
        **rest: Any,
    ) -> bool:
        """Add an update if it is safe, and go on from the template after it."""
        after = patched(self.root, patch)
        if after is None:
            self.impossible.append(
                f"{logical_id}: {title}: the template computes that part by a function; change it "
                "by hand."
            )
            return False
        found = _judged(self.root, after, self.file, self.parameters)
        changes = tuple(c for c in found.changes if c.logical_id not in ignoring)
        bad = [c for c in changes if c.verdict not in STEPPING or c.data_at_risk]
        if bad:
            reasons = [p.why for c in bad for p in c.properties if p.verdict not in STEPPING]
            self.impossible.append(
                f"{logical_id}: {title}: {bad[0].verdict}. "
                f"{' '.join(dict.fromkeys([bad[0].why, *reasons, bad[0].data])).strip()}"
            )
            return False
        made = Advice(
            kind="update",
            logical_id=logical_id,
            title=title,
            patch=patch,
            judged=changes,
            **rest,
        )
        self.steps.append(made)
        self.root = after
        return True


def set_one(
    work: Work,
    name: str,
    path: str,
    value: Any,
    *,
    only_up: bool = False,
    before: tuple[str, ...] = (),
    back: str = "",
) -> None:
    """One property to one value, as an update of its own."""
    now: Any = properties_of(work, name)
    for part in path.split("/"):
        now = now.get(part) if isinstance(now, dict) else None
    if isinstance(now, dict | list) or (now is not None and str(now) == str(value)):
        return
    if only_up and (not isinstance(now, int) or now >= value):
        return
    shown = "(absent)" if now is None else now
    work.update(
        name,
        f"set {path.replace('/', '.')} from {shown} to {value}",
        (("add", f"/Resources/{name}/Properties/{path}", value),),
        before=before,
        back=back or f"{path.replace('/', '.')} back to {shown}.",
    )


def properties_of(work: Work, name: str) -> dict[str, Any]:
    """A resource's properties as they are written; empty when they are no mapping."""
    body = work.root["Resources"].get(name)
    found = body.get("Properties") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def patched(root: dict[str, Any], patch: Patch) -> dict[str, Any] | None:
    """A copy of a template with a patch applied; None where a function stands in its way."""
    made = copy.deepcopy(root)
    for operation, path, value in patch:
        *way, last = path.strip("/").split("/")
        at: Any = made
        for part in way:
            at = at.setdefault(part, {})
            if not isinstance(at, dict) or (part != "Resources" and _computed(at)):
                return None
        if operation == "remove":
            del at[last]
        else:
            at[last] = value
    return made


def _computed(value: dict[str, Any]) -> bool:
    """Whether a mapping is a function instead of what it comes to."""
    return any(key == "Ref" or key.startswith("Fn::") for key in value)


def _judged(
    before: dict[str, Any], after: dict[str, Any], file: str, parameters: Mapping[str, str]
) -> Impact:
    """What an update does."""
    return compare(*read_pair((_bytes(before), file), (_bytes(after), file), parameters, REGION))


def _bytes(root: dict[str, Any]) -> bytes:
    """A tree as a template again."""
    return json.dumps(root, default=number).encode()


def number(value: Any) -> Any:
    """Decimals as JSON numbers."""
    if isinstance(value, Decimal):
        return plain(value)
    return str(value)


def plain(value: Decimal) -> int | float:
    """A Decimal as JSON writes it."""
    return int(value) if value == int(value) else float(value)
