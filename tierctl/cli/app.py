"""What every command is handed: where the project is, what the world says, where output goes.

Built once in `main`, passed by click. Tests build their own; nothing is patched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierctl.config.atomic import write_atomically
from tierctl.config.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping

Runner = Callable[[list[str]], str]
"""Runs a program and returns what it prints, or nothing when it is not there."""


def run_program(command: list[str]) -> str:
    """What a program prints on stdout; empty when it cannot be run or takes ten seconds."""
    import subprocess  # ten milliseconds that only two commands need

    try:
        ended = subprocess.run(command, capture_output=True, timeout=10, check=False, text=True)
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return ""
    return ended.stdout


def _today() -> dt.date:
    """Today, by the machine's clock."""
    return dt.datetime.now(tz=dt.UTC).date()


@dataclass(frozen=True, slots=True)
class App:
    """The surroundings of one call.

    Attributes:
        start: Folder in which the project is looked for.
        variables: The process's environment variables.
        run: How other programs are run.
        today: What day it is.
    """

    start: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    run: Runner = run_program
    today: Callable[[], dt.date] = _today

    @property
    def project(self) -> Project:
        """The project here. Raises InvalidConfigurationError when there is none."""
        return Project.find(self.start)


pass_app = click.make_pass_decorator(App)


def say(message: str) -> None:
    """Tell the person something that is not the answer: to stderr."""
    click.echo(message, err=True)


def answer(text: str, output: Path | None) -> None:
    """Give the answer: to stdout, or to a file that is opened only now, when there is one.

    Raises:
        click.ClickException: The file cannot be written.
    """
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
        return
    whole = text if text.endswith("\n") else text + "\n"
    try:
        if output.exists() and not output.is_file():
            output.write_text(whole, encoding="utf-8")  # a pipe or a device: nothing to replace
        else:
            write_atomically(output.resolve(), whole)
    except OSError as error:
        raise click.ClickException(
            f"{output} cannot be written: {error.strerror or error}. Name another file with -o."
        ) from error
