"""Templates for the tests of the stack: synthesised once for each Environment, in process."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import pytest

from stacks.environment import EnvironmentStack
from tierctl.config.resolve import Request, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from tierctl.config.project import Project
    from tierctl.model.environment import Environment

TIERS = ("minimum", "medium", "enterprise")
ENVIRONMENTS = ("staging", "production")
SIX = [(tier, environment) for tier in TIERS for environment in ENVIRONMENTS]

Template = dict[str, Any]


@pytest.fixture(scope="session")
def environment_of(project: Project) -> Callable[..., Environment]:
    """Resolve a shipped tier: `environment_of("medium", "production", client="acme")`."""

    def make(tier: str, environment: str, **request: Any) -> Environment:
        wanted = Request(tier=tier, environment=environment, **request)
        return resolve(project, wanted, {}).environment

    return make


@pytest.fixture(scope="session")
def synthesise() -> Callable[[Environment], Template]:
    """Synthesise an Environment; the same one is synthesised once."""
    known: dict[Environment, Template] = {}

    def make(environment: Environment) -> Template:
        if environment not in known:
            with tempfile.TemporaryDirectory() as folder:
                app = cdk.App(outdir=folder, analytics_reporting=False, tree_metadata=False)
                stack = EnvironmentStack(app, environment)
                known[environment] = app.synth().get_stack_by_name(stack.stack_name).template
        return known[environment]

    return make


@pytest.fixture(scope="session")
def template_of(
    environment_of: Callable[..., Environment], synthesise: Callable[[Environment], Template]
) -> Callable[..., Template]:
    """The template of a shipped tier."""

    def make(tier: str, environment: str, **request: Any) -> Template:
        return synthesise(environment_of(tier, environment, **request))

    return make
