"""Client files: whose environment it is, where it stands, what runs, and what it overrides.

In: `clients/<name>.yaml`. Out: the located nodes of one environment of that client. The same
form serves `clients/default.yaml`, which is what runs when no client is named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tierctl.config.decode import Decoder
from tierctl.config.files import ClientEnvironment, ClientFile
from tierctl.config.nodes import Entry, Mapping, Node, Scalar, overlay
from tierctl.model.attributes import Attribute, attributes_of
from tierctl.model.diagnostics import Diagnostic, InvalidConfigurationError, nearest
from tierctl.model.environment import Application, Domain, ServiceContract
from tierctl.model.shapes import FAMILIES

if TYPE_CHECKING:
    from tierctl.config.project import Project

T = TypeVar("T")

DEFAULT_CLIENT = "default"
PLACED_KEYS = ("region", "zones", "vpc_cidr", "account", "imported")
OVERLAY_KEYS = tuple(f.name for f, _ in attributes_of(ClientEnvironment))
CLIENT_KEYS = (*(f.name for f, _ in attributes_of(ClientFile)), *OVERLAY_KEYS)
APPLICATION_KEYS = ("cache_client", "services")


@dataclass(frozen=True, slots=True)
class ClientSpec:
    """One client's file, checked for keys; values are decoded with the environment."""

    name: str
    file: str
    node: Mapping

    @property
    def tier(self) -> Scalar | None:
        """The tier the file names, if it names one."""
        value = self.node.get("tier")
        return value if isinstance(value, Scalar) else None

    def environments(self) -> Mapping | None:
        """Environments the file declares or changes."""
        value = self.node.get("environments")
        return value if isinstance(value, Mapping) else None

    def overlaid(self, environments: tuple[str, ...]) -> Mapping:
        """The file's own keys with those of the given environments on top, in order."""
        merged: Node = self.node
        declared = self.environments()
        for name in environments:
            merged = overlay(merged, declared.get(name) if declared else None) or merged
        return merged if isinstance(merged, Mapping) else self.node


def load_client(project: Project, name: str | None) -> ClientSpec:
    """The client of a name, or the default one.

    Raises:
        InvalidConfigurationError: No such file, or keys in it that mean nothing.
    """
    spec, diagnostics = read_client(project, name)
    if spec is None or diagnostics:
        raise InvalidConfigurationError(diagnostics)
    return spec


def read_client(project: Project, name: str | None) -> tuple[ClientSpec | None, list[Diagnostic]]:
    """The client of a name, or the default one, and what is wrong with its keys."""
    name = name or DEFAULT_CLIENT
    node, diagnostics = project.read_named("clients", name, "client")
    if node is None:
        return None, diagnostics
    decoder = Decoder(diagnostics)
    decoder.refuse_unknown(node, CLIENT_KEYS, f"client {name}")
    blocks = [("", node), *_environment_blocks(decoder, node)]
    for path, block in blocks:
        families = block.get("families")
        if isinstance(families, Mapping):
            decoder.refuse_unknown(families, FAMILIES, f"{path}families")
        elif families is not None and not isinstance(families, Scalar):
            decoder.refuse_type(families, f"{path}families", "a mapping of families", "{cache: {}}")
    tier = node.get("tier")
    if tier is not None:
        decoder.value(str | None, tier, "tier", Attribute("The tier.", example="medium"))
    return ClientSpec(name, project.relative(project.path("clients", name)), node), diagnostics


def _environment_blocks(decoder: Decoder, node: Mapping) -> list[tuple[str, Mapping]]:
    """What the file says of single environments, each with its path."""
    environments = node.get("environments")
    if environments is None or (isinstance(environments, Scalar) and environments.value is None):
        return []
    if not isinstance(environments, Mapping):
        wanted = "a mapping of environments"
        decoder.refuse_type(environments, "environments", wanted, "{production: {}}")
        return []
    blocks = []
    for entry in environments.entries:
        path = f"environments.{entry.key}"
        if isinstance(entry.node, Mapping):
            decoder.refuse_unknown(entry.node, (*OVERLAY_KEYS, "inherits"), path)
            blocks.append((f"{path}.", entry.node))
        elif not (isinstance(entry.node, Scalar) and entry.node.value is None):
            decoder.refuse_type(entry.node, path, "a mapping of keys to values", "{}")
    return blocks


def decode_application(
    decoder: Decoder, client: ClientSpec, node: Mapping, images: dict[str, str]
) -> Application | None:
    """The application of one environment, with release images in place.

    Args:
        decoder: Collects what is wrong.
        client: Whose file it is, for messages.
        node: The client's keys for this environment.
        images: Image by service name, from the command line; wins over the file.
    """
    block = node.get("application")
    if not isinstance(block, Mapping):
        decoder.diagnostics.append(
            Diagnostic(
                "missing-key",
                "a key is missing",
                f"client {client.name} has no 'application': what its services run.",
                "Add 'application:' with cache_client and services, as clients/default.yaml shows.",
                place=node.place,
            )
        )
        return None
    decoder.refuse_unknown(block, APPLICATION_KEYS, "application")
    services = _services(decoder, block, images)
    domain = decode_optional(decoder, Domain, node, "domain")
    known: dict[str, object] = {"services": services, "domain": domain}
    kept = Mapping(
        tuple(e for e in block.entries if e.key == "cache_client")
        + tuple(e for e in node.entries if e.key == "alarm_email"),
        block.place,
    )
    return decoder.record(Application, kept, "application", known)


def decode_optional(decoder: Decoder, cls: type[T], node: Mapping, key: str) -> T | None:
    """A record that may be left out; None also when it is wrong, which the decoder then knows."""
    value = node.get(key)
    if value is None or (isinstance(value, Scalar) and value.value is None):
        return None
    decoder.places[key] = value.place
    return decoder.record(cls, value, key, {})


def _services(
    decoder: Decoder, block: Mapping, images: dict[str, str]
) -> tuple[ServiceContract, ...]:
    """The service contracts by name, in the order of the file."""
    node = block.get("services")
    if not isinstance(node, Mapping) or not node.entries:
        decoder.diagnostics.append(
            Diagnostic(
                "missing-key",
                "a key is missing",
                "'application' names no 'services'.",
                "Add 'services:' with the image, port and health_check_path of each.",
                place=block.place,
            )
        )
        return ()
    contracts = [
        decoder.record(
            ServiceContract,
            _with_image(entry, images),
            f"application.services.{entry.key}",
            {"name": entry.key},
        )
        for entry in node.entries
    ]
    unknown = sorted(set(images) - set(node.names))
    if unknown:
        decoder.diagnostics.append(
            Diagnostic(
                "unknown-service",
                "an image is given for a service that does not exist",
                f"There is no service '{unknown[0]}'. Known are {', '.join(node.names)}.",
                "Name a service of the application.",
                suggestion=nearest(unknown[0], node.names),
            )
        )
    return tuple(contract for contract in contracts if contract is not None)


def _with_image(entry: Entry, images: dict[str, str]) -> Node:
    """A service's node with a release image over the one in the file."""
    image = images.get(entry.key)
    if image is None:
        return entry.node
    released = Scalar(image, image, entry.place)
    return overlay(entry.node, Mapping((Entry("image", entry.place, released),), entry.place)) or (
        entry.node
    )
