"""A template to an Inventory.

In: bytes, a file name, parameter values, a region. Out: every resource that the template creates,
in its order, with facts where a reader knows its type. Resources whose condition is false are
left out; those whose condition cannot be decided stay, unread, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.model.diagnostics import (
    Diagnostic,
    InvalidConfigurationError,
    Place,
    listing,
    nearest,
)
from tierctl.model.inventory import Inventory, Resource, Unknown
from tierctl.templates import families, others
from tierctl.templates.document import Document, load
from tierctl.templates.intrinsics import Resolver, references
from tierctl.templates.values import Props

if TYPE_CHECKING:
    from collections.abc import Mapping

FOR_EACH = "Fn::ForEach"
METADATA_KEY = "tierctl"


def read_template(data: bytes, file: str, parameters: Mapping[str, str], region: str) -> Inventory:
    """The Inventory of a template.

    Raises:
        InvalidConfigurationError: The bytes are no template, or a parameter is not declared.
    """
    document = load(data, file)
    _check_parameters(document, parameters)
    resolver = Resolver(document, parameters, region)
    resources = []
    mentioned: set[str] = set()
    for address, body in document.root["Resources"].items():
        resource = _resource(document, resolver, str(address), body, mentioned)
        if resource is not None:
            resources.append(resource)
    for resource in resources:
        if resource.type == "AWS::Logs::LogGroup" and resource.address not in mentioned:
            resource.facts["mentioned"] = False
    return Inventory(file, tuple(resources), _ours(document), _notes(document))


def _check_parameters(document: Document, parameters: Mapping[str, str]) -> None:
    """Refuse a value for a parameter that is not declared: it would change nothing."""
    declared = document.root.get("Parameters")
    known = list(declared) if isinstance(declared, dict) else []
    problems = [
        Diagnostic(
            "template-unknown-parameter",
            "a parameter is not declared",
            f"The template has no parameter '{name}'. It has {listing(known)}.",
            "Correct the name after --parameter.",
            place=Place(document.file, 1, 1),
            suggestion=nearest(name, known),
        )
        for name in parameters
        if name not in known
    ]
    if problems:
        raise InvalidConfigurationError(problems)


def _resource(
    document: Document, resolver: Resolver, address: str, body: Any, mentioned: set[str]
) -> Resource | None:
    """One resource, or None when its condition is false."""
    place = document.place("Resources", address)
    if address.startswith(FOR_EACH):
        reason = "Fn::ForEach is expanded by AWS, not here: how many there are is not known"
        return Resource(address, FOR_EACH, place=place, unread=reason)
    if not isinstance(body, dict) or not isinstance(body.get("Type"), str):
        raise InvalidConfigurationError(
            [
                Diagnostic(
                    "template-resource-type",
                    "a resource has no type",
                    f"'{address}' is no mapping with a Type.",
                    "Give it a Type such as AWS::S3::Bucket, or remove it.",
                    place=place,
                )
            ]
        )
    kind = body["Type"]
    family = families.READERS[kind][0] if kind in families.READERS else None
    if "Condition" in body:
        decided = resolver.condition(str(body["Condition"]))
        if isinstance(decided, Unknown):
            reason = f"whether it is made hangs on condition {body['Condition']}: {decided.reason}"
            return Resource(address, kind, family, place=place, unread=reason)
        if not decided:
            return None
    properties = resolver.value(body.get("Properties") or {})
    if isinstance(properties, Unknown):
        return Resource(address, kind, family, place=place, unread=properties.reason)
    mentioned.update(references(properties), _words(body.get("DependsOn")))
    if kind in families.READERS:
        return Resource(address, kind, family, families.READERS[kind][1](Props(properties)), place)
    reader = others.READERS.get(kind)
    facts = reader(Props(properties)) if reader else {}
    return Resource(address, kind, family, facts, place)


def _words(value: Any) -> list[str]:
    """One word or several as a list."""
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def _ours(document: Document) -> Any:
    """The Environment document of a template of ours, for those who ask for it."""
    metadata = document.root.get("Metadata")
    own = metadata.get(METADATA_KEY) if isinstance(metadata, dict) else None
    return own.get("environment") if isinstance(own, dict) else None


def _notes(document: Document) -> tuple[str, ...]:
    """What a reader should know of the template as a whole."""
    transform = document.root.get("Transform")
    if not transform:
        return ()
    names = transform if isinstance(transform, list) else [transform]
    words = listing(str(name) for name in names)
    return (f"The template is transformed by {words}; what that adds is not in these figures.",)
