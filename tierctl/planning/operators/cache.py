"""Cache operators: replica before failover, cluster mode one step at a time, shards alone.

Sources: the rows of `catalog/behaviours/cache.yaml`. The cache and the endpoint its clients are
told are searched together, because the way into cluster mode leads through the clients.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tierctl.catalog.cache_memory import memory_gib
from tierctl.planning.moves import Lane, Move, bound, changed, version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.model.environment import Environment
    from tierctl.model.shapes import CacheShape

STORED = "cache.bytes_stored"
CLUSTER_FROM = {"valkey": (7, 2), "redis": (7, 0)}
TLS_FROM = {"valkey": (7, 2), "redis": (7, 0, 5)}


def settled(state: Environment, goal: Environment) -> bool:
    """Whether the cache is the goal's, or declared equal to it."""
    return (
        state.cache == wanted(state, goal)
        and state.bindings.cache_tls == (goal.bindings.cache_tls)
        and state.bindings.cache_endpoint == _endpoint(state.cache)
    )


def wanted(state: Environment, goal: Environment) -> CacheShape:
    """The goal's cache, or what stands for it once the group is in cluster mode.

    Cluster mode cannot be left, and in it failover and one replica in each shard cannot be given
    up. So 'enabled' counts as 'disabled' with one shard, one replica at the least, and failover.
    """
    cache, target = state.cache, goal.cache
    if cache.cluster_mode != "enabled" or target.cluster_mode == "enabled":
        return target
    return dataclasses.replace(
        target,
        cluster_mode="enabled",
        replicas_per_shard=max(1, target.replicas_per_shard),
        automatic_failover=True,
    )


def moves(state: Environment, goal: Environment) -> Iterator[Move]:
    """The changes of the cache that AWS accepts next, on the way to the goal."""
    yield from _settings(state, goal)
    if state.cache.cluster_mode == "compatible":
        # in this state AWS takes nothing but the next mode, and clients may move
        yield from _cluster_mode(state, goal)
        return
    yield from _engine(state, goal)
    yield from _tls(state, goal)
    yield from _replicas(state, goal)
    yield from _failover(state, goal)
    yield from _node_type(state, goal)
    yield from _cluster_mode(state, goal)
    yield from _shards(state, goal)


def _settings(state: Environment, goal: Environment) -> Iterator[Move]:
    """Snapshot retention; the resharding policy."""
    cache, target = state.cache, wanted(state, goal)
    if cache.snapshot_retention_days != target.snapshot_retention_days:
        fewer = target.snapshot_retention_days < cache.snapshot_retention_days
        yield Move(
            title=f"keep cache snapshots {target.snapshot_retention_days} days",
            lane=Lane.STORES,
            rules=("cache.snapshots.fewer" if fewer else "cache.settings",),
            after=changed(state, "cache", snapshot_retention_days=target.snapshot_retention_days),
        )
    if cache.online_resharding != target.online_resharding:
        yield Move(
            title="write down the resharding policy",
            lane=Lane.STORES,
            rules=("cache.online_resharding",),
            after=changed(state, "cache", online_resharding=target.online_resharding),
        )


def _replicas(state: Environment, goal: Environment) -> Iterator[Move]:
    """More at any time; fewer only as far as failover and Multi-AZ allow."""
    cache, target = state.cache, wanted(state, goal)
    floor = 2 if cache.cluster_mode == "enabled" or _into_cluster(cache, goal) else 1
    least = 1 if floor > 1 or cache.automatic_failover or cache.multi_az else 0
    number = max(target.replicas_per_shard, least)
    if number == cache.replicas_per_shard:
        return
    more = number > cache.replicas_per_shard
    yield Move(
        title=f"{'add replicas' if more else 'remove replicas'}: {number} in each shard",
        lane=Lane.STORES,
        rules=("cache.replicas.add" if more else "cache.replicas.remove",),
        after=changed(state, "cache", replicas_per_shard=number),
    )


def _into_cluster(cache: CacheShape, goal: Environment) -> bool:
    """Whether cluster mode still lies ahead."""
    return goal.cache.cluster_mode == "enabled" and cache.cluster_mode != "enabled"


def _failover(state: Environment, goal: Environment) -> Iterator[Move]:
    """Failover and Multi-AZ, on once a replica exists, off together outside cluster mode."""
    cache, target = state.cache, wanted(state, goal)
    ahead = _into_cluster(cache, goal)
    failover = target.automatic_failover or ahead
    multi_az = target.multi_az
    rules: list[str] = []
    values: dict[str, bool] = {}
    if failover and not cache.automatic_failover and cache.replicas_per_shard >= 1:
        rules.append("cache.failover.on")
        values["automatic_failover"] = True
    same_nodes = cache.node_type == goal.cache.node_type
    if (
        not failover
        and cache.automatic_failover
        and same_nodes
        and (cache.cluster_mode == "disabled")
    ):
        rules.append("cache.failover.off")
        values["automatic_failover"] = False
    on = values.get("automatic_failover", cache.automatic_failover)
    if multi_az and not cache.multi_az and on and cache.replicas_per_shard >= 1:
        rules.append("cache.multi_az.on")
        values["multi_az"] = True
    if cache.multi_az and not multi_az and same_nodes:
        rules.append("cache.multi_az.off")
        values["multi_az"] = False
    if rules:
        words = " and ".join(name.replace("_", " ") for name in values)
        switch = "on" if all(values.values()) else "off"
        yield Move(
            title=f"switch {words} {switch}",
            lane=Lane.STORES,
            rules=tuple(rules),
            after=changed(state, "cache", **values),
        )


def _node_type(state: Environment, goal: Environment) -> Iterator[Move]:
    """Another node type, in an update without a change of counts; what is stored has to fit.

    Changed while failover is on, where it ever is: the switch then takes under a second, and some
    seconds otherwise (ElastiCache user guide, "Scaling").
    """
    cache = state.cache
    if cache.node_type == goal.cache.node_type:
        return
    protected = wanted(state, goal).automatic_failover or _into_cluster(cache, goal)
    if protected and not cache.automatic_failover:
        return
    yield Move(
        title=f"change cache nodes to {goal.cache.node_type}",
        lane=Lane.STORES,
        rules=("cache.node_type",),
        after=changed(state, "cache", node_type=goal.cache.node_type),
        facts=(STORED,) if _less_memory(cache.node_type, goal.cache.node_type) else (),
    )


def _less_memory(old: str, new: str) -> bool:
    """Whether nodes may get smaller; unknown types may."""
    before, after = memory_gib(old), memory_gib(new)
    return before is None or after is None or after < before


def _cluster_mode(state: Environment, goal: Environment) -> Iterator[Move]:
    """disabled, compatible, clients to the configuration endpoint, enabled: each by itself."""
    cache, bindings = state.cache, state.bindings
    ahead = _into_cluster(cache, goal)
    if cache.cluster_mode == "disabled" and ahead:
        ready = (
            cache.automatic_failover
            and cache.replicas_per_shard >= 1
            and (version(cache.engine_version) >= CLUSTER_FROM[cache.engine])
        )
        if ready and state.application.cache_client == "cluster":
            yield _mode(state, "compatible")
        return
    if cache.cluster_mode != "compatible":
        return
    if ahead and bindings.cache_endpoint == "primary":
        yield _point(state, "configuration")
    elif ahead:
        yield _mode(state, "enabled")
    elif bindings.cache_endpoint == "configuration":
        yield _point(state, "primary")
    else:
        yield _mode(state, "disabled")


def _mode(state: Environment, mode: str) -> Move:
    """The next cluster mode, and nothing else in its update."""
    return Move(
        title=f"set cluster mode to {mode}",
        lane=Lane.STORES,
        rules=(f"cache.cluster_mode.{mode}",),
        after=changed(state, "cache", cluster_mode=mode),
        alone=True,
    )


def _point(state: Environment, endpoint: str) -> Move:
    """Roll the services to the other endpoint."""
    return Move(
        title=f"roll services to the cache's {endpoint} endpoint",
        lane=Lane.APPLICATION,
        rules=("cache.endpoint",),
        after=bound(state, cache_endpoint=endpoint),
    )


def _endpoint(cache: CacheShape) -> str:
    """The endpoint clients of a settled cache are on."""
    return "primary" if cache.cluster_mode == "disabled" else "configuration"


def _shards(state: Environment, goal: Environment) -> Iterator[Move]:
    """Shards, alone, in cluster mode, with the policy in place; what is stored has to fit."""
    cache, target = state.cache, wanted(state, goal)
    if cache.shards == target.shards:
        return
    if cache.cluster_mode != "enabled" or not cache.online_resharding:
        return
    more = target.shards > cache.shards
    yield Move(
        title=f"reshard to {target.shards} {'shard' if target.shards == 1 else 'shards'}",
        lane=Lane.STORES,
        rules=("cache.shards.add" if more else "cache.shards.remove",),
        after=changed(state, "cache", shards=target.shards),
        alone=True,
        facts=() if more else (STORED,),
    )


def _engine(state: Environment, goal: Environment) -> Iterator[Move]:
    """A later version, or Redis OSS to Valkey; never back."""
    cache, target = state.cache, goal.cache
    if cache.engine == "redis" and target.engine == "valkey":
        if version(cache.engine_version) >= (5, 0, 6):
            yield Move(
                title=f"migrate the engine to Valkey {target.engine_version}",
                lane=Lane.STORES,
                rules=("cache.engine.valkey",),
                after=changed(
                    state, "cache", engine="valkey", engine_version=target.engine_version
                ),
                alone=True,
            )
        return
    same = cache.engine == target.engine
    if same and version(target.engine_version) > version(cache.engine_version):
        yield Move(
            title=f"upgrade the cache engine to {target.engine_version}",
            lane=Lane.STORES,
            rules=("cache.engine.upgrade",),
            after=changed(state, "cache", engine_version=target.engine_version),
            alone=True,
        )


def _tls(state: Environment, goal: Environment) -> Iterator[Move]:
    """off, preferred, clients, required: and the same way back."""
    cache, target = state.cache, goal.cache
    mode, tls = cache.transit_encryption, state.bindings.cache_tls
    end = (target.transit_encryption, goal.bindings.cache_tls)
    if (mode, tls) == end or version(cache.engine_version) < TLS_FROM[cache.engine]:
        return
    if mode != "preferred":
        yield _encrypt(state, "preferred")
    elif tls != end[1]:
        yield Move(
            title=f"roll services to {'TLS' if end[1] else 'plain text'} for the cache",
            lane=Lane.APPLICATION,
            rules=("cache.tls.clients",),
            after=bound(state, cache_tls=end[1]),
        )
    else:
        yield _encrypt(state, end[0])


def _encrypt(state: Environment, mode: str) -> Move:
    """The next TLS mode, alone."""
    return Move(
        title=f"set TLS to the cache to {mode}",
        lane=Lane.STORES,
        rules=(f"cache.tls.{mode}",),
        after=changed(state, "cache", transit_encryption=mode),
        alone=True,
    )
