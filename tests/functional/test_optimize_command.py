"""`tierctl optimize` in every form."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema

FOLDER = Path(__file__).resolve().parents[2]
SCHEMA = FOLDER / "tierctl/reporting/schemas/optimization.json"


def test_json_keeps_its_schema_and_adds_up(call: Callable[..., Any]) -> None:
    """The document validates, and what is together is the sum of its environments."""
    answer = call(FOLDER, "optimize", "minimum", "--format", "json")
    assert answer.code == 0, answer.stderr
    document = json.loads(answer.stdout)
    jsonschema.validate(document, json.loads(SCHEMA.read_text(encoding="utf-8")))
    subject = document["subjects"][0]
    for figure in ("before", "after"):
        parts = sum((Decimal(e[figure]) for e in subject["environments"]), Decimal(0))
        assert parts == Decimal(subject["together"][figure])
    assert subject["plan_band"]["before"] == "over"
    assert subject["plan_band"]["after_commitments"] == "within"
    assert subject["way"][-1]["total"] == subject["together"]["after_commitments"]
    bands = [step["band"] for step in subject["way"]]
    assert bands.index("within") == 1
    assert "Savings Plan" in call(FOLDER, "optimize", "minimum").stdout
    assert not subject["way"][1]["at_most"]


def test_text_says_what_it_takes_and_what_to_write(call: Callable[..., Any]) -> None:
    """A reader sees the saving, what it takes, and lines to paste; nothing is wider than 80."""
    answer = call(FOLDER, "optimize", "minimum", "--environment", "staging")
    assert "* Stop the services outside office hours" in answer.stdout
    assert "takes: Nobody can use it at night" in " ".join(answer.stdout.split())
    assert "auto_pause_after_s: 300" in answer.stdout
    wide = [line for line in answer.stdout.splitlines() if len(line) > 80 and "http" not in line]
    assert not wide


def test_csv_and_markdown_name_every_saving(call: Callable[..., Any]) -> None:
    """Both tables hold as many savings as the document."""
    words = ("optimize", "medium", "--environment", "production")
    document = json.loads(call(FOLDER, *words, "--format", "json").stdout)
    savings = document["subjects"][0]["environments"][0]["savings"]
    rows = list(csv.DictReader(io.StringIO(call(FOLDER, *words, "--format", "csv").stdout)))
    assert [row["saving"] for row in rows] == [s["name"] for s in savings]
    markdown = call(FOLDER, *words, "--format", "markdown").stdout
    assert all(f"| {s['title']} |" in markdown for s in savings)


def test_the_same_question_has_the_same_answer(call: Callable[..., Any]) -> None:
    """Two runs give the same bytes."""
    words = ("optimize", "minimum", "--format", "json")
    assert call(FOLDER, *words).stdout == call(FOLDER, *words).stdout


def test_without_a_tier_the_client_decides(call: Callable[..., Any]) -> None:
    """A client's own tier is looked at when none is named."""
    answer = call(
        FOLDER, "optimize", "--client", "globex", "--environment", "staging", "--format", "json"
    )
    assert [s["name"] for s in json.loads(answer.stdout)["subjects"]] == ["growth"]


def test_mistakes_are_told(call: Callable[..., Any]) -> None:
    """An unknown tier, environment or region is an error with a suggestion, not a traceback."""
    for words in (
        ("optimize", "minimun"),
        ("optimize", "minimum", "--environment", "stagin"),
        ("optimize", "minimum", "--region", "mars-north-1"),
    ):
        answer = call(FOLDER, *words)
        assert answer.code in {1, 2}
        assert answer.stderr
        assert "Traceback" not in answer.stderr
