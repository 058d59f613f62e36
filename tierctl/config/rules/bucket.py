"""Rules of the bucket: what a lifecycle rule does to objects that exist already."""

from __future__ import annotations

from collections.abc import Iterator

from tierctl.catalog.limits import limits
from tierctl.config.rules.rule import Example, Problem, Rule, Subject

_LIFECYCLE = limits("bucket")["source"]
_ARCHIVE = limits("bucket")["archive_source"]
_EXPIRES, _ARCHIVES = "expires-current-objects", "archived-objects-need-restore"


def _tier(bad: str, good: str) -> Example:
    """A tier with a changed bucket."""
    head = "extends: medium\nfamilies:\n  bucket: "
    return Example("tiers/example.yaml", f"{head}{bad}\n", f"{head}{good}\n")


def _expiry(subject: Subject) -> Iterator[Problem]:
    """Current objects that are removed, and nobody said they know."""
    shape = subject.shapes.get("bucket")
    if shape and shape.expire_current_after_days is not None and _EXPIRES not in shape.acknowledge:
        yield Problem(
            subject.place("bucket.expire_current_after_days"),
            f"Every object older than {shape.expire_current_after_days} days is removed for good "
            "soon after the deployment, those that exist already too.",
            f"Remove the key, or add 'acknowledge: [{_EXPIRES}]' beside it.",
        )


def _archive(subject: Subject) -> Iterator[Problem]:
    """Archive tiers that nobody acknowledged."""
    shape = subject.shapes.get("bucket")
    if not shape or _ARCHIVES in shape.acknowledge:
        return
    for key in ("archive_access_after_days", "deep_archive_access_after_days"):
        days = getattr(shape, key)
        if days is not None:
            yield Problem(
                subject.place(f"bucket.{key}"),
                f"Objects not read for {days} days must be restored before they can be read "
                "again, which takes hours.",
                f"Remove '{key}', or add 'acknowledge: [{_ARCHIVES}]' beside it.",
            )


def _archive_class(subject: Subject) -> Iterator[Problem]:
    """Archive tiers of a class that objects do not enter."""
    shape = subject.shapes.get("bucket")
    if not shape or shape.storage_class == "intelligent_tiering":
        return
    for key in ("archive_access_after_days", "deep_archive_access_after_days"):
        if getattr(shape, key) is not None:
            yield Problem(
                subject.place(f"bucket.{key}"),
                f"'bucket.{key}' is given, and 'bucket.storage_class' is '{shape.storage_class}'.",
                f"Set 'storage_class: intelligent_tiering', or remove '{key}'.",
            )


def _deep_order(subject: Subject) -> Iterator[Problem]:
    """Deep archive before archive."""
    shape = subject.shapes.get("bucket")
    if not shape:
        return
    first, deep = shape.archive_access_after_days, shape.deep_archive_access_after_days
    if first is not None and deep is not None and deep <= first:
        yield Problem(
            subject.place(
                "bucket.deep_archive_access_after_days", "bucket.archive_access_after_days"
            ),
            f"'bucket.deep_archive_access_after_days' is {deep}, and archive access begins after "
            f"{first}.",
            f"Set 'deep_archive_access_after_days: {max(180, first + 90)}'.",
        )


def _transition(subject: Subject) -> Iterator[Problem]:
    """Standard-IA before 30 days."""
    shape = subject.shapes.get("bucket")
    least = limits("bucket")["standard_ia_from_days"]
    if shape and shape.storage_class == "standard_ia" and shape.transition_after_days < least:
        yield Problem(
            subject.place("bucket.transition_after_days", "bucket.storage_class"),
            f"'bucket.transition_after_days' is {shape.transition_after_days}.",
            f"Set 'transition_after_days: {least}' or more, or 'storage_class: "
            "intelligent_tiering'.",
        )


def _expiry_order(subject: Subject) -> Iterator[Problem]:
    """Objects removed before they move."""
    shape = subject.shapes.get("bucket")
    if not shape or shape.expire_current_after_days is None or shape.storage_class == "standard":
        return
    if shape.expire_current_after_days <= shape.transition_after_days:
        yield Problem(
            subject.place("bucket.expire_current_after_days"),
            f"Objects are removed after {shape.expire_current_after_days} days and would move "
            f"after {shape.transition_after_days}.",
            f"Set 'expire_current_after_days: {shape.transition_after_days + 1}' or more.",
        )


def _noncurrent(subject: Subject) -> Iterator[Problem]:
    """Old versions that expire where there are none."""
    shape = subject.shapes.get("bucket")
    if shape and shape.versioning == "off" and shape.noncurrent_expiry_days is not None:
        yield Problem(
            subject.place("bucket.noncurrent_expiry_days", "bucket.versioning"),
            "'bucket.noncurrent_expiry_days' is given, and 'bucket.versioning' is 'off'.",
            "Set 'versioning: enabled', or remove 'noncurrent_expiry_days'.",
        )


RULES = (
    Rule(
        "bucket-expires-current-objects",
        "current objects are removed without acknowledgement",
        "Expiry works on objects that exist already and cannot be undone.",
        "Remove the key, or acknowledge the consequence.",
        _LIFECYCLE,
        _tier(
            "{expire_current_after_days: 365}",
            f"{{expire_current_after_days: 365, acknowledge: [{_EXPIRES}]}}",
        ),
        _expiry,
    ),
    Rule(
        "bucket-archives-objects",
        "objects are archived without acknowledgement",
        "An application that reads an archived object gets an error until it is restored.",
        "Remove the key, or acknowledge the consequence.",
        _ARCHIVE,
        _tier(
            "{archive_access_after_days: 90}",
            f"{{archive_access_after_days: 90, acknowledge: [{_ARCHIVES}]}}",
        ),
        _archive,
    ),
    Rule(
        "bucket-archive-without-tiering",
        "archive tiers belong to another storage class",
        "Only objects in Intelligent-Tiering enter its archive tiers.",
        "Use Intelligent-Tiering, or remove the key.",
        _ARCHIVE,
        _tier(
            "{storage_class: standard, archive_access_after_days: 90, "
            f"acknowledge: [{_ARCHIVES}]}}",
            f"{{archive_access_after_days: 90, acknowledge: [{_ARCHIVES}]}}",
        ),
        _archive_class,
    ),
    Rule(
        "bucket-archive-order",
        "deep archive comes before archive",
        "S3 refuses a configuration whose deeper tier begins first.",
        "Let the deeper tier begin later.",
        _ARCHIVE,
        _tier(
            "{archive_access_after_days: 200, deep_archive_access_after_days: 180, "
            f"acknowledge: [{_ARCHIVES}]}}",
            "{archive_access_after_days: 90, deep_archive_access_after_days: 180, "
            f"acknowledge: [{_ARCHIVES}]}}",
        ),
        _deep_order,
    ),
    Rule(
        "bucket-transition-too-early",
        "objects would move too early",
        "S3 moves no object to Standard-IA before its thirtieth day.",
        "Wait 30 days, or use Intelligent-Tiering.",
        _LIFECYCLE,
        _tier(
            "{storage_class: standard_ia, transition_after_days: 7}",
            "{storage_class: standard_ia, transition_after_days: 30}",
        ),
        _transition,
    ),
    Rule(
        "bucket-expiry-before-transition",
        "objects are removed before they move",
        "S3 refuses a rule that expires objects no later than it moves them.",
        "Let expiry come after the transition.",
        _LIFECYCLE,
        _tier(
            "{storage_class: standard_ia, transition_after_days: 60, "
            f"expire_current_after_days: 60, acknowledge: [{_EXPIRES}]}}",
            "{storage_class: standard_ia, transition_after_days: 60, "
            f"expire_current_after_days: 90, acknowledge: [{_EXPIRES}]}}",
        ),
        _expiry_order,
    ),
    Rule(
        "bucket-noncurrent-without-versioning",
        "old versions expire where none are kept",
        "Whoever wrote it believes that old versions are kept.",
        "Turn versioning on, or remove the key.",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html",
        _tier(
            '{versioning: "off", noncurrent_expiry_days: 30}',
            "{versioning: enabled, noncurrent_expiry_days: 30}",
        ),
        _noncurrent,
    ),
)
