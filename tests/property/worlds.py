"""Random environments within what validation allows, for plans that nobody thought of.

In: a shipped Environment to begin with. Out: hypothesis strategies of pairs. Fields change within
their bounds; what rules tie together (failover and replicas, mode and number) changes together.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tierctl.model.environment import Environment

FARGATE = [(256, 512), (256, 1024), (512, 1024), (512, 2048), (1024, 2048), (2048, 4096)]
NODES = ["cache.t4g.micro", "cache.t4g.small", "cache.t4g.medium", "cache.m7g.large"]


@st.composite
def caches(draw: st.DrawFn) -> dict[str, Any]:
    """A cache that a tier file may ask for."""
    clustered = draw(st.booleans())
    replicas = draw(st.integers(1 if clustered else 0, 3))
    failover = clustered or (replicas > 0 and draw(st.booleans()))
    engine, version = draw(
        st.sampled_from(
            [("valkey", "8.1"), ("valkey", "8.0"), ("valkey", "7.2"), ("redis", "7.1")]
            + [("redis", "7.0")] * (not clustered)
        )
    )
    return {
        "engine": engine,
        "engine_version": version,
        "node_type": draw(st.sampled_from(NODES)),
        "cluster_mode": "enabled" if clustered else "disabled",
        "shards": draw(st.integers(1, 3)) if clustered else 1,
        "replicas_per_shard": replicas,
        "automatic_failover": failover,
        "multi_az": failover and draw(st.booleans()),
        "snapshot_retention_days": draw(st.sampled_from([0, 1, 7])),
        "transit_encryption": draw(
            st.sampled_from(["required", "required", "preferred", "disabled"])
        ),
    }


@st.composite
def databases(draw: st.DrawFn) -> dict[str, Any]:
    """A database; now and then one that still owes a restart."""
    most = Decimal(draw(st.sampled_from(["1", "2", "8", "16", "32"])))
    least = Decimal(draw(st.sampled_from(["0", "0.5", "1"])))
    version = draw(st.sampled_from(["16.2", "16.6", "16.11", "17.4"]))
    if version == "16.2":
        least = max(least, Decimal("0.5"))
    pause = draw(st.sampled_from([None, 300, 3600])) if least == 0 else None
    return {
        "engine_version": version,
        "min_acu": min(least, most),
        "max_acu": most,
        "connections_max_acu": most,
        "readers": draw(st.integers(0, 2)),
        "backup_retention_days": draw(st.sampled_from([1, 7, 35])),
        "statement_timeout_s": draw(st.sampled_from([0, 30, 60])),
        "storage_type": draw(st.sampled_from(["aurora", "aurora", "aurora-iopt1"])),
        "auto_pause_after_s": pause,
        "performance_insights": draw(st.booleans()),
    }


@st.composite
def files(draw: st.DrawFn) -> dict[str, Any]:
    """A file system; a number only with provisioned throughput."""
    mode = draw(st.sampled_from(["bursting", "elastic", "provisioned"]))
    return {
        "throughput_mode": mode,
        "provisioned_mibps": draw(st.sampled_from([8, 64])) if mode == "provisioned" else None,
        "infrequent_access_after_days": draw(st.sampled_from([None, 30])),
        "backup": draw(st.booleans()),
    }


@st.composite
def buckets(draw: st.DrawFn) -> dict[str, Any]:
    """A bucket; what removes or archives objects only with a word for it."""
    versioning = draw(st.sampled_from(["off", "enabled", "suspended"]))
    kind = draw(st.sampled_from(["standard", "standard_ia", "intelligent_tiering"]))
    expires = draw(st.sampled_from([None, None, 365]))
    archive = draw(st.sampled_from([None, 90])) if kind == "intelligent_tiering" else None
    acknowledged = draw(st.booleans())
    said = ("expires-current-objects", "archived-objects-need-restore") if acknowledged else ()
    return {
        "versioning": versioning,
        "storage_class": kind,
        "transition_after_days": 30 if kind == "standard_ia" else 0,
        "noncurrent_expiry_days": draw(st.sampled_from([None, 30, 90]))
        if versioning != "off"
        else None,
        "abort_uploads_after_days": draw(st.sampled_from([7, 14])),
        "expire_current_after_days": expires if acknowledged else None,
        "archive_access_after_days": archive if acknowledged else None,
        "acknowledge": said,
    }


@st.composite
def services(draw: st.DrawFn) -> dict[str, Any]:
    """A service of a pair that Fargate has."""
    cpu, memory = draw(st.sampled_from(FARGATE))
    least = draw(st.integers(1, 4))
    return {
        "cpu": cpu,
        "memory_mib": memory,
        "min_tasks": least,
        "max_tasks": least + draw(st.integers(0, 10)),
        "capacity": draw(st.sampled_from(["FARGATE", "FARGATE_SPOT"])),
        "architecture": draw(st.sampled_from(["ARM64", "ARM64", "X86_64"])),
        "db_pool_max": draw(st.sampled_from([5, 10, 20])),
        "retry_attempts": draw(st.sampled_from([3, 5])),
        "health_check_interval_s": draw(st.sampled_from([15, 30])),
    }


@st.composite
def environments(draw: st.DrawFn, base: Environment) -> Environment:
    """An Environment of the same stack: every family new, or as it was."""
    world = base
    for name, shapes in (("cache", caches()), ("database", databases()),
                         ("filesystem", files()), ("bucket", buckets())):  # fmt: skip
        if draw(st.booleans()):
            shape = dataclasses.replace(getattr(world, name), **draw(shapes))
            world = dataclasses.replace(world, **{name: shape})
    for name, shape in world.services:
        if draw(st.booleans()):
            changed = dataclasses.replace(shape, **draw(services()))
            world = world.with_shape(f"service/{name}", changed)
    network = dataclasses.replace(
        world.network,
        nat_gateways=draw(st.integers(1, 3)),
        flow_log_retention_days=draw(st.sampled_from([14, 30])),
    )
    watch = dataclasses.replace(
        world.observability,
        log_retention_days=draw(st.sampled_from([14, 30, 365])),
        container_insights=draw(st.booleans()),
        dashboard=draw(st.booleans()),
    )
    balancer = dataclasses.replace(
        world.loadbalancer, zones=draw(st.integers(2, 3)), idle_timeout_s=draw(st.just(60))
    )
    endpoint = "configuration" if world.cache.cluster_mode == "enabled" else "primary"
    plain = world.cache.transit_encryption == "disabled"
    client = draw(st.sampled_from(["cluster", "cluster", "cluster", "standalone"]))
    bindings = dataclasses.replace(world.bindings, cache_endpoint=endpoint, cache_tls=not plain)
    application = dataclasses.replace(
        world.application,
        cache_client="cluster" if world.cache.cluster_mode == "enabled" else client,
    )
    tier = draw(st.sampled_from(["one", "two"]))
    return dataclasses.replace(
        world,
        network=network,
        observability=watch,
        loadbalancer=balancer,
        bindings=bindings,
        application=application,
        identity=dataclasses.replace(world.identity, tier=tier),
    )


@st.composite
def pairs(draw: st.DrawFn, bases: list[Environment]) -> tuple[Environment, Environment]:
    """Two environments of one stack; the first may owe a restart."""
    base = draw(st.sampled_from(bases))
    start = draw(environments(base))
    if draw(st.integers(0, 9)) == 0:
        owed = draw(st.sampled_from([Decimal(1), Decimal(4)]))
        database = dataclasses.replace(start.database, connections_max_acu=owed)
        start = dataclasses.replace(start, database=database)
    return start, draw(environments(base))
