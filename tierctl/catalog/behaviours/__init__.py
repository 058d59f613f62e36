"""What AWS does on each change: rows with disruption, times, risk, source and confidence.

In: `<family>.yaml` beside this file and `sources.yaml`. Out: a frozen `Behaviour` by id. A change
without a row is unknown, and unknown blocks: nothing here has a default that means safe.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


class Disruption(IntEnum):
    """How much users notice, in rising order."""

    NONE = 0
    DEGRADED = 1
    FAILOVER = 2
    INTERRUPTION = 3
    OUTAGE = 4
    DATA_LOSS = 5
    UNKNOWN = 6

    @property
    def word(self) -> str:
        """As documents write it."""
        return self.name.lower()


class DataRisk(IntEnum):
    """What may be lost, in rising order."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    TOTAL = 4

    @property
    def word(self) -> str:
        """As documents write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Source:
    """Where a claim comes from and when it was read there."""

    url: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """One row.

    Attributes:
        id: `family.subject.change`.
        family: The family it belongs to.
        fields: Shape fields it is about; empty for a change of bindings or a wait.
        what: What happens, one sentence.
        downtime_s: Seconds in which clients cannot use the endpoint, from and to.
        duration_s: Seconds the operation takes, from and to.
        downtime_estimated: No figure of AWS's was found for the downtime.
        duration_estimated: The same for the duration.
        reversible: How it can be taken back, in words; begins with "no" when it cannot.
        alone: Must be the only change in its update: its rollback may fail or AWS refuses company.
        before: What has to be true beforehand.
        verify: How the result is checked against the service.
        rollback: What happens when it has to be undone.
        declares: `Type.Property` that a change set may call Conditional and that this row knows
            to change in place, so that the gate lets it pass.
        confidence: confirmed, inferred or unconfirmed.
    """

    id: str
    family: str
    fields: tuple[str, ...]
    what: str
    disruption: Disruption
    downtime_s: tuple[int, int]
    duration_s: tuple[int, int]
    downtime_estimated: bool
    duration_estimated: bool
    data_risk: DataRisk
    reversible: str
    alone: bool
    before: tuple[str, ...]
    verify: tuple[str, ...]
    rollback: str
    declares: tuple[str, ...]
    sources: tuple[Source, ...]
    confidence: str

    @property
    def one_way(self) -> bool:
        """Whether it cannot be taken back at all."""
        return self.reversible.split(",")[0] == "no"


@functools.cache
def behaviours() -> dict[str, Behaviour]:
    """Every row by id. The files are ours and tested, so they are trusted as they stand."""
    sources = {key: Source(**value) for key, value in _load("sources").items()}
    rows: dict[str, Behaviour] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem != "sources":
            for key, row in _load(path.stem).items():
                rows[key] = _behaviour(key, path.stem, row, sources)
    return rows


def behaviour(rule: str) -> Behaviour:
    """The row of an id. Raises KeyError for an id that nobody wrote."""
    return behaviours()[rule]


def _load(stem: str) -> dict[str, Any]:
    """One file."""
    data = (FOLDER / f"{stem}.yaml").read_bytes()
    return dict(yaml.load(data, Loader=yaml.CSafeLoader))


def _behaviour(key: str, family: str, row: dict[str, Any], sources: dict[str, Source]) -> Behaviour:
    """A row as a record."""
    low, high = row["downtime_s"]
    shortest, longest = row["duration_s"]
    return Behaviour(
        id=key,
        family=family,
        fields=tuple(row["fields"]),
        what=row["what"],
        disruption=Disruption[row["disruption"].upper()],
        downtime_s=(low, high),
        duration_s=(shortest, longest),
        downtime_estimated="downtime" in row["estimated"],
        duration_estimated="duration" in row["estimated"],
        data_risk=DataRisk[row["data_risk"].upper()],
        reversible=row["reversible"],
        alone=row.get("alone", False),
        before=tuple(row.get("before", ())),
        verify=tuple(row.get("verify", ())),
        rollback=row.get("rollback", "CloudFormation rolls the update back."),
        declares=tuple(row.get("declares", ())),
        sources=tuple(sources[name] for name in row["sources"]),
        confidence=row["confidence"],
    )
