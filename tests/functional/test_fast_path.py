"""The fast commands load nothing heavy: checked by running them where heavy modules are blocked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2]
HEAVY = (
    "aws_cdk", "constructs", "jsii", "boto3", "botocore", "jinja2", "moto", "rich", "jsonschema",
    "pydantic", "cfnlint", "hypothesis", "pytest",
)  # fmt: skip
PROGRAM = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {heavy!r}:
            raise ImportError(f"{{name}} is loaded on the fast path")

sys.meta_path.insert(0, Blocked())
from tierctl.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["tiers"],
        ["tiers", "--format", "json"],
        ["compare", "minimum", "medium"],
        ["compare", "minimum", "medium", "--format", "markdown"],
        ["select", "medium", "--dry-run"],
        ["show", "medium"],
        ["info"],
        ["validate"],
        ["validate", "--format", "sarif"],
        ["doctor"],
        ["estimate"],
        ["estimate", "medium", "--explain"],
    ],
    ids=" ".join,
)
def test_a_fast_command_needs_nothing_heavy(words: list[str]) -> None:
    """The command answers although AWS, CDK, templates and schema libraries cannot be loaded."""
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(heavy=set(HEAVY)), *words],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout


def test_html_and_templates_load_what_they_need_only_then() -> None:
    """The proof of the test above: a command that does need jinja2 fails where it is blocked."""
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            PROGRAM.format(heavy=set(HEAVY)),
            "compare",
            "medium",
            "--format",
            "html",
        ],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode != 0
    assert "jinja2 is loaded on the fast path" in ended.stderr
