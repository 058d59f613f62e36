"""AWS's limits as YAML, one file a subject, each with its source and date."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml


@functools.cache
def limits(subject: str) -> dict[str, Any]:
    """The data of one file. Ours and tested, so it is trusted as it stands."""
    path = Path(__file__).parent / f"{subject}.yaml"
    return dict(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader))
