"""Rules of the network and of where an environment stands: address range, zones, residency."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from tierctl.catalog.limits import limits
from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import Severity, listing, nearest

ZONES = 3
_CIDR = limits("network")["source"]
_ZONE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html"
_APPLICATION = (
    "application:\n  cache_client: cluster\n  services:\n    web:\n"
    "      image: public.ecr.aws/nginx/nginx:1.29\n      port: 80\n      health_check_path: /\n"
)
_SUBNETS = (
    "imported:\n  vpc_id: vpc-0a1b2c3d\n  public_subnet_ids: [subnet-1, subnet-2, subnet-3]\n"
    "  private_subnet_ids: [subnet-4, subnet-5, subnet-6]\n"
    "  isolated_subnet_ids: [subnet-7, subnet-8%s]\n"
)
_IMPORTED = "families: {network: {source: imported}}\n"


def _client(bad: str, good: str, region: str = "region: eu-west-1\n") -> Example:
    """A client that stands somewhere."""
    head = f"tier: minimum\n{region}"
    return Example(
        "clients/example.yaml", f"{head}{bad}{_APPLICATION}", f"{head}{good}{_APPLICATION}"
    )


def _network(subject: Subject) -> ipaddress.IPv4Network | None:
    """The address range, when it is one."""
    if subject.placement is None:
        return None
    try:
        return ipaddress.IPv4Network(subject.placement.vpc_cidr)
    except ValueError:
        return None


def _cidr(subject: Subject) -> Iterator[Problem]:
    """An address range that is none, or whose subnets would not fit."""
    placement = subject.placement
    if placement is None or placement.imported is not None:
        return
    place, cidr = subject.place("placement.vpc_cidr"), placement.vpc_cidr
    network = _network(subject)
    if network is None:
        try:
            mended = str(ipaddress.IPv4Network(cidr, strict=False))
        except ValueError:
            mended = "10.0.0.0/16"
        yield Problem(
            place,
            f"'vpc_cidr' is '{cidr}', which is no IPv4 network.",
            f"Set 'vpc_cidr: {mended}'.",
            mended,
        )
        return
    known = limits("network")
    if not known["prefix_least"] <= network.prefixlen <= known["prefix_most"]:
        wanted = f"{network.network_address}/{known['prefix_least']}"
        yield Problem(
            place,
            f"'vpc_cidr' is {cidr}; three zones of private (/+4), public and isolated (/+8) "
            f"subnets need /{known['prefix_least']} to /{known['prefix_most']}.",
            f"Set 'vpc_cidr: {ipaddress.IPv4Network(wanted, strict=False)}'.",
        )


def _private(subject: Subject) -> Iterator[Problem]:
    """Public addresses inside a VPC."""
    network = _network(subject)
    ranges = [ipaddress.IPv4Network(r) for r in limits("network")["private_ranges"]]
    if network is not None and not any(network.subnet_of(r) for r in ranges):
        yield Problem(
            subject.place("placement.vpc_cidr"),
            f"'vpc_cidr' is {network}, which belongs to somebody on the internet.",
            f"Set 'vpc_cidr: 10.0.0.0/{network.prefixlen}', or another range of "
            f"{listing(limits('network')['private_ranges'])}.",
        )


def _zones(subject: Subject) -> Iterator[Problem]:
    """Zones that are not three different ones of the region."""
    placement = subject.placement
    if placement is None:
        return
    zones = placement.zones
    foreign = [zone for zone in zones if not zone.startswith(placement.region)]
    if len(set(zones)) != ZONES or len(zones) != ZONES or foreign:
        named = ", ".join(f"{placement.region}{letter}" for letter in "abc")
        yield Problem(
            subject.place("placement.zones", "placement.region"),
            f"'zones' are {listing(zones)}; three different zones of {placement.region} are "
            "needed, at every size.",
            f"Set 'zones: [{named}]'.",
        )


def _imported(subject: Subject) -> Iterator[Problem]:
    """An imported VPC that the network does not use, or the other way round."""
    shape, placement = subject.shapes.get("network"), subject.placement
    if shape is None or placement is None:
        return
    if shape.source == "imported" and placement.imported is None:
        yield Problem(
            subject.place("network.source", "placement.imported"),
            "'network.source' is 'imported', and no 'imported' VPC is named.",
            "Add 'imported:' with vpc_id and three subnets of each kind to the client file.",
        )
    if shape.source == "created" and placement.imported is not None:
        yield Problem(
            subject.place("placement.imported"),
            "An 'imported' VPC is named, and 'network.source' is 'created'.",
            "Add 'families: {network: {source: imported}}', or remove 'imported'.",
        )


def _imported_subnets(subject: Subject) -> Iterator[Problem]:
    """Subnets that do not match the zones."""
    placement = subject.placement
    if placement is None or placement.imported is None:
        return
    for key in ("public_subnet_ids", "private_subnet_ids", "isolated_subnet_ids"):
        subnets = getattr(placement.imported, key)
        if len(subnets) != len(placement.zones) or len(set(subnets)) != len(subnets):
            yield Problem(
                subject.place(f"placement.imported.{key}"),
                f"'imported.{key}' names {len(subnets)} subnets for {len(placement.zones)} zones.",
                f"Name {len(placement.zones)} different subnets in '{key}', one a zone, in the "
                "order of 'zones'.",
            )


def _nat(subject: Subject) -> Iterator[Problem]:
    """More gateways than zones."""
    shape, placement = subject.shapes.get("network"), subject.placement
    if shape and placement and shape.nat_gateways > len(set(placement.zones)):
        yield Problem(
            subject.place("network.nat_gateways", "placement.zones"),
            f"'network.nat_gateways' is {shape.nat_gateways}, and there are "
            f"{len(set(placement.zones))} zones.",
            f"Set 'nat_gateways: {len(set(placement.zones))}' or fewer.",
        )


def _residency(subject: Subject) -> Iterator[Problem]:
    """A region outside of where data may lie."""
    if subject.residency is None:
        return
    rules = limits("residency")["regions"]
    place = subject.place("residency")
    allowed = rules.get(subject.residency)
    if allowed is None:
        yield Problem(
            place,
            f"'residency' is '{subject.residency}'; known are {listing(sorted(rules))}.",
            f"Set 'residency: {nearest(subject.residency, rules) or 'eu'}', or add the rule to "
            "tierctl/catalog/limits/residency.yaml.",
            nearest(subject.residency, rules),
        )
    elif subject.placement is not None and subject.placement.region not in allowed:
        yield Problem(
            subject.place("placement.region") or place,
            f"'region' is {subject.placement.region}, and residency '{subject.residency}' allows "
            f"{listing(allowed)}.",
            f"Set 'region: {allowed[0]}', or change 'residency'.",
        )


RULES = (
    Rule(
        "network-address-range",
        "the address range does not serve",
        "The range can never change in place, and its subnets are cut from it at birth.",
        "Use a private range of /16 to /19.",
        _CIDR,
        _client("vpc_cidr: 10.0.0.0/24\n", "vpc_cidr: 10.0.0.0/16\n"),
        _cidr,
    ),
    Rule(
        "network-public-addresses",
        "the address range is public",
        "Tasks could no longer reach the internet hosts that own these addresses.",
        "Use a private range.",
        _CIDR,
        _client("vpc_cidr: 11.0.0.0/16\n", "vpc_cidr: 10.0.0.0/16\n"),
        _private,
        Severity.WARNING,
    ),
    Rule(
        "network-zones",
        "the zones are not three of the region's",
        "Zones are fixed at birth; a later third zone would move every subnet.",
        "Name three different zones of the region.",
        _ZONE,
        _client(
            "zones: [eu-west-1a, eu-west-1b]\n", "zones: [eu-west-1a, eu-west-1b, eu-west-1c]\n"
        ),
        _zones,
    ),
    Rule(
        "network-imported",
        "an existing VPC is half declared",
        "A second VPC would be made beside the one that was meant, or none at all.",
        "Declare both 'imported' and 'network.source: imported'.",
        "tierctl/model/environment.py: Placement.imported",
        _client(_IMPORTED, _SUBNETS % ", subnet-9" + _IMPORTED),
        _imported,
    ),
    Rule(
        "network-imported-subnets",
        "an existing VPC lacks a subnet for a zone",
        "Subnet groups, tasks and mount targets stand in every zone.",
        "Name one subnet of each kind for each zone.",
        "tierctl/model/environment.py: ImportedNetwork",
        _client(_SUBNETS % "" + _IMPORTED, _SUBNETS % ", subnet-9" + _IMPORTED),
        _imported_subnets,
    ),
    Rule(
        "network-nat-count",
        "there are more NAT gateways than zones",
        "A second gateway in one zone is billed and serves nothing.",
        "Have at most one in each zone.",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
        _client(
            "zones: [eu-west-1a, eu-west-1b, eu-west-1b]\nfamilies: {network: {nat_gateways: 3}}\n",
            "families: {network: {nat_gateways: 3}}\n",
        ),
        _nat,
    ),
    Rule(
        "residency",
        "the region lies outside of the residency rule",
        "Data would lie where the client's contract or law forbids it.",
        "Choose a region of the rule.",
        limits("residency")["source"],
        _client("residency: eu\n", "residency: us\n", "region: us-east-1\n"),
        _residency,
    ),
)
