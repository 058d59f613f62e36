"""What moto lacks or gets wrong, one module per service.

An overlay answers single operations of a service; the rest goes on to moto. Each handler takes
(region, params) and returns the answer as a dict, or `PASS` to let moto answer after all.
"""

from __future__ import annotations

from tierctl.sandbox.overlays import ecs, elasticache, files, gaps, rds, s3
from tierctl.sandbox.overlays.base import PASS, Context, Handler

__all__ = ["PASS", "Context", "build"]


def build(context: Context) -> dict[str, dict[str, Handler]]:
    """Return every handler by service and operation."""
    return {
        "ecs": ecs.handlers(context),
        "elasticache": elasticache.handlers(context),
        "efs": files.handlers(context),
        "rds": rds.handlers(context),
        "s3": s3.handlers(context),
        **gaps.handlers(context),
    }
