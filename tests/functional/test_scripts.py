"""scripts/select-tier, tier-info and deploy, as a pipeline runs them: processes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout as small as the scripts need, whose cdk writes down how it was called."""
    for kind in ("tiers", "clients"):
        shutil.copytree(FOLDER / kind, tmp_path / kind)
    (tmp_path / "scripts").mkdir()
    for name in ("select-tier", "tier-info", "deploy"):
        shutil.copy2(FOLDER / "scripts" / name, tmp_path / "scripts")
    cdk = tmp_path / "cdk"
    cdk.write_text('#!/bin/sh\necho "$@" > called\nexit "${CDK_EXIT:-0}"\n')
    cdk.chmod(0o755)
    return tmp_path


def script(
    folder: Path, *words: str, answer: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a script with the test's interpreter's tierctl."""
    return subprocess.run(
        [folder / "scripts" / words[0], *words[1:]],
        cwd=folder,
        env={
            **os.environ,
            "TIERCTL": str(BIN / "tierctl"),
            "CDK": str(folder / "cdk"),
            **variables,
        },
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )


def test_select_tier_asks_as_the_plan_document_did(checkout: Path) -> None:
    """A number on stdin selects; a wrong one, or the end of input, is exit 2."""
    assert script(checkout, "select-tier", answer="2\n").stdout == "medium\n"
    assert script(checkout, "select-tier", answer="4x\n").returncode == 2
    assert script(checkout, "select-tier").returncode == 2


def test_the_plan_documents_variables_select(checkout: Path) -> None:
    """COPILOT_TIER, and CLIENT_TIER with CLIENT_DOMAIN, work as the plan document writes them."""
    assert script(checkout, "select-tier", COPILOT_TIER="minimum").stdout == "minimum\n"
    both = {"CLIENT_TIER": "medium", "CLIENT_DOMAIN": "medium.client.example"}
    assert script(checkout, "select-tier", **both).stdout == "medium\n"


def test_tier_info_tells_what_was_selected(checkout: Path) -> None:
    """After a selection tier-info names it and its source."""
    script(checkout, "select-tier", "enterprise")
    said = script(checkout, "tier-info")
    assert said.returncode == 0
    assert "Tier 'enterprise', named by .tierctl-selection.yaml." in said.stdout


def test_deploy_passes_the_decision_to_cdk(checkout: Path) -> None:
    """A dry run prints the command; stderr says how the tier was decided."""
    said = script(
        checkout,
        "deploy",
        "--client",
        "acme",
        "--environment",
        "production",
        "--dry-run",
        "--",
        "--require-approval",
        "never",
    )
    assert said.returncode == 0
    assert said.stdout.split()[1:] == [
        "deploy",
        "-c",
        "tier=minimum",
        "-c",
        "environment=production",
        "-c",
        "client=acme",
        "--require-approval",
        "never",
    ]
    assert "named by clients/acme.yaml" in said.stderr
    assert not (checkout / "called").exists()


def test_deploy_stops_at_findings_and_usage(checkout: Path) -> None:
    """No tier is exit 2; a broken file exit 1; cdk is not called by either."""
    assert script(checkout, "deploy").returncode == 2
    assert script(checkout, "deploy", "--nonsense").returncode == 2
    path = checkout / "tiers" / "medium.yaml"
    path.write_text(path.read_text().replace("max_acu: 8", "max_acu: 0.5"))
    said = script(checkout, "deploy", "--tier", "medium")
    assert said.returncode == 1
    assert "tiers/medium.yaml" in said.stderr
    assert not (checkout / "called").exists()


def test_deploy_ends_with_3_when_cdk_fails(checkout: Path) -> None:
    """A failure of cdk itself is exit 3, and nothing is recorded."""
    said = script(checkout, "deploy", "--tier", "minimum", CDK_EXIT="1")
    assert said.returncode == 3
    assert (checkout / "called").exists()
    assert not (checkout / "environments").exists()
    assert script(checkout, "deploy", "--tier", "minimum", CDK="/nowhere/cdk").returncode == 3


def test_deploy_records_what_was_deployed(checkout: Path) -> None:
    """After cdk succeeded the record is written from the very template that was deployed."""
    shown = subprocess.run(
        [BIN / "tierctl", "show", "minimum", "--client", "acme", "--format", "json"],
        cwd=checkout, capture_output=True, text=True, check=True,
    )  # fmt: skip
    (checkout / "cdk.out").mkdir()
    import json

    environment = json.loads(shown.stdout)["environment"]
    (checkout / "cdk.out" / "shop-acme-staging.template.json").write_text(
        json.dumps({"Metadata": {"tierctl": {"version": 1, "environment": environment}}})
    )
    said = script(checkout, "deploy", "--client", "acme")
    assert said.returncode == 0, said.stderr
    record = (checkout / "environments" / "acme-staging.yaml").read_text()
    assert "tier: minimum" in record
    refused = script(checkout, "deploy", "--client", "acme", "--tier", "medium")
    assert refused.returncode == 1
    assert "tierctl plan --to medium --client acme" in refused.stderr


def test_deploy_stops_over_its_budget(checkout: Path) -> None:
    """The estimate stands on stderr; over the budget nothing is deployed."""
    said = script(checkout, "deploy", "--tier", "minimum", "--budget", "1")

    assert said.returncode == 1
    assert "Aurora Database" in said.stderr
    assert not (checkout / "called").exists()


def test_deploy_upgrades_by_plan_and_never_by_cdk(checkout: Path) -> None:
    """With --upgrade the live account is asked; without one that is exit 3 and says what to do."""
    said = script(checkout, "deploy", "--tier", "medium", "--upgrade")

    assert said.returncode == 3
    assert "--from TIER" in said.stderr
    assert not (checkout / "called").exists()
    assert script(checkout, "deploy", "--upgrade").returncode == 2
