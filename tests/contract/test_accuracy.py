"""The accuracy page is current, and what it shows is exact."""

from __future__ import annotations

import importlib.util
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2]


def writer() -> Any:
    """scripts/write_accuracy.py as a module."""
    spec = importlib.util.spec_from_file_location("accuracy", FOLDER / "scripts/write_accuracy.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ACCURACY = writer()
EXAMPLES = ACCURACY.load("worked_examples_prices.yaml")["examples"]


def test_the_page_is_current() -> None:
    """docs/accuracy.md is what scripts/write_accuracy.py writes now."""
    assert (FOLDER / "docs/accuracy.md").read_text(encoding="utf-8") == ACCURACY.page()


@pytest.mark.parametrize("example", EXAMPLES, ids=[one["id"] for one in EXAMPLES])
def test_a_published_example_comes_out(example: dict[str, Any]) -> None:
    """Within one percent or a cent of what was published."""
    published = Decimal(str(example["expected"]))

    assert abs(ACCURACY.example_total(example) - published) <= max(published / 100, Decimal("0.01"))


def test_every_line_of_medium_production_is_recomputed_by_hand() -> None:
    """The lines are the same ones, and each agrees to a hundredth of a cent."""
    engine = ACCURACY.by_engine()
    hand = {(component, name): cost for component, name, _, _, cost, _ in ACCURACY.by_hand()}

    assert set(hand) == set(engine)
    assert all(abs(hand[key] - engine[key]) < Decimal("0.0001") for key in hand)
