"""`app.py` as people and pipelines run it: a process, a context, a template or an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cdk.conftest import Template
    from tierctl.config.project import Project

Run = "Callable[..., subprocess.CompletedProcess[str]]"


@pytest.fixture
def run(project: Project, tmp_path: Path) -> Run:
    """Run `python app.py` with a context and further variables, into a folder of its own."""

    def start(context: dict[str, object], **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "app.py"],
            cwd=project.folder,
            env={
                **os.environ,
                "CDK_OUTDIR": str(tmp_path / "out"),
                "CDK_CONTEXT_JSON": json.dumps(context),
                **variables,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    return start


def written(tmp_path: Path) -> list[Path]:
    """The templates that were written."""
    return sorted((tmp_path / "out").glob("*.template.json"))


def test_one_template_is_written(
    run: Run, tmp_path: Path, template_of: Callable[..., Template]
) -> None:
    """One stack, named by app, client and environment, and nothing on stdout or stderr."""
    done = run({"tier": "medium", "environment": "production"})

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    assert ["app-default-production.template.json"] == [path.name for path in written(tmp_path)]
    template = json.loads(written(tmp_path)[0].read_text(encoding="utf-8"))
    known = template_of("medium", "production")
    assert known["Resources"].keys() == template["Resources"].keys()


def test_environment_defaults_to_staging(run: Run, tmp_path: Path) -> None:
    """Production is always asked for by name."""
    run({"tier": "medium"})

    assert ["app-default-staging.template.json"] == [path.name for path in written(tmp_path)]


def test_a_client_names_its_own_tier_and_region(run: Run, tmp_path: Path) -> None:
    """The client file says tier and region; the context may still say another tier."""
    run({"client": "acme"})
    small = json.loads((tmp_path / "out" / "shop-acme-staging.template.json").read_text())
    done = run({"client": "acme", "tier": "medium"})
    larger = json.loads((tmp_path / "out" / "shop-acme-staging.template.json").read_text())

    assert 0 == done.returncode
    tiers = [t["Metadata"]["tierctl"]["environment"]["identity"]["tier"] for t in (small, larger)]
    assert ["minimum", "medium"] == tiers
    assert "eu-west-1" == small["Metadata"]["tierctl"]["environment"]["placement"]["region"]


def test_a_variable_names_the_tier(run: Run, tmp_path: Path) -> None:
    """Pipelines that set a variable need no context."""
    done = run({}, TIERCTL_TIER="enterprise")

    assert 0 == done.returncode
    assert 1 == len(written(tmp_path))


def test_a_release_brings_its_image(run: Run, tmp_path: Path) -> None:
    """`-c image.web=...` is what runs, whatever the client file says."""
    run({"tier": "minimum", "image.web": "public.ecr.aws/example/web:2.0"})

    template = json.loads(written(tmp_path)[0].read_text(encoding="utf-8"))
    container = template["Resources"]["WebTask"]["Properties"]["ContainerDefinitions"][0]
    assert "public.ecr.aws/example/web:2.0" == container["Image"]


BAD = {
    "no tier": ({}, "no tier is given", "cdk deploy -c tier=medium"),
    "unknown tier": ({"tier": "mediun"}, "the tier is not known", "Did you mean 'medium'?"),
    "unknown environment": (
        {"tier": "medium", "environment": "prodction"},
        "the environment is not known",
        "Did you mean 'production'?",
    ),
    "unknown client": (
        {"tier": "medium", "client": "acmee"},
        "the client is not known",
        "Did you mean 'acme'?",
    ),
    "unknown key": (
        {"teir": "medium"},
        "a context key is not known",
        "Did you mean 'tier'?",
    ),
    "unknown region": (
        {"tier": "medium", "region": "us-east-9"},
        "zones",
        "us-east-1",
    ),
    "unknown service": (
        {"tier": "medium", "image.wep": "x"},
        "an image is given for a service that does not exist",
        "web",
    ),
    "no text": ({"tier": 3}, "a context value is not a text", "-c tier=VALUE"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_context_is_explained(run: Run, tmp_path: Path, case: str) -> None:
    """What is wrong and what to do, no traceback, nothing written."""
    context, summary, fix = BAD[case]

    done = run(context)

    assert 1 == done.returncode
    assert summary in done.stderr
    assert fix in done.stderr
    assert "Traceback" not in done.stderr
    assert [] == written(tmp_path)


def test_the_cdk_command_line_writes_the_same_template(
    run: Run, project: Project, tmp_path: Path
) -> None:
    """`npx cdk synth -c tier=medium` needs no credentials and changes no byte."""
    run({"tier": "medium", "environment": "production"})
    done = subprocess.run(
        ["npx", "--no-install", "cdk", "synth", "--quiet", "--output", str(tmp_path / "cli"),
         "-c", "tier=medium", "-c", "environment=production"],
        cwd=project.folder,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip

    assert 0 == done.returncode, done.stderr
    [ours] = written(tmp_path)
    assert ours.read_bytes() == (tmp_path / "cli" / ours.name).read_bytes()
