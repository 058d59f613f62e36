"""The checks of `tierctl doctor`: each looks at one thing and says what to do about it.

In: the surroundings (variables, folder, a way to run programs, today's date). Out: `Check`s. May
not change anything; reaches AWS only in `live_checks`, which is run only when asked for.
"""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tierctl.catalog.limits import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tierctl.cli.app import Runner


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found. `status` is ok, warning, error or skipped (not looked at)."""

    name: str
    status: str
    found: str
    fix: str = ""


def local_checks(
    folder: Path, variables: Mapping[str, str], run: Runner, today: dt.date
) -> Iterator[Check]:
    """Everything that can be told without AWS."""
    yield _node(run, today)
    yield _cdk(folder, run)
    yield _packages(folder)
    yield _credentials(variables)
    yield _prices(today)


def _version(text: str) -> str | None:
    """The first version number in a program's answer."""
    found = re.search(r"\d+\.\d+\.\d+", text)
    return found.group() if found else None


def _node(run: Runner, today: dt.date) -> Check:
    """Node.js, which the CDK runs in."""
    known = limits("toolchain")
    version = _version(run(["node", "--version"]))
    if version is None:
        return Check(
            "node",
            "error",
            "Node.js is not found.",
            f"Install Node {known['node_least']} or later: aws-cdk-lib runs in it.",
        )
    major = version.split(".", 1)[0]
    if int(major) < known["node_least"]:
        fix = f"Install Node {known['node_least']} or later."
        return Check("node", "error", f"Node {version} is too old for aws-cdk-lib.", fix)
    end = known["node_end_of_life"].get(major)
    if end is not None and dt.date.fromisoformat(end) < today:
        return Check(
            "node",
            "warning",
            f"Node {version}: its end of life was {end}; jsii warns at each import.",
            "Install a later Node. Until then JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION="
            f"{major} keeps it quiet.",
        )
    return Check("node", "ok", f"Node {version}.")


def _cdk(folder: Path, run: Runner) -> Check:
    """The cdk command line: the one package.json pins, and never the broken `latest`."""
    pinned = _pinned_cdk(folder)
    local = folder / "node_modules" / ".bin" / "cdk"
    version = _version(run([str(local) if local.exists() else "cdk", "--version"]))
    if version is None:
        fix = "Run 'make setup', or 'npm ci' in the project."
        return Check("cdk", "error", "The cdk command line is not found.", fix)
    broken = limits("toolchain")["broken_cdk"].get(version)
    if broken:
        return Check(
            "cdk",
            "error",
            f"aws-cdk {version}: {broken}.",
            f"Run 'npm ci' in the project: it installs {pinned}. "
            "Never 'npm install aws-cdk@latest'.",
        )
    if pinned is not None and version != pinned:
        return Check(
            "cdk", "warning", f"aws-cdk {version}, and package.json pins {pinned}.", "Run 'npm ci'."
        )
    return Check("cdk", "ok", f"aws-cdk {version}{'' if local.exists() else ' on PATH'}.")


def _pinned_cdk(folder: Path) -> str | None:
    """The version in package.json."""
    try:
        package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        return str(package["devDependencies"]["aws-cdk"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _packages(folder: Path) -> Check:
    """Python packages against requirements.txt."""
    try:
        text = (folder / "requirements.txt").read_text(encoding="utf-8")
    except OSError:
        fix = "Run this in a checkout."
        return Check("packages", "skipped", "There is no requirements.txt here.", fix)
    wanted = re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s#]+)", text)
    wrong = []
    for name, version in wanted:
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            wrong.append(f"{name} is missing")
            continue
        if installed != version:
            wrong.append(f"{name} is {installed}, wanted {version}")
    if wrong:
        return Check("packages", "error", f"{'; '.join(wrong)}.", "Run 'make setup'.")
    return Check("packages", "ok", f"All {len(wanted)} packages of requirements.txt are as pinned.")


def _credentials(variables: Mapping[str, str]) -> Check:
    """Whether credentials seem to be there; they are not used."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"):
        if variables.get(name):
            return Check("credentials", "ok", f"{name} is set (not tried).")
    for name in ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"):
        if variables.get(name):
            return Check("credentials", "ok", "The container has a role (not tried).")
    home = Path(variables.get("HOME") or "~").expanduser()
    for name in ("credentials", "config"):
        path = Path(variables.get(f"AWS_SHARED_{name.upper()}_FILE") or home / ".aws" / name)
        if path.is_file():
            return Check("credentials", "ok", f"{path} is there (not tried).")
    return Check(
        "credentials",
        "warning",
        "No AWS credentials are found.",
        "Synthesis, prices and plans work without. To deploy: 'aws sso login', or set AWS_PROFILE.",
    )


def _prices(today: dt.date) -> Check:
    """How old the prices are."""
    from tierctl.catalog.price_book import PriceBook
    from tierctl.catalog.pricing_rows import PriceError

    most = limits("toolchain")["price_days_most"]
    ages = []
    try:
        for region in PriceBook.regions():
            age = PriceBook.load(region).age(today)
            if age.oldest_days is not None:
                ages.append((age.oldest_days, region, age.oldest))
    except PriceError as error:
        return Check("prices", "error", f"{error}.", "Restore tierctl/catalog/prices.")
    if not ages:
        fix = "Run scripts/refresh_prices.py."
        return Check("prices", "skipped", "There are no dated prices here.", fix)
    days, region, oldest = max(ages)
    if days > most:
        return Check(
            "prices",
            "warning",
            f"The oldest price is of {oldest} ({days} days, {region}).",
            "Run scripts/refresh_prices.py with credentials that may read the price list.",
        )
    return Check("prices", "ok", f"The oldest price is of {oldest} ({days} days).")


def offline_records(names: list[str]) -> Check:
    """Stack policies, which only AWS knows."""
    if not names:
        return Check("stack-policy", "ok", "No environment is recorded as deployed.")
    return Check(
        "stack-policy",
        "skipped",
        f"Unknown offline for {', '.join(names)}.",
        "Run 'tierctl doctor --live' with credentials.",
    )


def not_live() -> Check:
    """The bootstrap stack, which only AWS knows."""
    fix = "Run 'tierctl doctor --live' with credentials."
    return Check("bootstrap", "skipped", "Unknown offline.", fix)


def cloudformation(region: str | None) -> Any:
    """A CloudFormation client; loads boto3, so only for a run that asks for it."""
    import boto3

    return boto3.client("cloudformation", region_name=region)


def live_checks(
    connect: Callable[[str | None], Any], region: str | None, stacks: list[str]
) -> Iterator[Check]:
    """The bootstrap stack and the stack policies, asked of AWS. Read-only calls.

    Args:
        connect: Makes a CloudFormation client for a region.
        region: The region, or None for the one the credentials' profile names.
        stacks: Names of the stacks whose policy is looked at.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client = connect(region)
        found = client.describe_stacks(StackName="CDKToolkit")["Stacks"][0]
        outputs = {o["OutputKey"]: o["OutputValue"] for o in found.get("Outputs", [])}
        yield Check("bootstrap", "ok", f"Version {outputs.get('BootstrapVersion', 'unknown')}.")
    except ClientError as error:
        if "does not exist" not in str(error):
            yield Check("bootstrap", "error", f"{error}", "Check credentials and region.")
            return
        yield Check(
            "bootstrap",
            "error",
            "The CDK's bootstrap stack is not there.",
            f"Run 'npx cdk bootstrap aws://ACCOUNT/{region or 'REGION'}' once.",
        )
    except BotoCoreError as error:
        yield Check("bootstrap", "error", f"{error}", "Check credentials and region.")
        return
    for stack in stacks:
        try:
            policy = client.get_stack_policy(StackName=stack).get("StackPolicyBody")
        except (BotoCoreError, ClientError) as error:
            yield Check("stack-policy", "error", f"{stack}: {error}", "Check the recorded name.")
            continue
        if policy:
            yield Check("stack-policy", "ok", f"{stack} has one.")
        else:
            yield Check(
                "stack-policy",
                "warning",
                f"{stack} has none: nothing refuses the replacement of a database.",
                "Set one: 'aws cloudformation set-stack-policy' with Deny on Update:Replace and "
                "Update:Delete.",
            )
