"""What others' rules say of our templates: cfn-lint, CDK's strict validation, cdk-nag."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
import cdk_nag
import pytest
from cfnlint import api
from cfnlint.config import ManualArgs

from stacks import acknowledged
from stacks.environment import EnvironmentStack
from tests.cdk.conftest import SIX, TIERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cdk.conftest import Template
    from tierctl.config.project import Project
    from tierctl.model.environment import Environment


@pytest.mark.parametrize(("tier", "environment"), SIX)
def test_cfn_lint_finds_nothing(
    template_of: Callable[..., Template], tier: str, environment: str
) -> None:
    """Every template is clean by AWS's own resource schemas, warnings included."""
    template = json.dumps(template_of(tier, environment))

    found = api.lint(template, config=ManualArgs(regions=["us-east-1"], include_checks=["W", "E"]))

    assert [] == [f"{match.rule.id} {match.message} {match.path}" for match in found]


def test_every_ignored_lint_finding_still_occurs(template_of: Callable[..., Template]) -> None:
    """An ignore that no longer ignores anything is to be removed, with its reason."""
    template = template_of("enterprise", "production")
    ignored = set()
    for logical_id, resource in template["Resources"].items():
        config = resource.get("Metadata", {}).pop("cfn-lint", None)
        if config:
            assert all(config["reasons"].values())
            ignored |= {(logical_id, rule) for rule in config["config"]["ignore_checks"]}

    found = api.lint(json.dumps(template), config=ManualArgs(regions=["us-east-1"]))

    occurring = {(match.path[1], match.rule.id) for match in found if len(match.path) > 1}
    assert ignored == occurring


@pytest.mark.parametrize("tier", TIERS)
def test_strict_validation_passes(project: Project, tmp_path: Path, tier: str) -> None:
    """CDK's validator, with every default rule an error, lets each tier through in silence."""
    context = {
        "tier": tier,
        "environment": "production",
        "@aws-cdk/core:validateAgainstDefaultRules": True,
    }
    surroundings = {k: v for k, v in os.environ.items() if k != "CDK_VALIDATION"}
    surroundings |= {"CDK_OUTDIR": str(tmp_path), "CDK_CONTEXT_JSON": json.dumps(context)}

    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=project.folder,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    report = json.loads((tmp_path / "validation-report.json").read_text(encoding="utf-8"))
    assert [[]] == [plugin["violations"] for plugin in report["pluginReports"]]


def nag(environment: Environment, folder: Path) -> tuple[set[str], set[str]]:
    """Findings of the AwsSolutions pack: those that stand, and those acknowledged."""
    app = cdk.App(outdir=str(folder), analytics_reporting=False)
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))
    EnvironmentStack(app, environment)
    # a finding raises after the report is written, and the report says more
    with contextlib.suppress(RuntimeError):
        app.synth()
    report = json.loads((folder / "validation-report.json").read_text(encoding="utf-8"))
    standing, accepted = set(), set()
    for plugin in (p for p in report["pluginReports"] if p["pluginName"] == "AwsSolutions"):
        standing |= _findings(plugin["violations"])
        accepted |= _findings(plugin["suppressedViolations"])
    return standing, accepted


def _findings(violations: list[dict[str, Any]]) -> set[str]:
    """`LogicalId rule` of every violation."""
    return {
        f"{construct['constructPath'].split('/')[-1]} {violation['ruleName']}"
        for violation in violations
        for construct in violation["violatingConstructs"]
    }


CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-4000-8000-000000000000"


@pytest.mark.parametrize(("tier", "environment"), SIX)
def test_cdk_nag_finds_only_what_is_acknowledged(
    environment_of: Callable[..., Environment], tmp_path: Path, tier: str, environment: str
) -> None:
    """Every finding is acknowledged with a reason, and every acknowledgement has its finding."""
    subject = environment_of(tier, environment)

    standing, accepted = nag(subject, tmp_path)

    assert set() == standing
    expected = {f"{a.logical_id} AwsSolutions-{a.rule}" for a in acknowledged.accepted(subject)}
    assert expected == accepted


def test_reasons_would_convince(environment_of: Callable[..., Environment]) -> None:
    """A reason is a sentence about its resource, not a word, and no two rules share one."""
    by_rule: dict[str, set[str]] = {}
    for tier, environment in SIX:
        for finding in acknowledged.accepted(environment_of(tier, environment)):
            assert len(finding.reason) > 80
            assert finding.reason.endswith(".")
            by_rule.setdefault(finding.reason, set()).add(finding.rule)
    assert all(len(rules) == 1 for rules in by_rule.values())
