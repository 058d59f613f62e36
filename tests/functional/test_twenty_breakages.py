"""A person who breaks a tier file in twenty ways mends it from the messages alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

FILE = "tiers/medium.yaml"


@dataclass(frozen=True)
class Breakage:
    """One thing a person does to the file, and what the message must then hold."""

    does: str
    old: str
    new: str
    rule: str
    at: str
    """The text at whose beginning line and column must point, once the file is broken."""
    fix: str
    nth: int = 1


BREAKAGES = (
    Breakage(
        "misspells a key", "node_type:", "nodetype:", "unknown-key", "nodetype", "'node_type'"
    ),
    Breakage(
        "leaves out a key",
        "    engine: valkey\n",
        "",
        "missing-key",
        "engine_version",
        "engine: valkey",
    ),
    Breakage("forgets quotes", '"8.1"', "8.1", "unquoted-text", "8.1", 'engine_version: "8.1"'),
    Breakage("indents with a tab", "  cache:\n", "\tcache:\n", "yaml-tab", "\tcache", "spaces"),
    Breakage(
        "writes a key twice",
        "    shards: 1\n",
        "    shards: 1\n    shards: 2\n",
        "yaml-duplicate-key",
        "shards: 2",
        "'shards'",
    ),
    Breakage(
        "leaves a bracket open",
        "aliases: [production]",
        "aliases: [production",
        "yaml-syntax",
        ":\n  users",
        "syntax",
    ),
    Breakage(
        "picks an impossible pair",
        "cpu: 512\n      memory_mib: 1024",
        "cpu: 512\n      memory_mib: 512",
        "service-fargate-pair",
        "512\n      min_tasks",
        "memory_mib: 1024",
    ),
    Breakage(
        "writes yes for true",
        "multi_az: true",
        "multi_az: yes",
        "wrong-type",
        "yes",
        "multi_az: true",
    ),
    Breakage(
        "uses a third of a unit",
        "min_acu: 1\n",
        "min_acu: 1.3\n",
        "value-not-allowed",
        "1.3",
        "min_acu: 1.5",
    ),
    Breakage(
        "turns the range around",
        "min_acu: 1\n",
        "min_acu: 9\n",
        "database-capacity-order",
        "8\n    readers",
        "max_acu: 9",
    ),
    Breakage(
        "removes the replica",
        "replicas_per_shard: 1",
        "replicas_per_shard: 0",
        "cache-failover-without-replica",
        "true\n    multi_az",
        "replicas_per_shard: 1",
    ),
    Breakage(
        "turns failover off",
        "automatic_failover: true",
        "automatic_failover: false",
        "cache-multi-az-without-failover",
        "true\n    snapshot",
        "automatic_failover: true",
    ),
    Breakage(
        "adds a shard",
        "shards: 1",
        "shards: 3",
        "cache-shards-without-cluster-mode",
        "3\n",
        "cluster_mode: enabled",
    ),
    Breakage(
        "invents a node type",
        "cache.t4g.small",
        "cache.t4g.smal",
        "cache-node-type-unknown",
        "cache.t4g.smal\n",
        "node_type: cache.t4g.small",
    ),
    Breakage(
        "keeps logs 45 days",
        "    log_retention_days: 30",
        "    log_retention_days: 45",
        "log-retention",
        "45\n",
        "log_retention_days: 60",
    ),
    Breakage(
        "lets objects expire",
        'versioning: "off"',
        'versioning: "off"\n    expire_current_after_days: 90',
        "bucket-expires-current-objects",
        "90\n",
        "acknowledge: [expires-current-objects]",
    ),
    Breakage(
        "provisions no throughput",
        "throughput_mode: elastic",
        "throughput_mode: provisioned",
        "filesystem-provisioned-rate",
        "provisioned\n",
        "provisioned_mibps: 10",
    ),
    Breakage(
        "turns task counts around",
        "min_tasks: 1",
        "min_tasks: 11",
        "service-task-order",
        "10\n      health",
        "max_tasks: 11",
    ),
    Breakage(
        "extends what is not there",
        "title: Medium",
        "title: Medium\nextends: minimun",
        "unknown-tier",
        "minimun",
        "'minimum'",
    ),
    Breakage(
        "inherits what is not there",
        "dev: {inherits: staging}",
        "dev: {inherits: stagging}",
        "unknown-environment",
        "stagging",
        "'staging'",
    ),
    Breakage(
        "inverts the band", "high_usd: 350", "high_usd: 50", "range-order", "50}", "high_usd: 200"
    ),
    Breakage(
        "takes an unknown version",
        '"16.11"',
        '"16.111"',
        "database-version-unknown",
        '"16.111"',
        'engine_version: "16.11"',
    ),
    Breakage(
        "writes a number in words",
        "readers: 0",
        "readers: none",
        "wrong-type",
        "none\n    backup",
        "readers: 0",
    ),
    Breakage(
        "writes a list for a family",
        "  loadbalancer: {}",
        "  loadbalancer: []",
        "wrong-type",
        "[]",
        "mapping",
    ),
)


def position(text: str, part: str) -> tuple[int, int]:
    """Line and column of the first place a part stands at, counted from one."""
    index = text.index(part)
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


@pytest.mark.parametrize("case", BREAKAGES, ids=lambda c: c.does)
def test_each_message_has_the_rule_the_place_and_the_cure(
    copy: Path, call: Callable[..., Any], case: Breakage
) -> None:
    """The one error names its rule, the exact line and column, and the key or value to write."""
    path = copy / FILE
    text = path.read_text(encoding="utf-8")
    assert case.old in text
    broken = text.replace(case.old, case.new, 1)
    path.write_text(broken, encoding="utf-8")
    answer = call(copy, "validate", str(copy / FILE))
    assert answer.code == 1
    errors = re.findall(r"^(\S+):(\d+):(\d+): error: .+ \[(.+)\]$", answer.stdout, re.MULTILINE)
    line, column = position(broken, case.at)
    if case.rule == "missing-key":  # its place is the mapping that lacks the key
        line, column = position(broken, "engine_version")
    assert (FILE, str(line), str(column), case.rule) in errors, answer.stdout
    block = answer.stdout.split(f"[{case.rule}]", 1)[1].split("\n\n", 1)[0]
    assert case.fix in block, block


@pytest.mark.parametrize("case", BREAKAGES, ids=lambda c: c.does)
def test_doing_as_told_leaves_no_error(
    copy: Path, call: Callable[..., Any], case: Breakage
) -> None:
    """The file as it was is free of errors: the message, followed, ends the trouble."""
    answer = call(copy, "validate", str(copy / FILE))
    assert answer.code == 0, case.does


def test_all_breakages_at_once_are_told_at_once(copy: Path, call: Callable[..., Any]) -> None:
    """A file broken in many ways gets one answer with all of them, not the first alone."""
    skipped = {"yaml-tab", "yaml-syntax", "unknown-tier", "unknown-environment", "missing-key"}
    path = copy / FILE
    text = path.read_text(encoding="utf-8")
    cases = [
        c
        for c in BREAKAGES
        if c.rule
        in (
            "log-retention",
            "filesystem-provisioned-rate",
            "service-fargate-pair",
            "cache-node-type-unknown",
            "database-capacity-order",
        )
    ]
    for case in cases:
        text = text.replace(case.old, case.new, 1)
    path.write_text(text, encoding="utf-8")
    answer = call(copy, "validate", str(copy / FILE))
    assert not skipped & {c.rule for c in cases}
    for case in cases:
        assert f"[{case.rule}]" in answer.stdout
