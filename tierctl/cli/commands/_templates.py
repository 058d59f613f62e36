"""CloudFormation templates through cfn-lint, in the form of our own findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tierctl.model.diagnostics import Diagnostic, Place, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tierctl.config.validate import Report

_SEVERITIES = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "informational": Severity.NOTE,
}
_RULES = "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"


def lint(templates: Iterable[Path], report: Report) -> None:
    """Add what cfn-lint finds to a report.

    Raises:
        click.UsageError: A template cannot be read.
    """
    # a second of imports and forty megabytes: only a run that asks for it pays
    from cfnlint.api import lint as run
    from cfnlint.config import ManualArgs

    for template in templates:
        try:
            text = template.read_bytes().decode("utf-8-sig")
        except OSError as error:
            raise click.UsageError(
                f"{template}: {error.strerror or error}. Name a file that can be read."
            ) from error
        except UnicodeDecodeError as error:
            report.checked.append(str(template))
            report.found.append(
                Diagnostic(
                    "yaml-not-utf8",
                    "the file is not UTF-8 text",
                    f"Byte {error.start} is not valid UTF-8.",
                    "Save the file as UTF-8.",
                    place=Place(str(template), 1, 1),
                )
            )
            continue
        report.checked.append(str(template))
        try:
            matches = run(text, config=ManualArgs(regions=["us-east-1"]))
        except Exception as error:  # noqa: BLE001 - whatever a strange template does to a library
            report.found.append(_crashed(template, error))
            continue
        for match in matches:
            report.found.append(
                Diagnostic(
                    match.rule.id,
                    match.rule.shortdesc or "cfn-lint",
                    _sentence(str(match.message)),
                    f"See {_RULES}#{match.rule.id}.",
                    place=Place(str(template), match.linenumber, match.columnnumber),
                    severity=_SEVERITIES.get(match.rule.severity, Severity.ERROR),
                )
            )


def _sentence(text: str) -> str:
    """A text that ends like a sentence."""
    return text if text.endswith(".") else f"{text}."


def _crashed(template: Path, error: Exception) -> Diagnostic:
    """A template on which cfn-lint gives up."""
    return Diagnostic(
        "document-invalid",
        "the document does not fit its kind",
        f"cfn-lint gives up on it: {type(error).__name__}: {error}."[:300],
        "Check that it is a CloudFormation template in JSON or YAML.",
        place=Place(str(template), 1, 1),
    )
