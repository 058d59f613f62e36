"""More than a hundred changes of properties, with the verdict AWS's documents give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tierctl.planning.impact import impact

FILE = Path(__file__).resolve().parents[1] / "data" / "property_changes.yaml"
CHANGES = yaml.safe_load(FILE.read_text(encoding="utf-8"))


def template(kind: str, written: dict[str, Any]) -> bytes:
    """A template of one resource; keys with a dot in front are its attributes."""
    resource: dict[str, Any] = {"Type": f"AWS::{kind}", "Properties": {}}
    for key, value in written.items():
        if key.startswith("."):
            resource[key[1:]] = value
        else:
            resource["Properties"][key] = value
    return json.dumps({"Resources": {"It": resource}}).encode()


@pytest.mark.parametrize("case", CHANGES, ids=[f"{n}-{c[0]}" for n, c in enumerate(CHANGES)])
def test_verdict_is_the_documents(case: list[Any]) -> None:
    """The verdict is the one the cited document gives, and it says why with a source and a date."""
    kind, before, after, expected, why = case
    found = impact((template(kind, before), "before"), (template(kind, after), "after"))

    (change,) = found.changes
    assert expected == change.verdict, (change.why, [(p.path, p.why) for p in change.properties])
    assert why
    assert all(path.why for path in change.properties)
    for path in change.properties:
        assert path.sources or path.verdict == "unknown"
        assert all(s.url.startswith("https://") and s.date >= "2022-09" for s in path.sources)


def test_there_are_enough_of_them() -> None:
    """At least a hundred, of every verdict a change can have, each only once."""
    assert len(CHANGES) >= 100
    assert {"replaced", "interrupted", "in place", "refused", "unknown"} == {c[3] for c in CHANGES}
    texts = [json.dumps(case[:3]) for case in CHANGES]
    assert len(texts) == len(set(texts))
