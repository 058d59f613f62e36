"""Every rule is proved by its own example: the bad file breaks it, the good one does not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tierctl.config.project import Project
from tierctl.config.rules import BY_ID, RULES
from tierctl.config.rules.rule import Rule
from tierctl.config.validate import Report, validate_files
from tierctl.model.diagnostics import Diagnostic, Severity

FOLDER = Path(__file__).resolve().parents[2]
IN_A_FILE = [r for r in RULES if r.example.file.startswith(("tiers/", "clients/", "environments/"))]
ELSEWHERE = {"project-not-found", "file-unreadable"}
"""Shown by no file's content: test_validate_command.py holds them."""
NOT_YET = ("usage-", "plan-", "unknown-step")
"""Ids of the cost engine and the planner: they get rules with their own issues."""


def check(project: Project, rule: Rule, content: str | bytes, name: str | None = None) -> Report:
    """Validate one file laid over the shipped project."""
    data = content.encode() if isinstance(content, str) else content
    extra = {file: text.encode() for file, text in rule.example.others}
    laid = Project(project.folder, extra=extra)
    return validate_files(laid, [(name or rule.example.file, data)])


def of_rule(report: Report, rule: Rule) -> list[Diagnostic]:
    """The findings of one rule."""
    return [d for d in report.diagnostics if d.rule == rule.id]


@pytest.mark.parametrize(
    "rule", [r for r in IN_A_FILE if r.id not in ELSEWHERE], ids=lambda r: r.id
)
def test_the_bad_example_breaks_the_rule_at_a_place(project: Project, rule: Rule) -> None:
    """A rule's bad example is found, in that file, with the rule's own summary and severity."""
    found = of_rule(check(project, rule, rule.example.bad), rule)
    assert found, check(project, rule, rule.example.bad).diagnostics
    for diagnostic in found:
        assert diagnostic.place is not None
        assert diagnostic.place.file == rule.example.file
        assert diagnostic.severity is rule.severity
        assert diagnostic.summary == rule.summary or rule.check is None
        assert diagnostic.what.endswith((".", "?"))
        assert diagnostic.fix.endswith(".")


@pytest.mark.parametrize(
    "rule", [r for r in IN_A_FILE if r.id not in ELSEWHERE], ids=lambda r: r.id
)
def test_the_good_example_has_no_error(project: Project, rule: Rule) -> None:
    """The mended example is free of this rule's finding and of every error."""
    name = {"file-name": "tiers/my-tier.yaml", "unknown-client": "environments/acme-staging.yaml"}
    report = check(project, rule, rule.example.good, name.get(rule.id))
    assert not of_rule(report, rule)
    assert not [d for d in report.diagnostics if d.severity is Severity.ERROR]


def test_rule_ids_are_unique_and_told_in_full() -> None:
    """No two rules share an id, and each has every part its page needs."""
    assert len(BY_ID) == len(RULES)
    for rule in RULES:
        assert rule.summary
        assert rule.why.endswith(".")
        assert rule.fix.endswith(".")
        assert rule.source
        assert rule.date


def test_every_rule_that_the_loader_reports_is_declared() -> None:
    """An id written into a Diagnostic anywhere in tierctl/config has a rule with a page."""
    told = set()
    for path in (FOLDER / "tierctl" / "config").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Diagnostic":
                first = node.args[0] if node.args else None
                values = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
                told |= {v.value for v in values if isinstance(v, ast.Constant)}
    told = {name for name in told if not name.startswith(NOT_YET)}
    assert told <= set(BY_ID), told - set(BY_ID)
