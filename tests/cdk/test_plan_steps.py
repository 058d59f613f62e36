"""`tierctl plan -o plan.json`, then `cdk synth -c plan=plan.json -c step=K`, step by step."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierctl.config.planned import environment_of_step
from tierctl.model.diagnostics import InvalidConfigurationError, render

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cdk.conftest import Template
    from tierctl.config.project import Project
    from tierctl.model.environment import Environment

PAIR = ("--from", "minimum", "--to", "enterprise", "--environment", "production")
DOWN = ("--from", "enterprise", "--to", "medium", "--environment", "production")
FACTS = ("--fact", "cache.bytes_stored=1000", "--fact", "database.peak_connections=5",
         "--fact", 'service.running_tasks={"web": 1, "backend": 1}')  # fmt: skip


@pytest.fixture(scope="module")
def planned(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A plan file as the command writes it."""
    folder = tmp_path_factory.mktemp("plans")

    def make(*words: str) -> Path:
        path = folder / f"{'-'.join(words[1::2])}.json"
        if not path.exists():
            command = [sys.executable, "-m", "tierctl.cli.main", "plan", *words, *FACTS,
                       "--format", "json", "-o", str(path)]  # fmt: skip
            done = subprocess.run(
                command, cwd=project.folder, capture_output=True, text=True, check=False
            )
            assert 0 == done.returncode, done.stderr
        return path

    return make


@pytest.fixture
def run(project: Project, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`python app.py` with a plan and a step."""

    def start(plan: Path, step: object) -> subprocess.CompletedProcess[str]:
        context = json.dumps({"plan": str(plan), "step": str(step)})
        return subprocess.run(
            [sys.executable, "app.py"],
            cwd=project.folder,
            env={**os.environ, "CDK_OUTDIR": str(tmp_path / "out"), "CDK_CONTEXT_JSON": context},
            capture_output=True,
            text=True,
            check=False,
        )

    return start


def written(tmp_path: Path) -> dict[str, Any] | None:
    """The template that was written, if one was."""
    found = sorted((tmp_path / "out").glob("*.template.json"))
    return json.loads(found[0].read_text(encoding="utf-8")) if found else None


def test_app_synthesises_a_step(
    planned: Callable[..., Path],
    run: Callable[..., subprocess.CompletedProcess[str]],
    synthesise: Callable[[Environment], Template],
    tmp_path: Path,
) -> None:
    """The process writes the template that the Environment in the file stands for."""
    path = planned(*PAIR)
    done = run(path, 2)

    assert (0, "", "") == (done.returncode, done.stdout, done.stderr)
    template = written(tmp_path)
    assert template is not None
    wanted = synthesise(environment_of_step(path, "2"))["Resources"]
    assert wanted.keys() == template["Resources"].keys()
    # the process has cdk.json's flags, which word policies otherwise
    for name in ("Cache", "Database", "DatabaseWriter", "Filesystem", "Bucket", "WebTask"):
        assert wanted[name] == template["Resources"][name]


@pytest.mark.parametrize("words", [PAIR, DOWN], ids=["up", "down"])
def test_steps_lead_from_the_start_to_the_end(
    planned: Callable[..., Path],
    environment_of: Callable[..., Environment],
    synthesise: Callable[[Environment], Template],
    words: tuple[str, ...],
) -> None:
    """Step 0 is the start; what is no update changes nothing; the last step is where it ends."""
    path = planned(*words)
    document = json.loads(path.read_text(encoding="utf-8"))
    templates = [
        synthesise(environment_of_step(path, str(number)))
        for number in range(len(document["steps"]) + 1)
    ]

    start = synthesise(environment_of(words[1], "production"))
    assert start["Resources"] == templates[0]["Resources"]
    for number, step in enumerate(document["steps"], 1):
        before, after = templates[number - 1], templates[number]
        if step["kind"] == "update":
            assert before["Resources"] != after["Resources"], step["title"]
        else:
            assert before == after, step["title"]
    goal = synthesise(environment_of(words[3], "production"))["Resources"]
    apart = {key for key, value in templates[-1]["Resources"].items() if goal.get(key) != value}
    assert document["stands_for"] or not apart


BAD = {
    "no file": (None, 1, "a file cannot be read"),
    "no JSON": (b"{", 1, "no plan that can be used"),
    "no text": (b"\xff\xfe\x00", 1, "no plan that can be used"),
    "deep": (b"[" * 100_000, 1, "no plan that can be used"),
    "another kind": (b'{"kind": "estimate"}', 1, "no 'kind: plan'"),
    "a later format": (b'{"kind": "plan", "format_version": 99}', 1, "format_version is 99"),
    "no steps": (b'{"kind": "plan", "format_version": 1}', 1, "no list of steps"),
    "a broken start": (
        b'{"kind": "plan", "format_version": 1, "steps": [], "start": {"identity": 3}}',
        0, "no plan that can be used"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_plan_file_is_explained(tmp_path: Path, case: str) -> None:
    """What is wrong, with the file's name, and how to write it anew."""
    data, step, words = BAD[case]
    path = tmp_path / "plan.json"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(InvalidConfigurationError) as caught:
        environment_of_step(path, str(step))
    text = "\n".join(render(diagnostic) for diagnostic in caught.value.diagnostics)

    assert words in text
    assert "plan.json" in text
    assert "tierctl plan" in text


@pytest.mark.parametrize("step", ["99", "-1", "one", "", "1.5", "²", "1e0"])
def test_a_step_that_is_not_there_is_explained(planned: Callable[..., Path], step: str) -> None:
    """The numbers there are, and what 0 means."""
    with pytest.raises(InvalidConfigurationError, match="is no step of") as caught:
        environment_of_step(planned(*PAIR), step)

    assert "0 is where it starts" in render(caught.value.diagnostics[0])


def test_nothing_is_written_for_a_bad_plan(
    planned: Callable[..., Path],
    run: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
) -> None:
    """Exit code 1, a message on stderr, no traceback, no template."""
    broken = tmp_path / "plan.json"
    broken.write_text("{", encoding="utf-8")
    for plan, step in ((broken, 1), (planned(*PAIR), 99)):
        done = run(plan, step)
        assert (1, "") == (done.returncode, done.stdout)
        assert "Traceback" not in done.stderr
        assert plan.name in done.stderr
    assert written(tmp_path) is None


@settings(
    max_examples=150, derandomize=True, database=None, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_any_bytes_are_a_plan_or_a_message(
    planned: Callable[..., Path], tmp_path: Path, data: st.DataObject
) -> None:
    """Random bytes, and a real plan with a part replaced: an Environment or a diagnostic."""
    path = tmp_path / "fuzzed.json"
    if data.draw(st.booleans()):
        path.write_bytes(data.draw(st.binary(max_size=200)))
    else:
        document = json.loads(planned(*PAIR).read_text(encoding="utf-8"))
        start = document["start"]
        family = data.draw(st.sampled_from(sorted(start)))
        odd = st.none() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({"a": [1]})
        if isinstance(start[family], dict) and start[family] and data.draw(st.booleans()):
            field = data.draw(st.sampled_from(sorted(start[family])))
            start[family][field] = data.draw(odd)
        else:
            start[family] = data.draw(odd)
        path.write_text(json.dumps(document), encoding="utf-8")
    # any other exception is a traceback, which is a bug
    with contextlib.suppress(InvalidConfigurationError):
        environment_of_step(path, "0")
