"""What an update from one CloudFormation template to another does: anybody's, without an account.

In: two templates as bytes and parameter values. Out: an Impact: per resource whether it is
replaced, interrupted, changed in place, removed, retained, added, refused or unknown, by which
properties, and what happens to its data. May not: reach AWS, or take what nobody knows for safe.
A replaced resource replaces those whose create-only properties refer to it, to the last of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.catalog import update_matrix
from tierctl.planning import impact_fate as fate
from tierctl.planning.impact_model import (
    Impact,
    PropertyChange,
    ResourceChange,
    Verdict,
    badness,
    worst,
)
from tierctl.planning.impact_property import Judge
from tierctl.planning.impact_read import Made, Read, read_pair
from tierctl.planning.impact_values import same
from tierctl.templates.intrinsics import references

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tierctl.catalog.behaviours import Source

REGION = "us-east-1"
_MACHINERY = ("AWS::CDK::Metadata",)


def impact(
    before: tuple[bytes, str],
    after: tuple[bytes, str],
    parameters: Mapping[str, str] | None = None,
    region: str = REGION,
) -> Impact:
    """The impact of an update.

    Args:
        before: The deployed template and its file's name.
        after: The template to deploy and its file's name.
        parameters: Values of parameters, for both.
        region: What AWS::Region stands for.

    Raises:
        InvalidConfigurationError: One of them is no template, or a parameter is not declared.
    """
    one, two = read_pair(before, after, parameters or {}, region)
    return compare(one, two)


def compare(before: Read, after: Read) -> Impact:
    """The impact of an update between two templates that were read."""
    judge = Judge(before, after)
    found: dict[str, list[PropertyChange]] = {}
    pairs = {
        logical_id: (made, after.resources[logical_id])
        for logical_id, made in before.resources.items()
        if logical_id in after.resources and made.type not in _MACHINERY
    }
    for logical_id, (old, new) in pairs.items():
        found[logical_id] = judge.changes(old, new)
    replaced = _propagate(judge, pairs, found)
    changes = [_changed(*pairs[logical_id], paths) for logical_id, paths in found.items() if paths]
    changes += _gone(before, after)
    changes += _come(before, after)
    changes.sort(key=lambda c: (not c.blocks, -badness(c.verdict), c.logical_id))
    return Impact(
        before=before.file,
        after=after.file,
        changes=tuple(changes),
        outputs=tuple(_outputs(before, after, replaced)),
        notes=tuple(dict.fromkeys((*before.notes, *after.notes, *_presence(before, after)))),
    )


def _propagate(
    judge: Judge, pairs: dict[str, tuple[Made, Made]], found: dict[str, list[PropertyChange]]
) -> set[str]:
    """Changes that come of references to what is replaced, until no more come; who is replaced."""
    replaced: set[str] = set()
    while True:
        now = {i for i, paths in found.items() if _verdict(pairs[i], paths) is Verdict.REPLACED}
        fresh = now - replaced
        if not fresh:
            return replaced
        replaced |= fresh
        for logical_id, (old, new) in pairs.items():
            for cause in sorted(fresh - {logical_id}):
                found[logical_id] += judge.dynamic(old, new, cause, found[logical_id])


def _verdict(pair: tuple[Made, Made], paths: list[PropertyChange]) -> Verdict:
    """The worst of its paths; a replacement of what names itself and keeps the name is refused."""
    found = worst([path.verdict for path in paths])
    return Verdict.REFUSED if found is Verdict.REPLACED and kept_name(*pair) else found


def kept_name(old: Made, new: Made) -> str | None:
    """The property by which a resource names itself, when the name stays."""
    name = update_matrix.custom_name(new.type)
    if name is None:
        return None
    was, now = old.at(f"Properties.{name}"), new.at(f"Properties.{name}")
    return name if now is not None and same(was, now) else None


def _changed(old: Made, new: Made, paths: list[PropertyChange]) -> ResourceChange:
    """A resource of both templates."""
    found = _verdict((old, new), paths)
    why = ""
    sources: tuple[Source, ...] = ()
    name = kept_name(old, new)
    if found is Verdict.REFUSED and name and worst([p.verdict for p in paths]) is Verdict.REPLACED:
        forced = ", ".join(p.path for p in paths if p.verdict is Verdict.REPLACED)
        why = (
            f"{forced} can only change by replacement, and the resource names itself by {name}: "
            "CloudFormation refuses to replace a custom-named resource. The update fails and rolls "
            "back; nothing is lost."
        )
        sources = (update_matrix.source("REPOST-NAME"),)
    return fate.changed(old, new, found, tuple(paths), why=why, sources=sources)


def _gone(before: Read, after: Read) -> list[ResourceChange]:
    """Resources that leave the template."""
    return [
        fate.removed(made, before, after)
        for logical_id, made in before.resources.items()
        if logical_id not in after.resources and made.type not in _MACHINERY
    ]


def _come(before: Read, after: Read) -> list[ResourceChange]:
    """Resources that come into the template."""
    return [
        fate.added(made, before, after)
        for logical_id, made in after.resources.items()
        if logical_id not in before.resources and made.type not in _MACHINERY
    ]


def _outputs(before: Read, after: Read, replaced: set[str]) -> list[str]:
    """Exports that change: whether another stack reads them is in no template."""
    lines = []
    for name, value in before.exports.items():
        if name not in after.exports:
            what = "is removed"
        elif not same(value, after.exports[name]):
            what = "changes its value"
        elif set(references(value)) & replaced:
            what = "changes its value, since what it refers to is replaced"
        else:
            continue
        lines.append(
            f"Export {name} {what}. CloudFormation refuses that while another stack imports it; "
            f"which do is unknown here: aws cloudformation list-imports --export-name {name}"
        )
    return lines


def _presence(before: Read, after: Read) -> list[str]:
    """Resources that are compared although it is not known whether they are made."""
    return [
        f"{made.logical_id}: {made.open}; compared as if both templates make it."
        for logical_id, made in after.resources.items()
        if made.open and logical_id in before.resources
    ]
