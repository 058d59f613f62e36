"""What every test stands on: the checkout, a fixed terminal, and nothing of the machine's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tierctl.config.project import Project

# read by jsii while aws_cdk is imported, so before any test module is
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
# the same: the validator is tested by itself, and without it a synthesis takes a tenth of a second
os.environ["CDK_VALIDATION"] = "false"
for name in [n for n in os.environ if n.startswith(("TIERCTL_", "AWS_", "CLIENT_", "COPILOT_"))]:
    del os.environ[name]
os.environ |= {"NO_COLOR": "1", "COLUMNS": "80", "LINES": "24", "AWS_EC2_METADATA_DISABLED": "true"}

FOLDER = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def project() -> Project:
    """The project of this checkout: the tiers and clients as they ship."""
    return Project(FOLDER)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update` writes golden files anew; read the difference before it is committed."""
    parser.addoption("--update", action="store_true", help="write golden files anew")


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written."""
    return bool(request.config.getoption("--update"))
