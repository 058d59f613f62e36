"""The built-in usage profiles: how much each built-in tier is used, by environment.

In: `usage/<tier>.yaml`. Out: UsageValues by name, each with its reason. May not: know of clients
or custom tiers (`tierctl.config.usage` does).
"""

from __future__ import annotations

import functools
from decimal import Decimal
from pathlib import Path

import yaml

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
def _document(name: str) -> dict[str, dict[str, list[str]]]:
    """One file; every figure is quoted text, so no word needs to be interpreted."""
    path = FOLDER / f"{name}.yaml"
    document = yaml.load(path.read_bytes(), Loader=yaml.CBaseLoader)  # noqa: S506 - texts only
    return dict(document)
