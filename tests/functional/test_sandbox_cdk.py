"""The real cdk CLI and the sandbox command, run as a user would run them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from tierctl.cli.commands.sandbox import sandbox as command
from tierctl.sandbox.session import find

ROOT = Path(__file__).parents[2]
CDK = ROOT / "node_modules" / ".bin" / "cdk"
RUN = [sys.executable, "-m", "tierctl.cli.commands.sandbox"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}

APP = """
import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2, aws_efs as efs, aws_sqs as sqs

app = cdk.App(analytics_reporting=False, tree_metadata=False)
stack = cdk.Stack(app, "Small", termination_protection=True)
vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0)
efs.FileSystem(stack, "Files", vpc=vpc, vpc_subnets=ec2.SubnetSelection(
    subnet_type=ec2.SubnetType.PUBLIC))
wait = int(app.node.try_get_context("wait") or 30)
jobs = sqs.Queue(stack, "Jobs", visibility_timeout=cdk.Duration.seconds(wait))
cdk.CfnOutput(stack, "Url", value=jobs.queue_url)
app.synth()
"""
STEPS = """
set -e
cd {folder}
{cdk} bootstrap aws://123456789012/us-east-1
{cdk} deploy --require-approval never --outputs-file first.json
{cdk} deploy Small -c wait=60 --method=prepare-change-set --change-set-name later
{cdk} deploy Small -c wait=60 --method=execute-change-set --change-set-name later
{cdk} diff -c wait=60 --fail
"""


def test_cdk_bootstraps_deploys_and_updates(tmp_path: Path) -> None:
    """`cdk bootstrap`, `deploy`, a prepared and executed change set and a clean `diff` all pass."""
    (tmp_path / "app.py").write_text(APP, "utf-8")
    app = f"CDK_VALIDATION=false {sys.executable} app.py"
    (tmp_path / "cdk.json").write_text(json.dumps({"app": app}), "utf-8")
    script = STEPS.format(folder=tmp_path, cdk=CDK)
    done = subprocess.run(
        [*RUN, "run", "--", "bash", "-c", script],
        env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "123456789012" in json.loads((tmp_path / "first.json").read_text())["Small"]["Url"]


def test_run_returns_the_commands_exit_code() -> None:
    """`run` ends with the command's own exit code and gives it the sandbox's address."""
    inner = "import os, sys; sys.exit(7 if 'localhost' in os.environ['AWS_ENDPOINT_URL'] else 1)"
    done = subprocess.run(
        [*RUN, "run", "--", sys.executable, "-c", inner], env=ENVIRONMENT, check=False
    )
    assert done.returncode == 7


def test_run_ends_its_server_on_a_signal(tmp_path: Path) -> None:
    """Terminating `run` terminates the command, and no server is left behind."""
    address = tmp_path / "address"
    script = f"echo $AWS_ENDPOINT_URL > {address}.tmp; mv {address}.tmp {address}; exec sleep 60"
    running = subprocess.Popen([*RUN, "run", "--", "bash", "-c", script], env=ENVIRONMENT)
    while not address.exists():
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=20) == 128 + signal.SIGTERM
    port = int(address.read_text().rsplit(":", maxsplit=1)[-1])
    ss = Path("/proc/net/tcp").read_text(encoding="utf-8")
    assert f"0100007F:{port:04X} 00000000:0000 0A" not in ss


def test_start_status_advance_stop(tmp_path: Path) -> None:
    """`start` prints exports only, a second `start` finds the same server, `stop` ends it."""
    state = str(tmp_path / "state")
    runner = CliRunner()
    first = runner.invoke(command, ["start", "--state", state, "--idle", "5m"])
    assert first.exit_code == 0, first.output
    lines = first.stdout.splitlines()
    assert all(line.startswith(("export ", "unset ")) for line in lines)
    assert runner.invoke(command, ["start", "--state", state]).stdout == first.stdout
    shown = runner.invoke(command, ["status", "--state", state, "--format", "json"])
    assert json.loads(shown.stdout)["running"] is True
    assert runner.invoke(command, ["advance", "24h", "--state", state]).exit_code == 0
    assert runner.invoke(command, ["stop", "--state", state]).exit_code == 0
    deadline = time.monotonic() + 10
    while find(tmp_path / "state") and time.monotonic() < deadline:
        time.sleep(0.05)
    shown = runner.invoke(command, ["status", "--state", state])
    assert shown.stdout.startswith("not running")


def test_an_idle_server_stops_by_itself(tmp_path: Path) -> None:
    """A server that nobody asks anything ends after its idle limit."""
    state = tmp_path / "state"
    started = CliRunner().invoke(command, ["start", "--state", str(state), "--idle", "1s"])
    assert started.exit_code == 0
    deadline = time.monotonic() + 15
    while (state / "server.json").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not (state / "server.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["advance", "soon"], 2, "write 90s, 15m, 24h or 2d"),
        (["advance", "24h"], 3, "Start one with: tierctl sandbox start"),
        (["run", "--", "/no/such/program"], 3, "The command cannot be started"),
        (["run"], 2, "Missing argument"),
    ],
)
def test_bad_input_is_answered_helpfully(
    tmp_path: Path, arguments: list[str], code: int, text: str
) -> None:
    """Usage mistakes end with 2, failures with 3, both with a message and no traceback."""
    if arguments[0] == "advance":
        arguments = [*arguments, "--state", str(tmp_path)]
    result = CliRunner().invoke(command, arguments)
    assert (result.exit_code, text in result.output) == (code, True), result.output
