"""The plan document as text of 80 columns, and as a runbook a person can follow alone at night."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierctl.reporting.documents import Document

WIDTH = 80
_MINUTE, _HOUR = 60, 3600


def span(seconds: list[int], *, estimated: bool = False) -> str:
    """A range of seconds as a person says it: `0-4 min`, `10 min - 2 h`."""
    low, high = seconds
    words = _time(low) if low == high else f"{_time(low)} to {_time(high)}"
    return f"{words} (estimated)" if estimated and high else words


def _time(seconds: int) -> str:
    """Seconds in the largest unit that says them well."""
    if seconds < 2 * _MINUTE:
        return f"{seconds} s"
    minutes = round(seconds / _MINUTE)
    if minutes < 2 * _MINUTE:
        return (
            f"{minutes} min" if seconds % _MINUTE == 0 else f"{seconds // 60} min {seconds % 60} s"
        )
    return f"{seconds / _HOUR:.1f} h".replace(".0 h", " h")


def text(plan: Document) -> str:
    """The plan for a terminal."""
    lines = _head(plan)
    if not plan["steps"]:
        lines += ["", "No changes. The environment stands where it was asked to."]
    for step in plan["steps"]:
        lines += ["", *_step(step)]
    lines += _list("Blocked" if plan["verdict"] == "blocked" else "To confirm", _reasons(plan))
    lines += _list("Stands for the goal", plan["stands_for"])
    lines += _list("Assumed, because no live account was asked", plan["assumed"])
    lines += _list("Beside the plan document", _claims(plan))
    lines += _list("Notes", plan["notes"])
    return "\n".join(lines) + "\n"


def _head(plan: Document) -> list[str]:
    """From where to where, the verdict and the totals."""
    totals = plan["totals"]
    cost = totals["cost_change_per_month_usd"]
    lines = [
        f"Plan for {plan['stack']}: {plan['from']} to {plan['to']}",
        f"Verdict   {plan['verdict']}",
        (
            f"Downtime  {span(totals['downtime_s'], estimated=totals['downtime_estimated'])}, "
            "all steps together"
        ),
        f"Takes     {span(totals['duration_s'], estimated=totals['duration_estimated'])}",
        f"Bill      {_dollars(cost)}",
    ]
    without = _without(totals).removeprefix(", ")
    lines += textwrap.wrap(without, WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 10)
    if totals["irreversible_steps"]:
        numbers = ", ".join(str(number) for number in totals["irreversible_steps"])
        lines.append(f"No return after step {numbers}")
    return lines


def _without(totals: Document) -> str:
    """What the bill leaves out for want of a price."""
    if not totals["unpriced"] or totals["cost_change_per_month_usd"] is None:
        return ""
    return f", without {', '.join(totals['unpriced'])} (no price here)"


def _dollars(cost: str | None) -> str:
    """A change of the bill."""
    if cost is None:
        return "not priced"
    sign = "" if cost.startswith("-") else "+"
    return f"{sign}{cost} USD a month (expected)".replace("+-", "-")


def _step(step: Document) -> list[str]:
    """One step: what, how bad, how long, and why."""
    number, kind = step["number"], step["kind"]
    head = f"{number:>3}. {kind:<6}  "
    lines = textwrap.wrap(
        step["title"], WIDTH, initial_indent=head, subsequent_indent=" " * len(head)
    )
    facts = [
        step["disruption"],
        f"down {span(step['downtime_s'], estimated=step['downtime_estimated'])}",
        f"takes {span(step['duration_s'], estimated=step['duration_estimated'])}",
    ]
    if not step["reversible"]:
        facts.append("CANNOT BE TAKEN BACK")
    if step["data_risk"] != "none":
        facts.append(f"data risk {step['data_risk']}")
    if step["confidence"] != "confirmed":
        facts.append(step["confidence"])
    indent = " " * len(head)
    lines += textwrap.wrap(", ".join(facts), WIDTH, initial_indent=indent, subsequent_indent=indent)
    rules = "because " + ", ".join(reason["rule"] for reason in step["because"])
    lines += textwrap.wrap(
        rules, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
    return lines


def _list(title: str, items: list[str]) -> list[str]:
    """A titled list; nothing when it is empty."""
    if not items:
        return []
    lines = ["", title]
    for item in items:
        lines += textwrap.wrap(item, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    return lines


def _reasons(plan: Document) -> list[str]:
    """Reasons with what to do."""
    return [f"{r['what']} {r['fix']} [{r['rule']}]" for r in plan["reasons"]]


def _claims(plan: Document) -> list[str]:
    """Claims of the plan document beside ours."""
    return [
        f"{c['about']}: it says {c['says']}; here {span(c['downtime_s'])}. {c['reason']}"
        for c in plan["claims"]
    ]


COMMANDS = {
    "reboot-writer": (
        (
            "aws rds describe-db-clusters --db-cluster-identifier {stack} --query "
            "'DBClusters[0].DBClusterMembers[?IsClusterWriter].DBInstanceIdentifier' --output text"
        ),
        "aws rds reboot-db-instance --db-instance-identifier THE_WRITER",
    ),
    "reboot-instances": (
        (
            "aws rds describe-db-clusters --db-cluster-identifier {stack} --query "
            "'DBClusters[0].DBClusterMembers[].[DBInstanceIdentifier,IsClusterWriter]' "
            "--output text"
        ),
        "aws rds reboot-db-instance --db-instance-identifier EACH_READER",
        "aws rds wait db-instance-available --db-instance-identifier EACH_READER",
        "aws rds reboot-db-instance --db-instance-identifier THE_WRITER",
    ),
    "snapshot-cache": (
        (
            "aws elasticache create-snapshot --replication-group-id {stack} "
            "--snapshot-name {stack}-before-step-{next}"
        ),
    ),
    "snapshot-database": (
        (
            "aws rds create-db-cluster-snapshot --db-cluster-identifier {stack} "
            "--db-cluster-snapshot-identifier {stack}-before-step-{next}"
        ),
    ),
}


def commands(plan: Document, step: Document) -> list[str]:
    """The commands by which a person does a step by hand."""
    if step["kind"] == "update":
        return [f"npx cdk deploy -c plan=plan.json -c step={step['number']}"]
    templates = COMMANDS.get(step["action"] or "", ())
    return [t.format(stack=plan["stack"], next=step["number"] + 1) for t in templates]


def commands_back(step: Document) -> list[str]:
    """The commands by which a person takes a finished step back, where that is possible."""
    if step["kind"] != "update" or not step["reversible"]:
        return []
    return [f"npx cdk deploy -c plan=plan.json -c step={step['number'] - 1}"]


def runbook(plan: Document) -> str:
    """The plan as Markdown to follow step by step."""
    totals = plan["totals"]
    lines = [
        f"# {plan['stack']}: {plan['from']} to {plan['to']}",
        "",
        (
            f"Verdict: **{plan['verdict']}**. Downtime "
            f"{span(totals['downtime_s'], estimated=totals['downtime_estimated'])} in all, "
            f"takes {span(totals['duration_s'], estimated=totals['duration_estimated'])}, "
            f"bill {_dollars(totals['cost_change_per_month_usd'])}."
        ),
        "",
    ]
    lines += _bullets("Reasons", _reasons(plan))
    lines += _bullets(
        "Before you start",
        [
            "The stack is in a COMPLETE state and its drift detection is clean.",
            "Termination protection is on.",
            "A snapshot of the database and of the cache of today exists.",
            "This file's plan is saved as plan.json beside cdk.json.",
            "Somebody who may decide to stop can be reached.",
            *plan["assumed"],
        ],
    )
    for step in plan["steps"]:
        lines += _runbook_step(plan, step)
    lines += _bullets("Stands for the goal", plan["stands_for"])
    lines += _bullets("Beside the plan document", _claims(plan))
    lines += _bullets("Notes", plan["notes"])
    return "\n".join(lines).rstrip() + "\n"


def _bullets(title: str, items: list[str]) -> list[str]:
    """A section with a list; nothing when it is empty."""
    return [f"## {title}", "", *[f"- {item}" for item in items], ""] if items else []


def _runbook_step(plan: Document, step: Document) -> list[str]:
    """One step of the runbook."""
    lines = [f"## Step {step['number']}: {step['title']}", ""]
    if not step["reversible"]:
        lines += ["**Point of no return.** After this step there is no way back.", ""]
    lines += [
        (
            f"{step['kind'].capitalize()}; disruption {step['disruption']}. Down "
            f"{span(step['downtime_s'], estimated=step['downtime_estimated'])}; takes "
            f"{span(step['duration_s'], estimated=step['duration_estimated'])}; "
            f"data risk {step['data_risk']}; {step['confidence']}."
        ),
        "",
    ]
    what = [
        f"{r['what']} ({r['sources'][0]['url']}, {r['sources'][0]['date']})"
        for r in step["because"]
    ]
    lines += _part("What happens", what)
    lines += _part("Check first", step["pre_checks"])
    done = commands(plan, step)
    if done:
        lines += ["Do:", "", "```console", *[f"$ {command}" for command in done], "```", ""]
    moved = [
        f"`{c['address']}.{c['field']}`: {_value(c['old'])} to {_value(c['new'])}"
        for c in step["changes"]
    ]
    lines += _part("You will see change", moved)
    lines += _part("Check afterwards", step["verification"])
    lines += _part("If it fails", step["rollback"])
    back = commands_back(step)
    if back:
        how = "; ".join(step["reversible_how"])
        lines += [f"To take it back later ({how}):", ""]
        lines += ["```console", *[f"$ {command}" for command in back], "```", ""]
    return lines


def _part(title: str, items: list[str]) -> list[str]:
    """A titled list within a step."""
    return [f"{title}:", "", *[f"- {item}" for item in items], ""] if items else []


def _value(value: object) -> str:
    """A value in a sentence."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "none" if value is None else str(value)
