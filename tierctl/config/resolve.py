"""Tier, client and record to one Environment with nothing open.

In: a project, and a Request that says which environment. Out: a Resolution: the Environment,
the tier it was made from, and the place every value was written at. Everything wrong is raised
at once. Values lie on top of one another in this order: tier, its environment, client, the
client's environment, record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tierctl.config.assemble import assemble
from tierctl.config.clients import ClientSpec, read_client
from tierctl.config.nodes import Mapping as Nodes
from tierctl.config.nodes import overlay
from tierctl.config.records import Record, read_record
from tierctl.config.selection import Choice, choose_client, choose_tier
from tierctl.config.tiers import TierSpec, lineage_of, read_tier
from tierctl.model.diagnostics import (
    Diagnostic,
    InvalidConfigurationError,
    Place,
    Severity,
    has_errors,
    in_order,
)

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

    from tierctl.config.project import Project
    from tierctl.model.environment import Environment

DEFAULT_ENVIRONMENT = "staging"
"""Production is always asked for by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Which environment is wanted, as far as the command line says."""

    tier: str | None = None
    client: str | None = None
    environment: str = DEFAULT_ENVIRONMENT
    region: str | None = None
    images: dict[str, str] = field(default_factory=dict)
    how: str = "-c tier"


@dataclass(frozen=True, slots=True)
class Resolution:
    """An Environment and how it came to be.

    Attributes:
        places: Where each value was written, by path; a value without one is a default or
            follows from others.
        warnings: What is no error and should still be known.
    """

    environment: Environment
    tier: TierSpec
    choice: Choice
    lacks: tuple[str, ...]
    places: dict[str, Place]
    record: Record | None
    warnings: tuple[Diagnostic, ...] = ()


def resolve(project: Project, request: Request, variables: Dictionary[str, str]) -> Resolution:
    """The Environment a request asks for.

    Raises:
        InvalidConfigurationError: With everything that is wrong, or a recorded environment of
            another tier, which only a plan may change.
    """
    resolution, diagnostics = attempt(project, request, variables)
    if resolution is None:
        raise InvalidConfigurationError(
            d for d in diagnostics if d.severity is Severity.ERROR or not has_errors(diagnostics)
        )
    return resolution


def attempt(
    project: Project, request: Request, variables: Dictionary[str, str]
) -> tuple[Resolution | None, tuple[Diagnostic, ...]]:
    """The Environment a request asks for, if nothing is in its way, and all there is to say.

    Every stage adds what it finds; a stage that cannot begin without the one before ends the
    attempt with what was found so far. Raises nothing for any content of any file.
    """
    found: list[Diagnostic] = []
    try:
        return _attempt(project, request, variables, found)
    except InvalidConfigurationError as error:
        return None, in_order([*found, *error.diagnostics])


def _attempt(
    project: Project,
    request: Request,
    variables: Dictionary[str, str],
    found: list[Diagnostic],
) -> tuple[Resolution | None, tuple[Diagnostic, ...]]:
    """The stages: client, tier, record, layers, decoding, rules."""
    name, _, notes = choose_client(project, request.client, variables)
    client, problems = read_client(project, name)
    found += problems
    if client is None:
        return None, in_order(found)
    choice = choose_tier(project, client, request.tier, variables, request.how, notes)
    tier, problems = read_tier(project, choice.tier)
    found += problems
    record, problems = read_record(project, client.name, request.environment)
    found += problems
    if tier is None:
        return None, in_order(found)
    if record and record.tier.text != tier.name:
        found.append(_silent_change(record, choice, client, request))
        return None, in_order(found)
    declared = overlay(tier.environment_nodes, client.environments())
    environments = declared if isinstance(declared, Nodes) else tier.environment_nodes
    lineage = lineage_of(environments, request.environment, f"tier {tier.name}")
    built = assemble(client, tier, record, lineage, request)
    found += built.diagnostics
    if has_errors(found) or built.environment is None:
        return None, in_order(found)
    return Resolution(
        environment=built.environment,
        tier=tier,
        choice=choice,
        lacks=built.lacks,
        places=built.places,
        record=record,
        warnings=in_order(found),
    ), in_order(found)


def _silent_change(
    record: Record, choice: Choice, client: ClientSpec, request: Request
) -> Diagnostic:
    """A deployed environment is asked for at another tier without a plan."""
    named = f" --client {client.name}" if request.client else ""
    return Diagnostic(
        "tier-change-without-plan",
        "a deployed environment would change its tier",
        f"{client.name}-{request.environment} is recorded as '{record.tier.text}', and "
        f"{choice.source} says '{choice.tier}'.",
        f"Plan the change: tierctl plan --to {choice.tier}{named} "
        f"--environment {request.environment} -o plan.json",
        why="One deployment cannot make this change safely; a plan makes it in steps.",
        place=record.tier.place,
    )
