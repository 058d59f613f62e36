"""A plan: what will be done, step by step, finished as data before anything acts.

Every document, runbook and executor reads these records; none of them decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from tierctl.model.environment import Environment


class Verdict(StrEnum):
    """Whether the plan may be applied."""

    READY = "ready"
    CONFIRM = "needs confirmation"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One field that moves, and the template properties that move with it."""

    address: str
    field: str
    old: Any
    new: Any
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do.

    Attributes:
        number: From 1.
        kind: update (of the stack), action (one API call), wait, or manual.
        action: The call of an action; empty otherwise.
        after: The Environment once the step is done; synthesised as the step's template.
        because: Ids of the behaviour rows the figures are taken from.
        downtime_s: Seconds in which clients of an endpoint cannot use it: the rows' sum.
        duration_s: Seconds it takes: from the longest of the rows to the sum of them.
        reversible: In words, the worst of the rows.
        one_way: It cannot be taken back at all, and is asked for.
        confidence: The least sure of the rows.
        wait_s: Seconds, for a wait.
        cost_change_usd: Expected dollars a month more than before; None when not priced.
    """

    number: int
    kind: str
    title: str
    action: str
    after: Environment
    changes: tuple[Change, ...]
    because: tuple[str, ...]
    disruption: str
    downtime_s: tuple[int, int]
    downtime_estimated: bool
    duration_s: tuple[int, int]
    duration_estimated: bool
    reversible: tuple[str, ...]
    one_way: bool
    data_risk: str
    confidence: str
    before: tuple[str, ...]
    verify: tuple[str, ...]
    rollback: tuple[str, ...]
    sources: tuple[str, ...]
    cost_change_usd: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a plan is blocked or wants to be confirmed, and what to do."""

    rule: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole way.

    Attributes:
        start: Step 0: where the environment stands.
        goal: What was asked for.
        stands_for: Where the end differs from the goal and is declared equal to it, why.
        assumed: Facts nobody asked the account for, as sentences.
        notes: What a person should know besides.
    """

    start: Environment
    goal: Environment
    steps: tuple[Step, ...]
    verdict: Verdict
    reasons: tuple[Reason, ...]
    stands_for: tuple[str, ...]
    assumed: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def end(self) -> Environment:
        """Where the environment stands after the last step."""
        return self.steps[-1].after if self.steps else self.start

    @property
    def downtime_s(self) -> tuple[int, int]:
        """The sum of the steps' downtimes."""
        return sum(s.downtime_s[0] for s in self.steps), sum(s.downtime_s[1] for s in self.steps)

    @property
    def duration_s(self) -> tuple[int, int]:
        """The sum of the steps' durations."""
        return sum(s.duration_s[0] for s in self.steps), sum(s.duration_s[1] for s in self.steps)

    @property
    def cost_change_usd(self) -> Decimal | None:
        """Expected dollars a month more than now; None when a step is not priced."""
        changes = [step.cost_change_usd for step in self.steps]
        if any(change is None for change in changes):
            return None
        return sum((change for change in changes if change is not None), Decimal(0))

    def environment_at(self, step: int) -> Environment:
        """The Environment after a step; 0 is the start.

        Raises:
            IndexError: There is no such step.
        """
        if not 0 <= step <= len(self.steps):
            raise IndexError(step)
        return self.steps[step - 1].after if step else self.start
