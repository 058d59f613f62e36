"""Write the limits that cfn-lint's bundled schemas know, as dated data of ours.

In: the installed cfn-lint (pinned in requirements.txt), which rebuilds these lists from AWS's
own API. Out: `tierctl/catalog/limits/{cache_nodes,cache_engines,aurora_versions,log_retention}`.
The committed files are what the program reads: it never loads cfn-lint on the fast path. Run it
when cfn-lint is updated; a contract test says when it is due.
"""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path
from typing import Any

import cfnlint.data.schemas

REGIONS = ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-southeast-2")
LIMITS = Path(__file__).resolve().parent.parent / "tierctl" / "catalog" / "limits"
DATE = "2026-11-21"


def schemas() -> Path:
    """Folder of cfn-lint's bundled schemas."""
    return Path(next(iter(cfnlint.data.schemas.__path__)))


def resource(name: str) -> Any:
    """The schema of a resource type in the first region."""
    index = json.loads((schemas() / "providers" / f"{REGIONS[0]}.json").read_text())
    return json.loads((schemas() / "resources" / f"{index[name]}.json").read_text())


def extension(path: str) -> Any:
    """One of cfn-lint's extensions to AWS's schemas."""
    return json.loads((schemas() / "extensions" / path).read_text())


def cache_nodes() -> dict[str, Any]:
    """Node types sold somewhere, and for each region those that are not."""
    sold = extension("aws_elasticache_cachecluster/cachenodetype_enum.json")
    regions = {region: set(sold[region]["enum"]) for region in REGIONS}
    everything = sorted(set().union(*regions.values()))
    missing = {region: sorted(set(everything) - known) for region, known in regions.items()}
    return {"types": everything, "not_sold": missing}


def engine_versions(path: str, engines: dict[str, str]) -> dict[str, list[str]]:
    """Engine versions by engine, from an extension's `if Engine then EngineVersion` branches."""
    found: dict[str, list[str]] = {}
    for branch in extension(path)["allOf"]:
        engine = branch["if"]["properties"]["Engine"].get("const")
        version = branch["then"]["properties"].get("EngineVersion", {})
        if engine in engines and "enum" in version:
            found[engines[engine]] = version["enum"]
    return found


def retention_days() -> list[int]:
    """Values that CloudWatch Logs accepts."""
    return list(resource("AWS::Logs::LogGroup")["properties"]["RetentionInDays"]["enum"])


def texts() -> dict[str, str]:
    """The files by name."""
    version = importlib.metadata.version("cfn-lint")
    head = f"source: cfn-lint {version}, which takes it from AWS's API\ndate: {json.dumps(DATE)}\n"
    nodes = cache_nodes()
    engines = engine_versions(
        "aws_elasticache_cachecluster/engine_version.json", {"redis": "redis", "valkey": "valkey"}
    )
    aurora = engine_versions(
        "aws_rds_dbcluster/engine_version.json", {"aurora-postgresql": "aurora-postgresql"}
    )
    return {
        "cache_nodes": _commented("ElastiCache node types, and where they are not sold.", head)
        + "types:\n"
        + "".join(f"  - {name}\n" for name in nodes["types"])
        + "not_sold:\n"
        + "".join(
            f"  {region}: {json.dumps(gone)}\n" for region, gone in nodes["not_sold"].items()
        ),
        "cache_engines": _commented("Versions of the cache engines.", head)
        + "versions:\n"
        + "".join(f"  {engine}: {json.dumps(v)}\n" for engine, v in engines.items()),
        "aurora_versions": _commented("Versions of Aurora PostgreSQL.", head)
        + f"versions: {json.dumps(aurora['aurora-postgresql'])}\n",
        "log_retention": _commented("Retention in days that CloudWatch Logs accepts.", head)
        + f"days: {json.dumps(retention_days())}\n",
    }


def _commented(title: str, head: str) -> str:
    """The top of a file."""
    return f"# {title} Written by scripts/refresh_limits.py.\n{head}"


def main() -> None:
    """Write every file."""
    for name, text in texts().items():
        (LIMITS / f"{name}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
