"""Every family has its quantities, and every billed type its counter."""

from __future__ import annotations

import importlib

import pytest

from tierctl.costing.inventory import COUNTERS
from tierctl.costing.types import BILLED, FREE
from tierctl.model.classes import TREATMENTS
from tierctl.model.shapes import FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_has_quantities(family: str) -> None:
    """costing/quantities/<family>.py exists and writes lines."""
    module = importlib.import_module(f"tierctl.costing.quantities.{family}")

    assert callable(module.lines)


@pytest.mark.parametrize("kind", TREATMENTS)
def test_a_type_the_stack_may_make_is_counted_free_or_listed(kind: str) -> None:
    """Nobody has to wonder what a resource of ours costs."""
    assert kind in COUNTERS or kind in FREE or kind in BILLED or kind.startswith("AWS::IAM::")


def test_no_type_is_both_free_and_billed() -> None:
    """The tables do not contradict each other."""
    assert not set(FREE) & (set(BILLED) | set(COUNTERS))
    assert not set(BILLED) & set(COUNTERS)
