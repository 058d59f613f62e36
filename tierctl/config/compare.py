"""A tier resolved to be looked at, not to be deployed: records do not stand in its way."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from tierctl.config.resolve import Request, Resolution, resolve

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tierctl.config.project import Project


def at_tier(
    project: Project,
    tier: str,
    environment: str,
    client: str | None,
    region: str | None,
    variables: Mapping[str, str],
) -> Resolution:
    """The tier in an environment as a new one would be born.

    Raises:
        InvalidConfigurationError: With everything that is wrong.
    """
    new = dataclasses.replace(project, recorded=False)
    request = Request(tier=tier, client=client, environment=environment, region=region, how="TIER")
    return resolve(new, request, variables)
