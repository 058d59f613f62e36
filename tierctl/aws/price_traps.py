"""The wrong rows that price tools are known to take for the right one, each by name.

In: what is wanted (key, region, row of the price file) and a product that AWS offers for it.
Out: the reasons to refuse it; none when the product may be taken.
May not: choose between products, or let one pass because nothing better was offered.

Most of these were found as wrong figures in real projects: the first row of several taken
(Fargate memory at the price of ephemeral storage, a load-balancer hour at that of a trust store,
0.00 from a free-tier row), a Valkey node at the price of its SyncDurability add-on
(vantage-sh/ec2instances.info PR 912), EFS Standard at the price of One Zone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierctl.aws.price_list import Product


@dataclass(frozen=True, slots=True)
class Wanted:
    """The row of the price file that a product is to give its price to."""

    key: str
    region: str
    location: str
    row: Any  # as in the file


@dataclass(frozen=True, slots=True)
class Trap:
    """One way to take the wrong row."""

    name: str
    why: str
    caught: Callable[[Wanted, Product], bool]


def caught_in(wanted: Wanted, product: Product) -> tuple[Trap, ...]:
    """Return every trap this product is for this row."""
    return tuple(trap for trap in TRAPS if trap.caught(wanted, product))


def same_unit(ours: str, theirs: str) -> bool:
    """Say whether two spellings name one unit: AWS writes Hrs, hours and hour for an hour."""
    return _unit(ours) == _unit(theirs)


def _unit(text: str) -> str:
    word = text.partition("(")[0].strip().lower()  # "hours (per vCPU)" says more than AWS does
    return re.sub(r"\bmo(nths?)?$", "month", re.sub(r"\bh(ou)?rs?$", "hour", word))


def _is(*starts: str) -> Callable[[Wanted], bool]:
    return lambda wanted: wanted.key.startswith(starts)


def _everything(product: Product) -> str:
    """Return all that could name a product's kind, for words that settle the matter alone."""
    names = ("usagetype", "operation", "productFamily", "locationType", "group", "volumeType")
    more = ("groupDescription", "storageClass", "feeCode", "storageMedia")
    return " ".join(product[name] for name in names + more).lower()


def _word(word: str, own: str | None = None) -> Callable[[Wanted, Product], bool]:
    """Return a check for a word that only rows with `own` in their key may carry."""
    return lambda wanted, product: (
        word.lower() in _everything(product) and (own is None or own not in wanted.key)
    )


def _one_zone(wanted: Wanted, product: Product) -> bool:
    zonal = "-Z-" in product["usagetype"] or product["storageClass"].startswith("One Zone")
    return _is("efs.")(wanted) and zonal and "onezone" not in wanted.key


def _windows(wanted: Wanted, product: Product) -> bool:
    return (
        _is("fargate.")(wanted)
        and "windows" not in wanted.key
        and "windows" in (product["usagetype"] + product["operatingSystem"]).lower()
    )


def _serverless_v1(wanted: Wanted, product: Product) -> bool:
    first = product["productFamily"] == "Serverless" or product["usagetype"].endswith(
        "Aurora:ServerlessUsage"
    )
    return ".acu_hour" in wanted.key and first


def _other_nat(wanted: Wanted, product: Product) -> bool:
    other = ("RegionalNatGateway", "NatGateway-Prvd")
    return _is("nat.")(wanted) and any(name in product["usagetype"] for name in other)


def _other_service(wanted: Wanted, product: Product) -> bool:
    allowed = {wanted.row["service_code"], wanted.row.get("also_under")}
    return product.service_code not in allowed


def _other_region(wanted: Wanted, product: Product) -> bool:
    if wanted.row["scope"] != "regional":
        return False
    if product["regionCode"]:
        return product["regionCode"] != wanted.region
    return product["location"] not in ("", "Any", wanted.location)


def _other_engine(wanted: Wanted, product: Product) -> bool:
    asked = {**(wanted.row["filter"] or {}), **wanted.row.get("expect", {})}
    return any(
        name in asked and product[name] and product[name].lower() != asked[name].lower()
        for name in ("cacheEngine", "databaseEngine")
    )


def _zero(wanted: Wanted, product: Product) -> bool:
    """A price of nothing where the row does not say that AWS charges nothing."""
    ours = [Decimal(tier["price"]) for tier in wanted.row.get("tiers", [wanted.row])]
    theirs = [tier.price for tier in product.tiers]
    if len(ours) != len(theirs):
        return all(price <= 0 for price in theirs) and any(ours)
    return any(new <= 0 < old for old, new in zip(ours, theirs, strict=True))


def _unlike(wanted: Wanted, product: Product) -> bool:
    return bool(unexpected(wanted, product))


def unexpected(wanted: Wanted, product: Product) -> tuple[str, ...]:
    """Return the attributes that contradict what the row expects; an absent one does not."""
    return tuple(
        f"{name} is {product[name]!r}, not {value!r}"
        for name, value in wanted.row.get("expect", {}).items()
        if name in product.attributes and not fnmatchcase(product[name], value)
    )


def _other_unit(wanted: Wanted, product: Product) -> bool:
    return bool(product.unit) and not same_unit(wanted.row["unit"], product.unit)


def _other_tiers(wanted: Wanted, product: Product) -> bool:
    ours = [
        (
            Decimal(tier.get("from", 0)),
            None if tier.get("up_to") is None else Decimal(tier["up_to"]),
        )
        for tier in wanted.row.get("tiers", [wanted.row])
    ]
    theirs = [(tier.start, tier.end) for tier in product.tiers]
    return bool(theirs) and ours != theirs


TRAPS = (
    Trap(
        "extended-support",
        "extended support of an old engine version",
        _word("extendedsupport", "extended_support"),
    ),
    Trap("sync-durability", "the SyncDurability add-on of a cache node", _word("syncdurability")),
    Trap("outposts", "hardware on the customer's premises", _word("outpost")),
    Trap("one-zone", "EFS One Zone, about half the price of Standard", _one_zone),
    Trap(
        "trust-store",
        "the trust store of a load balancer, not the load balancer",
        _word("ts-loadbalancer", "trust_store"),
    ),
    Trap(
        "ephemeral-storage",
        "ephemeral storage of a task, not its memory",
        _word("ephemeralstorage", "ephemeral"),
    ),
    Trap("free-tier", "a price of zero, which is the free tier's row", _zero),
    Trap(
        "storage-overhead",
        "the overhead of archived S3 objects, not the objects",
        _word("overhead"),
    ),
    Trap("windows", "Windows, where Linux is meant", _windows),
    Trap("serverless-v1", "Aurora Serverless v1", _serverless_v1),
    Trap("other-nat", "a regional or a private NAT gateway product", _other_nat),
    Trap("reserved-lcu", "load-balancer capacity reserved in advance", _word("reservedlcu")),
    Trap("other-engine", "another engine", _other_engine),
    Trap("other-service", "another service's product", _other_service),
    Trap("other-region", "another region's product", _other_region),
    Trap("other-unit", "a price per another unit", _other_unit),
    Trap("other-tiers", "other volume tiers than the file has; adopt them by hand", _other_tiers),
    Trap("unexpected-attribute", "an attribute differs from what the row expects", _unlike),
)
