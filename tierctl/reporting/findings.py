"""Diagnostics as text and as SARIF 2.1.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tierctl.model.diagnostics import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tierctl.config.rules.rule import Rule
    from tierctl.model.diagnostics import Diagnostic
    from tierctl.reporting.documents import Document

_LEVELS = {"error": "error", "warning": "warning", "note": "note"}
_SCHEMA = (
    "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/main/sarif-2.1/schema/"
    "sarif-schema-2.1.0.json"
)
RULE_PAGES = "docs/rules"


def text(found: Sequence[Diagnostic], checked: Sequence[str]) -> str:
    """Every diagnostic, and one line that counts."""
    counts = [
        f"{number} {noun}{'' if number == 1 else 's'}"
        for noun in ("error", "warning", "note")
        if (number := sum(d.severity == noun for d in found))
    ]
    files = f"{len(checked)} file{'' if len(checked) == 1 else 's'}"
    total = f"{files} checked: {', '.join(counts) if counts else 'nothing is wrong'}."
    return "\n\n".join([*(render(d) for d in found), total]) + "\n"


def sarif(document: Document, rules: Iterable[Rule], version: str) -> dict[str, Any]:
    """A diagnostics document as a SARIF log, for code hosts that show findings beside lines."""
    known = {rule.id: rule for rule in rules}
    used = list(dict.fromkeys(d["rule"] for d in document["diagnostics"]))
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "tierctl",
                        "version": version,
                        "rules": [_rule(name, known.get(name)) for name in used],
                    }
                },
                "results": [_result(d, used) for d in document["diagnostics"]],
            }
        ],
    }


def _rule(name: str, rule: Rule | None) -> dict[str, Any]:
    """A rule's own words; a rule of cfn-lint has only its id."""
    if rule is None:
        return {"id": name}
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": _LEVELS[str(rule.severity)]},
        "properties": {"source": rule.source, "page": f"{RULE_PAGES}/{rule.id}.md"},
    }


def _result(found: Document, used: list[str]) -> dict[str, Any]:
    """One finding."""
    message = " ".join(part for part in (found["what"], found["why"], found["fix"]) if part)
    if found["suggestion"]:
        message += f" Did you mean '{found['suggestion']}'?"
    result: dict[str, Any] = {
        "ruleId": found["rule"],
        "ruleIndex": used.index(found["rule"]),
        "level": _LEVELS[found["severity"]],
        "message": {"text": message},
    }
    if found["file"] is not None:
        location: dict[str, Any] = {"artifactLocation": {"uri": _uri(found["file"])}}
        if found["line"]:
            location["region"] = {"startLine": found["line"], "startColumn": found["column"] or 1}
        result["locations"] = [{"physicalLocation": location}]
    return result


def _uri(file: str) -> str:
    """A path as a URI reference."""
    from urllib.parse import quote

    return quote(file.replace("\\", "/"))
