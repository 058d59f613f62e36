"""`make bench`: how long things take on this machine. Measures and prints; asserts nothing.

Each figure is the best and the median of several cold processes, because the first run of
anything also reads it from the disk.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

FOLDER = Path(__file__).resolve().parent.parent
RUNS = 5
BUCKET_APP = """
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
app = cdk.App()
stack = cdk.Stack(app, "one-bucket")
s3.Bucket(stack, "Bucket")
app.synth()
"""
PYTHON = sys.executable
TIERCTL = str(Path(PYTHON).with_name("tierctl"))


def measure(command: list[str], runs: int = RUNS, **variables: str) -> tuple[float, float]:
    """Best and median seconds of a command in fresh processes."""
    times = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as out:
            surroundings = {**os.environ, **variables, "CDK_OUTDIR": out}
            start = time.perf_counter()
            subprocess.run(command, cwd=FOLDER, env=surroundings, check=True, capture_output=True)
            times.append(time.perf_counter() - start)
    return min(times), statistics.median(times)


def main() -> None:
    """Measure everything and print one table for each question."""
    silence = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"}
    base = measure([PYTHON, "-c", "import click, yaml"])
    cold = {
        'python -c "import click, yaml"': base,
        "tierctl --help": measure([TIERCTL, "--help"]),
    }
    for command in (
        ["validate"],
        ["tiers"],
        ["price", "natgateway.hours", "730", "--region", "us-east-1"],
        ["estimate"],
    ):
        if _exists(command[0]):
            cold[f"tierctl {command[0]}"] = measure([TIERCTL, *command])
    _print("Cold start of the command line", cold, base[1])
    context = json.dumps({"tier": "medium", "environment": "production"})
    with tempfile.TemporaryDirectory() as folder:
        bucket = Path(folder) / "bucket.py"
        bucket.write_text(BUCKET_APP, encoding="utf-8")
        one = measure([PYTHON, str(bucket)], 3, **silence)
        unchecked = measure([PYTHON, str(bucket)], 3, CDK_VALIDATION="false", **silence)
    ours = measure([PYTHON, "app.py"], 3, CDK_CONTEXT_JSON=context, **silence)
    quick = measure(
        [PYTHON, "app.py"], 3, CDK_CONTEXT_JSON=context, CDK_VALIDATION="false", **silence
    )
    _print(
        "Synthesis, with CDK's validation of the template",
        {"an app with one bucket": one, "app.py, medium production": ours},
        one[1],
    )
    _print(
        "Synthesis alone (CDK_VALIDATION=false)",
        {"an app with one bucket": unchecked, "app.py, medium production": quick},
        unchecked[1],
    )


def _exists(command: str) -> bool:
    """Whether the program has this command yet."""
    help_of = subprocess.run([TIERCTL, command, "--help"], capture_output=True, check=False)
    return help_of.returncode == 0


def _print(title: str, rows: dict[str, tuple[float, float]], base: float) -> None:
    """One table; the last column compares with the first row."""
    table = Table(title=title, title_justify="left")
    for heading in ("", "best", "median", "of the first"):
        table.add_column(heading, justify="left" if not heading else "right")
    for name, (best, median) in rows.items():
        table.add_row(name, f"{best:.2f} s", f"{median:.2f} s", f"{median / base:.1f} x")
    Console().print(table)


if __name__ == "__main__":
    main()
