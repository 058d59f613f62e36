"""Parity: what the stack builds is what the Shapes are priced as, nothing more and nothing less.

The template loses its Metadata before it is read, so that nothing can be copied from there.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import aws_cdk as cdk
import pytest

from stacks.environment import EnvironmentStack
from tierctl.catalog.price_book import PriceBook
from tierctl.config.compare import at_tier
from tierctl.config.project import Project
from tierctl.config.usage import usage_of
from tierctl.costing.inventory import estimate_inventory, inventory_lines
from tierctl.costing.pricing import estimate_environment
from tierctl.costing.quantities import environment_lines
from tierctl.model.diagnostics import InvalidConfigurationError
from tierctl.model.environment import Environment
from tierctl.model.estimate import Line
from tierctl.model.inventory import Inventory
from tierctl.model.usage import UsageProfile
from tierctl.templates.reader import read_template

os.environ["CDK_VALIDATION"] = "false"
CASES = [
    (tier, environment, client)
    for tier in ("minimum", "medium", "enterprise", "growth", "hybrid")
    for environment in ("staging", "production")
    for client in ("default", "acme", "globex")
]
Sums = dict[tuple[str, str | None, str], tuple[Decimal, Decimal, Decimal]]


def built(project: Project, tier: str, environment: str, client: str) -> tuple[Environment, Any]:
    """The Environment and its usage; a client whose demands a tier cannot keep is skipped."""
    try:
        resolution = at_tier(project, tier, environment, client, None, {})
    except InvalidConfigurationError as error:
        pytest.skip(f"{client} refuses {tier}: {error}")
    return resolution.environment, usage_of(project, resolution).profile


def synthesised(environment: Environment) -> bytes:
    """The template as JSON, its Metadata and every resource's removed."""
    with tempfile.TemporaryDirectory() as folder:
        app = cdk.App(outdir=folder, analytics_reporting=False, tree_metadata=False)
        stack = EnvironmentStack(app, environment)
        template = app.synth().get_stack_by_name(stack.stack_name).template
    template.pop("Metadata", None)
    for resource in template["Resources"].values():
        resource.pop("Metadata", None)
    return json.dumps(template).encode()


def read(environment: Environment) -> Inventory:
    """What the reader finds in the synthesised template."""
    region = environment.placement.region
    return read_template(synthesised(environment), "stack.json", {}, region)


def sums(lines: Iterable[Line]) -> Sums:
    """Quantities by row, price key and reason; free lines bill nothing and are left out."""
    found: Sums = {}
    for line in lines:
        if line.free:
            continue
        key = line.component, line.key, line.unknown
        spread = line.quantity
        own = (spread.low, spread.expected, spread.high) if spread else (Decimal(0),) * 3
        low, expected, high = found.get(key, (Decimal(0),) * 3)
        found[key] = low + own[0], expected + own[1], high + own[2]
    return found


@pytest.mark.parametrize(("tier", "environment", "client"), CASES)
def test_the_template_bills_what_the_shapes_are_priced_as(
    project: Project, tier: str, environment: str, client: str
) -> None:
    """None missing, none extra, none different: quantities agree to the last digit."""
    shapes, usage = built(project, tier, environment, client)
    found = sums(inventory_lines(read(shapes), usage))

    assert sums(environment_lines(shapes, usage)) == found


@pytest.mark.parametrize("tier", ["minimum", "medium", "enterprise"])
def test_every_resource_of_ours_is_billed_or_free_for_a_reason(project: Project, tier: str) -> None:
    """No resource of the stack is unknown to the reader, and both totals are the same."""
    shapes, usage = built(project, tier, "production", "default")
    book = PriceBook.load("us-east-1")
    inventory = read(shapes)
    found = estimate_inventory(inventory, usage, book)

    assert found.coverage is not None
    assert found.coverage.not_priced == 0
    assert found.coverage.resources == len(inventory.resources) > 80
    assert found.total == estimate_environment(shapes, usage, book).total
    assert not found.at_least


def test_metadata_decides_nothing(project: Project) -> None:
    """A template whose Metadata lies is priced as what it builds."""
    shapes, _ = built(project, "medium", "production", "default")
    template = json.loads(synthesised(shapes))
    template["Metadata"] = {"tierctl": {"version": 1, "environment": {"cache": "a lie"}}}
    lying = read_template(json.dumps(template).encode(), "stack.json", {}, "us-east-1")
    none = UsageProfile("none", {})

    assert sums(inventory_lines(lying, none)) == sums(inventory_lines(read(shapes), none))
