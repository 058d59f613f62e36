"""`tiers`, `compare`, `show`, `doctor`: what people read, and the documents it is made from."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

FOLDER = Path(__file__).resolve().parents[2]
SCHEMAS = FOLDER / "tierctl" / "reporting" / "schemas"


def valid(text: str, kind: str) -> Any:
    """A document of a kind, checked."""
    document = json.loads(text)
    jsonschema.validate(document, json.loads((SCHEMAS / f"{kind}.json").read_text()))
    return document


def test_tiers_are_listed_built_in_first(call: Callable[..., Any]) -> None:
    """minimum, medium, enterprise, then the examples; with promise, band and aliases."""
    answer = call(FOLDER, "tiers", "--format", "json")
    names = [t["name"] for t in valid(answer.stdout, "tiers")["tiers"]]
    assert names[:3] == ["minimum", "medium", "enterprise"]
    assert {"growth", "hybrid", "performance", "security"} <= set(names[3:])
    text = call(FOLDER, "tiers").stdout
    assert "Also called foundation, startup." in text
    assert "$300-700" in text


@pytest.mark.parametrize(
    "names",
    [
        ("medium",),
        ("minimum", "medium", "enterprise"),
        ("minimum", "medium", "enterprise", "growth", "hybrid", "performance", "security"),
    ],
)
def test_a_comparison_fits_eighty_columns(call: Callable[..., Any], names: tuple[str, ...]) -> None:
    """However many tiers: no line is wider, and every tier has its column."""
    answer = call(FOLDER, "compare", *names)
    assert answer.code == 0
    assert max(map(len, answer.stdout.splitlines())) <= 80
    for name in names:
        assert name in answer.stdout


def test_comparison_documents_agree_in_every_form(call: Callable[..., Any]) -> None:
    """JSON, Markdown and HTML hold the same features with the same values."""
    words = ("compare", "minimum", "enterprise")
    document = valid(call(FOLDER, *words, "--format", "json").stdout, "comparison")
    markdown = call(FOLDER, *words, "--format", "markdown").stdout
    html = call(FOLDER, *words, "--format", "html").stdout
    rows = {f["path"]: f["values"] for f in document["features"]}
    assert rows["promise.uptime_percent"] == ["95", "99.9"]
    assert rows["cache.node_type"] == ["cache.t4g.micro", "cache.m7g.large"]
    for feature in document["features"]:
        assert f"| {feature['label']} |" in markdown
    assert "cache.m7g.large" in markdown
    parser = HTMLParser()
    parser.feed(html)
    assert html.count("<tr") == len(document["features"]) + 1 + len(
        {f["section"] for f in document["features"]}
    )
    assert "<script" not in html


def test_only_differences_leaves_out_the_rest(call: Callable[..., Any]) -> None:
    """A tier against itself has no difference; against another only what differs is shown."""
    same = call(FOLDER, "compare", "medium", "medium", "--only-differences", "--format", "json")
    assert json.loads(same.stdout)["features"] == []
    answer = call(FOLDER, "compare", "medium", "hybrid", "--only-differences")
    assert "cluster_mode" in answer.stdout
    assert "statement_timeout_s" not in answer.stdout


def test_promise_and_delivery_stand_side_by_side(call: Callable[..., Any]) -> None:
    """What is promised and what the Shapes deliver are both told, recovery per component."""
    document = valid(
        call(FOLDER, "compare", "medium", "growth", "--format", "json").stdout, "comparison"
    )
    rows = {f["path"]: f["values"] for f in document["features"]}
    assert rows["delivered.recovery_s.database"] == ["60-600", "30-60"]
    assert rows["delivered.recovery_s.cache"] == ["1-60", "1-60"]


def test_show_names_the_line_of_every_written_value(call: Callable[..., Any]) -> None:
    """The file and line of a written value hold its key; nothing is without an origin."""
    answer = call(
        FOLDER, "show", "--client", "globex", "--environment", "production", "--format", "json"
    )
    document = valid(answer.stdout, "environment")
    written = [v for v in document["values"] if v["origin"] == "written"]
    assert len(written) > 60
    for value in written:
        line = (FOLDER / value["file"]).read_text().splitlines()[value["line"] - 1]
        key = value["path"].rsplit(".", 1)[-1]
        assert (
            key in line or str(value["value"]) in line or key in ("secrets", "variables", "days")
        ), value
    by_path = {v["path"]: v for v in document["values"]}
    assert by_path["cache.node_type"]["file"] == "clients/globex.yaml"
    assert by_path["database.readers"]["file"] == "tiers/growth.yaml"
    assert by_path["database.statement_timeout_s"]["file"] == "tiers/medium.yaml"
    assert by_path["observability.p95_ms"]["origin"] == "derived"
    assert by_path["placement.imported.vpc_id"]["file"] == "clients/globex.yaml"
    assert by_path["domain.name"]["value"] == "www.portal.globex.example"


def test_show_as_text_fits_and_says_where(call: Callable[..., Any]) -> None:
    """Eighty columns, with file and line; a region by flag is said to be given."""
    answer = call(FOLDER, "show", "hybrid", "--region", "us-west-2")
    assert max(map(len, answer.stdout.splitlines())) <= 80
    assert "tiers/enterprise.yaml:" in answer.stdout
    assert "--region" in answer.stdout


def test_a_schedule_reaches_the_environment(call: Callable[..., Any]) -> None:
    """Office hours stand in the resolved Environment, and a database that may pause is no note."""
    answer = call(FOLDER, "show", "--client", "globex", "--format", "json")
    document = json.loads(answer.stdout)
    assert document["environment"]["schedule"]["timezone"] == "Europe/Berlin"
    assert answer.stderr == ""


def healthy(command: list[str]) -> str:
    """A machine as it should be."""
    return {"node": "v24.1.0\n"}.get(command[0], "2.1148.1 (build abc)\n")


def test_doctor_finds_the_broken_cdk(call: Callable[..., Any]) -> None:
    """The `latest` of npm, 3.0.0, is named with what to do, and the run fails."""
    answer = call(FOLDER, "doctor", programs=lambda c: "v24.1.0" if c[0] == "node" else "3.0.0")
    assert answer.code == 1
    assert "by accident" in answer.stdout
    assert "Never 'npm install aws-cdk@latest'" in answer.stdout


def test_doctor_tells_each_check(call: Callable[..., Any]) -> None:
    """A fit machine passes; what needs AWS is skipped and says how to ask."""
    answer = call(
        FOLDER, "doctor", "--format", "json", programs=healthy, variables={"AWS_PROFILE": "shop"}
    )
    checks = {c["name"]: c for c in valid(answer.stdout, "doctor")["checks"]}
    assert answer.code == 0
    assert {
        n: checks[n]["status"] for n in ("node", "cdk", "packages", "credentials")
    } == dict.fromkeys(("node", "cdk", "packages", "credentials"), "ok")
    assert checks["bootstrap"]["status"] == "skipped"
    assert "--live" in checks["bootstrap"]["fix"]


@pytest.mark.parametrize(
    ("version", "status"),
    [("v20.20.2", "warning"), ("v18.0.0", "error"), ("", "error"), ("v26.0.0", "ok")],
)
def test_doctor_knows_the_age_of_node(call: Callable[..., Any], version: str, status: str) -> None:
    """Too old is an error, past its end of life a warning, absent an error."""
    answer = call(
        FOLDER,
        "doctor",
        "--format",
        "json",
        programs=lambda c: version if c[0] == "node" else "2.1148.1",
    )
    checks = {c["name"]: c for c in json.loads(answer.stdout)["checks"]}
    assert checks["node"]["status"] == status


@pytest.mark.parametrize(
    "command", ["tiers", "compare", "show", "select", "info", "validate", "doctor"]
)
def test_help_has_no_surprises(call: Callable[..., Any], command: str) -> None:
    """`--help` is exit 0, in eighty columns, and an unknown option is exit 2 with a hint."""
    answer = call(FOLDER, command, "--help")
    assert answer.code == 0
    assert max(map(len, answer.stdout.splitlines())) <= 80
    assert call(FOLDER, command, "--formt", "json").code == 2


def test_options_may_come_from_variables(call: Callable[..., Any]) -> None:
    """TIERCTL_FORMAT and TIERCTL_ENVIRONMENT set what their options set."""
    answer = call(
        FOLDER,
        "show",
        "medium",
        variables={"TIERCTL_FORMAT": "json", "TIERCTL_ENVIRONMENT": "production"},
    )
    assert json.loads(answer.stdout)["environment"]["identity"]["environment"] == "production"
