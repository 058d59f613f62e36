"""Documents as text of 80 columns. Colour is never used, so nothing has to be turned off."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tierctl.reporting.documents import Document

WIDTH = 80
_LABEL = 26
_LEAST = 14
"""A narrower column than this tears words apart."""


def word(value: Any) -> str:
    """A value as a person reads it."""
    if value is None or value == []:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(word(item) for item in value)
    return str(value)


def table(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """Rows whose cells wrap within their column."""
    lines: list[str] = []
    for row in rows:
        cells = [
            textwrap.wrap(
                cell,
                width,
                break_on_hyphens=False,
                subsequent_indent="    " if cell.startswith("  ") else "",
            )
            or [""]
            for cell, width in zip(row, widths, strict=True)
        ]
        for number in range(max(len(cell) for cell in cells)):
            parts = [
                (cell[number] if number < len(cell) else "").ljust(width)
                for cell, width in zip(cells, widths, strict=True)
            ]
            lines.append(" ".join(parts).rstrip())
    return lines


def tiers(document: Document) -> str:
    """The list of tiers."""
    lines: list[str] = []
    for kind in ("built-in", "custom", "example"):
        found = [t for t in document["tiers"] if t["tier_kind"] == kind]
        if found:
            lines += [f"{kind.capitalize()} tiers", ""]
        for tier in found:
            lines += [*_tier(tier), ""]
    return "\n".join(lines[:-1]) + "\n"


def _tier(tier: Document) -> list[str]:
    """One tier of the list."""
    promise = tier["promise"]
    users = _span(promise["users"])
    facts = (
        f"{users} users, p95 {promise['latency_p95_ms']} ms, {promise['uptime_percent']} % "
        f"uptime, recovery {promise['recovery_s']} s"
    )
    lines = [f"  {tier['name']}", *_indented(tier["summary"]), *_indented(f"Promise: {facts}.")]
    if tier["budget_band"]:
        band = tier["budget_band"]
        lines += _indented(
            f"Plan's band: ${band['low_usd']}-{band['high_usd']} a month for staging and "
            "production together."
        )
    if tier["aliases"]:
        lines += _indented(f"Also called {', '.join(tier['aliases'])}.")
    return lines


def _span(span: Document) -> str:
    """`100-1000`, or `1000+`."""
    return f"{span['least']}-{span['most']}" if span["most"] is not None else f"{span['least']}+"


def _indented(text: str) -> list[str]:
    """A paragraph under a name."""
    return textwrap.wrap(text, WIDTH - 4, initial_indent="    ", subsequent_indent="    ")


def comparison(document: Document) -> str:
    """The matrix; more tiers than fit stand in several tables, one below the other."""
    names = [tier["name"] for tier in document["tiers"]]
    at_once = max(1, (WIDTH - _LABEL) // (_LEAST + 1))
    parts = [
        _matrix(document, range(start, min(start + at_once, len(names))))
        for start in range(0, len(names), at_once)
    ]
    head = f"{', '.join(names)} in {document['environment']}\n"
    return head + "\n" + "\n\n".join(parts) + "\n"


def _matrix(document: Document, columns: range) -> str:
    """One table of the matrix."""
    width = (WIDTH - _LABEL) // len(columns) - 1
    widths = [_LABEL, *([width] * len(columns))]
    names = [document["tiers"][column]["name"] for column in columns]
    lines = table([["", *names]], widths)
    section = None
    for feature in document["features"]:
        if feature["section"] != section:
            section = feature["section"]
            lines += ["", section]
        values = [word(feature["values"][column]) for column in columns]
        lines += table([[f"  {feature['label']}", *values]], widths)
    return "\n".join(lines)


def environment(document: Document) -> str:
    """A resolved Environment, each value with its place."""
    shown, tier = document["environment"], document["tier"]
    identity = shown["identity"]
    lines = [
        f"{identity['app']}-{identity['client']}-{identity['environment']}: tier {tier['name']}",
        "",
        *(line for said in document["decided"] for line in textwrap.wrap(said, WIDTH)),
    ]
    if document["lacks"]:
        lacks = f"It lacks of the promise: {', '.join(document['lacks'])}."
        lines += textwrap.wrap(lacks, WIDTH, subsequent_indent="  ")
    promise, delivery = tier["promise"], document["delivery"]
    low, high = delivery["recovery_s"]
    lines += [
        f"Promised: {promise['uptime_percent']} % uptime, recovery in {promise['recovery_s']} s.",
        f"Delivered: {delivery['uptime_percent']} % uptime, recovery in {low}-{high} s:",
    ]
    lines += table(
        [
            [
                f"  {c['name']}",
                c["when"].replace("_", " "),
                f"{c['uptime_percent']} % ({c['confidence']})",
                f"{c['recovery_s'][0]}-{c['recovery_s'][1]} s ({c['recovery_confidence']})",
            ]
            for c in delivery["components"]
        ],
        [17, 22, 19, 19],
    )
    section = None
    for value in document["values"]:
        head, _, name = value["path"].rpartition(".")
        if head != section:
            section = head
            lines += ["", head]
        source = value["source"] if value["file"] is None else f"{value['file']}:{value['line']}"
        lines += table([[f"  {name}", word(value["value"]), source]], [26, 25, 27])
    return "\n".join(lines) + "\n"
