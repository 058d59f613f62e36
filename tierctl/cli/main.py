"""`tierctl`: the group, its options, and the one place where errors become exit codes.

Command modules are imported here and must stay cheap: what a command needs beyond click and
yaml it imports inside its function, so that `--help` stays fast (`make bench`).
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from tierctl import __version__
from tierctl.cli.app import App, say
from tierctl.cli.commands.compare import compare
from tierctl.cli.commands.doctor import doctor
from tierctl.cli.commands.estimate import estimate
from tierctl.cli.commands.info import info
from tierctl.cli.commands.optimize import optimize
from tierctl.cli.commands.plan import plan
from tierctl.cli.commands.price import price
from tierctl.cli.commands.sandbox import sandbox
from tierctl.cli.commands.select import select
from tierctl.cli.commands.show import show
from tierctl.cli.commands.tiers import tiers
from tierctl.cli.commands.validate import validate
from tierctl.cli.exits import Exit
from tierctl.model.diagnostics import InvalidConfigurationError, render

COMMANDS = (
    tiers,
    compare,
    select,
    info,
    show,
    validate,
    price,
    estimate,
    optimize,
    plan,
    doctor,
    sandbox,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
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


for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """Run the program and leave with its exit code."""
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
