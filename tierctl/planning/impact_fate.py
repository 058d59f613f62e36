"""What becomes of a resource as a whole, and of the data in it.

In: a resource before, after, or both. Out: a ResourceChange with what DeletionPolicy or
UpdateReplacePolicy does to its data. DeletionPolicy counts for a removal and does not cover a
replacement; UpdateReplacePolicy counts for that. A type nobody has a word on counts as data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.catalog import update_matrix
from tierctl.catalog.behaviours import DataRisk
from tierctl.model.inventory import Unknown
from tierctl.planning.impact_model import PropertyChange, ResourceChange, Verdict
from tierctl.planning.impact_values import same

if TYPE_CHECKING:
    from tierctl.catalog.behaviours import Source
    from tierctl.planning.impact_read import Made, Read

CACHE, GROUP = "AWS::ElastiCache::CacheCluster", "AWS::ElastiCache::ReplicationGroup"
_SNAPSHOT_BY_DEFAULT = ("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")
"""CloudFormation's own default for a cluster, and for an instance outside one (DELPOL)."""
_RETAINED = ("Retain", "RetainExceptOnCreate")


def holds_data(made: Made) -> bool | None:
    """Whether a resource holds data; None when nobody has said."""
    return update_matrix.holds_data(made.type, made.properties, made.logical_id)


def _policy(made: Made, attribute: str) -> tuple[str, bool]:
    """The policy in force, and whether it is written down."""
    written = made.attributes.get(attribute)
    if isinstance(written, str):
        return written, True
    if isinstance(written, Unknown):
        return "Delete", True
    default = "Snapshot" if made.type in _SNAPSHOT_BY_DEFAULT and holds_data(made) else "Delete"
    return default, False


def changed(
    old: Made,
    new: Made,
    verdict: Verdict,
    paths: tuple[PropertyChange, ...],
    *,
    why: str = "",
    sources: tuple[Source, ...] = (),
) -> ResourceChange:
    """A resource of both templates."""
    holds = holds_data(old)
    data, risky = "", False
    if holds is not False and verdict is Verdict.REPLACED:
        data, risky = _left_behind(new, holds), True
        sources = (*sources, update_matrix.source("UPDREP"))
    lossy = [p for p in paths if p.data_risk >= DataRisk.MEDIUM and p.verdict.value != "unknown"]
    if lossy and verdict is not Verdict.REFUSED and not risky:
        where = ", ".join(dict.fromkeys(p.path for p in lossy))
        data, risky = f"Data risk {max(p.data_risk for p in lossy).word} by {where}.", True
    return ResourceChange(
        logical_id=new.logical_id,
        type=new.type,
        verdict=verdict,
        properties=tuple(sorted(paths, key=lambda p: p.path)),
        why=why,
        sources=sources,
        holds_data=holds,
        data=data,
        data_at_risk=risky,
        blocks=_blocks(verdict, holds, paths, risky=risky),
        renamed=None,
        place=new.place,
    )


def _blocks(
    verdict: Verdict, holds: bool | None, paths: tuple[PropertyChange, ...], *, risky: bool
) -> str:
    """Why a pipeline should stop here; empty when it need not."""
    if risky:
        return "data is at risk"
    if verdict is Verdict.REFUSED:
        return "the update is refused"
    unknown = [p.path for p in paths if p.verdict is Verdict.UNKNOWN]
    if unknown and holds is not False:
        data = "a data resource" if holds else "a type nobody has a word on"
        return f"unknown on {data}: {', '.join(unknown[:3])}"
    return ""


def _left_behind(new: Made, holds: bool | None) -> str:
    """What becomes of the old one's data when it is replaced."""
    policy, written = _policy(new, "UpdateReplacePolicy")
    what = "The new one is empty. " if holds else "Nobody has said whether it holds data. "
    only = not written and new.attributes.get("DeletionPolicy") in (*_RETAINED, "Snapshot")
    hint = " DeletionPolicy does not cover a replacement." if only else ""
    match policy:
        case "Retain" | "RetainExceptOnCreate":
            return f"{what}The old one stays in the account, outside the stack, with the data."
        case "Snapshot":
            default = "" if written else " (CloudFormation's default)"
            return f"{what}A last snapshot of the old one is kept{default}; then it is deleted."
        case _:
            return f"{what}The old one is deleted with its data: no UpdateReplacePolicy.{hint}"


def removed(made: Made, before: Read, after: Read) -> ResourceChange:
    """A resource that leaves the template."""
    holds = holds_data(made)
    policy, written = _policy(made, "DeletionPolicy")
    other = _other_half(made, after, before)
    rows = update_matrix.rows(made.type, ("@remove",))
    why, sources = [], [update_matrix.source("DELPOL")]
    if rows:
        why.append(rows[0].what)
        sources += rows[0].sources
    if other:
        why.append(
            f"{other} has the same type and properties: a renamed logical id is a removal and a "
            "new resource to CloudFormation."
        )
    if made.type == CACHE:
        why.append(_adoption(made, after))
    kept = policy in _RETAINED
    data, risky = "", False
    if kept:
        data = "It stays in the account, outside the stack, and goes on costing." if holds else ""
    elif holds is not False:
        data, risky = _deleted(made, holds, policy, written=written), True
    return ResourceChange(
        logical_id=made.logical_id,
        type=made.type,
        verdict=Verdict.RETAINED if kept else Verdict.REMOVED,
        properties=_whole(made, rows[:1], kept=kept),
        why=" ".join(why),
        sources=tuple(dict.fromkeys(sources)),
        holds_data=holds,
        data=data,
        data_at_risk=risky,
        blocks="data is at risk" if risky else "",
        renamed=other,
        place=made.place,
    )


def _deleted(made: Made, holds: bool | None, policy: str, *, written: bool) -> str:
    """What becomes of the data of a resource that is removed without being retained."""
    if policy == "Snapshot":
        default = "" if written else " (CloudFormation's default)"
        return f"A last snapshot is kept{default}; then it is deleted."
    if holds is None:
        return "Nobody has said whether it holds data; it is deleted with what it holds."
    if made.type == "AWS::S3::Bucket":
        return "It is deleted when it is empty; else the deletion fails and it stays, unmanaged."
    if made.type == "AWS::KMS::Key":
        return "The key is scheduled for deletion; what it encrypted can then never be read."
    word = "its DeletionPolicy is Delete" if written else "it has no DeletionPolicy"
    return f"It is deleted with its data: {word}."


def _whole(made: Made, rows: tuple[Any, ...], *, kept: bool) -> tuple[PropertyChange, ...]:
    """The figures of a removal, where a row has some."""
    if kept:
        return ()
    return tuple(
        PropertyChange(
            path="(removed)",
            old=made.type,
            new=None,
            verdict=Verdict.REMOVED,
            why=row.what,
            row=", ".join(row.rules) or row.id,
            disruption=row.disruption,
            downtime_s=row.downtime_s,
            downtime_estimated=row.downtime_estimated,
            data_risk=row.data_risk,
            confidence=row.confidence,
            sources=row.sources,
        )
        for row in rows
    )


def added(made: Made, before: Read, after: Read) -> ResourceChange:
    """A resource that comes into the template."""
    rows = update_matrix.rows(made.type, ("@add",))
    other = _other_half(made, before, after)
    clash = _clash(made, before)
    why: list[str] = []
    sources: list[Source] = []
    if rows:
        why.append(rows[0].what)
        sources += rows[0].sources
    if other:
        why.append(f"{other} goes with the same type and properties: it is the same one, renamed.")
    if clash:
        why.append(
            f"It takes the name that {clash} has until the update's end: creating it fails, and "
            "the update rolls back."
        )
        sources.append(update_matrix.source("REPOST-NAME"))
    if made.type == GROUP:
        why.append(_adopts(made, before))
    return ResourceChange(
        logical_id=made.logical_id,
        type=made.type,
        verdict=Verdict.REFUSED if clash else Verdict.ADDED,
        properties=(),
        why=" ".join(part for part in why if part),
        sources=tuple(dict.fromkeys(sources)),
        holds_data=holds_data(made),
        data="",
        data_at_risk=False,
        blocks="the update is refused" if clash else "",
        renamed=other,
        place=made.place,
    )


def _other_half(made: Made, there: Read, here: Read) -> str | None:
    """The one resource of the other template that this is under another logical id."""
    for logical_id, other in there.resources.items():
        if logical_id in here.resources or other.type != made.type:
            continue
        if same(other.properties, made.properties):
            return logical_id
    return None


def _clash(made: Made, before: Read) -> str | None:
    """The deployed resource whose own name a new one takes."""
    name = update_matrix.custom_name(made.type)
    wanted = made.at(f"Properties.{name}") if name else None
    if wanted is None or isinstance(wanted, Unknown):
        return None
    for logical_id, other in before.resources.items():
        if other.type == made.type and same(other.at(f"Properties.{name}"), wanted):
            return logical_id
    return None


def _adoption(made: Made, after: Read) -> str:
    """What a cache cluster's removal means beside a group that came in its place."""
    groups = [other for other in after.resources.values() if other.type == GROUP]
    if not groups:
        return ""
    adopted = [g.logical_id for g in groups if g.at("Properties.PrimaryClusterId") is not None]
    if adopted:
        named = [g.at("Properties.PrimaryClusterId") for g in groups]
        dangling = any(isinstance(n, Unknown) and f"'{made.logical_id}'" in n.reason for n in named)
        text = (
            f"{adopted[0]} adopts a node by PrimaryClusterId. Without DeletionPolicy Retain "
            "CloudFormation asks for this node's deletion, which ElastiCache refuses while it is "
            "the group's primary; as a replica it would go."
        )
        return text + (" Write PrimaryClusterId as a literal first." if dangling else "")
    return (
        f"{groups[0].logical_id} does not take its data over: a new group is empty unless it "
        "adopts the node by PrimaryClusterId or restores a snapshot, and has another endpoint."
    )


def _adopts(made: Made, before: Read) -> str:
    """Where a new group's data comes from, when cache clusters were there before."""
    if not any(other.type == CACHE for other in before.resources.values()):
        return ""
    if made.at("Properties.PrimaryClusterId") is not None:
        return "It adopts the node it names with its data; the endpoint is another."
    if made.at("Properties.SnapshotName") or made.at("Properties.SnapshotArns"):
        return "It is filled from a snapshot; later writes are lost, and the endpoint is another."
    return "It starts empty; the endpoint is another."
