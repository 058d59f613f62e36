"""`python app.py`, as the cdk command line runs it, against records and invalid configuration."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What `cdk deploy` needs of a checkout, with an environment recorded at minimum."""
    for kind in ("tiers", "clients"):
        shutil.copytree(FOLDER / kind, tmp_path / kind)
    for name in ("app.py", "cdk.json"):
        shutil.copy2(FOLDER / name, tmp_path)
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments" / "acme-staging.yaml").write_text(
        "client: acme\nenvironment: staging\ntier: minimum\n"
    )
    return tmp_path


def synth(folder: Path, **context: str) -> subprocess.CompletedProcess[str]:
    """Run the CDK program without the cdk command line."""
    return subprocess.run(
        [sys.executable, "app.py"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(FOLDER),
            "CDK_OUTDIR": str(folder / "cdk.out"),
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_VALIDATION": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_silent_change_of_a_deployed_tier_is_impossible(checkout: Path) -> None:
    """Another tier than the recorded one is refused with the command that plans the change."""
    ended = synth(checkout, tier="medium", client="acme")
    assert ended.returncode != 0
    assert "tierctl plan --to medium --client acme --environment staging" in ended.stderr
    assert not (checkout / "cdk.out").exists()


def test_what_validate_refuses_is_not_synthesised(checkout: Path) -> None:
    """A pair that Fargate does not have stops synthesis, with the line to mend."""
    path = checkout / "tiers" / "medium.yaml"
    path.write_text(path.read_text().replace("memory_mib: 1024", "memory_mib: 512"))
    ended = synth(checkout, tier="medium")
    assert ended.returncode != 0
    assert "service-fargate-pair" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_no_tier_anywhere_is_an_error(checkout: Path) -> None:
    """Neither context nor variable nor file names a tier: nothing is deployed by default."""
    ended = synth(checkout)
    assert ended.returncode != 0
    assert "tier-not-given" in ended.stderr
