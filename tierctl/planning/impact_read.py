"""A template as resources to compare: resolved, with the attributes CloudFormation acts on.

In: bytes, parameter values. Out: the resources a template makes, each with its place. Uses the
templates' reader for the document and its functions; adds nothing to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.model.diagnostics import (
    Diagnostic,
    InvalidConfigurationError,
    Place,
    listing,
    nearest,
)
from tierctl.model.inventory import Unknown
from tierctl.planning.impact_values import Exact, hidden_words
from tierctl.templates.document import Document, load
from tierctl.templates.reader import FOR_EACH

if TYPE_CHECKING:
    from collections.abc import Mapping

ATTRIBUTES = ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One resource of a template.

    Attributes:
        properties: Resolved; Unknown when they cannot be read at all.
        attributes: Policies, resolved, those that are there.
        open: Why it is not known whether the template makes it; empty when it does.
    """

    logical_id: str
    type: str
    properties: Any
    attributes: dict[str, Any]
    place: Place
    open: str = ""

    def at(self, path: str) -> Any:
        """A value by `Properties.X.Y` or `UpdatePolicy.X`; None when it is not there."""
        head, *rest = path.split(".")
        found = self.properties if head == "Properties" else self.attributes.get(head)
        for part in rest:
            if not isinstance(found, dict):
                return found if isinstance(found, Unknown) else None
            found = found.get(part)
        return found


@dataclass(frozen=True, slots=True)
class Read:
    """A template that was read.

    Attributes:
        resources: By logical id.
        exports: Exported outputs: name to value.
        hidden: Values that are never shown.
        notes: What was taken for granted.
    """

    file: str
    resources: dict[str, Made]
    exports: dict[str, Any]
    hidden: frozenset[str]
    notes: tuple[str, ...]


def read_pair(
    before: tuple[bytes, str], after: tuple[bytes, str], parameters: Mapping[str, str], region: str
) -> tuple[Read, Read]:
    """Both templates, with the same parameter values.

    Raises:
        InvalidConfigurationError: One is no template, or a parameter is declared in neither.
    """
    documents = load(*before), load(*after)
    declared: list[str] = []
    for document in documents:
        section = document.root.get("Parameters")
        declared += [str(name) for name in section] if isinstance(section, dict) else []
    wrong = [name for name in parameters if name not in declared]
    if wrong:
        raise InvalidConfigurationError(
            _not_declared(name, declared, documents[1].file) for name in wrong
        )
    one, two = (_read(document, dict(parameters), region) for document in documents)
    return one, two


def _not_declared(name: str, declared: list[str], file: str) -> Diagnostic:
    """A value for a parameter of neither template."""
    return Diagnostic(
        "template-unknown-parameter",
        "a parameter is not declared",
        f"Neither template has a parameter '{name}'. They have {listing(dict.fromkeys(declared))}.",
        "Correct the name after --parameter.",
        place=Place(file, 1, 1),
        suggestion=nearest(name, declared),
    )


def _read(document: Document, parameters: dict[str, str], region: str) -> Read:
    """One template."""
    resolver = Exact(document, parameters, region)
    resources = {}
    for logical_id, body in document.root["Resources"].items():
        made = _made(document, resolver, str(logical_id), body)
        if made is not None:
            resources[made.logical_id] = made
    notes = [f"{document.file}: {note}" for note in _notes(document, parameters)]
    hidden = hidden_words(document, parameters)
    return Read(document.file, resources, _exports(document, resolver), hidden, tuple(notes))


def _made(document: Document, resolver: Exact, logical_id: str, body: Any) -> Made | None:
    """One resource; None when its condition is false."""
    place = document.place("Resources", logical_id)
    if logical_id.startswith(FOR_EACH):
        reason = Unknown("Fn::ForEach is expanded by AWS, not here")
        text = Unknown(f"{reason.reason}: {body!r}")
        return Made(
            logical_id=logical_id,
            type=FOR_EACH,
            properties=text,
            attributes={},
            place=place,
            open=reason.reason,
        )
    if not isinstance(body, dict) or not isinstance(body.get("Type"), str):
        raise InvalidConfigurationError(
            [
                Diagnostic(
                    "template-resource-type",
                    "a resource has no type",
                    f"'{logical_id}' is no mapping with a Type.",
                    "Give it a Type such as AWS::S3::Bucket, or remove it.",
                    place=place,
                )
            ]
        )
    unsure = ""
    if "Condition" in body:
        decided = resolver.condition(str(body["Condition"]))
        if isinstance(decided, Unknown):
            unsure = f"condition {body['Condition']}: {decided.reason}"
        elif not decided:
            return None
    properties = resolver.value(body.get("Properties") or {})
    if not isinstance(properties, dict | Unknown):
        properties = Unknown("its Properties are no mapping")
    attributes = {name: resolver.value(body[name]) for name in ATTRIBUTES if name in body}
    return Made(
        logical_id=logical_id,
        type=body["Type"],
        properties=properties,
        attributes=attributes,
        place=place,
        open=unsure,
    )


def _exports(document: Document, resolver: Exact) -> dict[str, Any]:
    """Outputs that other stacks may import: export name to value."""
    outputs = document.root.get("Outputs")
    found: dict[str, Any] = {}
    for body in (outputs if isinstance(outputs, dict) else {}).values():
        export = body.get("Export") if isinstance(body, dict) else None
        name = export.get("Name") if isinstance(export, dict) else None
        if name is None or not isinstance(body, dict):
            continue
        if "Condition" in body and resolver.condition(str(body["Condition"])) is False:
            continue
        found[str(resolver.value(name))] = resolver.value(body.get("Value"))
    return found


def _notes(document: Document, given: dict[str, str]) -> list[str]:
    """What was taken for granted in reading it."""
    notes = []
    if document.root.get("Transform"):
        notes.append("it is transformed by AWS; what that adds or changes is not seen here.")
    section = document.root.get("Parameters")
    parameters = section if isinstance(section, dict) else {}
    at_default = [
        name
        for name, body in parameters.items()
        if name not in given
        and isinstance(body, dict)
        and "Default" in body
        and not str(body.get("Type")).startswith("AWS::SSM")
    ]
    if at_default:
        notes.append(
            f"{listing(at_default)} taken at the default; a stack keeps what it was given, so "
            "give that with --parameter."
        )
    return notes
