"""The answer of `optimize` as text, Markdown and CSV.

In: the document. Out: text, the same bytes each time, rounded for reading only.
"""

from __future__ import annotations

import textwrap
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tierctl.reporting.safe import csv_table, markdown_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tierctl.reporting.documents import Document

WIDTH = 80
COLUMNS = (
    "tier", "client", "environment", "region", "saving", "status", "chosen", "saved_usd_per_month",
    "at_most", "trades", "reason", "switch",
)  # fmt: skip
_KINDS = {
    "compute_savings_plan": "Compute Savings Plan",
    "database_savings_plan": "Database Savings Plan",
    "reserved_node": "reserved cache nodes",
}


def text(document: Document) -> str:
    """For a reader at 80 columns."""
    lines: list[str] = []
    for subject in document["subjects"]:
        for found in subject["environments"]:
            lines += [*_environment(subject, found), ""]
        lines += [*_together(subject), ""]
    return "\n".join(line.rstrip() for line in lines[:-1]) + "\n"


def _environment(subject: Document, found: Document) -> Iterator[str]:
    """One environment: what is offered, then what is not."""
    yield (
        f"{subject['title']}, {found['environment']}: {_dollars(found['before'])} a month, "
        f"{_dollars(found['after'])} with what is marked *"
    )
    for status in ("offered", "advice", "not offered", "in place", "saves nothing"):
        rows = [s for s in found["savings"] if s["status"] == status]
        if rows:
            yield ""
            yield f"  {_HEADS[status]}"
        for saving in rows:
            yield from _saving(saving)
    if found["yaml"]:
        yield ""
        yield f"  Written into clients/{found['client']}.yaml:"
        yield from (f"    {line}" for line in found["yaml"].splitlines())
    ahead = found["commitments"]
    if ahead["lines"]:
        yield ""
        yield f"  Paid ahead ({ahead['term']}), on top: {_dollars(ahead['saved'])} a month less"
        for line in ahead["lines"]:
            yield from _wrap(_ahead(line), "    ")
        if ahead["note"]:
            yield from _wrap(ahead["note"], "    ")


_HEADS = {
    "offered": "Savings that keep the promise",
    "advice": "Advice, not counted: the stack does not do it",
    "not offered": "Not offered",
    "in place": "In place already",
    "saves nothing": "Nothing to save at this use",
}


def _saving(saving: Document) -> Iterator[str]:
    """One saving."""
    mark = "*" if saving["chosen"] else " "
    worth = ""
    if saving["saved"] is not None:
        amount = Decimal(saving["saved"])
        words = "less" if amount >= 0 else "MORE"
        most = "at most " if saving["at_most"] else ""
        worth = f": {most}{_dollars(str(abs(amount)))} {words}"
    yield from _wrap(f"{mark} {saving['title']}{worth}", "  ", "      ")
    if saving["status"] in ("offered", "advice"):
        yield from _wrap(f"takes: {saving['trades']}", "      ")
    if saving["reason"]:
        yield from _wrap(saving["reason"], "      ")


def _ahead(line: Document) -> str:
    """One kind of commitment."""
    most = "at most " if line["at_most"] else ""
    kind = _KINDS.get(line["kind"], line["kind"].replace("_", " "))
    return f"{kind}: {most}{_dollars(line['saved'])}, for {', '.join(line['covers'])}"


def _together(subject: Document) -> Iterator[str]:
    """All environments of a tier, and the plan document's band."""
    total = subject["together"]
    yield (
        f"{subject['title']}, together: {_dollars(total['before'])} a month, "
        f"{_dollars(total['after'])} with the savings,"
    )
    yield f"  {_dollars(total['after_commitments'])} with what can be paid ahead as well"
    for step in subject["way"]:
        most = "at most " if step["at_most"] else ""
        name = _KINDS.get(step["step"], step["step"])
        band = f", {step['band']} the plan document's band" if step["band"] else ""
        yield from _wrap(
            f"- with {name}: {most}{_dollars(step['saved'])} less, {_dollars(step['total'])}{band}",
            "  ",
            "    ",
        )
    band = subject["plan_band"]
    if band:
        yield from _wrap(
            f"plan document: ${band['low_usd']} to ${band['high_usd']}: {band['before']} as it is, "
            f"{band['after']} with the savings, {band['after_commitments']} paid ahead",
            "  ",
        )


def _wrap(words: str, lead: str, more: str | None = None) -> list[str]:
    """A paragraph."""
    return textwrap.wrap(
        words,
        WIDTH,
        initial_indent=lead,
        subsequent_indent=lead if more is None else more,
        break_on_hyphens=False,
        break_long_words=False,
    )


def markdown(document: Document) -> str:
    """Tables by environment."""
    lines: list[str] = []
    for subject in document["subjects"]:
        for found in subject["environments"]:
            title = markdown_text(f"{subject['title']}, {found['environment']}")
            lines += [
                f"## {title}: {_dollars(found['before'])} to {_dollars(found['after'])} a month",
                "",
                "| saving | less a month | status | what it takes | why |",
                "| --- | ---: | --- | --- | --- |",
            ]
            for saving in found["savings"]:
                status = "chosen" if saving["chosen"] else saving["status"]
                worth = "" if saving["saved"] is None else _dollars(saving["saved"])
                most = "at most " if saving["at_most"] else ""
                cells = (saving["title"], most + worth, status, saving["trades"])
                row = [markdown_text(cell) for cell in (*cells, saving["reason"] or "")]
                lines.append(f"| {' | '.join(row)} |")
            if found["yaml"]:
                lines += ["", f"In `clients/{found['client']}.yaml`:", "", "```yaml"]
                lines += [*found["yaml"].splitlines(), "```"]
            ahead = found["commitments"]
            if ahead["lines"]:
                lines += ["", f"Paid ahead ({ahead['term']}), on top:", ""]
                lines += [f"- {markdown_text(_ahead(line))}" for line in ahead["lines"]]
            lines.append("")
        words = [line.strip() for line in _together(subject)]
        lines += [markdown_text(" ".join(words)), ""]
    return "\n".join(lines)


def csv(document: Document) -> str:
    """One row for each saving."""
    rows: list[list[str]] = [list(COLUMNS)]
    for subject in document["subjects"]:
        for found in subject["environments"]:
            place = [subject["name"], found["client"], found["environment"], found["region"]]
            rows += [
                [
                    *place,
                    saving["name"],
                    saving["status"],
                    "yes" if saving["chosen"] else "no",
                    saving["saved"] or "",
                    "yes" if saving["at_most"] else "no",
                    saving["trades"],
                    saving["reason"] or "",
                    saving["switch"] or "",
                ]
                for saving in found["savings"]
            ]
    return csv_table(rows)


def _dollars(amount: str) -> str:
    """To the cent, with a sign in front of the dollar."""
    number = Decimal(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{'-' if number < 0 else ''}${abs(number):,}"
