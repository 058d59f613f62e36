"""Which tier: one precedence, always explained.

In: a flag or context value, the environment's variables, the client file and the selection
file. Out: the choice, where it came from and what else was said. There is no default: a tier
that nobody named is an error, for a silent one would one day change a production system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tierctl.config.nodes import Scalar
from tierctl.config.project import SELECTION_FILE, Project, unknown_name
from tierctl.config.tiers import aliases
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, listing

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary

    from tierctl.config.clients import ClientSpec

VARIABLES = ("TIERCTL_TIER", "CLIENT_TIER", "COPILOT_TIER")
"""In order. The last two are the plan document's, for pipelines that set them already."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that names a tier."""

    source: str
    word: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The tier chosen, by its own name, and every place that said something, in precedence."""

    tier: str
    source: str
    candidates: tuple[Candidate, ...]


def choose_tier(
    project: Project,
    client: ClientSpec,
    given: str | None,
    variables: Dictionary[str, str],
    how: str = "-c tier",
) -> Choice:
    """The tier by precedence: flag or context, variables, client file, selection file.

    Args:
        project: Where tiers and the selection file are.
        client: The client whose file may name a tier.
        given: What the command line says, if anything.
        variables: The process's environment variables.
        how: What to call the command line's way in, for the explanation.

    Raises:
        InvalidConfigurationError: Nothing names a tier, or the first word that does is unknown.
    """
    found = [Candidate(how, given)] if given else []
    found += [Candidate(name, variables[name]) for name in VARIABLES if variables.get(name)]
    if client.tier is not None and client.tier.value:
        found.append(Candidate(client.file, client.tier.text))
    selected = _selection_file(project)
    if selected:
        found.append(Candidate(SELECTION_FILE, selected))
    if not found:
        raise InvalidConfigurationError([_nothing_said(project)])
    first = found[0]
    names = project.names("tiers")
    other_names = aliases(project)
    tier = first.word if first.word in names else other_names.get(first.word)
    if tier is None:
        unknown = unknown_name("tier", first.word, [*names, *other_names], "tiers/")
        raise InvalidConfigurationError([_named_by(unknown, first.source)])
    return Choice(tier, first.source, tuple(found))


def _selection_file(project: Project) -> str | None:
    """The tier in the selection file, or None when there is no such file."""
    path = project.folder / SELECTION_FILE
    if not path.exists():
        return None
    node, diagnostics = project.read(path)
    tier = node.get("tier") if node else None
    if diagnostics:
        raise InvalidConfigurationError(diagnostics)
    return tier.text if isinstance(tier, Scalar) else None


def _nothing_said(project: Project) -> Diagnostic:
    """The error of a tier that nobody named, with every way to name one."""
    return Diagnostic(
        "tier-not-given",
        "no tier is given",
        f"Tiers are {listing(project.names('tiers'))}. None is taken by default.",
        "Give one: 'cdk deploy -c tier=medium', the variable TIERCTL_TIER, 'tier:' in a client "
        "file, or 'tierctl select medium'.",
        why="A silent default would one day change the size of a production system.",
    )


def _named_by(diagnostic: Diagnostic, source: str) -> Diagnostic:
    """An unknown tier, with who named it."""
    return Diagnostic(
        diagnostic.rule,
        diagnostic.summary,
        f"{diagnostic.what} It was named by {source}.",
        diagnostic.fix,
        suggestion=diagnostic.suggestion,
    )
