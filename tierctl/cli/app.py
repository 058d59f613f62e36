"""What every command is handed: where the project is, what the world says, where output goes.

Built once in `main`, passed by click. Tests build their own; nothing is patched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tierctl.config.project import Project

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class App:
    """The surroundings of one call.

    Attributes:
        start: Folder in which the project is looked for.
        variables: The process's environment variables.
    """

    start: Path
    variables: Mapping[str, str] = field(default_factory=dict)

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
    partial = output.with_name(output.name + ".partial")
    try:
        partial.write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8")
        partial.replace(output)
    except OSError as error:
        raise click.ClickException(
            f"{output} cannot be written: {error.strerror or error}. Name another file with -o."
        ) from error
