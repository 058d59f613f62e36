"""The bucket family: one S3 bucket for the application's objects."""

from __future__ import annotations

from dataclasses import dataclass

from tierctl.model.attributes import attribute

BUCKET = "AWS::S3::Bucket"
_LIFECYCLE = f"{BUCKET}.LifecycleConfiguration"


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketShape:
    """Lifecycle and versioning. Rules act on objects that exist already: moves cost no data."""

    storage_class: str = attribute(
        "Class that objects move to: 'standard' leaves them, 'standard_ia' after "
        "transition_after_days, 'intelligent_tiering' at once.",
        choices=("standard", "standard_ia", "intelligent_tiering"),
        example="intelligent_tiering",
        moves=(_LIFECYCLE,),
    )
    transition_after_days: int = attribute(
        "Days after which objects move to storage_class; Standard-IA takes none before 30.",
        minimum=0,
        maximum=36500,
        default=0,
        moves=(_LIFECYCLE,),
    )
    versioning: str = attribute(
        "Versioning; once enabled it can only be suspended.",
        choices=("off", "enabled", "suspended"),
        example="off",
        moves=(f"{BUCKET}.VersioningConfiguration",),
    )
    noncurrent_expiry_days: int | None = attribute(
        "Days after which a version that is no longer current is removed; empty keeps all.",
        minimum=1,
        default=None,
        moves=(_LIFECYCLE,),
    )
    abort_uploads_after_days: int = attribute(
        "Days after which the parts of an unfinished upload are removed.",
        minimum=1,
        default=7,
        moves=(_LIFECYCLE,),
    )
    expire_current_after_days: int | None = attribute(
        "Days after which CURRENT objects are removed for good; empty never.",
        minimum=1,
        default=None,
        moves=(_LIFECYCLE,),
    )
    archive_access_after_days: int | None = attribute(
        "Days without access until Intelligent-Tiering archives an object, which must be "
        "restored before it can be read; empty never.",
        minimum=90,
        maximum=730,
        default=None,
        moves=(f"{BUCKET}.IntelligentTieringConfigurations",),
    )
    deep_archive_access_after_days: int | None = attribute(
        "The same for the Deep Archive Access tier.",
        minimum=180,
        maximum=730,
        default=None,
        moves=(f"{BUCKET}.IntelligentTieringConfigurations",),
    )
    acknowledge: tuple[str, ...] = attribute(
        "Consequences somebody has read and wants: 'expires-current-objects', "
        "'archived-objects-need-restore'.",
        choices=("expires-current-objects", "archived-objects-need-restore"),
        default=(),
        moves=(),
    )
