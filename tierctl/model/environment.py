"""An Environment: everything one stack is built from, with nothing open.

Shapes by address, Bindings (which endpoint the services read), Placement (where), Application
(what runs and what its client can do) and Identity (whose it is). Whatever differs between two
templates of ours is a field here. Everything else in tierctl is a function of Environments.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tierctl.model.attributes import attribute
from tierctl.model.shapes import (
    BucketShape,
    CacheShape,
    DatabaseShape,
    FilesystemShape,
    LoadbalancerShape,
    NetworkShape,
    ObservabilityShape,
    ServiceShape,
    Shape,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTAINERS = "AWS::ECS::TaskDefinition.ContainerDefinitions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whose environment this is. Names resources and tags; `tier` is a tag and nothing more."""

    app: str = attribute("Name of the application.", pattern=r"[a-z][a-z0-9-]*")
    client: str = attribute("Name of the client.", pattern=r"[a-z][a-z0-9-]*")
    environment: str = attribute("Name of the environment.", pattern=r"[a-z][a-z0-9-]*")
    tier: str = attribute("The tier last reached.", pattern=r"[a-z][a-z0-9-]*")
    cost_centre: str = attribute("Tag for the bill.", default="unassigned")

    @property
    def stack_name(self) -> str:
        """`app-client-environment`; no tier, so that a tier change is an update."""
        return f"{self.app}-{self.client}-{self.environment}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bindings:
    """Which endpoint of a store the services are told."""

    cache_endpoint: str = attribute(
        "The cache's primary endpoint, or the configuration endpoint of a cluster.",
        choices=("primary", "configuration"),
        moves=(_CONTAINERS, "Outputs"),
    )
    cache_tls: bool = attribute(
        "Whether services speak TLS to the cache.", default=True, moves=(_CONTAINERS,)
    )
    database_endpoint: str = attribute(
        "The cluster endpoint, or RDS Proxy's.",
        choices=("cluster",),
        default="cluster",
        moves=(_CONTAINERS, "Outputs"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedNetwork:
    """A VPC that exists already and is used, never changed."""

    vpc_id: str = attribute("Id of the VPC.", pattern=r"vpc-[0-9a-f]+", example="vpc-0a1b2c3d")
    public_subnet_ids: tuple[str, ...] = attribute("One public subnet for each zone, in order.")
    private_subnet_ids: tuple[str, ...] = attribute(
        "One subnet with a way out for each zone, in order; the services' tasks run there."
    )
    isolated_subnet_ids: tuple[str, ...] = attribute(
        "One subnet for each zone, in order, for the data stores; may be the private ones."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where: fixed at birth, never changed in place."""

    region: str = attribute(
        "The AWS region.", pattern=r"[a-z]{2}(-[a-z]+)+-\d", example="eu-west-1"
    )
    zones: tuple[str, ...] = attribute("Names of the three availability zones, in order.")
    vpc_cidr: str = attribute("Address range of the VPC.", default="10.0.0.0/16")
    account: str | None = attribute(
        "The AWS account, when it is fixed; otherwise the one the credentials belong to.",
        pattern=r"\d{12}",
        default=None,
    )
    imported: ImportedNetwork | None = attribute(
        "The VPC to use instead of a new one.", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """The name users type, and the certificate for it."""

    name: str = attribute("The domain name.", example="app.example.com")
    certificate_arn: str | None = attribute(
        "ARN of an ACM certificate in the same region.",
        pattern=r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/\S+",
        default=None,
    )
    hosted_zone_id: str | None = attribute(
        "Route 53 zone in which a record and a validated certificate are made.",
        pattern=r"Z[A-Z0-9]+",
        default=None,
    )
    hosted_zone_name: str | None = attribute("Name of that zone.", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceContract:
    """What a service is: the same at every size."""

    name: str = attribute("Name of the service.", pattern=r"[a-z][a-z0-9-]*")
    image: str = attribute("Container image with its tag or digest.", moves=(_CONTAINERS,))
    port: int = attribute("Port it listens on.", minimum=1, maximum=65535)
    health_check_path: str = attribute("Path that answers 200 when healthy.", pattern=r"/\S*")
    command: tuple[str, ...] = attribute("Command that replaces the image's own.", default=())
    paths: tuple[str, ...] = attribute(
        "Path patterns the load balancer sends to it; '/*' makes it the default, "
        "none keeps it internal.",
        default=(),
    )
    variables: tuple[tuple[str, str], ...] = attribute(
        "Variables that are no secret.", default=(), moves=(_CONTAINERS,)
    )
    secrets: tuple[tuple[str, str], ...] = attribute(
        "Variables whose values come from Secrets Manager, by secret ARN or name.", default=()
    )
    mount_path: str | None = attribute(
        "Where the file system is mounted, if it is.", pattern=r"/\S*", default=None
    )
    health_check_command: tuple[str, ...] = attribute(
        "Command for the container's own health check, if the image has one.", default=()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What runs, and what it can do."""

    cache_client: str = attribute(
        "Whether the application's cache client speaks the cluster protocol. A cache in cluster "
        "mode breaks one that does not.",
        choices=("standalone", "cluster"),
    )
    services: tuple[ServiceContract, ...]
    domain: Domain | None = None
    alarm_email: str | None = attribute(
        "Address that alarms are sent to.", pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Office hours: when an environment that may sleep is awake. Times are local to `timezone`."""

    days: tuple[str, ...] = attribute(
        "Days on which it runs.",
        choices=("mon", "tue", "wed", "thu", "fri", "sat", "sun"),
        example="[mon, tue, wed, thu, fri]",
    )
    start: str = attribute("Time it starts.", pattern=r"([01]\d|2[0-3]):[0-5]\d", example='"08:00"')
    stop: str = attribute("Time it stops.", pattern=r"([01]\d|2[0-3]):[0-5]\d", example='"19:00"')
    timezone: str = attribute(
        "Time zone by its IANA name.", pattern=r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)*", default="UTC"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One environment, resolved. See the module."""

    identity: Identity
    placement: Placement
    application: Application
    bindings: Bindings
    network: NetworkShape
    cache: CacheShape
    database: DatabaseShape
    filesystem: FilesystemShape
    bucket: BucketShape
    services: tuple[tuple[str, ServiceShape], ...]
    loadbalancer: LoadbalancerShape
    observability: ObservabilityShape
    schedule: Schedule | None = attribute("When it runs; empty always.", default=None)

    def shapes(self) -> Iterator[tuple[str, Shape]]:
        """Every Shape with its address: `cache`, `service/web`."""
        yield "network", self.network
        yield "cache", self.cache
        yield "database", self.database
        yield "filesystem", self.filesystem
        yield "bucket", self.bucket
        for name, shape in self.services:
            yield f"service/{name}", shape
        yield "loadbalancer", self.loadbalancer
        yield "observability", self.observability

    def service(self, name: str) -> ServiceShape:
        """The Shape of one service. Raises KeyError when there is none of that name."""
        return dict(self.services)[name]

    def with_shape(self, address: str, shape: Shape) -> Environment:
        """This Environment with one Shape changed; the address says which."""
        family, _, name = address.partition("/")
        changes: dict[str, Any] = {family: shape}
        if family == "service":
            services = ((n, shape if n == name else s) for n, s in self.services)
            changes = {"services": tuple(services)}
        return dataclasses.replace(self, **changes)
