"""`tierctl sandbox`: the embedded AWS for the demo and the tests.

In: arguments. Out on stdout: the exports, markers or state asked for; everything else on stderr.
Heavy imports (moto, boto3) happen inside the functions, so that `tierctl --help` stays fast.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    import subprocess

    from tierctl.sandbox.session import Sandbox

FAILED = 3  # AWS or a child process failed (the design, section 7)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"(\d+(?:\.\d+)?)([smhd])")

state_option = click.option(
    "--state",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".sandbox"),
    show_default=True,
    envvar="TIERCTL_SANDBOX_STATE",
    help="Folder for the server's pid, port and log.",
)


class Duration(click.ParamType[float]):
    """A time span such as 90s, 15m, 24h or 2d."""

    name = "duration"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return seconds."""
        if isinstance(value, int | float):
            return float(value)
        found = DURATION.fullmatch(str(value).strip())
        if found is None:
            self.fail(f"{value!r} is no time span: write 90s, 15m, 24h or 2d.", param, ctx)
        return float(found.group(1)) * UNITS[found.group(2)]


@click.group()
def sandbox() -> None:
    """Run the embedded AWS on this machine: no account, no credentials, no network."""


@sandbox.command()
@state_option
@click.option(
    "--idle", type=Duration(), default="30m", show_default=True,
    help="Stop by itself after this long without a request.",
)  # fmt: skip
def start(state: Path, idle: float) -> None:
    """Start the sandbox and print the variables to export: eval "$(tierctl sandbox start)"."""
    from tierctl.sandbox.session import UNSET, SandboxError, start_process

    try:
        running = start_process(state, idle)
    except (SandboxError, OSError) as error:
        _fail("The sandbox cannot start", str(error))
    click.echo(f"unset {' '.join(UNSET)}")
    for name, value in running.environ().items():
        click.echo(f"export {name}={shlex.quote(value)}")
    click.echo(f"The sandbox answers at {running.endpoint_url}.", err=True)


@sandbox.command()
@state_option
def stop(state: Path) -> None:
    """Stop the sandbox; what was in it is gone."""
    from tierctl.sandbox.session import find

    running = find(state)
    if running is None:
        click.echo(f"No sandbox is running from {state}.", err=True)
        return
    running.stop()
    click.echo("The sandbox has stopped.", err=True)


@sandbox.command()
@state_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def status(state: Path, form: str) -> None:
    """Show whether the sandbox runs, and the marker in each of its data stores."""
    from tierctl.sandbox.session import find

    running = find(state)
    document: dict[str, Any] = {
        "kind": "sandbox-status",
        "format_version": 1,
        "running": running is not None,
    }
    if running is not None:
        document |= {"endpoint_url": running.endpoint_url, **running.health()}
        document |= {"markers": running.markers(), "left_a_stack": running.kept()}
    if form == "json":
        click.echo(json.dumps(document, indent=2))
        return
    if running is None:
        click.echo(f"not running (state folder {state})")
        return
    click.echo(f"running at {running.endpoint_url}, pid {document['pid']}, time {document['now']}")
    for arn, marker in document["markers"].items():
        click.echo(f"{marker}  {arn}")
    for record in document["left_a_stack"]:
        click.echo(f"left its stack ({record['policy']}): {record['type']} {record['id']}")


@sandbox.command()
@state_option
@click.argument("span", type=Duration())
def advance(state: Path, span: float) -> None:
    """Move the sandbox's clock forward by SPAN, such as 24h."""
    click.echo(_running(state).advance(span))


@sandbox.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(command: tuple[str, ...]) -> None:
    """Run COMMAND against a sandbox of its own, which ends with it.

    Write -- before the command: tierctl sandbox run -- npx cdk deploy
    """
    import subprocess  # too dear for the start of every other command

    from tierctl.sandbox.server import PACE_S
    from tierctl.sandbox.session import UNSET, Sandbox

    with Sandbox.running(pace_s=PACE_S) as private:
        environment = {k: v for k, v in os.environ.items() if k not in UNSET}
        try:
            child = subprocess.Popen(list(command), env={**environment, **private.environ()})
        except OSError as error:
            _fail("The command cannot be started", f"{command[0]}: {error.strerror}")
        with _forwarding(child):
            code = child.wait()
    sys.exit(code if code >= 0 else 128 - code)


class _forwarding:  # noqa: N801  reads as a verb where it is used
    """While the block lasts, signals that would end this process go to the child first."""

    NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        for number in self.NUMBERS:
            self._before[number] = signal.signal(
                number, lambda received, _: self._child.send_signal(received)
            )

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)


def _running(state: Path) -> Sandbox:
    from tierctl.sandbox.session import find

    found = find(state)
    if found is None:
        _fail("No sandbox is running", f"Looked in {state}. Start one with: tierctl sandbox start")
    return found


def _fail(summary: str, detail: str) -> NoReturn:
    click.echo(f"Error: {summary}\n  {detail}", err=True)
    sys.exit(FAILED)


if __name__ == "__main__":
    sandbox()
