"""Help texts as a terminal shows them."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from tierctl.cli.main import NAMES, cli


def every_command() -> list[list[str]]:
    """The words of every command, sub-commands included."""
    found: list[list[str]] = [[]]
    context = click.Context(cli)
    for name in NAMES:
        command = cli.get_command(context, name)
        found.append([name])
        if isinstance(command, click.Group):
            found += [[name, below] for below in command.list_commands(context)]
    return found


@pytest.mark.parametrize("words", every_command(), ids=" ".join)
def test_help_is_plain_and_fits(words: list[str]) -> None:
    """Every help text says something, in at most 80 columns, without a control word left in it."""
    shown = CliRunner().invoke(cli, [*words, "--help"])

    assert 0 == shown.exit_code
    assert "\\b" not in shown.output
    assert max(len(line) for line in shown.output.splitlines()) <= 80
    assert "Usage: " in shown.output
