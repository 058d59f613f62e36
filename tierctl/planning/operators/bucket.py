"""Bucket operators: versioning before the rules that rest on it; removal only if acknowledged.

Sources: the rows of `catalog/behaviours/bucket.yaml`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tierctl.planning.moves import Lane, Move, changed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment
    from tierctl.model.shapes import BucketShape

EXPIRES = "expires-current-objects"
ARCHIVES = "archived-objects-need-restore"
NEVER = 10**9


def settled(state: Environment, goal: Environment) -> bool:
    """Whether the bucket is the goal's, 'suspended' counting as 'off'."""
    return state.bucket == wanted(state, goal)


def wanted(state: Environment, goal: Environment) -> BucketShape:
    """The goal's bucket; one that was ever versioned can only be suspended."""
    # what somebody has acknowledged is nothing of AWS's: it comes along with the last update
    target = dataclasses.replace(goal.bucket, acknowledge=state.bucket.acknowledge)
    if state.bucket.versioning != "off" and goal.bucket.versioning == "off":
        return dataclasses.replace(target, versioning="suspended")
    return target


def moves(state: Environment, goal: Environment) -> Iterator[Move]:
    """The changes of the bucket that S3 accepts next, on the way to the goal."""
    bucket, target = state.bucket, wanted(state, goal)
    if bucket.versioning != target.versioning:
        on = target.versioning == "enabled"
        days = target.noncurrent_expiry_days
        if bucket.versioning == "off" and on and days is not None:
            # in one update: nothing is noncurrent yet, so the rule removes nothing there is
            yield Move(
                title="start versioning of the bucket, old versions expiring",
                lane=Lane.STORES,
                rules=("bucket.versioning.on", "bucket.noncurrent.first"),
                after=changed(
                    state,
                    "bucket",
                    versioning=target.versioning,
                    noncurrent_expiry_days=days,
                ),
            )
            return
        yield Move(
            title=f"{'start' if on else 'suspend'} versioning of the bucket",
            lane=Lane.STORES,
            rules=("bucket.versioning.on" if on else "bucket.versioning.suspend",),
            after=changed(state, "bucket", versioning=target.versioning),
        )
        return
    rules = tuple(_rules(bucket, target))
    if bucket == target:
        return
    if _unacknowledged(bucket, goal.bucket):
        return
    yield Move(
        title="change the bucket's lifecycle rules",
        lane=Lane.STORES,
        rules=rules or ("bucket.lifecycle",),
        after=state.with_shape("bucket", target),
    )


def _rules(bucket: BucketShape, target: BucketShape) -> Iterator[str]:
    """The rows a change of rules is made of."""
    plain = ("storage_class", "transition_after_days", "abort_uploads_after_days")
    if any(getattr(bucket, name) != getattr(target, name) for name in plain):
        yield "bucket.lifecycle"
    before, after = bucket.noncurrent_expiry_days, target.noncurrent_expiry_days
    if before != after:
        sooner = (after or NEVER) < (before or NEVER)
        yield "bucket.noncurrent.expire" if sooner else "bucket.noncurrent.keep"
    before, after = bucket.expire_current_after_days, target.expire_current_after_days
    if before != after:
        sooner = (after or NEVER) < (before or NEVER)
        yield "bucket.current.expire" if sooner else "bucket.current.keep"
    archives = ("archive_access_after_days", "deep_archive_access_after_days")
    if any(getattr(bucket, name) != getattr(target, name) for name in archives):
        yield "bucket.archive"


def _unacknowledged(bucket: BucketShape, target: BucketShape) -> bool:
    """Whether objects would be removed or archived without anybody having said so."""
    rules = set(_rules(bucket, target))
    expires = "bucket.current.expire" in rules and EXPIRES not in target.acknowledge
    archives = "bucket.archive" in rules and (
        target.archive_access_after_days or target.deep_archive_access_after_days
    )
    return expires or bool(archives and ARCHIVES not in target.acknowledge)
