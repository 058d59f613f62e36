"""`tierctl plan` as people and pipelines call it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tierctl.cli.main import run as run_line

FOLDER = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((FOLDER / "tierctl/reporting/schemas/plan.json").read_text(encoding="utf-8"))
PAIRS = list(itertools.permutations(("minimum", "medium", "enterprise"), 2))
UP = [("minimum", "medium"), ("medium", "enterprise"), ("minimum", "enterprise")]
FACTS = [
    "--fact",
    "cache.bytes_stored=1000000",
    "--fact",
    "database.peak_connections=20",
    "--fact",
    'service.running_tasks={"web": 1, "backend": 1}',
]


def plan(*words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a call in this checkout."""
    import click

    @click.command(context_settings={"ignore_unknown_options": True})
    @click.argument("rest", nargs=-1, type=click.UNPROCESSED)
    @click.pass_context
    def call(context: click.Context, rest: tuple[str, ...]) -> None:
        context.exit(run_line(["--project", str(FOLDER), "plan", *rest]))

    result: Result = CliRunner().invoke(call, words)
    return result.exit_code, result.stdout, result.stderr


def document(*words: str) -> dict[str, Any]:
    """The JSON document of a call."""
    _, out, _ = plan(*words, "--format", "json")
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize(("start", "goal"), PAIRS, ids=["-".join(p) for p in PAIRS])
@pytest.mark.parametrize("environment", ["staging", "production"])
def test_every_pair_is_a_document_of_the_schema(start: str, goal: str, environment: str) -> None:
    """The document validates, its totals are the sums of its steps, and up is never blocked."""
    found = document("--from", start, "--to", goal, "--environment", environment, *FACTS)

    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    steps, totals = found["steps"], found["totals"]
    for name in ("downtime_s", "duration_s"):
        assert [sum(s[name][i] for s in steps) for i in (0, 1)] == totals[name]
    assert list(range(1, len(steps) + 1)) == [step["number"] for step in steps]
    for step in steps:
        rows = [row["downtime_s"] for row in step["because"]]
        assert [sum(r[0] for r in rows), sum(r[1] for r in rows)] == step["downtime_s"]
    if (start, goal) in UP:
        assert found["verdict"] in ("ready", "needs confirmation")


def test_a_shrinking_plan_without_facts_is_blocked() -> None:
    """What may not fit is refused until somebody says how much there is."""
    code, out, _ = plan("--from", "medium", "--to", "minimum")

    assert 1 == code
    assert "Verdict   blocked" in out
    assert "--fact cache.bytes_stored=VALUE" in " ".join(out.split())


def test_nothing_to_do_is_said_plainly() -> None:
    """A plan to where it stands has no steps and says so."""
    code, out, _ = plan("--from", "medium", "--to", "medium", "--detailed-exitcode")

    assert 0 == code
    assert "No changes." in out


def test_pending_changes_have_their_own_exit_code() -> None:
    """4 with --detailed-exitcode, 0 without."""
    assert 4 == plan("--from", "minimum", "--to", "medium", "--detailed-exitcode")[0]
    assert 0 == plan("--from", "minimum", "--to", "medium")[0]


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_every_form_is_deterministic_and_says_the_same(form: str) -> None:
    """The same bytes twice; downtime and point of no return in every form."""
    words = ["--from", "minimum", "--to", "enterprise", "--environment", "production"]
    first, second = (plan(*words, "--format", form)[1] for _ in range(2))

    assert first == second
    assert "set cluster mode to enabled" in first
    if form != "json":
        assert "3 min 45 s" in first
        assert "no return" in first.lower()


def test_text_fits_eighty_columns() -> None:
    """No line of the longest plan is wider than a terminal."""
    _, out, _ = plan("--from", "minimum", "--to", "enterprise", "--environment", "production")

    assert max(len(line) for line in out.splitlines()) <= 80


BAD = {
    "two starts": (
        ["--to", "medium", "--from", "minimum", "--from-template", "x.json"],
        2,
        "in one way",
    ),
    "no account": (["--to", "medium"], 3, "--from TIER"),
    "unknown goal": (["--from", "medium", "--to", "enterprize"], 2, "enterprise"),
    "unknown fact": (
        ["--from", "medium", "--to", "minimum", "--fact", "cache.bytes=1"],
        2,
        "cache.bytes_stored",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_calls_are_explained(case: str) -> None:
    """The right exit code, what to do instead, and nothing on stdout."""
    words, expected, told = BAD[case]

    code, out, error = plan(*words)

    assert expected == code
    assert "" == out
    assert told in error
