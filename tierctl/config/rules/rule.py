"""What a rule is: a stable id, why it exists, where the fact is from, and an example each way.

In: nothing of a project. Out: `Rule` (metadata, and a check where the rule is about values that
were read), `Subject` (what a check sees) and `Problem` (what a check yields). The pages under
`docs/rules` are generated from this metadata alone and each example is executed by a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tierctl.model.diagnostics import Diagnostic, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

    from tierctl.config.clients import ClientSpec
    from tierctl.config.tiers import TierSpec
    from tierctl.model.environment import Application, Placement, Schedule
    from tierctl.model.promise import Demands

HERE = "2026-11-21"
"""The date on which the sources below were last looked at."""


@dataclass(frozen=True, slots=True)
class Example:
    """A file that breaks a rule, and the same file mended.

    Attributes:
        file: Where it would lie in a project, as `tiers/example.yaml`.
        bad: The text that breaks the rule; bytes where no text could.
        good: The text that does not.
        shown: What the page shows instead of `bad`, when that is no text or very long.
        others: More files the example needs, by name.
    """

    file: str
    bad: str | bytes
    good: str
    shown: str | None = None
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of a check; the rule's own words are added by `examine`."""

    place: Place | None
    what: str
    fix: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """One environment as far as it could be read. A family that could not be read is absent.

    Attributes:
        shapes: Shapes by family; services as `service/<name>`.
        places: Where each value was written, by path: `cache.node_type`, `service.web.cpu`.
        recorded: Whether a record lies on top: an environment under way may stand at a stop
            that no tier file may name.
    """

    tier: TierSpec
    client: ClientSpec
    environment: str
    lacks: tuple[str, ...]
    shapes: Dictionary[str, Any]
    places: Dictionary[str, Place]
    application: Application | None = None
    placement: Placement | None = None
    app: str = "app"
    cost_centre: str = "unassigned"
    residency: str | None = None
    demands: Demands | None = None
    schedule: Schedule | None = None
    recorded: bool = False
    named_services: tuple[tuple[str, Place], ...] = field(default=())

    def place(self, *paths: str) -> Place | None:
        """Where to send the person: of the paths that were written, the one in the upper file.

        An override in a client file that clashes with its tier is mended in the client file.
        Within one file the first path named wins.
        """
        found = [self.places[path] for path in paths if path in self.places]
        return min(found, key=self._height) if found else None

    def _height(self, place: Place) -> int:
        """How far up a file lies: record, client, tier, what the tier extends."""
        if place.file == self.client.file:
            return 1
        if place.file == self.tier.place.file:
            return 2
        return 0 if place.file.startswith("environments/") else 3

    def services(self) -> Iterator[tuple[str, Any]]:
        """Every service's name and Shape."""
        for address, shape in self.shapes.items():
            family, _, name = address.partition("/")
            if family == "service" and name:
                yield name, shape


Check = Callable[[Subject], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: Stable, kebab-case; the page's name.
        summary: A few words without anything the user chose.
        why: Why it matters, in a sentence or two.
        fix: What to do in general; each finding says it for its own case.
        source: Where the fact is from.
        example: Executed by a test.
        check: None when the loader itself finds the problem.
        severity: Whether it stops.
        date: When the source was last looked at.
    """

    id: str
    summary: str
    why: str
    fix: str
    source: str
    example: Example
    check: Check | None = None
    severity: Severity = Severity.ERROR
    date: str = HERE

    def examine(self, subject: Subject) -> Iterator[Diagnostic]:
        """What this rule has to say about one environment."""
        if self.check is None:
            return
        for problem in self.check(subject):
            yield Diagnostic(
                self.id,
                self.summary,
                problem.what,
                problem.fix,
                why=self.why,
                place=problem.place,
                suggestion=problem.suggestion,
                severity=self.severity,
            )
