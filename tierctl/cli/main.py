"""`tierctl`: the group, its options, and the one place where errors become exit codes.

The one command that is called is imported; `--help` imports them all. What a command needs beyond
click and yaml it imports inside its function, so that both start fast (`make bench`).
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

import click

from tierctl import __version__
from tierctl.cli.app import App, say
from tierctl.cli.exits import Exit
from tierctl.model.diagnostics import InvalidConfigurationError, render

NAMES = (
    "tiers",
    "compare",
    "select",
    "info",
    "show",
    "validate",
    "price",
    "estimate",
    "optimize",
    "report",
    "plan",
    "apply",
    "impact",
    "doctor",
    "sandbox",
)
"""Every command, in the order of `--help`: module and function of the same name."""


class Commands(click.Group):
    """A group that imports the one command that is called; `--help` imports them all."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names, in the order of the tuple."""
        del ctx
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None when there is none."""
        del ctx
        if cmd_name not in NAMES:
            return None
        module = import_module(f"tierctl.cli.commands.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command


def __getattr__(name: str) -> tuple[click.Command, ...]:
    """`COMMANDS`: every command, imported when somebody asks for all of them."""
    if name != "COMMANDS":
        raise AttributeError(name)
    context = click.Context(cli)
    return tuple(c for c in (cli.get_command(context, n) for n in NAMES) if c is not None)


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80}
)
@click.option(
    "--project",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the project.  [default: the nearest with tiers/ in it]  [env: TIERCTL_PROJECT]",
    envvar="TIERCTL_PROJECT",
)
@click.version_option(__version__, prog_name="tierctl")
@click.pass_context
def cli(context: click.Context, project: Path | None) -> None:
    """One application's AWS infrastructure at three sizes.

    Says what each size costs before it exists, and moves a running environment from one size
    to another in place. Exit codes: 0 done, 1 findings, 2 usage, 3 AWS or a child process
    failed, 4 changes pending (only with --detailed-exitcode).
    """
    if context.obj is None:
        context.obj = App(project or Path.cwd(), dict(os.environ))


def main() -> None:
    """Run the program and leave with its exit code.

    Few collections, and none of what is left at the end: they cost a short run a seventh of its
    time (measured 2026-11-21) and free what the process is about to give back anyway.
    """
    gc.set_threshold(300_000, 20, 20)
    try:
        code = run(sys.argv[1:])
    except Exception as error:  # the last place that can keep a traceback from a user
        if os.environ.get("TIERCTL_DEBUG"):
            raise
        say(
            f"tierctl itself failed: {type(error).__name__}: {error}\n"
            "This is a bug in tierctl. TIERCTL_DEBUG=1 shows where; please report it with that."
        )
        code = Exit.FAILED
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str], app: App | None = None) -> int:
    """Run one command line.

    Returns:
        The exit code. Problems are told on stderr; a traceback would be a bug.
    """
    try:
        result = cli.main(
            arguments,
            prog_name="tierctl",
            standalone_mode=False,
            obj=app,
            auto_envvar_prefix="TIERCTL",
        )
    except InvalidConfigurationError as error:
        for diagnostic in error.diagnostics:
            say(render(diagnostic))
        located = any(diagnostic.place for diagnostic in error.diagnostics)
        return Exit.FINDINGS if located else Exit.USAGE
    except click.Abort:
        say("Stopped.")
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code if isinstance(error, click.UsageError) else Exit.FAILED
    except BrokenPipeError:
        # whoever read us has seen enough; leave without Python's own complaint
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.DONE
    return result if isinstance(result, int) else Exit.DONE


if __name__ == "__main__":
    main()
