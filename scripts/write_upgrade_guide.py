"""Write docs/upgrade-guide.md from the behaviour catalogue and the planner.

In: the shipped tiers. Out: for every pair of built-in tiers, both directions, in production: steps,
downtime, sources, what cannot be taken back, what is out of reach, and what the tiered-addon plan
says instead. Run it after a tier, a row or an operator changed; a test fails until it was.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

FOLDER = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER))

from tierctl.catalog.limits import limits  # noqa: E402 - the checkout must be on the path first
from tierctl.config.compare import at_tier  # noqa: E402
from tierctl.config.project import Project  # noqa: E402
from tierctl.planning.planner import plan  # noqa: E402
from tierctl.reporting.plan_document import plan_document  # noqa: E402
from tierctl.reporting.plan_text import span  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable

GUIDE = "docs/upgrade-guide.md"
TIERS = ("minimum", "medium", "enterprise")
ENVIRONMENT = "production"
HEAD = """# Changing the size of a running environment

<!-- written by scripts/write_upgrade_guide.py from tierctl/catalog and the planner: do not edit -->

Every change of size is a sequence of updates in place: no data store is replaced or removed. This
page shows the plans between the built-in tiers in production, nobody having been asked for facts
of the live account. `tierctl plan` makes the plan of your environment; its runbook is the one to
follow (`--format markdown`).

Downtime is the time in which clients cannot use an endpoint, and the sum over all steps. Times
marked *estimated* are engineering estimates: AWS publishes no figure. Measure them in staging.
"""


def guide() -> str:
    """The page."""
    project = Project(FOLDER)
    pairs = list(itertools.permutations(TIERS, 2))
    pairs.sort(key=lambda p: (TIERS.index(p[0]) > TIERS.index(p[1]), *map(TIERS.index, p)))
    plans = {pair: _plan(project, *pair) for pair in pairs}
    lines = [HEAD, "## At a glance", "", *_glance(plans), ""]
    for (start, goal), document in plans.items():
        lines += _pair(start, goal, document)
    lines += _never()
    lines += _claims()
    lines += _foreign()
    lines += _sources(plans.values())
    return "\n".join(lines).rstrip() + "\n"


def _plan(project: Project, start: str, goal: str) -> dict[str, Any]:
    """The plan of a pair, as a document, without prices."""
    one, two = (at_tier(project, t, ENVIRONMENT, None, None, {}).environment for t in (start, goal))
    return plan_document(plan(one, two))


def _glance(plans: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """A row a pair."""
    lines = [
        "| from | to | verdict | steps | downtime | takes | no return after |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (start, goal), document in plans.items():
        totals = document["totals"]
        last = ", ".join(f"step {n}" for n in totals["irreversible_steps"]) or "-"
        cells = [start, goal, document["verdict"], str(totals["steps"]), *_times(totals), last]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _times(found: dict[str, Any]) -> list[str]:
    """Downtime and duration."""
    return [
        span(found["downtime_s"], estimated=found["downtime_estimated"]),
        span(found["duration_s"], estimated=found["duration_estimated"]),
    ]


def _pair(start: str, goal: str, document: dict[str, Any]) -> list[str]:
    """One plan."""
    lines = [
        f"## {start} to {goal}",
        "",
        "| step | what | disruption | downtime | takes | back | because |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for step in document["steps"]:
        back = "; ".join(step["reversible_how"]) if step["reversible"] else "**no**"
        because = ", ".join(f"`{row['rule']}`" for row in step["because"])
        kind = "" if step["kind"] == "update" else f" ({step['kind']})"
        cells = [
            f"{step['number']}{kind}",
            step["title"],
            step["disruption"] + _doubt(step),
            *_times(step),
            back,
            because,
        ]
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    lines.append("")
    for title, items in (
        ("What blocks it without facts of the account, or has to be confirmed", _reasons(document)),
        ("Where it ends elsewhere than asked", document["stands_for"]),
        ("Assumed", document["assumed"]),
        ("Beside the plan document", [_claim(c) for c in document["claims"]]),
        ("Notes", document["notes"]),
    ):
        if items:
            lines += [f"{title}:", "", *(f"- {item}" for item in items), ""]
    return lines


def _doubt(step: dict[str, Any]) -> str:
    """What is not sure of a step."""
    words = [] if step["confidence"] == "confirmed" else [step["confidence"]]
    words += [] if step["data_risk"] == "none" else [f"data risk {step['data_risk']}"]
    return f" ({', '.join(words)})" if words else ""


def _reasons(document: dict[str, Any]) -> list[str]:
    """Reasons with what to do."""
    return [f"{r['what']} {r['fix']} (`{r['rule']}`)" for r in document["reasons"]]


def _claim(claim: dict[str, Any]) -> str:
    """The plan document's words beside ours."""
    return (
        f"{claim['about']}: it says {claim['says']}; here {span(claim['downtime_s'])}. "
        + (claim["reason"])
    )


def _never() -> list[str]:
    """What no plan does."""
    known = limits("migrations")
    return [
        "## What cannot change in place",
        "",
        "A plan that would need one of these is blocked and names the migration.",
        "",
        *(f"- `{name}`: {text}" for name, text in known["fields"].items()),
        "",
        f"Source: [{known['source']}]({known['source']}), {known['date']}.",
        "",
    ]


def _claims() -> list[str]:
    """The plan document's own claims, all of them."""
    known = limits("claims")
    rows = [f"| {c['about']} | {c['says']} | {c['reason']} |" for c in known["claims"]]
    return [
        "## What the tiered-addon plan says",
        "",
        f"From {known['source']}.",
        "",
        "| about | it says | here |",
        "| --- | --- | --- |",
        *rows,
        "",
    ]


def _foreign() -> list[str]:
    """Templates of others."""
    return [
        "## A stack that is not ours",
        "",
        "`tierctl plan --from-template FILE --to TIER` gives patches on that template, one update",
        "each, and judged by `tierctl impact`. A lone `AWS::ElastiCache::CacheCluster` is",
        "adopted into a replication group in this order; a change of it loses data or an endpoint:",
        "",
        "1. `DeletionPolicy` and `UpdateReplacePolicy` Retain on the cluster, with a tag changed.",
        "2. A replication group with `PrimaryClusterId` naming the node, failover off.",
        "3. Every reader to the group's primary endpoint, rolled out and steady.",
        "4. The node out of the template, `PrimaryClusterId` a literal that never changes again.",
        "5. `NumCacheClusters` 2.",
        "6. Failover and Multi-AZ on, in an update after the replica's.",
        "",
        "An adopted group is never encrypted at rest, and takes no create-only property that it",
        "was not adopted with. `tierctl impact BEFORE AFTER` says of any two templates what an",
        "update does.",
        "",
    ]


def _sources(documents: Iterable[dict[str, Any]]) -> list[str]:
    """Each row that a plan stands on, with its figures and where they are from."""
    rows = {
        row["rule"]: row
        for document in documents
        for step in document["steps"]
        for row in step["because"]
    }
    lines = ["## Where the figures are from", ""]
    for rule in sorted(rows):
        row = rows[rule]
        cited = ", ".join(f"[{s['date']}]({s['url']})" for s in row["sources"])
        down = span(row["downtime_s"], estimated=row["downtime_estimated"])
        lines.append(f"- `{rule}`: {row['what']} Down {down}; {row['confidence']}; {cited}.")
    return lines


def main() -> None:
    """Write the page."""
    (FOLDER / GUIDE).write_text(guide(), encoding="utf-8")
    print(f"{GUIDE} written", file=sys.stderr)  # noqa: T201 - a script's word


if __name__ == "__main__":
    main()
