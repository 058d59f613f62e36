"""`make demo`: the main job on the embedded AWS, from nothing to the largest size.

Starts the sandbox, bootstraps it, runs the real `cdk deploy -c tier=medium` for the example client,
reads back through boto3 what stands where, then plans and applies the way to enterprise and shows
that every data store is the one it was. Ends by writing the report that sales would send, to
`build/report.html`. Takes no account and no network.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from tierctl.sandbox.session import ACCOUNT, UNSET, Sandbox, SandboxError, start_process

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).resolve().parent.parent
CLIENT, ENVIRONMENT, REGION = "acme", "staging", "eu-west-1"
TIER, NEXT = "medium", "enterprise"
STACK = f"shop-{CLIENT}-{ENVIRONMENT}"
IDLE_S = 600.0
REPORT = FOLDER / "build" / "report.html"
FAILED = 3
CONTEXT = ["-c", f"tier={TIER}", "-c", f"client={CLIENT}", "-c", f"environment={ENVIRONMENT}"]

console = Console(highlight=False, emoji=False)
Row = tuple[str, str, str]


def main() -> int:
    """Run the demo; returns the exit code."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tierctl-demo-") as state:
        try:
            sandbox = start_process(Path(state), IDLE_S)
        except SandboxError as error:
            console.print(str(error))
            return FAILED
        try:
            console.print(f"The embedded AWS answers at {sandbox.endpoint_url}.\n")
            code = _deploy(sandbox)
            if code == 0:
                _show(sandbox)
                code = _upgrade(sandbox, Path(state))
            if code == 0:
                code = _report(sandbox)
            if code == 0:
                took = time.monotonic() - started
                console.print(f"\nDone in {took:.0f} seconds. The sandbox is stopped and gone.")
            return code
        finally:
            sandbox.stop()


def _deploy(sandbox: Sandbox) -> int:
    """Bootstrap and deploy with the real cdk command line; its output is the progress."""
    variables = {k: v for k, v in os.environ.items() if k not in UNSET} | sandbox.environ()
    variables["NODE_NO_WARNINGS"] = "1"  # the AWS SDK's about Node 20; `tierctl doctor` says it
    # bootstrap synthesises the app too, and so wants to know the tier
    bootstrap = ["bootstrap", f"aws://{ACCOUNT}/{REGION}", *CONTEXT]
    deploy = ["deploy", *CONTEXT, "--require-approval", "never"]
    for arguments in (bootstrap, deploy):
        console.print(f"[bold]$ npx cdk {' '.join(arguments)}[/bold]", soft_wrap=True)
        done = subprocess.run(
            [FOLDER / "node_modules" / ".bin" / "cdk", *arguments],
            cwd=FOLDER,
            env=variables,
            check=False,
            capture_output=arguments is bootstrap,
        )
        if done.returncode != 0:
            sys.stderr.buffer.write((done.stdout or b"") + (done.stderr or b""))
            console.print(f"cdk {arguments[0]} failed with exit code {done.returncode}.")
            return FAILED
        console.print()
    return 0


def _upgrade(sandbox: Sandbox, state: Path) -> int:
    """Plan the way to the next size, apply it, and compare every data store's marker."""
    before = sandbox.markers()
    plan_file, folder = state / "plan.json", _checkout(state)
    upgrade = ["--client", CLIENT, "--environment", ENVIRONMENT]
    plan = ["plan", "--to", NEXT, *upgrade]
    saved = [*plan, "--format", "json", "-o", str(plan_file)]
    for shown, arguments in (
        (plan, plan),
        ([*plan, "--format", "json", "-o", "plan.json"], saved),
    ):
        console.print(f"[bold]$ tierctl {' '.join(shown)}[/bold]", soft_wrap=True)
        if _tierctl(arguments, folder, sandbox) != 0:
            return FAILED
    one_way = json.loads(plan_file.read_text(encoding="utf-8"))["totals"]["irreversible_steps"]
    yes = [word for step in one_way for word in ("--yes-irreversible", str(step))]
    console.print(f"\n[bold]$ tierctl apply plan.json {' '.join(yes)}[/bold]", soft_wrap=True)
    if _tierctl(["apply", str(plan_file), *yes], folder, sandbox) != 0:
        return FAILED
    after = sandbox.markers()
    lost = [arn for arn, marker in before.items() if after.get(arn) != marker]
    console.print()
    _show(sandbox)
    kept = len(before) - len(lost)
    console.print(f"[bold]{kept} of {len(before)} data stores are the ones they were.[/bold]")
    return FAILED if lost else 0


def _report(sandbox: Sandbox) -> int:
    """What sales would send this client: the sizes side by side, as a page to open."""
    REPORT.parent.mkdir(exist_ok=True)
    arguments = ["report", "--client", CLIENT, "--outage-cost", "500", "-o", str(REPORT)]
    shown = [*arguments[:-1], str(REPORT.relative_to(FOLDER))]
    console.print(f"\n[bold]$ tierctl {' '.join(shown)}[/bold]", soft_wrap=True)
    return _tierctl(arguments, FOLDER, sandbox)


def _checkout(state: Path) -> Path:
    """A copy of what apply needs, so that the demo leaves no record in this checkout."""
    folder = state / "checkout"
    for name in ("tiers", "clients", "stacks", "tierctl"):
        shutil.copytree(FOLDER / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "cdk.json"):
        shutil.copy(FOLDER / name, folder / name)
    return folder


def _tierctl(arguments: list[str], folder: Path, sandbox: Sandbox) -> int:
    """Run tierctl in a folder, against the sandbox."""
    variables = {k: v for k, v in os.environ.items() if k not in UNSET} | sandbox.environ()
    variables["CDK_VALIDATION"] = "false"  # the sizes were validated; each step is quicker so
    command = [sys.executable, "-m", "tierctl.cli.main", "--project", str(folder), *arguments]
    done = subprocess.run(command, cwd=folder, env=variables, check=False)
    if done.returncode != 0:
        console.print(f"tierctl {arguments[0]} failed with exit code {done.returncode}.")
    return done.returncode


def _show(sandbox: Sandbox) -> None:
    """What stands where, as the services themselves say it."""
    table = Table(
        title=f"{STACK}, read back from {REGION}", title_justify="left", box=None, padding=(0, 1)
    )
    table.add_column("what", no_wrap=True)
    table.add_column("how, and where", overflow="fold")
    for what, where, how in rows(sandbox):
        table.add_row(what, f"{how}\n[dim]{where}[/dim]")
    console.print(table)
    stores = sandbox.markers()
    console.print(f"{len(stores)} data stores hold a marker that would die with them:")
    for arn, marker in sorted(stores.items()):
        console.print(f"  {marker}  {arn}", soft_wrap=True)


def rows(sandbox: Sandbox) -> Iterator[Row]:
    """One row for each part of the environment, asked of its service."""

    def aws(service: str) -> Any:
        return sandbox.client(service, REGION)

    stack = aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    outputs = {o["OutputKey"]: o["OutputValue"] for o in stack["Outputs"]}
    protected = "protected" if stack["EnableTerminationProtection"] else "unprotected"
    yield "stack", stack["StackName"], f"{stack['StackStatus']}, {protected}"
    yield "address", outputs["Url"], f"VPC {outputs['VpcId']}"
    [group] = aws("elasticache").describe_replication_groups(ReplicationGroupId=STACK)[
        "ReplicationGroups"
    ]
    failover = f"failover {group['AutomaticFailover']}, Multi-AZ {group['MultiAZ']}"
    nodes = f"{len(group['MemberClusters'])} x {group['CacheNodeType']}"
    yield "cache", outputs["CacheHost"], f"{nodes}, {failover}"
    yield from _database(aws("rds"), outputs)
    yield from _services(aws("ecs"), aws("application-autoscaling"))
    [files] = aws("efs").describe_file_systems(FileSystemId=outputs["FileSystemId"])["FileSystems"]
    targets = aws("efs").describe_mount_targets(FileSystemId=files["FileSystemId"])["MountTargets"]
    how = f"{files['ThroughputMode']}, {len(targets)} mount targets, encrypted"
    yield "file system", files["FileSystemId"], how
    rules = aws("s3").get_bucket_lifecycle_configuration(Bucket=outputs["BucketName"])["Rules"]
    yield "bucket", outputs["BucketName"], ", ".join(rule["ID"] for rule in rules)
    for gateway in aws("ec2").describe_nat_gateways()["NatGateways"]:
        address = gateway["NatGatewayAddresses"][0].get("PublicIp", "")
        yield "NAT gateway", gateway["NatGatewayId"], f"leaves as {address}"
    key = outputs["KeyArn"].rpartition("/")[2]
    rotates = aws("kms").get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    yield "key", key, f"rotation {'on' if rotates else 'off'}"
    alarms = aws("cloudwatch").describe_alarms(AlarmNamePrefix=STACK)["MetricAlarms"]
    yield "alarms", outputs["AlarmTopicArn"], f"{len(alarms)} alarms tell this topic"


def _database(rds: Any, outputs: dict[str, str]) -> Iterator[Row]:
    """The cluster with its capacity range, and each instance with its part."""
    [cluster] = rds.describe_db_clusters(DBClusterIdentifier=STACK)["DBClusters"]
    scaling = cluster["ServerlessV2ScalingConfiguration"]
    capacity = f"{scaling['MinCapacity']:g}-{scaling['MaxCapacity']:g} ACU"
    how = f"PostgreSQL {cluster['EngineVersion']}, {capacity}, {cluster['Status']}"
    yield "database", outputs["DatabaseHost"], how
    for member in cluster["DBClusterMembers"]:
        part = "writer" if member["IsClusterWriter"] else "reader"
        yield f"  {part}", member["DBInstanceIdentifier"], "db.serverless"


def _services(ecs: Any, scaling: Any) -> Iterator[Row]:
    """Each service with its task size and count."""
    names = [arn.rpartition("/")[2] for arn in ecs.list_services(cluster=STACK)["serviceArns"]]
    ranges = {
        target["ResourceId"].rpartition("/")[2]: target
        for target in scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    }
    for service in ecs.describe_services(cluster=STACK, services=sorted(names))["services"]:
        name = service["serviceName"]
        task = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
        size = task["taskDefinition"]
        strategy = service.get("capacityProviderStrategy") or [{"capacityProvider": "FARGATE"}]
        tasks = f"{ranges[name]['MinCapacity']}-{ranges[name]['MaxCapacity']} tasks"
        how = (
            f"{size['cpu']} CPU / {size['memory']} MiB, {tasks}, {strategy[0]['capacityProvider']}"
        )
        yield f"service {name}", size["containerDefinitions"][0]["image"], how


if __name__ == "__main__":
    sys.exit(main())
