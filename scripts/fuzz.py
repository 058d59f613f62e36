"""Fuzz the configuration at length: `python scripts/fuzz.py [SECONDS] [SEED]`.

In: the shipped tiers and clients. Out: counts on stdout, and exit code 1 with the first inputs
that raised anything, each written to `.fuzz/` so that it can be looked at.
"""

# ruff: noqa: T201 - it talks to a terminal
from __future__ import annotations

import collections
import random
import sys
import time
import traceback
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER))

from tierctl.config.fuzzing import FILES, mutated, problems_of  # noqa: E402 - checkout first
from tierctl.config.project import Project  # noqa: E402

RECORD = b"client: acme\nenvironment: staging\ntier: minimum\nplacement: {region: eu-west-1}\n"
DOCUMENT = b'{"kind": "environment", "format_version": 1, "environment": {"identity": {}}}'
MOST_FAILURES = 10


def inputs(dice: random.Random, originals: dict[str, list[bytes]]) -> tuple[str, bytes]:
    """One file name and what it holds: noise one time in five, damage otherwise."""
    file = dice.choice(FILES)
    if dice.random() < 0.2:  # noqa: PLR2004 - a fifth
        return file, dice.randbytes(dice.randint(0, 400))
    original = dice.choice(originals[file.split("/", 1)[0]])
    return file, mutated(original, dice.getrandbits(64))


def main() -> int:
    """Run until the time is over."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1  # noqa: PLR2004 - second argument
    dice = random.Random(seed)  # noqa: S311 - damage, not secrets
    originals = {
        kind: [p.read_bytes() for p in sorted((FOLDER / kind).glob("*.yaml"))]
        for kind in ("tiers", "clients")
    }
    originals |= {"environments": [RECORD], "plan.json": [DOCUMENT]}
    rules: collections.Counter[str] = collections.Counter()
    clean = failures = runs = 0
    slowest = 0.0
    project = Project(FOLDER)
    end = time.monotonic() + seconds
    while time.monotonic() < end and failures < MOST_FAILURES:
        file, data = inputs(dice, originals)
        began = time.monotonic()
        try:
            found = problems_of(project, file, data)
        except Exception:  # noqa: BLE001 - exactly what is looked for
            failures += 1
            kept = FOLDER / ".fuzz" / f"{seed}-{runs}-{file.replace('/', '-')}"
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(data)
            print(f"{file}: raised; kept as {kept}\n{traceback.format_exc()}", file=sys.stderr)
        else:
            rules.update({d.rule for d in found})
            clean += not any(d.severity == "error" for d in found)
        slowest = max(slowest, time.monotonic() - began)
        runs += 1
    print(f"{runs} files in {seconds:.0f} s with seed {seed}: {failures} raised,")
    print(f"{clean} without an error, {len(rules)} rules met, slowest {slowest * 1000:.0f} ms")
    for rule, number in rules.most_common():
        print(f"{number:8} {rule}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
