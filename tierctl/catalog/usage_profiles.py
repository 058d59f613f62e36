"""The built-in usage profiles: how much each built-in tier is used, by environment.

In: `usage/<tier>.yaml`. Out: UsageValues by name, each with its reason. May not: know of clients
or custom tiers (`tierctl.config.usage` does).
"""

from __future__ import annotations

import functools
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tierctl.model.money import Spread
from tierctl.model.usage import UsageValue

FOLDER = Path(__file__).parent / "usage"
ENVIRONMENTS = ("production", "staging")


def profile_names() -> tuple[str, ...]:
    """Names of the built-in profiles, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@functools.cache
def profile(name: str, environment: str) -> dict[str, UsageValue]:
    """The figures of one profile and environment. Ours and tested, so trusted as they stand."""
    document = _document(name)
    where = f"usage profile {name}/{environment}, {document['date']}"
    return {
        figure: UsageValue(Spread(Decimal(low), Decimal(expected), Decimal(high)), why, where)
        for figure, (low, expected, high, why) in document[environment].items()
    }


@functools.cache
def _document(name: str) -> dict[str, Any]:
    """One file.

    Every figure is a line of its own whose value is also JSON, which is read ten times faster
    than YAML: an estimate reads three of these. A test reads the same files as YAML.
    """
    document: dict[str, Any] = {}
    block: dict[str, Any] = document
    for line in (FOLDER / f"{name}.yaml").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition(":")
        if key.startswith("#"):
            continue
        if not value:
            block = document.setdefault(key, {})
        elif key.startswith(" "):
            block[key.strip()] = json.loads(value)
        else:
            document[key] = value.strip()
    return document
