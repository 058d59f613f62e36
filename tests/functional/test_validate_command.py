"""`tierctl validate`: what is checked, in which forms it is told, and with which exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

FOLDER = Path(__file__).resolve().parents[2]
SCHEMAS = FOLDER / "tierctl" / "reporting" / "schemas"
BROKEN = "extends: minimum\nfamilies:\n  cache: {multi_az: true, shards: 2}\n"


def test_the_shipped_project_has_no_error(call: Callable[..., Any]) -> None:
    """Every shipped tier, client and environment resolves; what is told are warnings and notes."""
    answer = call(FOLDER, "validate", "--format", "json")
    document = json.loads(answer.stdout)
    assert answer.code == 0
    assert document["counts"]["error"] == 0
    assert {f"tiers/{n}.yaml" for n in ("minimum", "growth", "hybrid")} <= set(document["checked"])
    jsonschema.validate(document, json.loads((SCHEMAS / "diagnostics.json").read_text()))


def test_strict_fails_on_warnings(call: Callable[..., Any]) -> None:
    """`--strict` is for pipelines that accept no warning."""
    assert call(FOLDER, "validate", "--strict").code == 1


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_findings_are_told_in_every_form(copy: Path, call: Callable[..., Any], form: str) -> None:
    """The same findings in text, JSON and SARIF, and the same exit code 1."""
    (copy / "tiers" / "odd.yaml").write_text(BROKEN)
    answer = call(copy, "validate", "--format", form)
    assert answer.code == 1
    assert "cache-multi-az-without-failover" in answer.stdout
    assert "cache-shards-without-cluster-mode" in answer.stdout
    assert answer.stderr == ""


def test_sarif_is_valid_and_points_at_lines(copy: Path, call: Callable[..., Any]) -> None:
    """The log satisfies the SARIF 2.1.0 schema, and a result has its line and its rule's page."""
    (copy / "tiers" / "odd ö.yaml").write_text(BROKEN)
    (copy / "tiers" / "odd.yaml").write_text(BROKEN)
    log = json.loads(call(copy, "validate", "--format", "sarif").stdout)
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text())
    jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)
    run = log["runs"][0]
    result = next(r for r in run["results"] if r["ruleId"] == "cache-multi-az-without-failover")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "tiers/odd.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 21}
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["properties"]["page"] == "docs/rules/cache-multi-az-without-failover.md"
    assert (FOLDER / rule["properties"]["page"]).exists()


def test_a_clean_run_in_sarif_is_valid(copy: Path, call: Callable[..., Any]) -> None:
    """No finding is a valid log too: code hosts close what was open."""
    answer = call(copy, "validate", str(copy / "clients" / "acme.yaml"), "--format", "sarif")
    jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text())).validate(
        json.loads(answer.stdout)
    )


def test_a_file_from_elsewhere_is_checked_by_its_keys(
    copy: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    """A client's draft outside of the project is checked as a client, under the name it has."""
    draft = tmp_path / "draft.yaml"
    draft.write_text("tier: medium\nregion: eu-west-1\nresidencey: eu\n")
    answer = call(copy, "validate", str(draft))
    assert answer.code == 1
    assert "'residency'" in answer.stdout
    assert "draft.yaml:3:1" in answer.stdout


def test_a_missing_file_is_wrong_usage(copy: Path, call: Callable[..., Any]) -> None:
    """A name that is no file is exit 2, with the name."""
    answer = call(copy, "validate", str(copy / "tiers" / "nothing.yaml"))
    assert answer.code == 2
    assert "nothing.yaml" in answer.stderr
    assert call(copy, "validate", str(copy / "tiers")).code == 2


def test_no_project_is_wrong_usage(tmp_path: Path, call: Callable[..., Any]) -> None:
    """Outside of a checkout the command says so and names --project."""
    answer = call(tmp_path, "validate")
    assert answer.code == 2
    assert "--project" in answer.stderr


def test_yml_and_odd_names_are_told(copy: Path, call: Callable[..., Any]) -> None:
    """A file that nothing would ever read is not passed over in silence."""
    (copy / "tiers" / "small.yml").write_text("extends: minimum\n")
    (copy / "clients" / "My Shop.yaml").write_text("tier: minimum\n")
    answer = call(copy, "validate")
    assert answer.code == 1
    assert "Rename it 'small.yaml'" in answer.stdout
    assert "'my-shop.yaml'" in answer.stdout


def test_output_is_written_whole_and_only_then(copy: Path, call: Callable[..., Any]) -> None:
    """`-o` leaves stdout empty, writes atomically, and an unwritable place is exit 3."""
    out = copy / "found.json"
    answer = call(copy, "validate", "--format", "json", "-o", str(out))
    assert answer.stdout == ""
    assert json.loads(out.read_text())["kind"] == "diagnostics"
    assert not list(copy.glob(".found*"))
    assert call(copy, "validate", "-o", str(copy / "no" / "such" / "f")).code == 3


def test_output_to_a_device_leaves_it_a_device(copy: Path, call: Callable[..., Any]) -> None:
    """`-o /dev/null` must not replace /dev/null by a file."""
    assert call(copy, "validate", "-o", "/dev/null").code == 0
    assert not Path("/dev/null").is_file()


def test_a_template_goes_through_cfn_lint(tmp_path: Path, call: Callable[..., Any]) -> None:
    """`--template` tells cfn-lint's findings in our form, at their line, beside our own."""
    path = tmp_path / "t.yaml"
    path.write_text(
        "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties:\n"
        "      RetentionInDays: 45\n"
    )
    answer = call(FOLDER, "validate", "--template", str(path), "--format", "json")
    document = json.loads(answer.stdout)
    assert answer.code == 1
    rules = {(d["rule"], d["line"]) for d in document["diagnostics"]}
    assert ("E3030", 5) in rules
    jsonschema.validate(document, json.loads((SCHEMAS / "diagnostics.json").read_text()))


@pytest.mark.parametrize("data", [b"\xff\xfe", b"", b"[", b"just words", b"{}", b"\x00\x01"])
def test_any_bytes_as_a_template_are_a_finding(
    tmp_path: Path, call: Callable[..., Any], data: bytes
) -> None:
    """What is no template is told so; nothing breaks."""
    path = tmp_path / "t.json"
    path.write_bytes(data)
    answer = call(FOLDER, "validate", "--template", str(path))
    assert answer.code in (0, 1)
    assert "Traceback" not in answer.stderr + answer.stdout


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"hello": 1}', "document-unknown"),
        ("{", "document-invalid"),
        ('{"kind": "environment", "environment": {}}', "document-invalid"),
        ("[" * 100_000, "document-invalid"),
    ],
)
def test_json_documents_are_checked_by_kind(
    tmp_path: Path, call: Callable[..., Any], text: str, rule: str
) -> None:
    """A document that is none of ours, or no longer fits, is a located finding."""
    path = tmp_path / "plan.json"
    path.write_text(text)
    answer = call(FOLDER, "validate", str(path))
    assert answer.code == 1
    assert f"[{rule}]" in answer.stdout


def test_what_show_writes_is_a_valid_document(tmp_path: Path, call: Callable[..., Any]) -> None:
    """An Environment saved by `show --format json` can be read back and checked."""
    path = tmp_path / "environment.json"
    call(FOLDER, "show", "hybrid", "--format", "json", "-o", str(path))
    assert call(FOLDER, "validate", str(path)).code == 0
