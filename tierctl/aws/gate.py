"""The gate: a change set in, refusals out. Nothing executes that has not passed here.

A replacement or removal of data or identity is refused whatever caused it. `Conditional` passes
only when every detail that could recreate the resource is Dynamic and what causes it is itself
neither replaced nor added by this change set, or when the step's behaviour row declares that
property with a source. What nobody has classed is treated as data. Pure: no AWS call is made here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.model.classes import ResourceClass, class_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Change = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason why a change set may not be executed."""

    logical_id: str
    resource_type: str
    resource_class: str
    property: str
    why: str

    def __str__(self) -> str:
        """One sentence for people."""
        where = f"{self.logical_id}.{self.property}" if self.property else self.logical_id
        return f"{where} ({self.resource_type}, {self.resource_class}): {self.why}"


def judge(
    changes: Iterable[Change],
    declared: frozenset[str] = frozenset(),
    may_remove: frozenset[str] = frozenset(),
) -> tuple[Refusal, ...]:
    """Everything in a change set that must not happen.

    Args:
        changes: `Changes` of DescribeChangeSet, all pages.
        declared: `Type.Property` that a behaviour row of this step says is changed in place.
        may_remove: Logical ids of identity resources that this step removes by name.
    """
    listed = [change.get("ResourceChange") for change in changes]
    known = {rc["LogicalResourceId"]: rc for rc in listed if rc}
    refusals: list[Refusal] = []
    for rc in listed:
        if rc is None:
            refusals.append(Refusal("?", "?", "unknown", "", "a change of a kind we do not know"))
            continue
        refusals += _judge(rc, known, declared, may_remove)
    return tuple(refusals)


def _judge(
    rc: Change, known: dict[str, Change], declared: frozenset[str], may_remove: frozenset[str]
) -> Iterator[Refusal]:
    """What is wrong with the change of one resource."""
    kind = class_of(rc["ResourceType"], rc["LogicalResourceId"])
    if kind is ResourceClass.DISPOSABLE:
        return
    action = rc.get("Action")
    if action in ("Add", "Import"):
        return
    if action == "Remove":
        named = kind is ResourceClass.IDENTITY and rc["LogicalResourceId"] in may_remove
        if not named:
            yield _refusal(rc, "", "would be removed from the stack")
        return
    if action != "Modify":
        yield _refusal(rc, "", f"CloudFormation cannot say what happens to it ({action})")
        return
    policy = str(rc.get("PolicyAction") or "")
    replacement = rc.get("Replacement", "False")
    if policy.startswith("ReplaceAnd") or replacement == "True":
        yield _refusal(rc, _culprit(rc), f"would be replaced ({policy or 'Replacement True'})")
    elif replacement == "Conditional":
        yield from _conditional(rc, known, declared)
    elif replacement != "False":
        yield _refusal(rc, "", f"says Replacement {replacement}, which we do not know")


def _conditional(
    rc: Change, known: dict[str, Change], declared: frozenset[str]
) -> Iterator[Refusal]:
    """Details that could recreate the resource and are neither harmless nor declared."""
    details = [d for d in rc.get("Details", ()) if _recreates(d)]
    if not details:
        yield _refusal(rc, "", "may be replaced, and no detail says by what")
    for detail in details:
        name = detail["Target"].get("Name", "")
        if f"{rc['ResourceType']}.{name}" in declared:
            continue
        if detail.get("Evaluation") != "Dynamic":
            yield _refusal(rc, name, "may be replaced: the property itself changes")
        elif not _harmless(detail.get("CausingEntity"), known, ()):
            cause = detail.get("CausingEntity") or "something unnamed"
            yield _refusal(rc, name, f"may be replaced: {cause} is replaced, added or unknown")


def _recreates(detail: dict[str, Any]) -> bool:
    """Whether a detail could recreate the resource; unknown words could."""
    target = detail.get("Target", {})
    if target.get("Attribute", "Properties") != "Properties":
        return False
    return bool(target.get("RequiresRecreation") != "Never")


def _harmless(cause: str | None, known: dict[str, Change], above: tuple[str, ...]) -> bool:
    """Whether the value a cause hands on stays what it is.

    A cause is `LogicalId` or `LogicalId.Attribute`. It stays when the resource is modified in
    place; when its own replacement is Conditional, only if that comes from such causes in turn.
    """
    if not cause:
        return False
    logical_id = cause.split(".", maxsplit=1)[0]
    rc = known.get(logical_id)
    if rc is None or logical_id in above or rc.get("Action") != "Modify":
        return False
    if str(rc.get("PolicyAction") or "").startswith("ReplaceAnd"):
        return False
    replacement = rc.get("Replacement", "False")
    if replacement == "False":
        return True
    if replacement != "Conditional":
        return False
    return all(
        detail.get("Evaluation") == "Dynamic"
        and _harmless(detail.get("CausingEntity"), known, (*above, logical_id))
        for detail in rc.get("Details", ())
        if _recreates(detail)
    )


def _culprit(rc: Change) -> str:
    """The property that makes the replacement, if the change set says."""
    for detail in rc.get("Details", ()):
        if _recreates(detail):
            return str(detail.get("Target", {}).get("Name", ""))
    return ""


def _refusal(rc: Change, name: str, why: str) -> Refusal:
    """A refusal with the resource's class; unclassed counts as data."""
    kind = class_of(rc["ResourceType"], rc["LogicalResourceId"])
    word = str(kind) if kind else "unclassed, so treated as data"
    return Refusal(rc["LogicalResourceId"], rc["ResourceType"], word, name, why)


def stack_policy() -> dict[str, Any]:
    """The stack policy: CloudFormation itself refuses what the gate refuses.

    Denies Replace and Delete on data and Replace on identity, by type. It guards updates only;
    deletion of the stack is termination protection's (CloudFormation user guide, "Prevent
    updates to stack resources"; facts of 2026-11-21).
    """
    from tierctl.model.classes import TREATMENTS

    by_class: dict[ResourceClass, list[str]] = {}
    for resource_type, treatment in TREATMENTS.items():
        by_class.setdefault(treatment.resource_class, []).append(resource_type)

    def deny(actions: list[str], kind: ResourceClass) -> dict[str, Any]:
        return {
            "Effect": "Deny",
            "Action": actions,
            "Principal": "*",
            "Resource": "*",
            "Condition": {"StringEquals": {"ResourceType": sorted(by_class[kind])}},
        }

    # instances of the database are one type, writer and readers: a reader may go
    return {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            deny(["Update:Replace", "Update:Delete"], ResourceClass.DATA),
            deny(["Update:Replace"], ResourceClass.IDENTITY),
        ]
    }
