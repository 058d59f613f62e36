"""An Inventory: what a reader found in a template or an account.

In: facts a reader took from each resource. Out: resources, each with its family or none and a
partial Shape, where a fact that could not be read is an `Unknown` with its reason. Ours carries
its Environment document; of others the reader says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tierctl.model.diagnostics import Place
from tierctl.model.document import DocumentError, from_document
from tierctl.model.environment import Environment
from tierctl.model.unknown import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Inventory", "MissingEnvironment", "Resource", "Unknown"]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource.

    Attributes:
        address: Logical id, or the id in an account.
        type: CloudFormation type.
        family: Our family, or None.
        facts: Fields of the family's Shape where it has them, and other facts that cost money;
            a value may be Unknown, and a fact that is absent was not there to read.
        place: Where it is written.
        unread: Why nothing at all could be read of it (a ForEach, an unknown condition).
    """

    address: str
    type: str
    family: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    place: Place | None = None
    unread: str = ""

    def fact(self, name: str, default: Any = None) -> Any:
        """A fact, an Unknown, or the default when it is absent."""
        return self.facts.get(name, default)


@dataclass(frozen=True, slots=True)
class MissingEnvironment:
    """Why an Inventory is no Environment."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything found, in the order of the source."""

    source: str
    resources: tuple[Resource, ...]
    document: Any = None
    notes: tuple[str, ...] = ()

    def of_type(self, type_: str) -> Iterator[Resource]:
        """The resources of one type."""
        return (resource for resource in self.resources if resource.type == type_)

    def environment(self) -> Environment | MissingEnvironment:
        """The Environment ours was built from, or what is missing."""
        if self.document is None:
            return MissingEnvironment(
                ("The template has no tierctl metadata: it was not made by this stack.",)
            )
        try:
            return from_document(Environment, self.document)
        except DocumentError as error:
            return MissingEnvironment((f"The tierctl metadata does not fit: {error}.",))
