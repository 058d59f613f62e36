"""An account for the tests of `tierctl.aws`: a sandbox, and one environment in it."""

from __future__ import annotations

from tests.account.world import sandbox, world
from tests.cdk.conftest import environment_of, synthesise, template_of

__all__ = ["environment_of", "sandbox", "synthesise", "template_of", "world"]
