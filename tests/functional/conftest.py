"""Projects that a test may write to, and commands run in this process."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from tierctl.cli.app import App
from tierctl.cli.main import cli, run

FOLDER = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 21)


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    stdout: str
    stderr: str


def no_program(command: list[str]) -> str:
    """A machine on which no program is found."""
    del command
    return ""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped tiers and clients."""
    for kind in ("tiers", "clients"):
        shutil.copytree(FOLDER / kind, tmp_path / kind)
    (tmp_path / "environments").mkdir()
    return tmp_path


@pytest.fixture
def call() -> Callable[..., Answer]:
    """Run a command line in this process, as `main` does."""

    def _call(
        folder: Path,
        *words: str,
        variables: dict[str, str] | None = None,
        answer: str | None = None,
        programs: Callable[[list[str]], str] = no_program,
    ) -> Answer:
        app = App(folder, variables or {}, run=programs, today=lambda: TODAY)
        runner = CliRunner(env=variables or {})
        with runner.isolation(input=answer or "") as streams:
            code = int(run(list(words), app))
            return Answer(code, streams[0].getvalue().decode(), streams[1].getvalue().decode())

    return _call


__all__ = ["cli"]
