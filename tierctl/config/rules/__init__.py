"""Every rule that a tier, client or record must satisfy, one small file a family.

In: a Subject, one environment as far as it could be read. Out: diagnostics, all of them. Facts
about AWS are data in `tierctl/catalog/limits`; a rule compares, and says what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierctl.config.rules import (
    application,
    bounds,
    bucket,
    cache,
    database,
    filesystem,
    keys,
    loadbalancer,
    network,
    observability,
    project,
    promise,
    secrets,
    service,
    yaml,
)

if TYPE_CHECKING:
    from tierctl.config.rules.rule import Rule, Subject
    from tierctl.model.diagnostics import Diagnostic

MODULES = (
    yaml,
    keys,
    project,
    network,
    cache,
    database,
    filesystem,
    bucket,
    service,
    loadbalancer,
    observability,
    application,
    secrets,
    bounds,
    promise,
)
RULES: tuple[Rule, ...] = tuple(rule for module in MODULES for rule in module.RULES)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}


def examine(subject: Subject) -> list[Diagnostic]:
    """Everything that any rule has to say about one environment."""
    return [found for rule in RULES for found in rule.examine(subject)]
