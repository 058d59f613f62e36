"""A running sandbox, seen from Python: for the tests, and for the command line.

In: nothing, or the state folder of a sandbox process. Out: a `Sandbox` with its endpoint, the
environment for child processes, boto3 clients, markers and the clock. `Sandbox.running()` starts
one in this process; `start_process` starts one that outlives it.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "us-east-1"
ACCOUNT = "123456789012"
START_TIMEOUT_S = 30.0
STATE_FILE = "server.json"
# set in the environment of a user, these would lead a command past the sandbox
UNSET = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE")


class SandboxError(Exception):
    """The sandbox cannot be started or reached; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox."""

    endpoint_url: str

    @classmethod
    @contextlib.contextmanager
    def running(cls, *, pace_s: float = 0.0) -> Iterator[Sandbox]:
        """Run a sandbox in a thread of this process while the block lasts."""
        from tierctl.sandbox.server import Server

        server = Server(pace_s=pace_s)
        server.start()
        try:
            yield cls(server.endpoint_url)
        finally:
            server.stop()

    def environ(self) -> dict[str, str]:
        """Return the variables that lead AWS tools to this sandbox, and to no account."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "CDK_DEFAULT_ACCOUNT": ACCOUNT,
            "CDK_DEFAULT_REGION": REGION,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
            "NO_PROXY": "localhost,127.0.0.1",
        }

    def client(self, service: str, region: str = REGION) -> Any:
        """Return a boto3 client of this sandbox."""
        return _client(self.endpoint_url, service, region)

    def markers(self, region: str | None = None) -> dict[str, str]:
        """Return the marker of every data store, by ARN: of one region, or of all that were used.

        Buckets are in every region's answer: their names are worldwide.
        """
        asked = "" if region is None else f"?region={urllib.parse.quote(region)}"
        return dict(self._ask(f"/sandbox/markers{asked}"))

    def kept(self) -> list[dict[str, str]]:
        """Return the data stores that left a stack, and how: Delete, Snapshot or Retain."""
        return list(self._ask("/sandbox/kept"))

    def health(self) -> dict[str, Any]:
        """Return the server's pid and time."""
        return dict(self._ask("/sandbox/health"))

    def advance(self, seconds: float) -> str:
        """Move the sandbox's clock forward; return its new time."""
        return str(self._ask("/sandbox/advance", {"seconds": seconds})["now"])

    def state_facts(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Tell the sandbox facts that no API sets, such as bytes stored."""
        return dict(self._ask("/sandbox/facts", facts))

    def stop(self) -> None:
        """Ask the server to stop."""
        self._ask("/sandbox/stop", {})

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310  always http://localhost
            self.endpoint_url + path, data=data, headers={"Content-Type": "application/json"}
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SandboxError(f"The sandbox refused {path}: {error.read().decode()}") from error
        except OSError as error:
            raise SandboxError(f"No sandbox answers at {self.endpoint_url}: {error}") from error


@functools.cache  # making a client takes longer than most calls
def _client(endpoint_url: str, service: str, region: str) -> Any:
    import boto3

    return boto3.client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id="sandbox",
        aws_secret_access_key="sandbox",  # noqa: S106  no real key
    )


def find(state: Path) -> Sandbox | None:
    """Return the sandbox whose state is in a folder, None when none is running."""
    try:
        known = json.loads((state / STATE_FILE).read_text("utf-8"))
        sandbox = Sandbox(str(known["endpoint_url"]))
        if sandbox.health()["pid"] == known["pid"]:
            return sandbox
    except (OSError, ValueError, KeyError, TypeError, SandboxError):
        return None
    return None


def start_process(state: Path, idle_s: float) -> Sandbox:
    """Start a sandbox process, or return the one that already runs from this folder."""
    if found := find(state):
        return found
    state.mkdir(parents=True, exist_ok=True)
    (state / STATE_FILE).unlink(missing_ok=True)
    command = [sys.executable, "-m", "tierctl.sandbox.server", "--state", str(state.resolve())]
    log = state / "server.log"
    # not Popen: nobody waits for this process, it is meant to outlive us
    pid = os.posix_spawn(
        sys.executable,
        [*command, "--idle", str(idle_s)],
        {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if found := find(state):
            return found
        if os.waitpid(pid, os.WNOHANG)[0]:
            break
        time.sleep(0.05)
    else:
        os.kill(pid, signal.SIGTERM)
    raise SandboxError(f"The sandbox did not start. Its log is {log}.")
