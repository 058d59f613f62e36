"""Usage: what a Shape does not say and the bill depends on, as ranges with a reason each.

In: figures from a profile, a client file or CloudWatch. Out: a `UsageProfile` that quantities
read by name. `USAGE` names every figure there is; a name outside it is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tierctl.model.money import Spread

if TYPE_CHECKING:
    from collections.abc import Mapping

USAGE: dict[str, str] = {
    "internet_out_gb": "GB sent to the internet in a month, answers and traffic through NAT",
    "nat_gb": "GB that pass the NAT gateways in a month, both ways",
    "inter_az_gb": "GB that cross from one zone to another in a month",
    "lcu": "load balancer capacity units, mean over the month",
    "mean_tasks": "running tasks of one service, mean over the month",
    "mean_acu": "ACU of one database instance while it is awake, mean",
    "database_awake_hours": "hours in a month in which a database that may pause is awake",
    "database_gb": "GB in the database's volume",
    "database_io_requests": "read and write requests to Aurora Standard storage in a month",
    "database_changed_gb_per_day": "GB of change a day that backups keep",
    "cache_data_gb": "GB of data in one cache, which is the size of one snapshot",
    "filesystem_gb": "GB in EFS, all classes",
    "filesystem_cold_share": "share of EFS data not read for the days after which it is moved",
    "filesystem_read_gb": "GB read from EFS in a month",
    "filesystem_write_gb": "GB written to EFS in a month",
    "filesystem_backup_gb": "GB of EFS backups kept",
    "bucket_gb": "GB of current objects in the bucket",
    "bucket_cold_share": "share of the objects not touched for 30 days",
    "bucket_frozen_share": "share of the objects not touched for 90 days, part of the cold",
    "bucket_objects": "objects of 128 KB and more",
    "bucket_noncurrent_gb": "GB of versions that are no longer current, where versions are kept",
    "bucket_put_requests": "PUT, POST and LIST requests in a month",
    "bucket_get_requests": "GET requests in a month",
    "bucket_cold_read_gb": "GB read in a month from a class that charges for retrieval",
    "bucket_moved_objects": "objects that a lifecycle rule moves in a month",
    "log_bucket_gb": "GB of access logs kept",
    "log_bucket_put_requests": "log files written in a month",
    "kms_requests": "requests to the key in a month",
    "key_rotations": "key versions beyond the first that are billed, two at the most",
    "secret_requests": "times a secret is read in a month",
    "service_log_gb": "GB that one service logs in a month",
    "database_log_gb": "GB that the database logs in a month",
    "cache_log_gb": "GB that the cache logs in a month",
    "flow_log_gb": "GB of VPC flow logs in a month",
    "insights_log_gb": "GB of Container Insights performance events in a month",
    "other_log_gb": "GB that applications write to another log group in a month (the audit log)",
    "dns_queries": "queries to the private zone in a month",
}


@dataclass(frozen=True, slots=True)
class UsageValue:
    """One figure: how much, why so much, and where the figure comes from."""

    spread: Spread
    because: str
    provenance: str


@dataclass(frozen=True, slots=True)
class UsageProfile:
    """Every figure that somebody stated, by name."""

    name: str
    values: Mapping[str, UsageValue]

    def get(self, name: str) -> UsageValue | None:
        """A figure, or None when nobody stated it; a name outside USAGE is a mistake of ours."""
        if name not in USAGE:
            raise KeyError(name)
        return self.values.get(name)

    def with_values(self, values: Mapping[str, UsageValue]) -> UsageProfile:
        """This profile with some figures replaced."""
        return UsageProfile(self.name, {**self.values, **values})


NO_USAGE = UsageProfile("none", {})
"""For a template of which nobody said how much it is used."""
