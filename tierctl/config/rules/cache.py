"""Rules of the cache: what ElastiCache accepts together, and what the application can speak."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from tierctl.catalog.limits import limits
from tierctl.config.rules.rule import Example, Problem, Rule, Subject
from tierctl.model.diagnostics import listing, nearest

_FAILOVER = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html"
_MODE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html"
_NODES = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html"


def _tier(bad: str, good: str, base: str = "minimum") -> Example:
    """A tier with a changed cache."""
    head = f"extends: {base}\nfamilies:\n  cache:\n"

    def text(keys: str) -> str:
        return head + "".join(f"    {key}\n" for key in keys.split("; "))

    return Example("tiers/example.yaml", text(bad), text(good))


def version_number(version: str) -> tuple[int, ...]:
    """A version as numbers that compare."""
    return tuple(int(part) for part in version.split("."))


def _failover(subject: Subject) -> Iterator[Problem]:
    """Automatic failover without a replica."""
    cache = subject.shapes.get("cache")
    if cache and cache.automatic_failover and not cache.replicas_per_shard:
        yield Problem(
            subject.place("cache.automatic_failover", "cache.replicas_per_shard"),
            "'cache.automatic_failover' is true, and 'cache.replicas_per_shard' is 0: there is "
            "no node to fail over to.",
            "Set 'replicas_per_shard: 1' or more, or 'automatic_failover: false'.",
        )


def _multi_az(subject: Subject) -> Iterator[Problem]:
    """Multi-AZ without automatic failover."""
    cache = subject.shapes.get("cache")
    if cache and cache.multi_az and not cache.automatic_failover:
        yield Problem(
            subject.place("cache.multi_az", "cache.automatic_failover"),
            "'cache.multi_az' is true, and 'cache.automatic_failover' is false.",
            "Set 'automatic_failover: true', or 'multi_az: false'.",
        )


def _shards(subject: Subject) -> Iterator[Problem]:
    """More than one shard without cluster mode."""
    cache = subject.shapes.get("cache")
    if cache and cache.shards > 1 and cache.cluster_mode != "enabled":
        yield Problem(
            subject.place("cache.shards", "cache.cluster_mode"),
            f"'cache.shards' is {cache.shards}, and 'cache.cluster_mode' is "
            f"'{cache.cluster_mode}'.",
            "Set 'cluster_mode: enabled', or 'shards: 1' with a larger node_type.",
        )


def _cluster_replicas(subject: Subject) -> Iterator[Problem]:
    """Cluster mode without a replica or without failover."""
    cache = subject.shapes.get("cache")
    if not cache or cache.cluster_mode == "disabled":
        return
    if not cache.replicas_per_shard or not cache.automatic_failover:
        yield Problem(
            subject.place(
                "cache.cluster_mode", "cache.replicas_per_shard", "cache.automatic_failover"
            ),
            f"'cache.cluster_mode' is '{cache.cluster_mode}', with "
            f"{cache.replicas_per_shard} replicas and automatic_failover "
            f"{str(cache.automatic_failover).lower()}.",
            "Set 'replicas_per_shard: 1' or more and 'automatic_failover: true', or "
            "'cluster_mode: disabled'.",
        )


def _cluster_version(subject: Subject) -> Iterator[Problem]:
    """Cluster mode that can be changed in place wants a version."""
    cache = subject.shapes.get("cache")
    if not cache or cache.cluster_mode == "disabled":
        return
    least = limits("cache_capabilities")["cluster_mode_from"][cache.engine]
    if version_number(cache.engine_version) < version_number(least):
        yield Problem(
            subject.place("cache.engine_version", "cache.engine", "cache.cluster_mode"),
            f"'cache.engine_version' is {cache.engine_version}; cluster mode moves in place from "
            f"{cache.engine} {least} on.",
            f"Set 'engine_version: \"{least}\"' or later, or 'cluster_mode: disabled'.",
        )


def _cluster_client(subject: Subject) -> Iterator[Problem]:
    """Cluster mode under an application that cannot speak it."""
    cache = subject.shapes.get("cache")
    clustered = cache and cache.cluster_mode == "enabled"
    if clustered and subject.application and subject.application.cache_client == "standalone":
        yield Problem(
            subject.place("application.cache_client", "cache.cluster_mode"),
            "'application.cache_client' is 'standalone', and the cache is in cluster mode: such "
            "a client is told MOVED and fails.",
            "Ship a cluster client and set 'cache_client: cluster', or set 'families: {cache: "
            "{cluster_mode: disabled, shards: 1}}' with a larger node_type.",
        )


def _compatible(subject: Subject) -> Iterator[Problem]:
    """A stop on the way written as a size."""
    cache = subject.shapes.get("cache")
    if cache and cache.cluster_mode == "compatible" and not subject.recorded:
        yield Problem(
            subject.place("cache.cluster_mode"),
            "'cache.cluster_mode' is 'compatible', which is a stop between two sizes.",
            "Set 'cluster_mode: enabled' or 'cluster_mode: disabled'.",
        )


def _version(subject: Subject) -> Iterator[Problem]:
    """A version AWS does not offer."""
    cache = subject.shapes.get("cache")
    if not cache:
        return
    known = limits("cache_engines")["versions"][cache.engine]
    if cache.engine_version not in known:
        yield Problem(
            subject.place("cache.engine_version", "cache.engine"),
            f"'cache.engine_version' is {cache.engine_version}; AWS offers {cache.engine} "
            f"{listing(known)}.",
            f"Set 'engine_version: \"{known[-1]}\"', or another of them.",
            nearest(cache.engine_version, known),
        )


@functools.cache
def _node_types() -> frozenset[str]:
    """Node types sold somewhere."""
    return frozenset(limits("cache_nodes")["types"])


def _node_known(subject: Subject) -> Iterator[Problem]:
    """A node type that does not exist."""
    cache = subject.shapes.get("cache")
    if cache and cache.node_type not in _node_types():
        near = nearest(cache.node_type, _node_types())
        yield Problem(
            subject.place("cache.node_type"),
            f"'cache.node_type' is {cache.node_type}, which AWS does not list.",
            f"Set 'node_type: {near or 'cache.t4g.micro'}', or another of the "
            f"{len(_node_types())} types.",
            near,
        )


def _node_sold(subject: Subject) -> Iterator[Problem]:
    """A node type that the region does not sell."""
    cache, placement = subject.shapes.get("cache"), subject.placement
    if not cache or not placement:
        return
    missing = limits("cache_nodes")["not_sold"].get(placement.region, [])
    if cache.node_type in missing:
        sold = sorted(_node_types() - set(missing))
        near = nearest(cache.node_type, sold)
        yield Problem(
            subject.place("cache.node_type", "placement.region"),
            f"'cache.node_type' is {cache.node_type}, which is not sold in {placement.region}.",
            f"Set 'node_type: {near or 'cache.t4g.micro'}', or choose another region.",
            near,
        )


_R7G = "families: {cache: {node_type: cache.%s.large}}\n"
_CLIENT = (
    "tier: {tier}\nregion: {region}\n{more}application:\n  cache_client: {client}\n  services:\n"
    "    web:\n      image: public.ecr.aws/nginx/nginx:1.29\n      port: 80\n"
    "      health_check_path: /\n"
)

RULES = (
    Rule(
        "cache-failover-without-replica",
        "automatic failover has no replica",
        "CloudFormation fails after minutes with 'must have at least one read replica'.",
        "Add a replica, or turn failover off.",
        _FAILOVER,
        _tier("automatic_failover: true", "automatic_failover: true; replicas_per_shard: 1"),
        _failover,
    ),
    Rule(
        "cache-multi-az-without-failover",
        "Multi-AZ has no automatic failover",
        "ElastiCache accepts Multi-AZ only together with automatic failover.",
        "Turn failover on, or Multi-AZ off.",
        _FAILOVER,
        _tier("multi_az: true", "multi_az: true; automatic_failover: true; replicas_per_shard: 1"),
        _multi_az,
    ),
    Rule(
        "cache-shards-without-cluster-mode",
        "several shards have no cluster mode",
        "Without cluster mode a group has exactly one shard.",
        "Enable cluster mode, or keep one shard with a larger node type.",
        _MODE,
        _tier("shards: 2", "shards: 1"),
        _shards,
    ),
    Rule(
        "cache-cluster-mode-without-replica",
        "cluster mode has no replica or no failover",
        "Later CloudFormation updates of such a group fail (cloudformation-coverage-roadmap#1275).",
        "Give every shard a replica and turn failover on.",
        _MODE,
        _tier("replicas_per_shard: 0", "replicas_per_shard: 1", "enterprise"),
        _cluster_replicas,
    ),
    Rule(
        "cache-cluster-mode-version",
        "the engine is too old for cluster mode",
        "Cluster mode moves in place only from these versions on.",
        "Use a later version.",
        _MODE,
        _tier(
            'engine: redis; engine_version: "6.2"',
            'engine: redis; engine_version: "7.1"',
            "enterprise",
        ),
        _cluster_version,
    ),
    Rule(
        "cache-client-standalone",
        "the application cannot speak to a cluster",
        "A client without the cluster protocol breaks on the first key of another shard.",
        "Ship a cluster client, or keep cluster mode off.",
        _MODE,
        Example(
            "clients/example.yaml",
            _CLIENT.format(tier="enterprise", region="eu-west-1", client="standalone", more=""),
            _CLIENT.format(tier="enterprise", region="eu-west-1", client="cluster", more=""),
        ),
        _cluster_client,
    ),
    Rule(
        "cache-compatible-is-no-size",
        "a stop on the way is written as a size",
        "In 'compatible' neither scaling nor an engine change is possible.",
        "Choose 'enabled' or 'disabled'; a plan passes through 'compatible' by itself.",
        _MODE,
        _tier("cluster_mode: compatible", "cluster_mode: enabled", "medium"),
        _compatible,
    ),
    Rule(
        "cache-version-unknown",
        "the engine has no such version",
        "CloudFormation refuses a version that the engine does not have.",
        "Use a version that AWS offers.",
        "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html",
        _tier('engine_version: "8.7"', 'engine_version: "8.2"'),
        _version,
    ),
    Rule(
        "cache-node-type-unknown",
        "the node type does not exist",
        "CloudFormation refuses it after the network has been built.",
        "Use a node type that AWS lists.",
        _NODES,
        _tier("node_type: cache.t4g.tiny", "node_type: cache.t4g.small"),
        _node_known,
    ),
    Rule(
        "cache-node-type-region",
        "the node type is not sold in the region",
        "A node type that the region lacks fails in the middle of a deployment.",
        "Use a node type of the region.",
        _NODES,
        Example(
            "clients/example.yaml",
            _CLIENT.format(
                tier="minimum", region="eu-central-1", client="cluster", more=_R7G % "c7gn"
            ),
            _CLIENT.format(
                tier="minimum", region="eu-central-1", client="cluster", more=_R7G % "r7g"
            ),
        ),
        _node_sold,
    ),
)
