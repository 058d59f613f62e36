"""Which client and which tier: one precedence, always explained.

In: a flag or context value, the environment's variables, the client file and the selection
file. Out: the choice, where it came from and what else was said. There is no default: a tier
that nobody named is an error, for a silent one would one day change a production system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tierctl.config.atomic import write_atomically
from tierctl.config.clients import DEFAULT_CLIENT, ClientSpec
from tierctl.config.decode import Decoder
from tierctl.config.nodes import Mapping, Scalar
from tierctl.config.project import SELECTION_FILE, Project, unknown_name
from tierctl.config.tiers import aliases
from tierctl.model.attributes import Attribute
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, Place, listing

if TYPE_CHECKING:
    from collections.abc import Mapping as Dictionary
    from pathlib import Path

VARIABLES = ("TIERCTL_TIER", "CLIENT_TIER", "COPILOT_TIER")
"""In order. The last two are the plan document's, for pipelines that set them already."""
CLIENT_VARIABLE = "TIERCTL_CLIENT"
DOMAIN_VARIABLE = "CLIENT_DOMAIN"
"""The plan document's: the client whose file has this domain."""
SELECTION_KEYS = ("tier", "client")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that names a tier or client."""

    source: str
    word: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The tier chosen, by its own name, and every place that said something, in precedence."""

    tier: str
    source: str
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...] = ()

    def explained(self) -> list[str]:
        """How it was decided, a line each: who won, and who was heard and passed over."""
        lines = [f"Tier '{self.tier}', named by {self.source}."]
        lines += [
            f"Passed over: {other.source} says '{_printable(other.word)}'."
            for other in self.candidates[1:]
        ]
        return [*lines, *self.notes]


def _printable(word: str) -> str:
    """A word of an environment variable, whose bytes need not be text."""
    return word.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class Selection:
    """What the selection file says."""

    tier: Scalar | None = None
    client: Scalar | None = None


def choose_client(
    project: Project, given: str | None, variables: Dictionary[str, str]
) -> tuple[str, str, tuple[str, ...]]:
    """The client's name, who named it, and what else is to be said.

    By precedence: flag or context, TIERCTL_CLIENT, CLIENT_DOMAIN, selection file, the default.
    """
    if given:
        return given, "--client", ()
    if variables.get(CLIENT_VARIABLE):
        return variables[CLIENT_VARIABLE], CLIENT_VARIABLE, ()
    notes: tuple[str, ...] = ()
    domain = variables.get(DOMAIN_VARIABLE)
    if domain:
        owner = _client_of_domain(project, domain)
        if owner:
            return owner, DOMAIN_VARIABLE, ()
        notes = (f"{DOMAIN_VARIABLE} is '{domain}', which no file of clients/ has: not used.",)
    selected, _ = read_selection(project)
    if selected.client is not None:
        return selected.client.text, SELECTION_FILE, notes
    return DEFAULT_CLIENT, "the default", notes


def _client_of_domain(project: Project, domain: str) -> str | None:
    """The client that has a domain, in any of its environments."""
    wanted = domain.lower().rstrip(".")
    for name in project.names("clients"):
        root, _ = project.read(project.path("clients", name))
        blocks = [root] if root else []
        environments = root.get("environments") if root else None
        if isinstance(environments, Mapping):
            blocks += [e.node for e in environments.entries if isinstance(e.node, Mapping)]
        for block in blocks:
            node = block.get("domain")
            word = node.get("name") if isinstance(node, Mapping) else None
            if isinstance(word, Scalar) and word.text.lower().rstrip(".") == wanted:
                return name
    return None


def choose_tier(
    project: Project,
    client: ClientSpec,
    given: str | None,
    variables: Dictionary[str, str],
    how: str = "-c tier",
    notes: tuple[str, ...] = (),
) -> Choice:
    """The tier by precedence: flag or context, variables, client file, selection file.

    Args:
        project: Where tiers and the selection file are.
        client: The client whose file may name a tier.
        given: What the command line says, if anything.
        variables: The process's environment variables.
        how: What to call the command line's way in, for the explanation.
        notes: More to be said in the explanation.

    Raises:
        InvalidConfigurationError: Nothing names a tier, or the first word that does is unknown.
    """
    found = heard(project, client, given, variables, how)
    if not found:
        raise InvalidConfigurationError([nothing_said(project)])
    first = found[0]
    return Choice(tier_named(project, first), first.source, found, notes)


def heard(
    project: Project,
    client: ClientSpec,
    given: str | None,
    variables: Dictionary[str, str],
    how: str,
) -> tuple[Candidate, ...]:
    """Every place that names a tier, in precedence.

    Raises:
        InvalidConfigurationError: The selection file cannot be used.
    """
    found = [Candidate(how, given)] if given else []
    found += [Candidate(name, variables[name]) for name in VARIABLES if variables.get(name)]
    if client.tier is not None and client.tier.value:
        found.append(Candidate(client.file, client.tier.text, client.tier.place))
    selected, diagnostics = read_selection(project)
    if diagnostics and not found:
        raise InvalidConfigurationError(diagnostics)
    if selected.tier is not None:
        found.append(Candidate(SELECTION_FILE, selected.tier.text, selected.tier.place))
    return tuple(found)


def tier_named(project: Project, candidate: Candidate) -> str:
    """The tier's own name for a word somebody said.

    Raises:
        InvalidConfigurationError: It names no tier.
    """
    names, other_names = project.names("tiers"), aliases(project)
    tier = candidate.word if candidate.word in names else other_names.get(candidate.word)
    if tier is not None:
        return tier
    unknown = unknown_name(
        "tier", candidate.word, [*names, *other_names], "tiers/", candidate.place
    )
    raise InvalidConfigurationError([_named_by(unknown, candidate.source)])


def read_selection(project: Project) -> tuple[Selection, list[Diagnostic]]:
    """What the selection file says, if there is one, and what is wrong with it."""
    path = project.folder / SELECTION_FILE
    if not project.exists(path):
        return Selection(), []
    node, diagnostics = project.read(path)
    if node is None:
        return Selection(), diagnostics
    decoder = Decoder(diagnostics)
    decoder.refuse_unknown(node, SELECTION_KEYS, "selection")
    words: dict[str, Scalar] = {}
    for key in SELECTION_KEYS:
        value = node.get(key)
        declared = Attribute(f"The {key}.", example="medium" if key == "tier" else "acme")
        if value is not None and decoder.value(str, value, key, declared) is not None:
            words[key] = value  # type: ignore[assignment]  # a str is only made of a Scalar
    return Selection(words.get("tier"), words.get("client")), diagnostics


def write_selection(project: Project, tier: str, client: str | None) -> Path:
    """Write the selection file; returns it.

    Raises:
        OSError: The file cannot be written.
    """
    path = project.folder / SELECTION_FILE
    text = "# Written by 'tierctl select'. Flags, variables and client files win over it.\n"
    text += f"tier: {tier}\n" + (f"client: {client}\n" if client else "")
    write_atomically(path, text)
    return path


def nothing_said(project: Project) -> Diagnostic:
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
        place=diagnostic.place,
        suggestion=diagnostic.suggestion,
    )
