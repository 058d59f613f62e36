"""What an update from one template to another does, as data.

Every view (text, JSON, SARIF, Markdown) is rendered from these records; none of them decides
anything. Values are shown already redacted.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from tierctl.catalog.behaviours import DataRisk, Disruption, Source

if TYPE_CHECKING:
    from tierctl.model.diagnostics import Place


class Verdict(StrEnum):
    """What happens to a resource, or because of a property."""

    IN_PLACE = "in place"
    ADDED = "added"
    RETAINED = "retained"
    """Out of the template, and kept in the account."""
    INTERRUPTED = "interrupted"
    REMOVED = "removed"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    """CloudFormation or the service refuses it: the update fails and rolls back."""
    REPLACED = "replaced"


class Badness(IntEnum):
    """The table by which the worst of several verdicts is the whole's."""

    IN_PLACE = 0
    ADDED = 1
    RETAINED = 2
    INTERRUPTED = 3
    REMOVED = 4
    UNKNOWN = 5
    REFUSED = 6
    REPLACED = 7


def badness(verdict: Verdict) -> int:
    """How bad a verdict is."""
    return Badness[verdict.name]


def worst(verdicts: list[Verdict]) -> Verdict:
    """The worst of them; a replacement makes moot what else would have been refused."""
    return max(verdicts, key=badness, default=Verdict.IN_PLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChange:
    """One path that differs.

    Attributes:
        path: Within the resource, as templates write it.
        old: As text, secrets redacted; None when it was not there.
        why: What happens, in sentences.
        row: The catalogue row it is taken from, or the sources' own words.
        caused_by: Logical id of the replaced resource whose reference it is, if that is why.
    """

    path: str
    old: str | None
    new: str | None
    verdict: Verdict
    why: str
    row: str
    disruption: Disruption
    downtime_s: tuple[int, int] | None
    downtime_estimated: bool
    data_risk: DataRisk
    confidence: str
    sources: tuple[Source, ...]
    caused_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """One resource that differs.

    Attributes:
        holds_data: None when nobody has said of its type; counts as yes.
        data: What happens to its data, in a sentence; empty when it holds none.
        data_at_risk: Data may be lost, left behind or not found again.
        blocks: Why a pipeline should stop here: data at risk, or unknown on data, or refused.
        renamed: Logical id of its other half, when this is one resource under two ids.
    """

    logical_id: str
    type: str
    verdict: Verdict
    properties: tuple[PropertyChange, ...]
    why: str
    sources: tuple[Source, ...]
    holds_data: bool | None
    data: str
    data_at_risk: bool
    blocks: str
    renamed: str | None
    place: Place | None

    @property
    def downtime_s(self) -> tuple[int, int] | None:
        """The worst interruption of its paths; None when one is not known."""
        spans = [change.downtime_s for change in self.properties]
        if any(span is None for span in spans):
            return None
        known = [span for span in spans if span is not None]
        return max((s[0] for s in known), default=0), max((s[1] for s in known), default=0)

    @property
    def confidence(self) -> str:
        """The least sure of its paths."""
        order = ("confirmed", "inferred", "unconfirmed")
        return max((c.confidence for c in self.properties), key=order.index, default="confirmed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """Everything an update does.

    Attributes:
        before: Name of the first file.
        after: Name of the second.
        changes: The worst first.
        outputs: What happens to exported outputs, in sentences.
        notes: What a person should know of the comparison itself.
    """

    before: str
    after: str
    changes: tuple[ResourceChange, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The worst of all; None when nothing changes."""
        return worst([c.verdict for c in self.changes]) if self.changes else None

    @property
    def blocking(self) -> tuple[ResourceChange, ...]:
        """The changes that should stop a pipeline."""
        return tuple(change for change in self.changes if change.blocks)
